"""`geo-service export`: files for a planner, or for a cron job."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.cli.conftest import Command

BEGINS = {"xlsx": b"PK\x03\x04", "gpkg": b"SQLite format 3", "pdf": b"%PDF-", "png": b"\x89PNG"}


@pytest.mark.parametrize("form", BEGINS)
def test_each_form_is_written(shell: Command, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"coverage.{form}"

    result = shell("export", form, file, "--radius", "800")

    assert result.stdout == f"Wrote {file}\n"
    assert file.read_bytes().startswith(BEGINS[form])
    assert [each.name for each in tmp_path.iterdir() if "export" in each.name] == []


def test_the_workbook_is_of_the_question_asked(shell: Command, tmp_path: Path) -> None:
    shell("export", "xlsx", tmp_path / "x.xlsx", "--radius", "800", "--service", "breakfast")

    said = load_workbook(tmp_path / "x.xlsx")["乡镇"]["A1"].value
    assert "服务半径 800 米" in said


def test_csv_and_geojson_are_what_the_api_gives(
    shell: Command, client: FlaskClient, tmp_path: Path
) -> None:
    shell("export", "csv", tmp_path / "x.csv", "--level", "county")
    shell("export", "geojson", tmp_path / "x.geojson", "--level", "county")

    ours = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text("utf-8-sig"))))
    theirs = client.get("/api/v1/coverage?level=county").get_json()["units"]
    assert [float(each["area_coverage"]) for each in ours] == [
        each["area_coverage"] for each in theirs
    ]
    features = json.loads((tmp_path / "x.geojson").read_text("utf-8"))["features"]
    assert (
        features
        == client.get("/api/v1/coverage?level=county&f=geojson").get_json(force=True)["features"]
    )


def test_gdal_reads_the_geojson(shell: Command, tmp_path: Path) -> None:
    shell("export", "geojson", tmp_path / "x.geojson")

    ran = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-so", str(tmp_path / "x.geojson")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Feature Count: 58" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["doc", "x.doc"], "is not one of"),
        (["xlsx", "/nowhere/at/all.xlsx"], "No such file or directory"),
        (["xlsx", "x.xlsx", "--open", "arrival"], "needs an origin"),
        (["xlsx", "x.xlsx", "--radius", "1"], "from 50 to 50,000"),
    ],
)
def test_what_cannot_be_written_is_refused_in_words(
    shell: Command, arguments: list[str], words: str
) -> None:
    result = shell("export", *arguments)

    assert result.exit_code in {1, 2}
    assert words in result.output
    assert "Traceback" not in result.output


def test_without_pango_an_older_file_stays_and_the_remedy_is_told(
    shell: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load libpango")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "x.pdf").write_text("older")

    result = shell("export", "pdf", tmp_path / "x.pdf")

    assert result.exit_code == 1
    assert "apt-get install libpango-1.0-0" in result.output
    assert (tmp_path / "x.pdf").read_text() == "older"
