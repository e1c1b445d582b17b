"""Stations that are not yet, or no more: nobody is sent to them, on whatever way they ask."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.opening_hours import Openness
from geo_service.domain.register import Register
from geo_service.domain.route import Route
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import Service, ServiceKind
from geo_service.domain.walking import Walking
from geo_service.services.along import AlongQuery, find_along
from geo_service.services.browse import BrowseQuery, browse, matching_stations, station_at
from geo_service.services.coverage import CoverageQuery, day_counted, measure_coverage
from geo_service.services.nearest import NearestQuery, find_nearest
from geo_service.services.nearest_to_many import ManyNearestQuery, find_nearest_to_many
from geo_service.services.notes import coverage_notes
from geo_service.services.openness import OpenCondition, When
from geo_service.services.pocket import PocketTerms, pocket_register
from geo_service.services.search import find_by_name
from tests.support.register import a_register, a_station

WALKING = Walking()
HERE = Coordinate(longitude=114.0, latitude=33.5)
ALL_DAY = Service(kind=ServiceKind.REST, opening_hours="24/7")
STATIONS = [
    a_station("ALWAYS", 114.03, 33.5, ALL_DAY),
    a_station("ENDED", 114.01, 33.5, ALL_DAY, closed_on=date(2020, 6, 1)),
    a_station("NEW", 114.02, 33.5, ALL_DAY, opened_on=date(2020, 6, 1)),
    a_station("PLANNED", 114.0, 33.5, ALL_DAY, opened_on=date(2030, 1, 1)),
]
# In Shanghai the first of June has just begun, or is about to.
JUNE = datetime(2020, 5, 31, 16, 0, tzinfo=UTC)
MAY = JUNE - timedelta(seconds=1)
IN_BEING = pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (MAY, ["ALWAYS", "ENDED"]),
        (JUNE, ["ALWAYS", "NEW"]),
        (datetime(2031, 1, 1, tzinfo=UTC), ["ALWAYS", "NEW", "PLANNED"]),
    ],
    ids=["before", "after", "later"],
)


@pytest.fixture(scope="module")
def register() -> Register:
    """Four stations in a row, two of which change places on a first of June."""
    return a_register(STATIONS)


@IN_BEING
def test_the_nearest_are_in_being_then(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    for condition in (None, OpenCondition(when=When.INSTANT)):
        query = NearestQuery(origin=HERE, instant=instant, limit=9, open=condition)

        found = find_nearest(register, query, WALKING)

        assert sorted(each.station.id for each in found.stations) == expected
        assert found.matched == len(expected)


@IN_BEING
def test_the_nearest_to_many_are_in_being_then(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    origins = Coordinates(longitudes=np.array([114.0, 114.5]), latitudes=np.array([33.5, 33.5]))

    found = find_nearest_to_many(
        register, ManyNearestQuery(origins=origins, instant=instant, limit=9), WALKING
    )

    assert sorted(each.id for each in found.stations) == expected
    assert list(found.counts) == [len(expected)] * 2


@IN_BEING
def test_those_passed_are_in_being_then(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    line = Coordinates(longitudes=np.array([113.9, 114.1]), latitudes=np.array([33.5, 33.5]))

    found = find_along(register, AlongQuery(route=Route.through(line), instant=instant), WALKING)

    assert sorted(each.station.id for each in found.stations) == expected


@IN_BEING
def test_pages_and_maps_list_those_in_being_then(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    query = BrowseQuery(instant=instant)

    assert [each.station.id for each in browse(register, query).stations] == expected
    assert [each.id for each in matching_stations(register, query)] == expected


@IN_BEING
def test_a_name_finds_those_in_being_then(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    found = find_by_name(register, "Station", instant)

    assert sorted(each.station.id for each in found.stations) == expected


@IN_BEING
def test_a_phone_is_given_those_in_being_on_its_day(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    day = register.eras.day_of(instant)
    terms = PocketTerms(day=day, walking=WALKING, served_area=ServedArea(margin=Metres(20_000)))

    assert pocket_register(register, terms)["stations"]["id"] == expected


@IN_BEING
def test_coverage_counts_those_in_being_on_its_day(
    register: Register, instant: datetime, expected: list[str]
) -> None:
    for on in (instant, register.eras.day_of(instant)):
        answer = measure_coverage(register, CoverageQuery(radius=Metres(1000), on=on))

        assert sorted(each.id for each in answer.stations) == expected


def test_coverage_at_an_instant_counts_those_of_its_day_unless_another_is_asked_for(
    register: Register,
) -> None:
    at_once = OpenCondition(when=When.INSTANT)
    query = CoverageQuery(radius=Metres(1000), open=at_once, instant=MAY)
    other = CoverageQuery(radius=Metres(1000), open=at_once, instant=MAY, on=date(2020, 6, 1))

    assert day_counted(register, query) == date(2020, 5, 31)
    assert [each.id for each in measure_coverage(register, query).stations] == ["ALWAYS", "ENDED"]
    assert [each.id for each in measure_coverage(register, other).stations] == ["ALWAYS", "NEW"]


def test_two_days_with_the_same_stations_are_measured_once(register: Register) -> None:
    one, other, third = (
        measure_coverage(register, CoverageQuery(radius=Metres(1000), on=day))
        for day in (date(2021, 1, 1), date(2029, 12, 31), date(2030, 1, 1))
    )

    assert one.report is other.report
    assert third.report is not one.report


def test_days_with_as_many_stations_that_are_others_are_not_taken_for_the_same(
    register: Register,
) -> None:
    may, june = (
        measure_coverage(register, CoverageQuery(radius=Metres(1000), on=day))
        for day in (date(2020, 5, 31), date(2020, 6, 1))
    )

    assert len(may.stations) == len(june.stations)
    assert may.report is not june.report


def test_a_station_out_of_being_is_closed_whatever_its_hours_say(register: Register) -> None:
    ended = register.stations[1]

    before, after = (station_at(register, ended, instant) for instant in (MAY, JUNE))

    assert [each.state for each in before.openness] == [Openness.OPEN]
    assert [(each.state, each.next_change) for each in after.openness] == [(Openness.CLOSED, None)]


def test_coverage_of_another_day_says_what_is_not_of_that_day(register: Register) -> None:
    now = datetime(2026, 11, 16, tzinfo=UTC)
    notes = {}
    for on in (now, date(2020, 6, 1)):
        answer = measure_coverage(register, CoverageQuery(radius=Metres(1000), on=on))
        notes[on] = " ".join(coverage_notes(register, answer, now, "en"))

    assert "2020-06-01" in notes[date(2020, 6, 1)]
    assert "Of 1 of the stations counted nobody knows" in notes[date(2020, 6, 1)]
    assert "in being" not in notes[now]
