"""How much of outlines discs cover, against shapes and against the same measured otherwise."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from geo_service.domain import covered_ground
from geo_service.domain.covered_ground import Discs, covered_areas
from geo_service.domain.disc_areas import polygons_in_discs
from geo_service.domain.lattice import lattice_inside

SIDES = 2_000  # of a disc drawn as a polygon: 0.0002 % short of the circle


def drawn(place: tuple[float, float], radius: float) -> Polygon:
    return Point(place).buffer(radius, quad_segs=SIDES // 4)


def covered_by_shapes(
    outline: Polygon, places: list[tuple[float, float]], radius: float
) -> tuple[float, float]:
    shapes = [drawn(place, radius) for place in places]
    pairs = [one & other for number, one in enumerate(shapes) for other in shapes[:number]]
    return (
        outline.intersection(shapely.union_all(shapes)).area,
        outline.intersection(shapely.union_all(pairs)).area,
    )


def discs(places: list[tuple[float, float]], radius: float) -> Discs:
    return Discs(centres=np.array(places, dtype=float), radii=np.full(len(places), radius))


@settings(deadline=None, max_examples=40)
@given(
    places=st.lists(
        st.tuples(st.floats(-300, 4_300), st.floats(-300, 4_300)), min_size=1, max_size=25
    ),
    radius=st.sampled_from([150.0, 700.0, 6_000.0]),
)
def test_what_is_covered_once_and_twice_is_what_shapes_say(
    places: list[tuple[float, float]], radius: float
) -> None:
    outline = Polygon([(0, 0), (4_000, 300), (3_500, 4_000), (2_000, 1_500), (100, 3_800)])

    found = covered_areas(np.array([outline], dtype=object), discs(places, radius))

    expected = covered_by_shapes(outline, places, radius)
    # The places are rounded to centimetres before the plane is cut up.
    assert (found.once[0], found.twice[0]) == pytest.approx(expected, abs=outline.area * 2e-5)


def test_a_place_within_a_ring_of_a_hundred_neighbours_is_measured_like_any() -> None:
    angle = np.linspace(0, 2 * np.pi, 100, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 900
    places = [(0.0, 0.0), *map(tuple, ring.tolist())]
    outline = shapely.box(-3_000, -3_000, 3_000, 3_000)

    found = covered_areas(np.array([outline], dtype=object), discs(places, 500.0))

    expected = covered_by_shapes(outline, places, 500.0)
    assert (found.once[0], found.twice[0]) == pytest.approx(expected, rel=1e-5)


def test_the_plane_may_be_measured_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(5)
    many = Discs(centres=random.uniform(0, 20_000, (600, 2)), radii=np.full(600, 700.0))
    outlines = np.array(
        [
            shapely.box(x, y, x + 5_000, y + 4_000)
            for x in range(0, 20_000, 5_000)
            for y in (0, 9_000)
        ],
        dtype=object,
    )
    whole = covered_areas(outlines, many)

    monkeypatch.setattr(covered_ground, "_PLACES_A_TILE", 20)
    in_tiles = covered_areas(outlines, many)

    assert in_tiles.once == pytest.approx(whole.once, rel=1e-9)
    assert in_tiles.twice == pytest.approx(whole.twice, rel=1e-9)


@given(
    corners=st.lists(
        st.tuples(st.integers(-40, 40), st.integers(-40, 40)), min_size=3, max_size=3, unique=True
    ),
    radius=st.floats(0.5, 60),
)
def test_a_triangle_shares_with_a_disc_what_their_shapes_share(
    corners: list[tuple[int, int]], radius: float
) -> None:
    triangle = shapely.orient_polygons(Polygon(corners))
    around = np.array([shapely.get_coordinates(triangle)[:-1]])

    found = polygons_in_discs(around, np.array([radius]))

    expected = triangle.intersection(drawn((0, 0), radius)).area
    assert found[0] == pytest.approx(expected, abs=1e-5 * radius**2 + 1e-6)


@settings(deadline=None)
@given(
    hole=st.floats(0.1, 0.9),
    step=st.floats(0.3, 5.0),
    turn=st.floats(0, 90),
    seed=st.integers(0, 9),
)
def test_a_lattice_has_every_place_inside_and_no_other(
    hole: float, step: float, turn: float, seed: int
) -> None:
    random = np.random.default_rng(seed)
    angle = np.sort(random.uniform(0, 2 * np.pi, 12))
    wavy = Polygon(np.column_stack([np.cos(angle), np.sin(angle)]) * random.uniform(8, 20, (12, 1)))
    ring = shapely.affinity.rotate(wavy, turn).difference(Point(0, 0).buffer(8 * hole))
    far = shapely.box(40, 3, 47, 9)
    outline = shapely.union_all([ring, far])

    found = lattice_inside(np.array([outline], dtype=object), np.array([step]))

    west, south, east, north = outline.bounds
    x, y = np.meshgrid(
        west + step * (np.arange((east - west) / step + 1) + 0.5),
        south + step * (np.arange((north - south) / step + 1) + 0.5),
    )
    inside = shapely.contains_xy(outline, x, y)
    assert sorted(zip(found.x.round(6), found.y.round(6), strict=True)) == sorted(
        zip(x[inside].round(6), y[inside].round(6), strict=True)
    )
