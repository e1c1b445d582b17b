"""Nearest and lists under a filter, against a look at every station; and what is kept of them."""

from datetime import UTC, datetime

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.filter_reading import FilterLanguage, read_filter
from geo_service.domain.station import ServiceKind, Station, StationFilter
from geo_service.domain.walking import Walking
from geo_service.services.browse import BrowseQuery, browse
from geo_service.services.nearest import NearestQuery, find_nearest
from geo_service.services.nearest_to_many import ManyNearestQuery, find_nearest_to_many
from tests.support.any_stations import registers
from tests.support.filters import Said, filters, values_of
from tests.support.register import a_register, a_station

WALKING = Walking(metres_per_minute=60.0, detour_factor=1.3)
NOW = datetime(2026, 11, 22, 23, 45, tzinfo=UTC)
ORIGIN = Coordinate(longitude=114.0, latitude=33.5)

services = st.none() | st.sampled_from(ServiceKind)


def condition(said: Said, service: ServiceKind | None) -> StationFilter:
    return StationFilter(service=service, where=read_filter(said.text, FilterLanguage.TEXT))


def matching(
    stations: list[Station], said: Said, service: ServiceKind | None
) -> list[tuple[float, str]]:
    """Those that match, closest first; ties by identifier."""
    today = datetime(2026, 11, 23, tzinfo=UTC).date()  # in Shanghai
    return sorted(
        (each.coordinate.distance_to(ORIGIN), each.id)
        for each in stations
        if each.in_being(today)
        and said.holds(values_of(each)) is True
        and (service is None or any(offered.kind is service for offered in each.services))
    )


@given(registers, filters, services)
@settings(max_examples=80, deadline=None)
def test_the_nearest_under_a_filter_are_those_of_a_look_at_every_station(
    stations: list[Station], said: Said, service: ServiceKind | None
) -> None:
    expected = matching(stations, said, service)
    register, conditions = a_register(stations), condition(said, service)

    answer = find_nearest(
        register, NearestQuery(origin=ORIGIN, instant=NOW, conditions=conditions), WALKING
    )

    assert answer.matched == len(expected)
    assert [(each.distance, each.station.id) for each in answer.stations] == expected[:5]


@given(registers, filters, services)
@settings(max_examples=40, deadline=None)
def test_many_origins_and_lists_find_the_same_under_a_filter(
    stations: list[Station], said: Said, service: ServiceKind | None
) -> None:
    expected = matching(stations, said, service)
    register, conditions = a_register(stations), condition(said, service)

    page = browse(register, BrowseQuery(instant=NOW, conditions=conditions))
    origins = Coordinates(longitudes=np.array([114.0]), latitudes=np.array([33.5]))
    many = find_nearest_to_many(
        register, ManyNearestQuery(origins=origins, instant=NOW, conditions=conditions), WALKING
    )

    assert [each.station.id for each in page.stations] == sorted(name for _, name in expected)
    assert [many.stations[place].id for place in many.places] == [name for _, name in expected[:5]]


def test_the_same_filter_is_judged_once() -> None:
    register = a_register([a_station("A", capacity=3), a_station("B", capacity=9)])
    era = register.eras.at(NOW)
    ways = "capacity > 5", "capacity>5.0", '5 < "capacity"'

    selections = {
        id(register.select(StationFilter(where=read_filter(each, FilterLanguage.TEXT)), era))
        for each in ways
    }

    assert len(selections) == 1


def test_filters_that_keep_nothing_do_not_fill_the_memory() -> None:
    register = a_register([a_station("A")])
    era = register.eras.at(NOW)

    for number in range(1000):
        where = read_filter(f"id = 'x{number}'", FilterLanguage.TEXT)
        assert len(register.select(StationFilter(where=where), era)) == 0

    assert len(register._selections) < 500  # noqa: SLF001  nothing else shows what is kept
