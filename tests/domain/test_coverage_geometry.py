"""Shares of area against what geometry gives by formula."""

from math import acos, pi, sqrt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Survey, catchments_of, gaps_of
from tests.domain.coverage_cases import (
    CENTRE,
    GEOD,
    LUOHE,
    away,
    measured,
    scattered,
    shares,
    square,
    stations_at,
    unit_of,
    wavy,
)

UNIT = square()
AREA = abs(GEOD.geometry_area_perimeter(UNIT)[0])
# Of the unit's area. The discs are polygons of 128 sides and the unit is 100 km².
CLOSE = 1e-5


def lens(apart: float, radius: float) -> float:
    """Return the area two equal discs share."""
    if apart >= 2 * radius:
        return 0.0
    half = apart / 2
    return 2 * radius**2 * acos(half / radius) - apart * sqrt(radius**2 - half**2)


def segment(distance: float, radius: float) -> float:
    """Return the area of a disc beyond a line; negative if the centre is beyond it too."""
    return radius**2 * acos(distance / radius) - distance * sqrt(radius**2 - distance**2)


@settings(deadline=None)
@given(radius=st.floats(1, 4_900))
def test_one_disc_inside_covers_its_own_area(radius: float) -> None:
    once, twice = shares(UNIT, stations_at([CENTRE]), radius)

    assert once == pytest.approx(pi * radius**2 / AREA, abs=CLOSE)
    assert twice == 0


@settings(deadline=None)
@given(apart=st.floats(0.1, 3_000), azimuth=st.floats(0, 360), radius=st.floats(100, 1_500))
def test_two_discs_cover_twice_the_lens_between_them(
    apart: float, azimuth: float, radius: float
) -> None:
    pair = [away(CENTRE, azimuth, apart / 2), away(CENTRE, azimuth + 180, apart / 2)]

    once, twice = shares(UNIT, stations_at(pair), radius)

    shared = lens(apart, radius)
    assert once == pytest.approx((2 * pi * radius**2 - shared) / AREA, abs=CLOSE)
    assert twice == pytest.approx(shared / AREA, abs=CLOSE)


@settings(deadline=None)
@given(beyond=st.floats(-1_999, 1_999))
def test_a_station_near_the_border_covers_what_of_its_disc_is_inside(beyond: float) -> None:
    at_border = away(CENTRE, 270, 5_000)

    once, _ = shares(UNIT, stations_at([away(at_border, 270, beyond)]), 2_000)

    assert once == pytest.approx(segment(beyond, 2_000) / AREA, abs=CLOSE)


def test_a_station_beyond_reach_of_the_unit_covers_nothing() -> None:
    assert shares(UNIT, stations_at([away(CENTRE, 270, 7_010)]), 2_000) == (0, 0)


def test_two_stations_at_one_address_cover_twice() -> None:
    once, twice = shares(UNIT, stations_at([CENTRE, CENTRE]))

    assert once == twice == pytest.approx(pi * 1_000**2 / AREA, abs=CLOSE)


def test_stations_a_millimetre_apart_cover_twice() -> None:
    once, twice = shares(UNIT, stations_at([CENTRE, away(CENTRE, 30, 0.001)]))

    assert twice == pytest.approx(once, abs=1e-7)


@pytest.mark.parametrize("radius", [8_000, 20_000, 50_000])
def test_a_unit_wholly_within_reach_is_covered_exactly(radius: float) -> None:
    assert shares(UNIT, stations_at(scattered(60, 3, CENTRE, 500)), radius) == (1.0, 1.0)


def test_one_station_that_reaches_all_covers_all_of_it_but_once() -> None:
    assert shares(UNIT, stations_at([CENTRE]), 50_000) == (1.0, 0.0)


def test_a_hole_is_no_part_of_the_unit() -> None:
    ring = shapely.difference(UNIT, square(half_side=1_500))
    assert isinstance(ring, Polygon)

    assert shares(ring, stations_at([CENTRE]), 1_400) == (0, 0)


def test_each_part_of_a_scattered_unit_counts() -> None:
    exclave = square(away(CENTRE, 90, 20_000), 5_000)

    once, _ = shares(MultiPolygon([UNIT, exclave]), stations_at([CENTRE]))

    assert once == pytest.approx(pi * 1_000**2 / (2 * AREA), abs=CLOSE)


@settings(deadline=None, max_examples=60)
@given(
    places=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=14),
    step=st.sampled_from([1.0, 60.0, 250.0, 400.0]),
)
def test_stations_in_rows_at_one_place_or_on_one_circle_are_told_apart(
    places: list[tuple[int, int]], step: float
) -> None:
    corner_x, corner_y = (float(value) for value in LUOHE.forward(*CENTRE))
    unit = shapely.box(corner_x, corner_y, corner_x + 8_000, corner_y + 8_000)
    x = np.array([corner_x + 2_000 + step * column for column, _ in places])
    y = np.array([corner_y + 2_000 + step * row for _, row in places])
    scale = float(LUOHE.scale_at(*CENTRE)[0])
    discs = [Point(place).buffer(500 * scale, quad_segs=64) for place in zip(x, y, strict=True)]
    pairs = [a.intersection(b) for n, a in enumerate(discs) for b in discs[:n]]
    boundary = LUOHE.to_degrees(unit)
    assert isinstance(boundary, Polygon)

    stations = stations_at(zip(*LUOHE.backward(x, y), strict=True))
    once, twice = shares(boundary, stations, 500)

    assert once == pytest.approx(shapely.union_all(discs).area / unit.area, abs=CLOSE * 2)
    assert twice == pytest.approx(shapely.union_all(pairs).area / unit.area, abs=CLOSE * 2)


@pytest.mark.parametrize("step", [0.01, 0.03, 0.1, 0.3, 1.0])
def test_stalls_side_by_side_are_told_apart_from_those_in_the_next_province(step: float) -> None:
    markets = [away(CENTRE, azimuth, 200_000) for azimuth in range(0, 360, 45)]
    stalls = [
        away(away(market, 90, step * column), 0, step * row)
        for market in markets
        for column in range(6)
        for row in range(6)
    ]
    units = [unit_of(square(market), str(n)) for n, market in enumerate(markets)]

    for found in measured(units, stations_at(stalls)).units:
        assert found.area_m2 is not None
        disc = pi * 1_000**2 / found.area_m2
        assert found.area_coverage == pytest.approx(disc, abs=3e-4)
        assert found.cross_coverage == pytest.approx(disc, abs=3e-4)


def test_a_stray_station_on_the_far_side_of_the_earth_changes_nothing() -> None:
    stations = scattered(20, 5, CENTRE, 4_000)

    strays = [(0.0, 0.0), (-66.0, -33.0), (24.0, 0.0), (0.0, 90.0)]

    assert shares(UNIT, stations_at([*stations, *strays])) == shares(UNIT, stations_at(stations))


def test_gaps_are_what_the_catchments_leave_of_a_unit() -> None:
    township, stations = wavy(CENTRE, 4_000, 6), stations_at(scattered(12, 6, CENTRE, 6_000))
    survey = Survey.of([unit_of(township)], crs=LUOHE)

    (gaps,) = gaps_of(survey, stations, radius=Metres(1_000)).values()
    covered = catchments_of(stations, radius=Metres(1_000), crs=LUOHE)

    once, _ = shares(township, stations)
    assert gaps.area / township.area == pytest.approx(1 - once, abs=CLOSE)
    assert covered.intersection(township).area / township.area == pytest.approx(once, abs=CLOSE)
    assert gaps.intersection(covered).area < 1e-6 * township.area


def test_each_unit_has_its_own_gaps() -> None:
    units = [unit_of(wavy(away(CENTRE, 72 * n, 3_000), 1_500, n), str(n)) for n in range(5)]
    stations = stations_at(scattered(25, 9, CENTRE, 6_000))

    gaps = gaps_of(Survey.of(units, crs=LUOHE), stations, radius=Metres(1_000))

    for each in measured(units, stations).units:
        assert each.unit.boundary is not None
        assert each.area_coverage is not None
        uncovered = gaps[each.unit.code].area / each.unit.boundary.area
        # A square degree is not everywhere the same ground, not even within a township.
        assert uncovered == pytest.approx(1 - each.area_coverage, abs=1e-4)


def test_a_long_edge_runs_straight_in_degrees() -> None:
    west, south, east, north = square(half_side=60_000).bounds
    edges = shapely.box(west, south, east, north)
    dense = shapely.segmentize(edges, 0.001)
    station = stations_at([away((CENTRE[0], north), 0, 1_000)])  # by the middle of the north edge

    found, expected = shares(edges, station, 5_000), shares(dense, station, 5_000)

    assert found == pytest.approx(expected, abs=1e-7)


def test_a_unit_wholly_covered_has_no_gap() -> None:
    survey = Survey.of([unit_of(UNIT)], crs=LUOHE)

    gaps = gaps_of(survey, stations_at(scattered(9, 1, CENTRE, 300)), radius=Metres(9_000))

    assert gaps["411102001"].is_empty


def test_without_stations_the_whole_unit_is_a_gap() -> None:
    survey = Survey.of([unit_of(UNIT), unit_of(None, "411102002")], crs=LUOHE)

    gaps = gaps_of(survey, [], radius=Metres(1_000))

    assert set(gaps) == {"411102001"}
    assert gaps["411102001"].area == pytest.approx(UNIT.area)


def test_without_stations_nothing_is_caught() -> None:
    assert catchments_of([], radius=Metres(1_000), crs=LUOHE).is_empty


def test_the_edge_of_a_catchment_is_a_radius_away_on_the_ground() -> None:
    station = (115.9, 33.58)  # the plane is stretched there by 5 m on 10 km
    drawn = catchments_of(stations_at([station]), radius=Metres(10_000), crs=LUOHE)

    longitude, latitude = shapely.get_coordinates(drawn).T
    _, _, reach = GEOD.inv(
        [station[0]] * len(longitude), [station[1]] * len(latitude), longitude, latitude
    )

    assert reach == pytest.approx([10_002] * len(longitude), abs=1.5)


def test_figures_need_not_be_formed_twice_for_the_same_report() -> None:
    units = [unit_of(wavy(CENTRE, 4_000, seed), str(seed)) for seed in range(3)]
    stations = stations_at(scattered(30, 2, CENTRE, 5_000))

    assert measured(units, stations) == measured(units, stations)
