"""`geo-service export`: the whole register, as files and as a folder."""

from pathlib import Path

import pytest

from geo_service.persistence.database import Database
from geo_service.persistence.dataset_folder import FILES
from geo_service.persistence.register import RegisterStore
from tests.cli.conftest import Command
from tests.conftest import SHIPPED
from tests.support.folder import Folder, a_row

BEGINS = {"csv": b"\xef\xbb\xbf", "xlsx": b"PK\x03\x04", "geojson": b"{", "gpkg": b"SQLite"}


@pytest.mark.parametrize("form", BEGINS)
def test_stations_are_written_as_the_file_is_called(
    shell: Command, tmp_path: Path, form: str
) -> None:
    file = tmp_path / f"stations.{form}"

    result = shell("export", "stations", file)

    assert result.stdout == f"Wrote 203 stations to {file}\n"
    assert file.read_bytes().startswith(BEGINS[form])


def test_an_ending_that_is_none_is_refused_with_those_there_are(
    shell: Command, tmp_path: Path
) -> None:
    result = shell("export", "stations", tmp_path / "stations.shp")

    assert result.exit_code == 2
    assert "must end in one of .csv, .xlsx, .geojson, .gpkg" in result.output


@pytest.mark.parametrize("words", [["export"], ["export", "folder"]])
def test_a_folder_that_is_loaded_is_the_same_register_and_makes_the_same_folder(
    scratch_shell: Command, scratch: Database, tmp_path: Path, words: list[str]
) -> None:
    scratch_shell("load", SHIPPED)
    with scratch.transaction() as session:
        _, before = RegisterStore(session).load()

    said = scratch_shell(*words, tmp_path / "one").stdout
    scratch_shell("load", tmp_path / "one")
    scratch_shell(*words, tmp_path / "two")

    with scratch.transaction() as session:
        _, after = RegisterStore(session).load()
    assert said.endswith(f", 203 stations, to {tmp_path / 'one'}\n")
    assert list(after.stations) == list(before.stations)
    assert (after.place, after.townships, after.counties, after.claims) == (
        before.place,
        before.townships,
        before.counties,
        before.claims,
    )
    assert after.calendar.holidays == before.calendar.holidays
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_folder_is_of_the_data_and_not_of_how_the_service_is_set_up(
    scratch_shell: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path / "data")
    folder.stations = [a_row("A-1")]
    scratch_shell("load", folder.write())
    monkeypatch.setenv("GEO_SERVICE_PLACE_NAME", "别处")

    scratch_shell("export", tmp_path / "out")

    assert '"name": "试验市"' in (tmp_path / "out" / "datapackage.json").read_text("utf-8")


def test_a_folder_of_somebody_else_is_refused_unless_forced(shell: Command, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    refused = shell("export", tmp_path)
    forced = shell("export", tmp_path, "--force")

    assert refused.exit_code == 1
    assert "holds thesis.txt" in refused.output
    assert forced.exit_code == 0
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


@pytest.mark.parametrize("words", [["export", "doc", "x.doc"], ["export", "coverage", "doc", "x"]])
def test_a_form_that_is_none_is_refused_with_those_of_coverage(
    shell: Command, words: list[str]
) -> None:
    result = shell(*words)

    assert result.exit_code == 2
    assert "'doc' is not one of 'xlsx', 'gpkg', 'pdf', 'png', 'geojson', 'csv'" in result.output


def test_what_to_write_has_to_be_said(shell: Command) -> None:
    result = shell("export")

    assert result.exit_code == 2
    assert "export FOLDER" in result.output
