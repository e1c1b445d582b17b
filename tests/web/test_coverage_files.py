"""Coverage taken along over HTTP."""

import io
import sys
import tempfile
import zipfile
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from geo_service.services.pack.files import MEDIA_TYPES, PackForm

HEADERS = {"Accept": "application/problem+json"}


def fetched(client: FlaskClient, query: str) -> bytes:
    """Return a file whole, and close it as a server does."""
    with client.get(f"/api/v1/coverage?{query}") as answer:
        assert answer.status_code == 200
        return bytes(answer.data)


@pytest.mark.parametrize("form", PackForm)
def test_each_form_comes_with_its_type_its_length_and_a_name(
    client: FlaskClient, form: PackForm
) -> None:
    with client.get(f"/api/v1/coverage?f={form}") as answer:
        assert answer.content_length == len(answer.data)

    assert (answer.status_code, answer.mimetype) == (200, MEDIA_TYPES[form])
    name = answer.headers["Content-Disposition"]
    assert "coverage-township-1000m-r" in name
    assert name.endswith(f"-20261116.{form}")
    assert answer.headers["Register-Revision"]


def test_a_workbook_answers_the_question_that_was_asked(client: FlaskClient) -> None:
    question = "level=county&radius=500&service=breakfast&open=2026-11-16T05:00:00%2B08:00"
    api = client.get(f"/api/v1/coverage?{question}").get_json()["units"]

    book = load_workbook(io.BytesIO(fetched(client, f"{question}&f=xlsx")))

    rows = list(book["区县"].iter_rows(min_row=2, values_only=True))
    at = rows[0].index("面积覆盖率")
    assert [row[at] for row in rows[1:6]] == [unit["area_coverage"] for unit in api]
    said = book["区县"]["A1"].value
    assert "服务半径 500 米" in said
    assert "2026-11-16 05:00 开放或可能开放" in said


def test_files_are_in_the_language_asked_for(client: FlaskClient) -> None:
    data = fetched(client, "f=xlsx&lang=en")

    assert "Townships" in load_workbook(io.BytesIO(data)).sheetnames


def test_a_report_is_a_pdf_and_a_workbook_a_whole_archive(client: FlaskClient) -> None:
    assert len(pypdfium2.PdfDocument(fetched(client, "f=pdf"))) >= 2
    assert zipfile.ZipFile(io.BytesIO(fetched(client, "f=xlsx"))).testzip() is None


def test_nothing_is_left_on_the_disk(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    assert fetched(client, "f=xlsx")
    assert fetched(client, "f=gpkg")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_without_pango_it_says_what_to_install(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (tmp_path / "weasyprint.py").write_text('raise OSError("cannot load libpango")')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    answer = client.get(f"/api/v1/coverage?f={form}&radius=777", headers=HEADERS)

    problem = answer.get_json(force=True)
    assert (answer.status_code, problem["type"]) == (501, "/problems/pdf-unavailable")
    assert "apt-get install libpango-1.0-0" in problem["detail"]


@pytest.mark.parametrize("query", ["f=doc", "f=xlsx&lang=fr", "f=pdf&open=arrival"])
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/api/v1/coverage?{query}", headers=HEADERS)

    assert answer.status_code == 400


def test_weasyprint_and_pdfium_stay_out_of_the_worker(app: Flask) -> None:
    fetched(app.test_client(), "f=png&lang=zh")

    assert "weasyprint" not in sys.modules
