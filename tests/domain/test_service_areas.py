"""The ground within a walk along streets."""

from itertools import pairwise

import numpy as np
import pytest
import shapely

from geo_service.domain.coordinate import Bounds, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.service_areas import ServiceArea, service_areas
from geo_service.domain.street_network import StreetNetwork
from geo_service.persistence.osm_streets import read_streets
from tests.support.streets import SOURCE, a_network, extract, places

PLANE = PlanarCrs.of("EPSG:4547")
# One straight street of some 1,858 m; its middle is a node.
STREET = a_network([(114.0, 33.5), (114.01, 33.5), (114.02, 33.5)], [(0, 1), (1, 2)])


def around(network: StreetNetwork, at: Coordinates, *walks: float) -> list[ServiceArea]:
    metres = [Metres(each) for each in walks]
    return service_areas(network, network.footholds(at), metres, plane=PLANE)


def test_along_a_straight_street_it_is_a_strip_with_round_ends() -> None:
    (area,) = around(STREET, places((114.01, 33.5)), 400)

    strip = 800 * 100 + np.pi * 50**2
    assert area.ground.area == pytest.approx(strip, rel=0.01)


def test_a_street_that_ends_is_walked_to_its_end() -> None:
    (area,) = around(STREET, places((114.01, 33.5)), 5_000)

    assert area.ground.area == pytest.approx(STREET.metres.sum() * 100 + np.pi * 2500, rel=0.01)


def test_the_way_to_the_street_is_part_of_the_walk() -> None:
    (area,) = around(STREET, places((114.005, 33.502)), 400)  # 222 m to the street

    left = 400 - 221.8
    west, _, east, _ = area.ground.bounds
    assert east - west == pytest.approx(2 * left + 100, abs=2)


def test_one_who_does_not_get_to_the_street_reaches_ground_beside_the_way_there() -> None:
    (area,) = around(STREET, places((114.005, 33.502)), 100)

    assert area.ground.area == pytest.approx(100 * 100 + np.pi * 2500, rel=0.02)


def test_a_place_off_the_streets_reaches_nothing() -> None:
    (area,) = around(STREET, places((114.005, 33.6)), 400)

    assert area.ground.is_empty


def test_what_several_places_reach_is_one_ground() -> None:
    both = around(STREET, places((114.009, 33.5), (114.011, 33.5)), 400)[0].ground
    one, other = (
        around(STREET, places(each), 400)[0].ground for each in ((114.009, 33.5), (114.011, 33.5))
    )

    assert both.symmetric_difference(one.union(other)).area < 1
    assert len(both.geoms) == 1


@pytest.mark.parametrize("name", ["Helsinki", "test"])
def test_areas_of_a_city_are_valid_and_lie_in_one_another(name: str) -> None:
    streets = read_streets(extract(name))
    city = StreetNetwork.of(streets.nodes, streets.tail, streets.head, streets.metres, SOURCE)
    plane = PlanarCrs.choose(city.bounds or Bounds(west=0, south=0, east=1, north=1))
    middle = city.nodes.of(np.array([len(city.nodes) // 2]))

    areas = service_areas(
        city, city.footholds(middle), [Metres(900), Metres(300), Metres(600)], plane=plane
    )

    assert [float(area.walk_m) for area in areas] == [300.0, 600.0, 900.0]
    assert all(area.ground.is_valid for area in areas)
    for inner, outer in pairwise(areas):
        assert inner.ground.difference(outer.ground).area < 1e-3
        assert inner.ground.area < outer.ground.area


def test_nodes_in_reach_are_in_it_and_nodes_far_beyond_are_not() -> None:
    streets = read_streets(extract("Helsinki"))
    city = StreetNetwork.of(streets.nodes, streets.tail, streets.head, streets.metres, SOURCE)
    plane = PlanarCrs.choose(city.bounds or Bounds(west=0, south=0, east=1, north=1))
    start = city.footholds(city.nodes.of(np.array([1_000])))
    way = city.from_any(start)

    (area,) = service_areas(city, start, [Metres(400)], plane=plane)

    x, y = plane.forward(*city.nodes.degrees)
    away = np.asarray(shapely.distance(area.ground, shapely.points(x, y)))
    assert away[way <= 400].max() == pytest.approx(0, abs=1e-6)
    # Any node in the ground is within 50 m, as the crow flies, of a stretch that is walked.
    walked = np.asarray(shapely.points(x[way <= 400], y[way <= 400]))
    tree = shapely.STRtree(walked)
    inside = np.flatnonzero(away == 0)
    nearest = tree.query_nearest(
        shapely.points(x[inside], y[inside]), return_distance=True, all_matches=False
    )[1]
    assert nearest.max() < 50 + city.metres.max()
