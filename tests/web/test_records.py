"""Records of stations over the API: read, added, changed, and never overwritten unseen."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from geo_service import create_app, runtime
from geo_service.domain.account import Permission, Role
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.staff import bearer

NEW = {
    "name": "新华书店驿站",
    "services": ["rest"],
    "rest_hours": "Mo-Su 08:00-20:00",
    "longitude": 114.036144,
    "latitude": 33.567089,
    "datum": "wgs84",
    "data_status": "official",
    "source": "市总工会台账",
    "reason": "新增",
}


@pytest.fixture(scope="module")
def app(
    scratch: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A service over a register that tests change."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    settings = Settings(home=Path(tmp_path_factory.mktemp("records")), log_level="error")
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        yield app


@pytest.fixture(scope="module")
def key(app: Flask) -> dict[str, str]:
    """The header of a program that may change everything."""
    return bearer(app, Permission.LOOK, Permission.EDIT)


def record(client: FlaskClient, key: dict[str, str], name: str) -> TestResponse:
    return client.get(f"/api/v1/stations/{name}/record", headers=key)


def patch(
    client: FlaskClient, key: dict[str, str], station: str, seen: object, /, **fields: Any
) -> TestResponse:
    headers = key | ({} if seen is None else {"If-Match": f'"{seen}"'})
    body = {"reason": "a test"} | fields
    return client.patch(f"/api/v1/stations/{station}", json=body, headers=headers)


def revision_of(client: FlaskClient, key: dict[str, str], name: str) -> int:
    revision: int = record(client, key, name).get_json()["revision"]
    return revision


def test_a_record_says_what_the_data_form_says(client: FlaskClient, key: dict[str, str]) -> None:
    answer = record(client, key, "LH-004")

    assert answer.status_code == 200
    body = answer.get_json()
    assert answer.headers["ETag"] == f'"{body["revision"]}"'
    assert body["services"] == ["rest", "breakfast"]
    assert body["breakfast_for"] == ["bus_driver"]
    assert (body["longitude"], body["latitude"], body["datum"]) == (114.036144, 33.567089, "wgs84")
    assert body["opened_on"] == "2023-02-21"


def test_a_change_is_seen_at_once_and_has_its_reason_and_author(
    client: FlaskClient, app: Flask, key: dict[str, str]
) -> None:
    seen = revision_of(client, key, "LH-010")

    answer = patch(client, key, "LH-010", seen, name="解放路驿站", reason="改名")

    assert answer.status_code == 200
    assert answer.get_json()["name"] == "解放路驿站"
    number = answer.get_json()["revision"]
    assert number > seen
    with app.app_context():
        runtime.snapshots().wait_for(number)
        with runtime.database().transaction() as session:
            row = session.execute(
                text("SELECT author, reason, kind FROM revision WHERE number = :n"), {"n": number}
            ).one()
    assert (row.reason, row.kind) == ("改名", "edit")
    assert "同步程序" in row.author
    published = client.get("/api/v1/stations/LH-010").get_json()
    assert published["properties"]["name"] == "解放路驿站"


def test_a_record_sent_back_as_it_came_changes_nothing(
    client: FlaskClient, key: dict[str, str]
) -> None:
    body = record(client, key, "LH-011").get_json()
    seen = body.pop("revision")
    del body["id"], body["reported_closed_on"]

    answer = patch(client, key, "LH-011", seen, **body)

    assert answer.get_json() == record(client, key, "LH-011").get_json()
    assert answer.get_json()["revision"] == seen


def test_who_takes_compressed_answers_gets_a_mark_that_is_taken_back(
    client: FlaskClient, key: dict[str, str]
) -> None:
    address = "/api/v1/stations/LH-003/record"
    read = client.get(address, headers=key | {"Accept-Encoding": "gzip"})

    changed = client.patch(
        "/api/v1/stations/LH-003",
        json={"reason": "a test", "telephone": "0395-7654321"},
        headers=key | {"If-Match": read.headers["ETag"]},
    )

    assert "Content-Encoding" not in read.headers  # of a compressed body it would be another
    assert changed.status_code == 200


def test_without_if_match_nothing_is_changed(client: FlaskClient, key: dict[str, str]) -> None:
    assert patch(client, key, "LH-012", None, name="x").status_code == 428
    assert patch(client, key, "LH-012", "*", name="x").status_code == 400


def test_whoever_comes_second_gets_both_versions_and_overwrites_nothing(
    client: FlaskClient, key: dict[str, str]
) -> None:
    seen = revision_of(client, key, "LH-013")
    first = patch(client, key, "LH-013", seen, name="先到", opened_on="2020-01-02")

    second = patch(client, key, "LH-013", seen, name="后到")

    assert (first.status_code, second.status_code) == (200, 412)
    (conflict,) = second.get_json()["conflicts"]
    assert conflict["station"] == "LH-013"
    assert conflict["seen"] == seen
    assert conflict["revision"] == first.get_json()["revision"]
    assert conflict["present"]["name"] == "先到"
    assert conflict["present"]["opened_on"] == "2020-01-02"
    assert record(client, key, "LH-013").get_json()["name"] == "先到"


def test_of_two_at_the_same_moment_one_is_told_of_the_other(
    app: Flask, client: FlaskClient, key: dict[str, str]
) -> None:
    seen, barrier = revision_of(client, key, "LH-014"), Barrier(2)

    def change(capacity: int) -> int:
        barrier.wait()
        return patch(app.test_client(), key, "LH-014", seen, capacity=capacity).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = list(pool.map(change, (41, 42)))

    assert sorted(statuses) == [200, 412]
    kept = record(client, key, "LH-014").get_json()["capacity"]
    assert kept == (41, 42)[statuses.index(200)]


def test_two_who_add_at_the_same_moment_get_an_identifier_each(
    app: Flask, key: dict[str, str]
) -> None:
    barrier = Barrier(2)

    def add(name: str) -> TestResponse:
        barrier.wait()
        body = NEW | {"name": name}
        return app.test_client().post("/api/v1/stations", json=body, headers=key)

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(add, ("甲站", "乙站"))

    assert (one.status_code, other.status_code) == (201, 201)
    assert one.get_json()["id"] != other.get_json()["id"]


def test_a_new_station_is_where_location_says_and_in_the_township_around_it(
    client: FlaskClient, key: dict[str, str]
) -> None:
    answer = client.post("/api/v1/stations", json=NEW | {"id": "XH-1"}, headers=key)

    assert answer.status_code == 201
    assert answer.headers["Location"] == "/api/v1/stations/XH-1/record"
    body = client.get(answer.headers["Location"], headers=key).get_json()
    assert body["township_code"] == "411102002"
    assert body["rest_for"] == ["anyone"]
    assert body["amenities"] == []


def test_an_identifier_is_given_once(client: FlaskClient, key: dict[str, str]) -> None:
    answer = client.post("/api/v1/stations", json=NEW | {"id": "LH-001"}, headers=key)

    assert answer.status_code == 400
    assert answer.get_json()["errors"] == [
        {"parameter": "id", "detail": "is taken by another station"}
    ]


def test_a_move_takes_the_township_along(client: FlaskClient, key: dict[str, str]) -> None:
    seen = revision_of(client, key, "LH-015")

    answer = patch(
        client, key, "LH-015", seen, longitude=114.036144, latitude=33.567089, datum="wgs84"
    )

    assert answer.get_json()["township_code"] == "411102002"


def test_a_station_is_closed_with_a_day_and_opened_again(
    client: FlaskClient, key: dict[str, str]
) -> None:
    seen = revision_of(client, key, "LH-016")

    closed = patch(client, key, "LH-016", seen, closed_on="2026-11-01").get_json()
    opened = patch(client, key, "LH-016", closed["revision"], closed_on=None).get_json()

    assert (closed["closed_on"], opened["closed_on"]) == ("2026-11-01", None)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, {"name"}),
        ({"name": " "}, {"name"}),
        ({"rest_hours": "8 bis 6"}, {"rest_hours"}),
        ({"services": []}, {"services"}),
        ({"rest_for": ["anyone", "bus_driver"]}, {"rest_for"}),
        ({"capacity": -1, "accuracy_m": -2}, {"capacity", "accuracy_m"}),
        ({"longitude": 114.0}, {"latitude", "datum"}),
        ({"longitude": 33.5, "latitude": 84.0, "datum": "wgs84"}, {"longitude"}),
        ({"closed_on": "1990-01-01"}, {"closed_on"}),
        ({"verified_on": "2026-12-31"}, {"verified_on"}),
        ({"township_code": "nowhere"}, {"township_code"}),
        ({"colour": "red"}, {"colour"}),
        ({"id": "LH-999"}, {"id"}),
        ({"reason": ""}, {"reason"}),
        ({"name": "a\u0000b"}, {"name"}),
    ],
)
def test_what_a_record_cannot_say_is_refused_by_its_field(
    client: FlaskClient, key: dict[str, str], fields: dict[str, Any], named: set[str]
) -> None:
    before = record(client, key, "LH-017").get_json()

    answer = patch(client, key, "LH-017", before["revision"], **fields)

    assert answer.status_code == 400
    assert {each["parameter"] for each in answer.get_json()["errors"]} == named
    assert record(client, key, "LH-017").get_json() == before


def test_an_editor_of_other_counties_changes_nothing_here(
    app: Flask, client: FlaskClient, key: dict[str, str]
) -> None:
    elsewhere = bearer(app, Permission.LOOK, Permission.EDIT, counties=["411103"])
    seen = revision_of(client, key, "LH-018")

    assert patch(client, elsewhere, "LH-018", seen, name="x").status_code == 403
    moved = patch(
        client,
        elsewhere,
        "LH-030",
        revision_of(client, key, "LH-030"),
        **{each: NEW[each] for each in ("longitude", "latitude", "datum")},
    )
    assert moved.status_code == 403
    assert client.post("/api/v1/stations", json=NEW, headers=elsewhere).status_code == 403


def test_nobody_and_who_may_only_look_change_nothing(app: Flask, client: FlaskClient) -> None:
    viewer = bearer(app, role=Role.VIEWER)

    assert record(client, {}, "LH-019").status_code == 401
    assert patch(client, {}, "LH-019", 1, name="x").status_code == 401
    assert patch(client, viewer, "LH-019", 1, name="x").status_code == 403
    assert client.post("/api/v1/stations", json=NEW, headers=viewer).status_code == 403
    assert record(client, viewer, "LH-019").status_code == 200


def test_a_station_that_is_not_there_is_not_found(client: FlaskClient, key: dict[str, str]) -> None:
    assert record(client, key, "LH-999").status_code == 404
    assert patch(client, key, "LH-999", 1, name="x").status_code == 404
