"""Stations through COPY: no text is taken for anything else, and faults are told as such."""

import time
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from geo_service.domain.errors import RegisterNotWritableError
from geo_service.domain.station import Amenity, Group, Service, ServiceKind, Station
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.station_copy import read_stations, write_stations
from tests.support.register import a_dataset, a_station

HOSTILE = [
    "\\N",
    "\\.",
    "\\",
    "\\\\t",
    "a\tb",
    "a\nb\r\nc\r",
    "\b\f\v",
    "'; DROP TABLE station; --",
    '{"a",b}',
    "%s %(name)s :name",
    "",
    " ",
    "驿站\u2028\U0001f6bb",
    "\ufeff",
]


def hostile_stations() -> list[Station]:
    return [
        a_station(
            f"{number:02}{words}",
            114.0 + number / 3,
            33.5 - number / 7,
            Service(kind=ServiceKind.REST, opening_hours=words, groups=frozenset(Group)),
            Service(kind=ServiceKind.BREAKFAST, opening_hours=None),
            name=words,
            name_en=words,
            address=words,
            telephone=words,
            source=words,
            amenities=frozenset(Amenity) if number % 2 else frozenset(),
            accuracy_m=number / 3,
            verified_on=date(2026, 2, 1 + number),
            opened_on=date(2016, 2, 1 + number) if number % 2 else None,
            closed_on=date(9999, 12, 31) if number % 3 else None,
            reported_closed_on=None if number % 4 else date(2026, 3, 1 + number),
        )
        for number, words in enumerate(HOSTILE)
    ]


def replace(database: Database, stations: list[Station]) -> None:
    with database.transaction() as session:
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="a test")


def test_hostile_text_comes_back_as_it_went_in(scratch: Database) -> None:
    stations = hostile_stations()

    replace(scratch, stations)

    with scratch.transaction() as session:
        _, dataset = RegisterStore(session).load()
    assert dataset.stations == sorted(stations, key=lambda station: station.id)


def test_what_lies_in_the_tables_is_the_text_itself(scratch: Database) -> None:
    replace(scratch, hostile_stations())

    with scratch.transaction() as session:
        names = session.scalars(text("SELECT name FROM station ORDER BY left(id, 2)")).all()
        hours = session.scalars(
            text(
                "SELECT opening_hours FROM station_service WHERE kind = 'rest' "
                "ORDER BY left(station_id, 2)"
            )
        ).all()

    assert (names, hours) == (HOSTILE, HOSTILE)


def test_a_station_stands_where_it_was_said_to(scratch: Database) -> None:
    replace(scratch, [a_station("A-1", 114.0123456789012, -33.98765432109876)])

    with scratch.transaction() as session:
        found = session.execute(
            text(
                "SELECT ST_X(location::geometry), ST_Y(location::geometry), "
                "ST_SRID(location::geometry) FROM station"
            )
        ).one()

    assert tuple(found) == (114.0123456789012, -33.98765432109876, 4326)


@pytest.mark.parametrize("style", ["German, DMY", "SQL, MDY"])
def test_a_day_is_read_however_the_database_writes_days(scratch: Database, style: str) -> None:
    day = date(2026, 2, 1)
    replace(scratch, [a_station("A-1", verified_on=day, opened_on=day)])

    with scratch.transaction() as session:
        session.execute(text(f"SET LOCAL datestyle = '{style}'"))
        [station] = read_stations(session, lambda: None)

    assert (station.verified_on, station.opened_on) == (day, day)


def test_the_database_takes_no_station_that_ends_before_it_began(scratch: Database) -> None:
    backwards = a_station("A-1", opened_on=date(2026, 2, 1), closed_on=date(2026, 2, 1))

    with pytest.raises(IntegrityError, match="ck_station_closed_on"):
        replace(scratch, [backwards])


def test_a_station_given_twice_is_refused_whole(scratch: Database) -> None:
    replace(scratch, [a_station("A-1")])

    with pytest.raises(IntegrityError):
        replace(scratch, [a_station("A-2"), a_station("A-2")])

    with scratch.transaction() as session:
        assert session.scalars(text("SELECT id FROM station")).all() == ["A-1"]


def test_a_database_that_gives_up_on_the_way_is_told_in_words_of_the_domain(
    scratch: Database,
) -> None:
    def slowly() -> Iterator[Station]:
        yield a_station("S-1")
        time.sleep(0.2)
        yield a_station("S-2")

    def write() -> None:
        with scratch.transaction() as session:
            RegisterStore(session).take_turn()
            session.execute(text("SET LOCAL statement_timeout = 50"))
            write_stations(session, slowly())

    with pytest.raises(RegisterNotWritableError, match="took too long; nothing was changed"):
        write()


def test_a_load_may_take_longer_than_a_statement_may(scratch: Database) -> None:
    replace(scratch, [a_station(f"A-{number:04}") for number in range(1500)])

    with scratch.transaction() as session:
        session.execute(text("SET LOCAL statement_timeout = 150"))
        stations = read_stations(session, lambda: time.sleep(0.1))

    assert len(stations) == 1500
