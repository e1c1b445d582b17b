"""`GET /api/v1/register`: all of the register, as a file."""

import csv
import io
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.dataset import STATION_COLUMNS
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.folder import Folder, a_row

WHOLE = "/api/v1/register"
BEGINS = {
    "csv": b"\xef\xbb\xbf",
    "xlsx": b"PK\x03\x04",
    "geojson": b'{"type":"Feature',
    "gpkg": b"SQLite",
}


@pytest.mark.parametrize("form", BEGINS)
def test_each_form_is_a_file_named_after_its_revision(client: FlaskClient, form: str) -> None:
    answer = client.get(f"{WHOLE}?f={form}")

    revision = answer.headers["Register-Revision"]
    assert answer.status_code == 200
    assert answer.data.startswith(BEGINS[form])
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith(f"attachment; filename=stations-r{revision}-")
    assert disposition.endswith(f".{form}")


@pytest.mark.parametrize("form", BEGINS)
def test_a_length_that_is_told_is_the_length_of_the_file(client: FlaskClient, form: str) -> None:
    answer = client.get(f"{WHOLE}?f={form}")

    told = answer.headers.get("Content-Length")
    assert told == (None if form in {"csv", "geojson"} else str(len(answer.data)))


def test_csv_in_english_has_the_columns_of_the_data_folder(client: FlaskClient) -> None:
    text = client.get(f"{WHOLE}?f=csv&lang=en").data.decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == list(STATION_COLUMNS)
    assert (len(rows), rows[0]["id"], rows[0]["services"]) == (203, "LH-001", "breakfast")


def test_without_a_form_it_is_geojson(client: FlaskClient) -> None:
    answer = client.get(WHOLE)

    body = json.loads(answer.data)
    assert answer.mimetype == "application/geo+json"
    assert str(body["revision"]) == answer.headers["Register-Revision"]
    assert len(body["features"]) == 203


def test_who_has_a_revision_is_told_that_it_is_the_same(client: FlaskClient) -> None:
    mark = client.get(f"{WHOLE}?f=csv").headers["ETag"]

    again = client.get(f"{WHOLE}?f=csv", headers={"If-None-Match": mark})

    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == mark


def test_every_form_and_language_has_a_mark_of_its_own(client: FlaskClient) -> None:
    asked = ["f=csv", "f=csv&lang=en", "f=xlsx", "f=geojson", "f=gpkg"]

    marks = {client.head(f"{WHOLE}?{each}").headers["ETag"] for each in asked}

    assert len(marks) == len(asked)


def test_head_tells_of_the_file_without_making_it(client: FlaskClient) -> None:
    answer = client.head(f"{WHOLE}?f=gpkg")

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.mimetype == "application/geopackage+sqlite3"


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("f=shp", "f"), ("lang=fr", "lang"), ("form=csv", "form"), ("f=csv&f=xlsx", "f")],
)
def test_what_is_not_known_is_refused_by_name(
    client: FlaskClient, query: str, parameter: str
) -> None:
    answer = client.get(f"{WHOLE}?{query}")

    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.get_json()["errors"]] == [parameter]


def test_who_takes_it_slowly_leaves_places_to_others(client: FlaskClient) -> None:
    slow = [client.get(f"{WHOLE}?f=csv", buffered=False) for _ in range(2)]

    refused = client.get(f"{WHOLE}?f=csv")
    for each in slow:
        each.close()
    taken = client.get(f"{WHOLE}?f=csv")

    assert [each.status_code for each in slow] == [200, 200]
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert taken.status_code == 200


@pytest.fixture
def app_of(scratch: Database, tmp_path: Path) -> Iterator[Flask]:
    """A service over a register with what a spreadsheet would run, and what one cannot hold."""
    folder = Folder(tmp_path / "data")
    folder.stations = [
        a_row("A-1", name="=1+1", closed_on="2020-01-01"),
        a_row("B-1", name="长" * 33_000),
    ]
    load_folder(scratch, folder.write(), author="tests", reason="a test")
    settings = Settings(home=tmp_path, log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


def test_what_a_form_cannot_hold_is_refused_in_words(app_of: Flask) -> None:
    answer = app_of.test_client().get(f"{WHOLE}?f=xlsx")

    assert answer.status_code == 400
    (fault,) = answer.get_json()["errors"]
    assert fault["parameter"] == "f"
    assert "name in row 3 is longer than" in fault["detail"]


def test_closed_stations_are_in_it_and_no_cell_is_a_formula(app_of: Flask) -> None:
    text = app_of.test_client().get(f"{WHOLE}?f=csv&lang=en").data.decode("utf-8-sig")

    first, _ = csv.DictReader(io.StringIO(text, newline=""))
    assert (first["id"], first["name"], first["closed_on"]) == (
        StationId("A-1"),
        "'=1+1",
        "2020-01-01",
    )


def test_an_earlier_revision_is_as_it_was(app_of: Flask, scratch: Database) -> None:
    client = app_of.test_client()
    before = client.get(f"{WHOLE}?f=csv")
    number = int(before.headers["Register-Revision"])
    with scratch.transaction() as session:
        store = ChangeStore(session)
        station = store.recorded(StationId("A-1")).station
        store.apply(
            [replace(station, name="改了名")],
            note=RevisionNote(author="甲", reason="改名", kind=ChangeKind.EDIT),
        )
    deadline = time.monotonic() + 20
    while client.head(WHOLE).headers["Register-Revision"] == str(number):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    past = client.get(f"{WHOLE}?f=csv&revision={number}")

    assert past.data == before.data
    assert past.headers["ETag"] == before.headers["ETag"]
    assert f"stations-r{number}-" in past.headers["Content-Disposition"]


def test_a_revision_that_is_yet_to_come_is_not_found(client: FlaskClient) -> None:
    answer = client.get(f"{WHOLE}?revision=999")

    assert answer.status_code == 404
    assert answer.get_json()["type"].endswith("/revision-not-found")
