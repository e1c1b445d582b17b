"""Many origins at once: the same as one after the other, wherever they are."""

import math

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum, reading_to_coordinate, readings_to_coordinates
from geo_service.domain.ecef import ecef, longest_chord, longest_chords, shortest_chord
from geo_service.domain.errors import OutsideServedAreaError
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station_index import StationIndex
from tests.support.register import a_register, a_station

ORACLE = Geodesic.WGS84

anywhere = st.builds(Coordinate, longitude=st.floats(-180, 180), latitude=st.floats(-90, 90))
near_the_poles = st.builds(
    Coordinate,
    longitude=st.floats(-180, 180),
    latitude=st.floats(89.9, 90) | st.floats(-90, -89.9),
)
near_the_antimeridian = st.builds(
    Coordinate,
    longitude=st.floats(179.9, 180) | st.floats(-180, -179.9),
    latitude=st.floats(-1, 1),
)
in_luohe = st.builds(Coordinate, longitude=st.floats(113.4, 114.3), latitude=st.floats(33.4, 34.0))
somewhere = in_luohe | near_the_poles | near_the_antimeridian | anywhere


def _together(places: list[Coordinate]) -> Coordinates:
    return Coordinates(
        longitudes=np.array([each.longitude for each in places], np.float64),
        latitudes=np.array([each.latitude for each in places], np.float64),
    )


@settings(max_examples=120, deadline=None)
@given(
    st.lists(somewhere, max_size=60), st.lists(somewhere, min_size=1, max_size=6), st.integers(1, 8)
)
def test_the_nearest_to_each_are_those_to_it_alone(
    places: list[Coordinate], origins: list[Coordinate], limit: int
) -> None:
    index = StationIndex(places)

    found = index.nearest_to_each(_together(origins), limit)

    alone = [index.nearest(each, limit) for each in origins]
    assert found.numbers.tolist() == [each.numbers for each in alone]
    assert found.metres.tolist() == [each.metres for each in alone]


def test_a_ring_of_places_at_nearly_one_distance_is_ranked_by_the_geodesic() -> None:
    origin = Coordinate(longitude=114.0, latitude=33.5)
    ring = []
    for azimuth in range(0, 360, 2):
        end = ORACLE.Direct(33.5, 114.0, azimuth, 800_000.0)
        ring.append(Coordinate(longitude=end["lon2"], latitude=end["lat2"]))
    index = StationIndex(ring)

    found = index.nearest_to_each(_together([origin]), 5)

    truth = sorted(
        ORACLE.Inverse(33.5, 114.0, each.latitude, each.longitude)["s12"] for each in ring
    )
    assert found.metres[0].tolist() == pytest.approx(truth[:5], abs=1e-6)
    assert found.numbers[0].tolist() == index.nearest(origin, 5).numbers


@settings(max_examples=120, deadline=None)
@given(
    st.lists(somewhere, max_size=60),
    st.lists(somewhere, min_size=1, max_size=6),
    st.floats(1e-3, 2.1e7),
)
def test_the_count_within_a_radius_of_each_is_that_of_it_alone(
    places: list[Coordinate], origins: list[Coordinate], radius: float
) -> None:
    index = StationIndex(places)

    counts = index.count_within_each(_together(origins), Metres(radius))

    assert counts.tolist() == [len(index.within(each, Metres(radius))) for each in origins]


def test_a_place_exactly_at_the_radius_is_counted() -> None:
    origin, place = (
        Coordinate(longitude=114.0, latitude=33.5),
        Coordinate(longitude=114.01, latitude=33.51),
    )
    away = origin.distance_to(place)
    index = StationIndex([place])

    counts = [
        index.count_within_each(_together([origin]), Metres(radius)).tolist()
        for radius in (math.nextafter(away, 0.0), away)
    ]

    assert counts == [[0], [1]]


@settings(max_examples=200, deadline=None)
@given(somewhere, somewhere)
def test_a_chord_lies_between_the_bounds_for_its_geodesic(
    one: Coordinate, other: Coordinate
) -> None:
    (a,), (b,) = ecef(one.longitude, one.latitude), ecef(other.longitude, other.latitude)
    metres = ORACLE.Inverse(one.latitude, one.longitude, other.latitude, other.longitude)["s12"]

    assert shortest_chord(metres) <= math.dist(a, b) <= longest_chord(metres)


def test_the_bound_for_many_geodesics_is_that_for_each() -> None:
    geodesics = [0.0, 1.0, 5_000.0, 1e6, 1.9e7, 2.1e7]

    assert longest_chords(np.array(geodesics)).tolist() == pytest.approx(
        [longest_chord(each) for each in geodesics], abs=1e-6
    )


@pytest.mark.parametrize("datum", Datum)
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=5))
def test_many_readings_become_the_coordinates_that_each_becomes(
    datum: Datum, readings: list[tuple[float, float]]
) -> None:
    x, y = [each[0] for each in readings], [each[1] for each in readings]

    found = readings_to_coordinates(x, y, datum)

    alone = [reading_to_coordinate(*each, datum) for each in readings]
    assert found.longitudes.tolist() == pytest.approx([each.longitude for each in alone], abs=1e-9)
    assert found.latitudes.tolist() == pytest.approx([each.latitude for each in alone], abs=1e-9)


REGISTER = a_register([a_station("A", 113.4, 33.4), a_station("B", 114.3, 34.0)])


def _is_refused(area: ServedArea, register: Register, origin: Coordinate) -> bool:
    try:
        area.check(register, origin)
    except OutsideServedAreaError:
        return True
    return False


near_luohe = st.builds(Coordinate, longitude=st.floats(113, 115), latitude=st.floats(33, 34.5))


@settings(max_examples=100, deadline=None)
@given(st.lists(near_luohe | somewhere, max_size=8))
def test_outside_the_served_area_are_those_that_alone_are_refused(
    origins: list[Coordinate],
) -> None:
    area = ServedArea(margin=Metres(20_000.0))

    outside = area.outside(REGISTER, _together(origins))

    assert outside == [
        place for place, origin in enumerate(origins) if _is_refused(area, REGISTER, origin)
    ]


def test_a_register_of_nothing_refuses_no_origin() -> None:
    area = ServedArea(margin=Metres(20_000.0))

    assert area.outside(a_register([]), _together([Coordinate(longitude=0, latitude=0)])) == []
