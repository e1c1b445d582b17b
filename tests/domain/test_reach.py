"""Who is within reach of what."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.reach import DistanceType, StraightLines

degrees = st.tuples(st.floats(113.5, 114.5), st.floats(33.3, 34.0))


def coordinates(pairs: list[tuple[float, float]]) -> Coordinates:
    both = np.array(pairs, dtype=float).reshape(-1, 2)
    return Coordinates(longitudes=both[:, 0], latitudes=both[:, 1])


@given(
    st.lists(degrees, max_size=8),
    st.lists(degrees, max_size=8),
    st.sampled_from([0.0, 500.0, 20_000.0, math.inf]),
    st.sampled_from([1.0, 1.3]),
)
def test_a_reach_holds_the_pairs_that_the_geodesic_itself_finds(
    here: list[tuple[float, float]],
    there: list[tuple[float, float]],
    limit: float,
    factor: float,
) -> None:
    found = StraightLines(factor=factor).reach(coordinates(here), coordinates(there), Metres(limit))

    every = {
        (i, j): factor * WGS84.inv(*at, *to)[2]
        for i, at in enumerate(here)
        for j, to in enumerate(there)
    }
    expected = {pair: metres for pair, metres in every.items() if metres <= limit + 1e-3}
    pairs = list(zip(found.place.tolist(), found.site.tolist(), strict=True))
    assert dict(zip(pairs, found.distance_m.tolist(), strict=True)).keys() == expected.keys()
    assert np.allclose(found.distance_m, [expected[pair] for pair in pairs], atol=1e-6)
    nearest = [
        min((every[i, j] for j in range(len(there))), default=math.inf) for i in range(len(here))
    ]
    assert np.allclose(found.nearest_m, nearest, atol=2e-3)


def test_pairs_come_by_place_and_then_by_distance() -> None:
    here, there = (
        coordinates([(114.0, 33.5), (114.1, 33.5)]),
        coordinates([(114.09, 33.5), (114.02, 33.5)]),
    )

    found = StraightLines().reach(here, there, Metres(math.inf))

    assert found.place.tolist() == [0, 0, 1, 1]
    assert found.site.tolist() == [1, 0, 0, 1]


def test_a_factor_makes_an_estimate_of_a_line() -> None:
    assert StraightLines().distance_type is DistanceType.STRAIGHT
    assert StraightLines(factor=1.3).distance_type is DistanceType.ESTIMATED_WALK
