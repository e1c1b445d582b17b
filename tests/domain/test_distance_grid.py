"""Distances over a unit: the grid is even and whole, the distances are the geodesic's."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Metres
from geo_service.domain.distance_grid import DistanceGrid, StationDistances, summarise
from tests.domain.coverage_cases import (
    CENTRE,
    GEOD,
    LUOHE,
    away,
    scattered,
    square,
    station_at,
    stations_at,
    wavy,
)


def grid_over(boundary: Polygon | MultiPolygon) -> DistanceGrid:
    return DistanceGrid.over(LUOHE.to_plane(boundary), LUOHE)


def grid_at(*places: tuple[float, float]) -> DistanceGrid:
    longitude, latitude = np.array(places).T
    return DistanceGrid(longitude=longitude, latitude=latitude, spacing_m=Metres(25.0))


@pytest.mark.parametrize("seed", range(4))
def test_a_township_gets_about_two_thousand_places_all_inside(seed: int) -> None:
    township = wavy(CENTRE, 4_000, seed)

    grid = grid_over(township)

    assert len(grid) == pytest.approx(2_000, rel=0.02)
    assert shapely.contains_xy(township, grid.longitude, grid.latitude).all()


def test_the_spacing_reported_is_that_on_the_ground() -> None:
    grid = grid_over(square((115.9, 33.58)))  # far from 114 °E, where the plane is stretched

    _, _, step = GEOD.inv(grid.longitude[0], grid.latitude[0], grid.longitude[1], grid.latitude[1])

    assert step == pytest.approx(grid.spacing_m, abs=0.01)


def test_places_of_a_small_unit_stand_25_metres_apart() -> None:
    grid = grid_over(square(half_side=200))

    assert grid.spacing_m == Metres(25.0)
    assert len(grid) == pytest.approx(256, abs=32)


def test_a_unit_that_slips_between_the_places_gets_one() -> None:
    kiosk = square(half_side=2)

    grid = grid_over(kiosk)

    assert len(grid) == 1
    assert shapely.contains_xy(kiosk, grid.longitude, grid.latitude).all()


def test_a_hole_has_no_places() -> None:
    hole = square(half_side=2_000)

    grid = grid_over(square().difference(hole))  # type: ignore[arg-type]

    assert not shapely.contains_xy(hole, grid.longitude, grid.latitude).any()
    assert len(grid) == pytest.approx(2_000, rel=0.03)


def test_parts_a_hundred_kilometres_apart_have_their_share_each() -> None:
    large, small = square(half_side=2_000), square(away(CENTRE, 45, 100_000), 1_000)

    grid = grid_over(MultiPolygon([large, small]))

    in_small = shapely.contains_xy(small, grid.longitude, grid.latitude).sum()
    assert len(grid) == pytest.approx(2_000, rel=0.05)
    assert in_small / len(grid) == pytest.approx(0.2, abs=0.01)


@settings(deadline=None)
@given(
    latitude=st.floats(-89, 89),
    places=st.lists(st.tuples(st.floats(0, 360), st.floats(0, 60_000)), min_size=1, max_size=8),
    azimuth=st.floats(0, 360),
    metres=st.floats(0, 60_000),
)
def test_distances_are_the_geodesic_to_a_millimetre(
    latitude: float, places: list[tuple[float, float]], azimuth: float, metres: float
) -> None:
    centre = (114.02, latitude)
    stations = [away(centre, *place) for place in places]
    origin = away(centre, azimuth, metres)

    found = StationDistances(stations_at(stations)).to_nearest(grid_at(origin))

    truth = min(GEOD.inv(*origin, *station)[2] for station in stations)
    assert found[0] == pytest.approx(truth, abs=0.001)


def test_figures_agree_with_every_distance_measured_one_by_one() -> None:
    places = scattered(40, 7, CENTRE, 12_000)
    grid = grid_over(wavy(CENTRE, 5_000, 2))
    found = summarise(
        StationDistances(stations_at(places)).to_nearest(grid),
        weights=None,
        spacing_m=grid.spacing_m,
    )

    longitude, latitude = np.array(places).T
    every = [
        GEOD.inv(np.full(40, x), np.full(40, y), longitude, latitude)[2].min()
        for x, y in zip(grid.longitude, grid.latitude, strict=True)
    ]

    assert found.mean_m == pytest.approx(np.mean(every), abs=0.001)
    assert found.median_m == pytest.approx(np.median(every), abs=5)
    assert found.p90_m == pytest.approx(np.percentile(every, 90), abs=5)
    assert found.max_m == pytest.approx(max(every), abs=0.001)
    assert found.points == len(every)


def test_weights_make_a_place_count_as_often_as_its_ground() -> None:
    distance = np.array([100.0, 200.0, 700.0])

    weighed = summarise(distance, weights=np.array([1.0, 7.0, 2.0]), spacing_m=Metres(25.0))
    repeated = summarise(np.repeat(distance, [1, 7, 2]), weights=None, spacing_m=Metres(25.0))

    assert (weighed.mean_m, weighed.median_m, weighed.p90_m) == (
        repeated.mean_m,
        repeated.median_m,
        repeated.p90_m,
    )


def test_the_worst_gap_names_the_place_and_the_station_nearest_to_it() -> None:
    near, far = away(CENTRE, 90, 100), away(CENTRE, 90, 3_000)
    distances = StationDistances(stations_at([CENTRE, away(CENTRE, 90, 3_500)]))
    grid = grid_at(near, far, away(CENTRE, 270, 2_000))

    gap = distances.worst_gap(grid, distances.to_nearest(grid))

    assert (gap.at.longitude, gap.at.latitude) == away(CENTRE, 270, 2_000)
    assert gap.distance_m == pytest.approx(2_000, abs=1e-6)
    assert gap.nearest_station == "s0000"


def test_of_stations_equally_near_the_worst_gap_the_first_by_identifier_is_named() -> None:
    stations = [station_at(*CENTRE, identifier) for identifier in ("c", "a", "b")]
    grid = grid_at(away(CENTRE, 10, 900))
    distances = StationDistances(stations)

    assert distances.worst_gap(grid, distances.to_nearest(grid)).nearest_station == "a"
