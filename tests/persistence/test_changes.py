"""Changes of stations: rows, history and revision made together, and nobody's change lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo_service.domain.change import ChangeKind, Recorded, RevisionNote
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.errors import StationChangedError, StationNotFoundError
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station

NOTE = RevisionNote(author="李女士", reason="moved across the street", kind=ChangeKind.EDIT)
A, B, C = (StationId(f"{letter}-1") for letter in "ABC")


@pytest.fixture(autouse=True)
def loaded(scratch: Database) -> int:
    """A register of two stations; its revision."""
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("A-1"), a_station("B-1")])
        return RegisterStore(session).replace(dataset, author="a test", reason="a test")


@pytest.fixture
def owner(scratch_postgis: PostGIS) -> Iterator[Database]:
    """The scratch database as the role that owns its tables."""
    database = Database.connect(scratch_postgis.owner_url)
    yield database
    database.engine.dispose()


def change(database: Database, *stations: Station, **more: Any) -> int:
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, note=NOTE, **more)


def recorded(database: Database, station_id: StationId) -> Recorded:
    with database.transaction() as session:
        return ChangeStore(session).recorded(station_id)


def history(database: Database, station_id: StationId) -> list[tuple[int, str | None]]:
    with database.transaction() as session:
        rows = session.execute(
            text(
                """SELECT revision, document->>'name' AS name FROM station_history
                   WHERE station_id = :id ORDER BY revision DESC LIMIT 3"""
            ),
            {"id": station_id},
        )
        return [(row.revision, row.name) for row in rows]


def test_a_changed_station_is_found_as_it_was_given(scratch: Database) -> None:
    at = reading_to_coordinate(114.0333333, 33.57, Datum.GCJ02)
    given = Station(
        id=A,
        name='名\\t"站"\n',
        name_en="O'Hara; DROP TABLE station",
        coordinate=at,
        reading=Reading(x=114.0333333, y=33.57, datum=Datum.GCJ02),
        services=(
            Service(kind=ServiceKind.REST, opening_hours="24/7"),
            Service(kind=ServiceKind.BREAKFAST, groups=frozenset({Group.SANITATION})),
        ),
        amenities=frozenset({Amenity.WATER, Amenity.TOILET}),
        address="路",
        telephone="0395",
        capacity=0,
        accessibility=Accessibility.LIMITED,
        data_status=DataStatus.OFFICIAL,
        source="手册",
        accuracy_m=None,
        verified_on=date(2026, 1, 2),
        opened_on=date(1, 1, 1),
        closed_on=date(9999, 12, 31),
        reported_closed_on=date(2026, 1, 3),
    )

    number = change(scratch, given)

    assert recorded(scratch, A) == Recorded(station=given, revision=number)


def test_only_what_is_changed_has_a_history_of_it(scratch: Database, loaded: int) -> None:
    moved = replace(recorded(scratch, A).station, name="moved")

    number = change(scratch, moved, recorded(scratch, B).station)

    assert number == loaded + 1
    assert history(scratch, A)[0] == (number, "moved")
    assert history(scratch, B)[0][0] <= loaded


def test_what_no_station_has_is_no_part_of_its_history(scratch: Database) -> None:
    with scratch.transaction() as session:
        kept = session.scalar(text("SELECT document FROM station_history WHERE station_id = 'A-1'"))

    assert kept is not None
    assert "reported_closed_on" not in kept  # nor had those documents it that are older than it


def test_a_change_that_changes_nothing_makes_no_revision(scratch: Database, loaded: int) -> None:
    assert change(scratch, recorded(scratch, A).station) == loaded
    assert recorded(scratch, A).revision <= loaded


def test_a_station_taken_out_leaves_its_history(scratch: Database) -> None:
    number = change(scratch, removed=[A])

    latest, before, *_ = history(scratch, A)
    assert latest == (number, None)
    assert before[1] == "Station A-1"
    with pytest.raises(StationNotFoundError):
        recorded(scratch, A)


def test_a_register_loaded_anew_has_a_history_of_what_came_and_what_went(
    scratch: Database, loaded: int
) -> None:
    with scratch.transaction() as session:
        RegisterStore(session).replace(
            a_dataset([a_station("B-1"), a_station("C-1")]), author="a test", reason="a test"
        )

    assert history(scratch, A)[0] == (loaded + 1, None)
    assert history(scratch, B)[0][0] <= loaded
    assert history(scratch, C)[0] == (loaded + 1, "Station C-1")


def test_the_revision_says_who_why_and_what_sort(scratch: Database) -> None:
    number = change(scratch, a_station("C-1"))

    with scratch.transaction() as session:
        row = session.execute(
            text("SELECT author, reason, kind, undoes FROM revision WHERE number = :n"),
            {"n": number},
        ).one()
    assert tuple(row) == ("李女士", "moved across the street", "edit", None)


def test_whoever_saw_an_older_state_is_told_of_the_present_one(scratch: Database) -> None:
    seen = recorded(scratch, A)
    now = replace(seen.station, name="first")
    number = change(scratch, now, unchanged_since={A: seen.revision})

    with pytest.raises(StationChangedError) as raised:
        change(scratch, replace(seen.station, name="second"), unchanged_since={A: seen.revision})

    (conflict,) = raised.value.conflicts
    assert conflict.present == Recorded(station=now, revision=number)
    assert recorded(scratch, A).station.name == "first"


def test_a_change_elsewhere_is_no_conflict(scratch: Database, loaded: int) -> None:
    change(scratch, replace(recorded(scratch, B).station, name="elsewhere"))

    change(scratch, replace(recorded(scratch, A).station, name="here"), unchanged_since={A: loaded})

    assert recorded(scratch, A).station.name == "here"


def test_of_two_who_save_at_once_one_is_told(scratch: Database) -> None:
    seen = recorded(scratch, A)
    at_once = threading.Barrier(2)

    def save(name: str) -> str:
        at_once.wait()
        try:
            change(scratch, replace(seen.station, name=name), unchanged_since={A: seen.revision})
        except StationChangedError:
            return "told"
        return name

    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(save, ["one", "two"]))

    assert "told" in outcomes
    assert outcomes - {"told"} == {recorded(scratch, A).station.name}


@pytest.mark.parametrize("table", ["revision", "station_history"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET {} = 7", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
@pytest.mark.parametrize("role", ["service", "owner"])
def test_the_database_refuses_to_alter_the_history(
    scratch: Database, owner: Database, table: str, statement: str, role: str
) -> None:
    column = {"revision": "number", "station_history": "revision"}[table]
    database = {"service": scratch, "owner": owner}[role]

    with pytest.raises(ProgrammingError), database.transaction() as session:
        session.execute(text(statement.format(table, column)))
