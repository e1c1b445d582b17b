"""The register's past over HTTP: to everybody without names, and undone by whoever may."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app, runtime
from geo_service.domain.account import Permission, Role
from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.register import Overrides
from geo_service.domain.station import Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.snapshots import load_register
from geo_service.services.history_json import record_json
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.staff import bearer, signed_in

REASON = "误导入，见李女士电话"
AUTHOR = "王女士 (wang.fang)"
_ids = count(1)


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service over the shipped register, in a database that tests may change."""
    for _ in range(2):  # so that the history does not begin with what these tests do
        load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    settings = Settings(home=Path(tmp_path_factory.mktemp("home")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Somebody of the public."""
    return app.test_client()


@pytest.fixture
def station(scratch: Database) -> Station:
    """One of the shipped stations, another for each test."""
    number = next(_ids)
    with scratch.transaction() as session:
        identifier = StationId(f"LH-{number:03}")
        return ChangeStore(session).recorded(identifier).station


def changed(
    database: Database, *stations: Station, kind: ChangeKind = ChangeKind.EDIT, **more: Any
) -> int:
    note = RevisionNote(author=AUTHOR, reason=REASON, kind=kind)
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, note=note, **more)


def renamed(database: Database, station: Station, name: str) -> int:
    return changed(database, replace(station, name=name))


def present(database: Database, station: Station) -> Station:
    with database.transaction() as session:
        return ChangeStore(session).recorded(station.id).station


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json(force=True)["type"].rpartition("/")[2]


# -- a mirror --------------------------------------------------------------------------------


def brought_up_to_date(client: FlaskClient, copy: dict[str, Any], since: int, limit: int) -> int:
    """Apply what changed to a copy, as a mirror does; return the revision it then has."""
    address = f"/api/v1/changes?since={since}&limit={limit}"
    while True:
        page = client.get(address).get_json()
        for change in page["changes"]:
            assert (change["station"] in copy) == (change["change"] != "added")
            copy.pop(change["station"], None)
            if change["record"] is not None:
                copy[change["station"]] = change["record"]
        if page["complete"]:
            return int(page["revision"])
        address = page["links"][0]["href"].removeprefix("http://localhost")


def test_a_mirror_has_the_register_at_every_step(
    scratch: Database, client: FlaskClient, station: Station
) -> None:
    copy: dict[str, Any] = {}
    since = brought_up_to_date(client, copy, 0, limit=70)
    assert copy == as_records(scratch)

    renamed(scratch, station, "改名")
    changed(scratch, replace(station, id=StationId("NEW-1")))
    changed(scratch, removed=[StationId("NEW-1")])
    changed(scratch, removed=[StationId("LH-203")])

    reached = brought_up_to_date(client, copy, since, limit=1)
    assert reached == since + 4
    assert copy == as_records(scratch)


def as_records(database: Database) -> dict[str, Any]:
    return {each.id: record_json(each) for each in load_register(database, Overrides()).stations}


def test_changes_name_nobody(scratch: Database, client: FlaskClient, station: Station) -> None:
    since = renamed(scratch, station, "改名") - 1

    answer = client.get(f"/api/v1/changes?since={since}")

    (change,) = answer.get_json()["changes"]
    assert (change["change"], change["record"]["name"]) == ("changed", "改名")
    assert AUTHOR not in answer.text
    assert REASON not in answer.text


@pytest.mark.parametrize(
    "query", ["", "since=-1", "since=x", "since=1&limit=0", "since=1&after=%00"]
)
def test_a_question_that_cannot_be_asked_is_refused_by_name(
    client: FlaskClient, query: str
) -> None:
    answer = client.get(f"/api/v1/changes?{query}")

    assert problem(answer) == (400, "invalid-query")


def test_changes_since_a_revision_to_come_are_refused(client: FlaskClient) -> None:
    assert problem(client.get("/api/v1/changes?since=99999")) == (404, "revision-not-found")


# -- the past, for everybody -----------------------------------------------------------------


def test_a_stations_history_is_told_without_names(
    scratch: Database, client: FlaskClient, station: Station
) -> None:
    number = renamed(scratch, station, "改名")

    answer = client.get(f"/api/v1/stations/{station.id}/history")

    newest = answer.get_json()["history"][0]
    assert (newest["revision"]["number"], newest["change"]) == (number, "changed")
    assert newest["fields"] == [{"field": "name", "before": station.name, "after": "改名"}]
    assert AUTHOR not in answer.text
    assert REASON not in answer.text


def test_staff_are_told_who_and_why_and_no_cache_keeps_it(
    app: Flask, scratch: Database, station: Station
) -> None:
    renamed(scratch, station, "改名")
    path = f"/api/v1/stations/{station.id}/history"

    for answer in (
        signed_in(app, Role.VIEWER).get(path),
        app.test_client().get(path, headers=bearer(app, Permission.LOOK)),
    ):
        revision = answer.get_json()["history"][0]["revision"]
        assert (revision["author"], revision["reason"]) == (AUTHOR, REASON)
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert "Authorization" in answer.headers["Vary"]


def test_a_token_that_opens_nothing_is_refused_not_overlooked(client: FlaskClient) -> None:
    answer = client.get("/api/v1/revisions", headers={"Authorization": "Bearer gst_nothing"})

    assert answer.status_code == 401


def test_revisions_are_listed_page_by_page(scratch: Database, client: FlaskClient) -> None:
    with scratch.transaction() as session:
        recorded = ChangeStore(session).recorded(StationId("LH-100")).station
    numbers = [renamed(scratch, recorded, f"第{each}次") for each in range(4)]

    first = client.get("/api/v1/revisions?limit=3").get_json()
    rest = client.get(first["links"][0]["href"]).get_json()

    listed = [each["number"] for each in [*first["revisions"], *rest["revisions"]]]
    assert listed[:4] == numbers[::-1]
    assert "author" not in first["revisions"][0]


def test_what_a_revision_did_is_told_page_by_page(
    scratch: Database, client: FlaskClient, station: Station
) -> None:
    number = changed(
        scratch, *(replace(station, id=StationId(f"PAGE-{each}")) for each in range(3))
    )

    first = client.get(f"/api/v1/revisions/{number}?limit=2").get_json()
    rest = client.get(first["links"][0]["href"]).get_json()

    assert (first["added"], first["stations"]) == (3, 3)
    assert [each["station"] for each in [*first["changes"], *rest["changes"]]] == [
        *("PAGE-0", "PAGE-1", "PAGE-2")
    ]
    assert rest["links"] == []


def test_a_station_is_told_as_it_was(
    scratch: Database, client: FlaskClient, station: Station
) -> None:
    number = renamed(scratch, station, "改名")
    path = f"/api/v1/stations/{station.id}/as-of"

    before = client.get(f"{path}?revision={number - 1}").get_json()
    after = client.get(f"{path}?on=2100-01-01").get_json()

    assert before["record"] == record_json(station)
    assert (after["record"]["name"], after["changed_in"]) == ("改名", number)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/api/v1/stations/nobody/history", (404, "station-not-found")),
        ("/api/v1/stations/LH%00/history", (404, "station-not-found")),
        ("/api/v1/stations/nobody/as-of?revision=2", (404, "station-not-found")),
        ("/api/v1/stations/LH-001/as-of?revision=99999", (404, "revision-not-found")),
        ("/api/v1/stations/LH-001/as-of?revision=0", (410, "history-not-kept")),
        ("/api/v1/stations/LH-001/as-of?on=1999-12-31", (410, "history-not-kept")),
        ("/api/v1/stations/LH-001/as-of?on=0001-01-01", (410, "history-not-kept")),
        ("/api/v1/stations/LH-001/as-of", (400, "invalid-query")),
        ("/api/v1/stations/LH-001/as-of?on=2026-01-01&revision=2", (400, "invalid-query")),
        ("/api/v1/stations/LH-001/as-of?on=2026-02-30", (400, "invalid-query")),
        ("/api/v1/revisions/99999", (404, "revision-not-found")),
        ("/api/v1/revisions/99999999999999999999999", (404, "revision-not-found")),
    ],
)
def test_what_there_is_not_is_refused_in_words(
    client: FlaskClient, path: str, refused: tuple[int, str]
) -> None:
    assert problem(client.get(path)) == refused


# -- undoing ---------------------------------------------------------------------------------


def undo_by(app: Flask, number: int, seen: int | None, headers: dict[str, str], **body: Any) -> Any:
    named = {} if seen is None else {"If-Match": f'"{seen}"'}
    return app.test_client().post(
        f"/api/v1/revisions/{number}/undo",
        json={"reason": "错了"} | body,
        headers=headers | named,
    )


def test_a_program_looks_at_the_plan_and_undoes_what_it_saw(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = renamed(scratch, station, "改名")
    headers = bearer(app, Permission.EDIT, Permission.LOOK)

    plan = app.test_client().get(f"/api/v1/revisions/{number}/undo", headers=headers)
    made = undo_by(app, number, int(plan.headers["ETag"].strip('"')), headers)

    assert (plan.get_json()["changed"], plan.get_json()["refused"]) == (1, False)
    assert made.status_code == 201
    assert present(scratch, station) == station
    revision = app.test_client().get(made.headers["Location"], headers=headers).get_json()
    assert (revision["kind"], revision["undoes"], revision["reason"]) == ("undo", number, "错了")
    assert "token of" in revision["author"]


def test_an_undo_that_names_no_revision_seen_is_refused(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = renamed(scratch, station, "改名")
    headers = bearer(app, Permission.EDIT)

    assert undo_by(app, number, None, headers).status_code == 428
    assert undo_by(app, number, None, headers | {"If-Match": "*"}).status_code == 400
    assert present(scratch, station).name == "改名"


def test_a_station_changed_since_is_not_touched_and_shown_as_it_is(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = renamed(scratch, station, "改名")
    changed(scratch, replace(station, name="改名", capacity=77))

    refused = undo_by(app, number, number, bearer(app, Permission.EDIT))

    assert problem(refused) == (412, "station-changed")
    assert refused.get_json(force=True)["conflicts"][0]["present"]["capacity"] == 77


def test_a_later_change_in_the_way_is_named_and_decided_by_who_undoes(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = changed(scratch, replace(station, name="第一次", capacity=77))
    seen = changed(scratch, replace(station, name="第二次", capacity=77))
    headers = bearer(app, Permission.EDIT)

    refused = undo_by(app, number, seen, headers)
    kept = undo_by(app, number, seen, headers, conflicts="keep")

    assert problem(refused) == (409, "undo-refused")
    (obstacle,) = refused.get_json(force=True)["obstacles"]
    assert obstacle["fields"] == [
        {"field": "name", "before": station.name, "after": "第一次", "present": "第二次"}
    ]
    assert kept.status_code == 201
    assert present(scratch, station) == replace(station, name="第二次")


def test_one_station_of_an_import_is_undone_alone(
    app: Flask, scratch: Database, station: Station
) -> None:
    new = [replace(station, id=StationId(f"ONE-{each}")) for each in range(2)]
    number = changed(scratch, *new, kind=ChangeKind.IMPORT)

    made = undo_by(app, number, number, bearer(app, Permission.EDIT), station="ONE-0")

    assert made.get_json()["removed"] == 1
    assert present(scratch, new[1]) == new[1]


def test_an_editor_undoes_nothing_in_another_county(
    app: Flask, scratch: Database, station: Station
) -> None:
    number = renamed(scratch, station, "改名")
    with app.app_context():
        runtime.snapshots().wait_for(number)
    elsewhere = bearer(app, Permission.EDIT, counties=["411199"])

    assert problem(undo_by(app, number, number, elsewhere)) == (403, "forbidden-county")
    assert present(scratch, station).name == "改名"


def test_only_an_administrator_takes_a_load_back(app: Flask, scratch: Database) -> None:
    number, _ = load_folder(scratch, SHIPPED, author="tests", reason="the shipped one, again")

    refused = undo_by(app, number, number, bearer(app, role=Role.EDITOR))

    assert problem(refused) == (403, "not-allowed")


def test_who_may_only_look_undoes_nothing(app: Flask, scratch: Database, station: Station) -> None:
    number = renamed(scratch, station, "改名")

    assert undo_by(app, number, number, bearer(app, Permission.LOOK)).status_code == 403
    assert undo_by(app, number, number, {}).status_code == 401
    assert present(scratch, station).name == "改名"


@pytest.mark.parametrize(
    "body", [{"reason": "x" * 201}, {"reason": "a\u0000b"}, {"reason": None}, {"mine": 1}]
)
def test_a_body_that_cannot_be_meant_is_refused(
    app: Flask, scratch: Database, station: Station, body: dict[str, Any]
) -> None:
    number = renamed(scratch, station, "改名")

    assert undo_by(app, number, number, bearer(app, Permission.EDIT), **body).status_code == 400
