"""Nearest: every combination of conditions, against a search that looks at every station."""

import math
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.opening_hours import Openness
from geo_service.domain.station import (
    Amenity,
    Group,
    Service,
    ServiceKind,
    Station,
    StationFilter,
)
from geo_service.domain.walking import Walking
from geo_service.services.nearest import NearestQuery, find_nearest
from geo_service.services.openness import OpenCondition, When
from tests.support.register import REST, SHANGHAI, a_register, a_station

WALKING = Walking(metres_per_minute=60.0, detour_factor=1.3)
MONDAY = datetime(2026, 11, 22, 23, 45, tzinfo=UTC)  # 07:45 in Shanghai

# Irregular, so that no two are equally far from an origin unless they are the same place.
PLACES = [
    Coordinate(longitude=114 + math.sin(37.1 * n) / 20, latitude=33.5 + math.cos(11.3 * n) / 20)
    for n in range(12)
]
HOURS = [None, "24/7", "off", "Mo-Su 08:00-18:00", "Mo-Su 22:00-06:00"]

services = st.builds(
    Service,
    kind=st.sampled_from(ServiceKind),
    opening_hours=st.sampled_from(HOURS),
    groups=st.frozensets(st.sampled_from(Group)),
)


@st.composite
def registers(draw: st.DrawFn) -> list[Station]:
    numbers = draw(st.lists(st.integers(0, 99), unique=True, max_size=14))
    stations = []
    for number in numbers:
        at = draw(st.sampled_from(PLACES))
        offered = draw(st.lists(services, min_size=1, max_size=2, unique_by=lambda s: s.kind))
        amenities = draw(st.frozensets(st.sampled_from([Amenity.WATER, Amenity.TOILET])))
        stations.append(
            a_station(f"S-{number:02}", at.longitude, at.latitude, *offered, amenities=amenities)
        )
    return stations


conditions = st.builds(
    StationFilter,
    service=st.none() | st.sampled_from(ServiceKind),
    group=st.none() | st.sampled_from(Group),
    amenities=st.frozensets(st.sampled_from([Amenity.WATER, Amenity.TOILET]), max_size=2),
)
queries = st.builds(
    NearestQuery,
    origin=st.sampled_from(PLACES)
    | st.builds(Coordinate, longitude=st.just(114.0123), latitude=st.just(33.4877)),
    instant=st.integers(0, 7 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes)),
    limit=st.integers(1, 50),
    within=st.none() | st.sampled_from([1.0, 2_500.0, 5_000.0, 50_000.0]).map(Metres),
    conditions=conditions,
    open=st.none() | st.builds(OpenCondition, when=st.sampled_from(When), certain=st.booleans()),
)


def _is_not_counted(query: NearestQuery) -> bool:
    return query.within is None and query.open is not None and query.open.when is When.ARRIVAL


@settings(max_examples=400, deadline=None)
@given(stations=registers(), query=queries)
def test_nearest_is_what_looking_at_every_station_finds(
    stations: list[Station], query: NearestQuery
) -> None:
    answer = find_nearest(a_register(stations), query, WALKING)

    expected = looked_for(stations, query)
    assert answer.matched == (None if _is_not_counted(query) else len(expected))
    found = [(each.station.id, each.distance) for each in answer.stations]
    assert [identifier for identifier, _ in found] == [
        identifier for identifier, _ in expected[: query.limit]
    ]
    assert [metres for _, metres in found] == pytest.approx(
        [metres for _, metres in expected[: query.limit]], abs=1e-6
    )


def looked_for(stations: list[Station], query: NearestQuery) -> list[tuple[str, float]]:
    """Answer without an index, without the register, and by another geodesic."""
    found = []
    for station in stations:
        metres = Geodesic.WGS84.Inverse(
            query.origin.latitude,
            query.origin.longitude,
            station.coordinate.latitude,
            station.coordinate.longitude,
        )["s12"]
        at = query.instant
        if query.open is not None and query.open.when is When.ARRIVAL:
            at += timedelta(minutes=math.ceil(metres * 1.3 / 60))
        asked = query.conditions
        offered = [
            service
            for service in station.services
            if asked.service in {None, service.kind}
            and (asked.group is None or not service.groups or asked.group in service.groups)
        ]
        states = {state_by_hand(service.opening_hours, at) for service in offered}
        wanted = {"open"} if query.open and query.open.certain else {"open", "unknown"}
        if (
            offered
            and asked.amenities <= station.amenities
            and (query.within is None or metres <= query.within)
            and (query.open is None or states & wanted)
        ):
            found.append((round(metres, 6), station.id, metres))
    return [(identifier, metres) for _, identifier, metres in sorted(found)]


def state_by_hand(hours: str | None, at: datetime) -> str:
    hour = at.astimezone(SHANGHAI).hour
    opened = {
        "24/7": True,
        "off": False,
        "Mo-Su 08:00-18:00": 8 <= hour < 18,
        "Mo-Su 22:00-06:00": hour >= 22 or hour < 6,
    }
    return "unknown" if hours is None else "open" if opened[hours] else "closed"


def test_stations_at_one_place_come_by_identifier() -> None:
    register = a_register(a_station(name, 114.0, 33.5) for name in ("C", "A", "B"))
    query = NearestQuery(
        origin=Coordinate(longitude=114.01, latitude=33.51), instant=MONDAY, limit=2
    )

    answer = find_nearest(register, query, WALKING)

    assert [each.station.id for each in answer.stations] == ["A", "B"]
    assert answer.matched == 3


def test_an_empty_register_answers_with_nothing() -> None:
    query = NearestQuery(origin=PLACES[0], instant=MONDAY)

    answer = find_nearest(a_register([]), query, WALKING)

    assert (answer.matched, answer.stations) == (0, ())


FROM_EIGHT = Service(kind=ServiceKind.REST, opening_hours="Mo-Su 08:00-18:00")
A_KILOMETRE_SOUTH = Coordinate(longitude=114.0, latitude=33.5 - 1000 / 110_909)


@pytest.mark.parametrize(
    ("when", "found", "state", "at"),
    [
        (When.INSTANT, [], None, None),
        (When.ARRIVAL, ["A"], Openness.OPEN, MONDAY + timedelta(minutes=22)),
    ],
)
def test_openness_on_arrival_is_told_for_the_end_of_the_walk(
    when: When, found: list[str], state: Openness | None, at: datetime | None
) -> None:
    register = a_register([a_station("A", 114.0, 33.5, FROM_EIGHT)])
    query = NearestQuery(
        origin=A_KILOMETRE_SOUTH, instant=MONDAY, open=OpenCondition(when=when, certain=True)
    )

    answer = find_nearest(register, query, WALKING)

    assert [each.station.id for each in answer.stations] == found
    assert [(each.openness[0].state, each.at) for each in answer.stations] == (
        [(state, at)] if found else []
    )


def test_a_walk_is_rounded_up_to_whole_minutes() -> None:
    register = a_register([a_station("A", 114.0, 33.5)])
    query = NearestQuery(origin=A_KILOMETRE_SOUTH, instant=MONDAY)

    [found] = find_nearest(register, query, WALKING).stations

    assert found.distance == pytest.approx(1000, abs=1)
    assert found.walk_minutes == 22  # 1,300 m at 60 m a minute: 21.67


def test_without_a_condition_openness_is_told_for_the_instant() -> None:
    register = a_register([a_station("A", 114.0, 33.5, FROM_EIGHT)])
    query = NearestQuery(origin=A_KILOMETRE_SOUTH, instant=MONDAY)

    [found] = find_nearest(register, query, WALKING).stations

    assert (found.at, found.openness[0].state) == (MONDAY, Openness.CLOSED)


def test_a_group_and_a_service_must_hold_on_one_same_service() -> None:
    breakfast = Service(kind=ServiceKind.BREAKFAST, groups=frozenset({Group.BUS_DRIVER}))
    register = a_register([a_station("A", 114.0, 33.5, REST, breakfast)])

    def matched(**asked: object) -> int | None:
        query = NearestQuery(
            origin=PLACES[0],
            instant=MONDAY,
            conditions=StationFilter(**asked),  # type: ignore[arg-type]
        )
        return find_nearest(register, query, WALKING).matched

    assert matched(service=ServiceKind.REST, group=Group.SANITATION) == 1
    assert matched(service=ServiceKind.BREAKFAST, group=Group.BUS_DRIVER) == 1
    assert matched(service=ServiceKind.BREAKFAST, group=Group.SANITATION) == 0


@pytest.mark.parametrize("limit", [-1, 0, 51])
def test_a_limit_out_of_range_cannot_be_asked(limit: int) -> None:
    with pytest.raises(InvalidQueryError, match="from 1 to 50"):
        NearestQuery(origin=PLACES[0], instant=MONDAY, limit=limit)


def test_places_of_these_tests_are_never_equally_far() -> None:
    for origin in PLACES:
        metres = sorted(origin.distance_to(other) for other in PLACES)
        assert all(far - near > 0.01 for near, far in pairwise(metres))
