"""Neighbourhoods name the same places as the k-d tree they were asked of, wherever they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.ecef import ecef, ecef_of
from geo_service.domain.neighbourhoods import MOST, Neighbourhoods

_RANDOM = np.random.default_rng(20261122)

# Where each set of places lies: west, south, east, north.
_AREAS = {
    "a city": (113.5, 33.4, 114.4, 34.0),
    "a quarter": (114.0, 33.5, 114.04, 33.53),
    "a country": (95.0, 20.0, 115.0, 39.0),
    "the north pole": (-180.0, 89.5, 180.0, 90.0),
    "the south pole": (-180.0, -90.0, 180.0, -89.8),
    "the antimeridian": (179.9, -1.0, 180.0, 1.0),
    "the earth": (-180.0, -90.0, 180.0, 90.0),
}


def _places(area: str, count: int) -> list[Coordinate]:
    west, south, east, north = _AREAS[area]
    places = _RANDOM.uniform((west, south), (east, north), (count, 2)).tolist()
    if area == "the antimeridian":  # as many on its other side
        places = [(lon if n % 2 else -lon, lat) for n, (lon, lat) in enumerate(places)]
    return [Coordinate(longitude=lon, latitude=lat) for lon, lat in places]


def _around(places: list[Coordinate]) -> tuple[Neighbourhoods, cKDTree]:
    points = ecef([each.longitude for each in places], [each.latitude for each in places])
    tree = cKDTree(points)
    return Neighbourhoods(points, tree), tree


@pytest.mark.parametrize("area", _AREAS)
@pytest.mark.parametrize("count", [MOST + 1, 203, 3000])
def test_the_closest_are_those_of_the_tree(area: str, count: int) -> None:
    around, tree = _around(_places(area, count))

    # Seen from the other side of the earth, many places are as close.
    elsewhere = _places("the earth", 20) if area in {"a country", "the earth"} else []
    for origin in _places(area, 60) + elsewhere:
        found = around.closest(origin, MOST)
        chords, _ = tree.query(ecef_of(origin), k=MOST)

        assert found is not None
        assert np.sqrt([square for square, _ in found]) == pytest.approx(chords, abs=1e-6)


@settings(max_examples=150, deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(1, MOST))
def test_they_are_so_on_the_very_edge_of_a_cell(
    longitude: float, latitude: float, count: int
) -> None:
    origin = Coordinate(
        longitude=round(longitude / 1.40625) * 1.40625, latitude=round(latitude / 1.40625) * 1.40625
    )

    found = _EARTH.closest(origin, count)
    chords = np.atleast_1d(_EARTH_TREE.query(ecef_of(origin), k=count)[0])

    assert found is not None
    assert np.sqrt([square for square, _ in found]) == pytest.approx(chords, abs=1e-6)


_EARTH, _EARTH_TREE = _around(_places("the earth", 500))


def test_more_places_at_one_spot_than_fit_a_cell_are_left_to_the_tree() -> None:
    spot = Coordinate(longitude=114.0, latitude=33.5)
    around, _ = _around([spot] * 1000)

    assert around.closest(spot, 5) is None


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_service.domain.neighbourhoods._CELLS_KEPT", 10)
    around, _ = _around(_places("a city", 3000))

    for origin in _places("a city", 100):
        around.closest(origin, 5)

    assert len(around) <= 10
