"""Nearest neighbours are exact on the spheroid, wherever they are."""

import math

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.ecef import ecef, longest_chord
from geo_service.domain.station_index import Ranked, StationIndex

# Another implementation than pyproj's, by the algorithm's author.
ORACLE = Geodesic.WGS84

anywhere = st.builds(Coordinate, longitude=st.floats(-180, 180), latitude=st.floats(-90, 90))
near_the_poles = st.builds(
    Coordinate,
    longitude=st.floats(-180, 180),
    latitude=st.one_of(st.floats(89.9, 90), st.floats(-90, -89.9)),
)
near_the_antimeridian = st.builds(
    Coordinate,
    longitude=st.one_of(st.floats(179.9, 180), st.floats(-180, -179.9)),
    latitude=st.floats(-1, 1),
)
in_luohe = st.builds(Coordinate, longitude=st.floats(113.4, 114.3), latitude=st.floats(33.4, 34.0))
somewhere = st.one_of(in_luohe, near_the_poles, near_the_antimeridian, anywhere)


def _metres(a: Coordinate, b: Coordinate) -> float:
    line = ORACLE.Inverse(a.latitude, a.longitude, b.latitude, b.longitude, Geodesic.DISTANCE)
    return float(line["s12"])


def _is_truly_the_nearest(found: Ranked, truth: list[float]) -> bool:
    ranks = sorted(truth)[: len(found)]
    return all(
        math.isclose(metres, expected, abs_tol=1e-6, rel_tol=1e-12)
        and math.isclose(truth[number], expected, abs_tol=1e-6, rel_tol=1e-12)
        for (number, metres), expected in zip(found, ranks, strict=True)
    )


@settings(max_examples=120, deadline=None)
@given(st.lists(somewhere, min_size=1, max_size=60), somewhere, st.integers(1, 8))
def test_nearest_agrees_with_measuring_every_place(
    places: list[Coordinate], origin: Coordinate, limit: int
) -> None:
    found = StationIndex(places).nearest(origin, limit)

    assert len(found) == min(limit, len(places))
    assert _is_truly_the_nearest(found, [_metres(origin, place) for place in places])


@settings(max_examples=80, deadline=None)
@given(st.lists(somewhere, max_size=60), somewhere, st.floats(0, 2.1e7))
def test_within_agrees_with_measuring_every_place(
    places: list[Coordinate], origin: Coordinate, radius: float
) -> None:
    found = StationIndex(places).within(origin, Metres(radius))

    truth = [_metres(origin, place) for place in places]
    surely = {number for number, metres in enumerate(truth) if metres <= radius - 1e-6}
    perhaps = {number for number, metres in enumerate(truth) if metres <= radius + 1e-6}
    numbers = {number for number, _ in found}
    assert surely <= numbers <= perhaps
    assert found.metres == sorted(found.metres)


@settings(max_examples=120, deadline=None)
@given(somewhere, somewhere)
def test_no_chord_is_longer_than_the_bound_for_its_geodesic(
    one: Coordinate, other: Coordinate
) -> None:
    (a,), (b,) = ecef(one.longitude, one.latitude), ecef(other.longitude, other.latitude)

    assert math.dist(a, b) <= longest_chord(_metres(one, other))


def test_coincident_places_rank_by_number() -> None:
    here = Coordinate(longitude=114.0, latitude=33.5)

    found = StationIndex([here] * 9).nearest(Coordinate(longitude=114.1, latitude=33.5), 4)

    assert found.numbers == [0, 1, 2, 3]


def test_near_ties_are_ranked_on_the_spheroid_and_not_on_a_sphere() -> None:
    origin = Coordinate(longitude=120.0, latitude=30.0)
    north = Coordinate(longitude=120.0, latitude=30.0 + 2000 / 110_852.4)
    east = Coordinate(longitude=120.0 + 2006 / 96_486.3, latitude=30.0)

    found = StationIndex([east, north]).nearest(origin, 2)

    assert found.numbers == [1, 0]


def test_an_empty_index_finds_nothing() -> None:
    index = StationIndex([])
    here = Coordinate(longitude=0.0, latitude=0.0)

    assert (len(index.nearest(here, 5)), len(index.within(here, Metres(1e7)))) == (0, 0)


@pytest.mark.parametrize("limit", [1, 5])
def test_antipodes_are_found_from_the_other_side_of_the_earth(limit: int) -> None:
    antipode = Coordinate(longitude=-66.0, latitude=-33.5)

    found = StationIndex([antipode]).nearest(Coordinate(longitude=114.0, latitude=33.5), limit)

    assert found.metres[0] == pytest.approx(20_003_931, abs=2)


@settings(max_examples=60, deadline=None)
@given(st.lists(somewhere, max_size=200), somewhere, st.integers(1, 5))
def test_going_through_all_places_keeps_the_order_of_the_truth(
    places: list[Coordinate], origin: Coordinate, first: int
) -> None:
    index = StationIndex(places)

    gone_through = list(index.in_order(origin, first))

    assert sorted(number for number, _ in gone_through) == list(range(len(places)))
    assert [metres for _, metres in gone_through] == sorted(metres for _, metres in gone_through)


def test_many_places_at_nearly_one_distance_are_still_ranked_by_the_geodesic() -> None:
    # A ring of places around the origin: chords tie to the millimetre, and the spare
    # candidates are no bound.
    origin = Coordinate(longitude=114.0, latitude=33.5)
    ring = []
    for azimuth in range(0, 360, 2):
        end = ORACLE.Direct(33.5, 114.0, azimuth, 800_000.0)
        ring.append(Coordinate(longitude=end["lon2"], latitude=end["lat2"]))

    found = StationIndex(ring).nearest(origin, 5)

    assert _is_truly_the_nearest(found, [_metres(origin, place) for place in ring])
