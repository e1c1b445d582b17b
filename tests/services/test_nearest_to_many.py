"""Nearest to many origins: what each of them would get alone."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import InvalidQueryError
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
from geo_service.services.nearest_to_many import (
    ManyNearest,
    ManyNearestQuery,
    find_nearest_to_many,
)
from geo_service.services.openness import OpenCondition, When, openness_of
from tests.support.register import REST, a_register, a_station

WALKING = Walking(metres_per_minute=60.0, detour_factor=1.3)
MONDAY = datetime(2026, 11, 22, 23, 45, tzinfo=UTC)  # 07:45 in Shanghai
HOURS = [None, "24/7", "off", "Mo-Su 08:00-18:00", "Mo-Su 22:00-06:00"]

# Steps of a few hundred metres in a row, so that ties and coincident places are many.
in_a_row = st.builds(
    Coordinate, longitude=st.integers(0, 8).map(lambda n: 114 + n / 256), latitude=st.just(33.5)
)
near_the_poles = st.builds(
    Coordinate, longitude=st.floats(-180, 180), latitude=st.sampled_from([90.0, 89.99, -90.0])
)
at_the_antimeridian = st.builds(
    Coordinate,
    longitude=st.sampled_from([180.0, -180.0, 179.99, -179.99]),
    latitude=st.floats(-1, 1),
)
anywhere = st.builds(Coordinate, longitude=st.floats(-180, 180), latitude=st.floats(-90, 90))
somewhere = in_a_row | in_a_row | near_the_poles | at_the_antimeridian | anywhere

services = st.builds(
    Service,
    kind=st.sampled_from(ServiceKind),
    opening_hours=st.sampled_from(HOURS),
    groups=st.frozensets(st.sampled_from(Group)),
)


@st.composite
def stations(draw: st.DrawFn) -> Station:
    at = draw(somewhere)
    return a_station(
        "?",
        at.longitude,
        at.latitude,
        *draw(st.lists(services, min_size=1, max_size=2, unique_by=lambda each: each.kind)),
        amenities=draw(st.frozensets(st.sampled_from([Amenity.WATER, Amenity.TOILET]))),
    )


def numbered(given: list[Station]) -> list[Station]:
    return [
        a_station(
            f"S-{number:03}",
            each.coordinate.longitude,
            each.coordinate.latitude,
            *each.services,
            amenities=each.amenities,
        )
        for number, each in enumerate(given)
    ]


options = st.fixed_dictionaries(
    {
        "instant": st.integers(0, 7 * 24 * 60).map(
            lambda minutes: MONDAY + timedelta(minutes=minutes)
        ),
        "limit": st.integers(1, 12) | st.just(50),
        "within": st.none() | st.sampled_from([1.0, 363.0, 900.0, 5_000.0, 2e6, 2.1e7]).map(Metres),
        "conditions": st.builds(
            StationFilter,
            service=st.none() | st.sampled_from(ServiceKind),
            group=st.none() | st.sampled_from(Group),
            amenities=st.frozensets(st.sampled_from([Amenity.WATER]), max_size=1),
        ),
        "open": st.none()
        | st.builds(OpenCondition, when=st.sampled_from(When), certain=st.booleans()),
    }
)


def coordinates(places: list[Coordinate]) -> Coordinates:
    return Coordinates(
        longitudes=np.array([each.longitude for each in places], np.float64),
        latitudes=np.array([each.latitude for each in places], np.float64),
    )


Told = tuple[str, float, int]


def told(answer: ManyNearest) -> list[list[Told]]:
    """What each origin found."""
    identifiers = [each.id for each in answer.stations]
    flat: list[Told] = [
        (identifiers[place], metres, minutes)
        for place, metres, minutes in zip(
            answer.places, answer.metres, answer.walk_minutes, strict=True
        )
    ]
    ends = np.cumsum(answer.counts).tolist()
    return [flat[end - count : end] for end, count in zip(ends, answer.counts, strict=True)]


@settings(max_examples=300, deadline=None)
@given(
    drawn=st.lists(stations(), max_size=60) | st.lists(stations(), max_size=2),
    origins=st.lists(somewhere, min_size=1, max_size=8),
    asked=options,
)
def test_every_origin_gets_what_it_would_get_alone(
    drawn: list[Station], origins: list[Coordinate], asked: dict[str, Any]
) -> None:
    register = a_register(numbered(drawn))

    answer = find_nearest_to_many(
        register, ManyNearestQuery(origins=coordinates(origins), **asked), WALKING
    )

    alone = [
        find_nearest(register, NearestQuery(origin=each, **asked), WALKING) for each in origins
    ]
    assert list(answer.matched) == [each.matched for each in alone]
    assert told(answer) == [
        [(each.station.id, each.distance, each.walk_minutes) for each in one.stations]
        for one in alone
    ]
    if asked["open"] is not None and asked["open"].when is When.ARRIVAL:
        assert [(each.at, each.openness) for each in answer.arrivals] == [
            (each.at, each.openness) for one in alone for each in one.stations
        ]
    else:
        assert list(answer.arrivals) == []


@settings(max_examples=40, deadline=None)
@given(drawn=st.lists(stations(), max_size=20), asked=options)
def test_each_station_found_stands_once_by_identifier_with_its_openness_at_the_instant(
    drawn: list[Station], asked: dict[str, Any]
) -> None:
    register = a_register(numbered(drawn))
    origins = coordinates([Coordinate(longitude=114 + n / 256, latitude=33.5) for n in range(4)])

    answer = find_nearest_to_many(register, ManyNearestQuery(origins=origins, **asked), WALKING)

    assert [each.id for each in answer.stations] == sorted(
        {identifier for one in told(answer) for identifier, _, _ in one}
    )
    assert list(answer.openness) == [
        openness_of(register, each.services, asked["instant"]) for each in answer.stations
    ]


@pytest.mark.parametrize("coincident", [2, 6, 7, 20, 60])
def test_more_stations_at_one_place_than_are_asked_for_come_by_identifier(coincident: int) -> None:
    register = a_register(a_station(f"S-{n:02}", 114.0, 33.5) for n in range(coincident))
    origins = coordinates([Coordinate(longitude=114.0 + n / 10, latitude=33.5) for n in range(3)])

    answer = find_nearest_to_many(
        register, ManyNearestQuery(origins=origins, instant=MONDAY), WALKING
    )

    first = [f"S-{n:02}" for n in range(min(5, coincident))]
    assert [[identifier for identifier, _, _ in one] for one in told(answer)] == [first] * 3
    assert list(answer.matched) == [coincident] * 3


def a_city(*, stations: int, hours: str) -> list[Station]:
    offered = Service(kind=ServiceKind.REST, opening_hours=hours)
    return [
        a_station(f"S-{n:04}", 114 + math.sin(n) / 10, 33.5 + math.cos(n * n) / 10, offered)
        for n in range(stations)
    ]


@pytest.mark.parametrize("asked", [{}, {"within": Metres(3000.0)}])
def test_a_closed_city_is_gone_through_to_its_end(asked: dict[str, Any]) -> None:
    register = a_register(
        [*a_city(stations=2500, hours="off"), a_station("the one", 114.2, 33.7, REST)]
    )
    origins = [Coordinate(longitude=114.19, latitude=33.69), Coordinate(longitude=114, latitude=33)]

    answer = find_nearest_to_many(
        register,
        ManyNearestQuery(
            origins=coordinates(origins),
            instant=MONDAY,
            open=OpenCondition(when=When.ARRIVAL),
            **asked,
        ),
        WALKING,
    )

    found = [[identifier for identifier, _, _ in one] for one in told(answer)]
    assert found == [["the one"], [] if asked else ["the one"]]
    assert list(answer.matched) == ([1, 0] if asked else [None, None])


def test_many_origins_are_measured_in_pieces() -> None:
    register = a_register(a_city(stations=900, hours="off"))
    origins = [Coordinate(longitude=114 + n / 9000, latitude=33.5) for n in range(900)]

    answer = find_nearest_to_many(
        register,
        ManyNearestQuery(
            origins=coordinates(origins),
            instant=MONDAY,
            open=OpenCondition(when=When.ARRIVAL, certain=True),
        ),
        WALKING,
    )

    assert (list(answer.matched), list(answer.counts)) == ([None] * 900, [0] * 900)


def test_arrivals_that_are_alike_are_one_object() -> None:
    register = a_register(a_city(stations=3, hours="Mo-Su 08:00-18:00"))
    origins = coordinates([Coordinate(longitude=114.0, latitude=33.5)] * 2)

    answer = find_nearest_to_many(
        register,
        ManyNearestQuery(origins=origins, instant=MONDAY, open=OpenCondition(when=When.ARRIVAL)),
        WALKING,
    )

    half = len(answer.arrivals) // 2
    assert half
    assert all(
        one is other
        for one, other in zip(answer.arrivals[:half], answer.arrivals[half:], strict=True)
    )


@pytest.mark.parametrize("limit", [0, 51])
def test_a_limit_out_of_range_cannot_be_asked(limit: int) -> None:
    with pytest.raises(InvalidQueryError, match="from 1 to 50"):
        ManyNearestQuery(origins=coordinates([]), instant=MONDAY, limit=limit)
