"""The plane: the right one is chosen, it is true to the ground, and unfit ones are refused."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import MultiPolygon, Point, Polygon

from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.planar import PlanarCrs
from tests.domain.coverage_cases import GEOD, LUOHE, away, wavy

MONTREAL = Bounds(west=-73.98, south=45.40, east=-73.47, north=45.71)


def test_luohe_lies_in_the_zone_of_114_degrees() -> None:
    assert LUOHE.definition == "EPSG:4547"
    assert LUOHE.name == "CGCS2000 / 3-degree Gauss-Kruger CM 114E"


@pytest.mark.parametrize("meridian", range(75, 136, 3))
def test_each_chinese_zone_has_its_own_central_meridian(meridian: int) -> None:
    plane = PlanarCrs.choose(Bounds(west=meridian - 0.5, south=30, east=meridian + 0.6, north=31))

    operation = CRS(plane.definition).coordinate_operation
    assert operation is not None
    parameters: dict[str, object] = {each.name: each.value for each in operation.params}
    assert parameters["Longitude of natural origin"] == meridian
    assert parameters["False easting"] == 500_000  # no zone number before it
    assert CRS(plane.definition).datum.name == "China 2000"  # type: ignore[union-attr]


def test_a_city_elsewhere_gets_a_plane_about_its_own_middle() -> None:
    plane = PlanarCrs.choose(MONTREAL)

    assert plane.name == "WGS 84 / transverse Mercator, central meridian 73.7°W"


@pytest.mark.parametrize("bounds", [MONTREAL, Bounds(west=18.6, south=69.5, east=19.3, north=69.8)])
def test_areas_in_a_plane_made_to_measure_are_within_a_ten_thousandth(bounds: Bounds) -> None:
    plane = PlanarCrs.choose(bounds)
    city = wavy(((bounds.west + bounds.east) / 2, (bounds.south + bounds.north) / 2), 18_000, 3)

    truth, _ = GEOD.geometry_area_perimeter(city)

    assert plane.to_plane(city).area == pytest.approx(abs(truth), rel=1e-4)


@given(
    longitude=st.floats(112.5, 115.5),
    latitude=st.floats(20, 50),
    azimuth=st.floats(0, 360),
)
def test_the_scale_turns_metres_on_the_ground_into_metres_of_the_plane(
    longitude: float, latitude: float, azimuth: float
) -> None:
    end = away((longitude, latitude), azimuth, 1_000)
    (x0, x1), (y0, y1) = LUOHE.forward([longitude, end[0]], [latitude, end[1]])

    scale = LUOHE.scale_at(longitude, latitude)[0]

    assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(1_000 * scale, abs=0.005)


@given(longitude=st.floats(113.4, 114.4), latitude=st.floats(33, 34))
def test_there_and_back_is_where_it_was(longitude: float, latitude: float) -> None:
    back = LUOHE.backward(*LUOHE.forward(longitude, latitude))

    assert [float(degrees) for degrees in back] == pytest.approx([longitude, latitude], abs=1e-10)


@pytest.mark.parametrize(
    "bounds",
    [
        Bounds(west=179.2, south=-17.5, east=-179.6, north=-16),
        Bounds(west=-179.6, south=-17.5, east=179.2, north=-16),  # as a smallest box has it
    ],
)
def test_data_across_the_antimeridian_gets_a_plane_there(bounds: Bounds) -> None:
    assert PlanarCrs.choose(bounds).name.endswith("central meridian 179.8°E")


def test_a_shape_across_the_antimeridian_comes_back_cut_in_two() -> None:
    plane = PlanarCrs.choose(Bounds(west=179.2, south=-17.5, east=-179.6, north=-16))
    x, y = plane.forward(179.99, -16.5)

    disc = plane.to_degrees(Point(float(x), float(y)).buffer(5_000))

    assert isinstance(disc, MultiPolygon)
    assert sorted(round(part.bounds[0]) for part in disc.geoms) == [-180, 180]
    west_part = min(disc.geoms, key=lambda part: part.bounds[0])
    assert west_part.bounds[2] == pytest.approx(away((179.99, -16.5), 90, 5_000)[0], abs=1e-6)


def test_a_shape_keeps_its_form_there_and_back() -> None:
    township = wavy((114.02, 33.58), 4_000, 1)

    back = LUOHE.to_degrees(LUOHE.to_plane(township))

    assert isinstance(back, Polygon)
    assert back.equals_exact(township, tolerance=1e-10)


@pytest.mark.parametrize("definition", ["EPSG:4547", "EPSG:32650", "EPSG:2154", "EPSG:3395"])
def test_an_operator_may_name_any_conformal_plane_in_metres(definition: str) -> None:
    assert PlanarCrs.of(definition).definition == definition


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        ("EPSG:3857", "not conformal"),
        ("EPSG:6933", "not conformal"),
        ("+proj=laea +lat_0=33 +lon_0=114 +type=crs", "not conformal"),
        ("EPSG:4326", "not a plane in metres"),
        ("EPSG:2263", "not a plane in metres"),
        ("Luohe", "unknown"),
    ],
)
def test_a_plane_unfit_for_discs_is_refused_with_the_reason(definition: str, reason: str) -> None:
    with pytest.raises(InvalidQueryError, match=reason):
        PlanarCrs.of(definition)


def test_threads_share_a_plane() -> None:
    places = np.random.default_rng(1).uniform([113.4, 33], [114.4, 34], size=(2_000, 2))
    expected = np.column_stack(LUOHE.forward(places[:, 0], places[:, 1]))

    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(
                lambda _: (
                    np.column_stack(LUOHE.forward(places[:, 0], places[:, 1])),
                    LUOHE.scale_at(places[:, 0], places[:, 1]),
                ),
                range(40),
            )
        )

    assert all(np.array_equal(each, expected) for each, _ in found)
    assert len({scale.tobytes() for _, scale in found}) == 1
