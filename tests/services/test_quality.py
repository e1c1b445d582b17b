"""What there is to see to in a register, against looking at each station alone."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely import Point, Polygon, box

from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.domain.scorecard import cards_of, tally
from geo_service.domain.station import Service, ServiceKind, Station
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.services.quality import Finding, Found, Quality, quality_of
from tests.support.register import a_register, a_station

TODAY = date(2026, 11, 23)
OPEN = Service(kind=ServiceKind.REST, opening_hours="24/7")
GEOD = Geod(ellps="WGS84")


def a_township(code: str, outline: Polygon | None) -> Township:
    status = BoundaryStatus.NONE if outline is None else BoundaryStatus.APPROXIMATE
    return Township(
        code=code, name=f"{code}镇", boundary=outline, boundary_status=status, source="a test"
    )


WEST, EAST = (
    a_township("W", box(113.9, 33.4, 114.0, 33.6)),
    a_township("E", box(114.0, 33.4, 114.1, 33.6)),
)
UNKNOWN = a_township("U", None)


def a_sound(identifier: str, longitude: float = 113.95, **more: object) -> Station:
    """A station with nothing to see to."""
    known = {"name": identifier, "township_code": "W", "accuracy_m": Metres(5.0)}
    known |= {"verified_on": TODAY}
    return a_station(identifier, longitude, 33.5, OPEN, **(known | more))


def register_of(*stations: Station) -> Register:
    return a_register(stations, townships=(WEST, EAST, UNKNOWN))


def look(register: Register, days: int = 180) -> Quality:
    return quality_of(register, TODAY, verify_after_days=days)


def rows(finding: Finding, *stations: Station) -> list[Found]:
    register = register_of(*stations)
    return look(register).rows(register, finding)


def test_a_whole_record_has_nothing_to_see_to() -> None:
    found = look(register_of(a_sound("A-1")))

    assert (found.stations, found.sound) == (1, 1)
    assert not any(found.count(finding) for finding in Finding)


@pytest.mark.parametrize(
    ("finding", "changed"),
    [
        (Finding.REPORTED_CLOSED, {"reported_closed_on": TODAY}),
        (Finding.HOURS_UNKNOWN, {"services": (OPEN, Service(kind=ServiceKind.BREAKFAST))}),
        (Finding.ACCURACY_UNKNOWN, {"accuracy_m": None}),
        (Finding.TOWNSHIP_UNKNOWN, {"township_code": None}),
        (Finding.UNVERIFIED, {"verified_on": None}),
        (Finding.UNVERIFIED, {"verified_on": TODAY - timedelta(days=181)}),
        (Finding.OUTSIDE_TOWNSHIP, {"township_code": "E"}),
    ],
)
def test_a_record_is_found_by_its_one_weakness(
    finding: Finding, changed: dict[str, object]
) -> None:
    weak = replace(a_sound("A-2"), **changed)  # type: ignore[arg-type]  # each of its own field
    register = register_of(a_sound("A-1", 113.91), weak)

    found = look(register)

    assert {each: found.count(each) for each in Finding if found.count(each)} == {finding: 1}
    assert found.rows(register, finding)[0].station == weak
    assert found.sound == 1


def test_what_was_verified_on_the_last_day_that_counts_is_not_listed() -> None:
    last = a_sound("A-1", verified_on=TODAY - timedelta(days=180))

    assert rows(Finding.UNVERIFIED, last) == []


def test_how_far_outside_its_township_a_station_lies_is_said() -> None:
    [found] = rows(Finding.OUTSIDE_TOWNSHIP, a_sound("A-1", 114.01))

    assert found.outside is not None
    metres = GEOD.inv(114.0, 33.5, 114.01, 33.5)[2]
    assert found.outside.distance == pytest.approx(metres, rel=1e-3)
    assert (found.outside.recorded, found.outside.within) == (WEST, EAST)


def test_a_township_without_an_outline_has_nothing_outside() -> None:
    assert rows(Finding.OUTSIDE_TOWNSHIP, a_sound("A-1", 115.0, township_code="U")) == []


def test_stations_near_and_alike_name_each_other() -> None:
    twins = a_sound("A-1", name="人民路驿站"), a_sound("A-2", name="人民路工会驿站")

    found = rows(Finding.DUPLICATE, *twins, a_sound("A-3", name="文化宫驿站"))

    assert [(each.station.id, each.twin) for each in found] == [("A-1", "A-2"), ("A-2", "A-1")]


def test_a_station_that_is_no_more_is_not_looked_at() -> None:
    gone = a_sound("A-1", name="人民路驿站", closed_on=TODAY, verified_on=None)

    found = look(register_of(gone, a_sound("A-2", name="人民路驿站")))

    assert (found.stations, found.sound) == (1, 1)


@st.composite
def stations(draw: st.DrawFn) -> Station:
    return a_sound(
        f"A-{draw(st.integers(0, 999)):03}",
        draw(st.floats(113.89, 114.11)),
        township_code=draw(st.sampled_from(["W", "E", "U", None])),
        accuracy_m=draw(st.sampled_from([None, 5.0])),
        name=draw(st.sampled_from(["人民路驿站", "文化宫驿站", "老街"])),
        verified_on=draw(st.none() | st.dates(date(2026, 1, 1), TODAY)),
    )


@settings(max_examples=50, deadline=None)
@given(st.lists(stations(), max_size=12, unique_by=lambda station: station.id))
def test_all_that_is_found_is_what_looking_at_each_alone_finds(given: list[Station]) -> None:
    register = register_of(*given)
    outlines = {each.code: each.boundary for each in register.townships}

    found = look(register)

    def ids(finding: Finding) -> set[str]:
        return {each.station.id for each in found.rows(register, finding)}

    assert ids(Finding.UNVERIFIED) == {
        each.id
        for each in given
        if each.verified_on is None or (TODAY - each.verified_on).days > 180
    }
    assert ids(Finding.OUTSIDE_TOWNSHIP) == {
        each.id
        for each in given
        if (outline := outlines.get(each.township_code or "")) is not None
        and not outline.intersects(Point(each.coordinate.longitude, each.coordinate.latitude))
    }
    assert ids(Finding.DUPLICATE) == {
        each.id
        for pair in combinations(given, 2)
        if pair[0].name == pair[1].name
        and pair[0].coordinate.distance_to(pair[1].coordinate) <= 100
        for each in pair
    }
    everybody = set.union(*map(ids, Finding))
    assert found.sound == len(given) - len(everybody)
    assert found.six.counts == tally(cards_of(list(register.stations))).counts
