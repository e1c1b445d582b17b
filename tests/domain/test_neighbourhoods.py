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
    "a street": (114.0, 33.5, 114.001, 33.501),
    "a country": (95.0, 20.0, 115.0, 39.0),
    "the north pole": (-180.0, 89.5, 180.0, 90.0),
    "the south pole": (-180.0, -90.0, 180.0, -89.9),
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

    for origin in _places(area, 60) + _places("the earth", 20):
        chords, _ = tree.query(ecef_of(origin), k=MOST)
        for _ in range(4):  # the tree's, then those of smaller and smaller cells
            found = around.closest(origin, MOST)

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

    assert np.sqrt([square for square, _ in found]) == pytest.approx(chords, abs=1e-6)


_EARTH, _EARTH_TREE = _around(_places("the earth", 500))


def test_places_at_one_spot_are_found_however_many_they_are() -> None:
    spot = Coordinate(longitude=114.0, latitude=33.5)
    around, _ = _around([spot] * 1000)

    for _ in range(20):
        found = around.closest(spot, 5)

    assert [square for square, _ in found] == [0.0] * 5


def test_who_asks_again_is_answered_without_the_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    around, _ = _around(_places("a city", 3000))
    origin = Coordinate(longitude=113.9, latitude=33.6)
    answers = [around.closest(origin, 5) for _ in range(5)]

    monkeypatch.setattr(around, "_tree", None)

    assert [number for _, number in around.closest(origin, 5)] == [n for _, n in answers[0]]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geo_service.domain.neighbourhoods._CELLS_KEPT", 10)
    around, _ = _around(_places("a city", 3000))

    for origin in _places("a city", 100):
        around.closest(origin, 5)

    assert len(around) <= 10 + 15  # and the levels down to one more cell
