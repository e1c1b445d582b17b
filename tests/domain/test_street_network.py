"""Ways along streets, against sums by hand and against igraph."""

from itertools import pairwise

import igraph
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_service.domain import street_network
from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.footholds import NO_EDGE
from geo_service.domain.reach import DistanceType
from geo_service.domain.street_network import StreetNetwork
from geo_service.persistence.osm_streets import read_streets
from tests.support.streets import SOURCE, a_network, extract, places

ANY = Metres(np.inf)

# A street of two edges: west - middle - east.
WEST, MIDDLE, EAST = (114.0, 33.5), (114.01, 33.5), (114.02, 33.5)


def geodesic(one: tuple[float, float], other: tuple[float, float]) -> float:
    start, end = (Coordinate(longitude=x, latitude=y) for x, y in (one, other))
    return start.distance_to(end)


@pytest.fixture(scope="module", params=["Helsinki", "test"])
def city(request: pytest.FixtureRequest) -> StreetNetwork:
    streets = read_streets(extract(request.param))
    return StreetNetwork.of(streets.nodes, streets.tail, streets.head, streets.metres, SOURCE)


# -- what an edge is -----------------------------------------------------------------------


def test_of_parallel_edges_the_shortest_counts_and_they_are_not_added_up() -> None:
    network = a_network([WEST, MIDDLE], [(0, 1, 900.0), (1, 0, 700.0), (0, 1, 800.0)])

    found = network.reach(places(WEST), places(MIDDLE), ANY)

    assert found.distance_m.tolist() == [700.0]


def test_an_edge_from_a_node_to_itself_is_no_street() -> None:
    network = a_network([WEST, MIDDLE], [(0, 1, 900.0), (1, 1, 5.0)])

    assert network.metres.tolist() == [900.0]


def test_nodes_that_share_a_place_cost_nothing_to_pass() -> None:
    network = a_network([WEST, MIDDLE, MIDDLE, EAST], [(0, 1), (1, 2), (2, 3)])

    found = network.reach(places(WEST), places(EAST), ANY)

    assert found.distance_m == pytest.approx([geodesic(WEST, EAST)], abs=0.01)


# -- parts and islands ---------------------------------------------------------------------


def test_an_island_is_left_out_and_counted() -> None:
    # A long street, and a path of some 9 m beside it that hangs together with nothing.
    islet = [(114.011, 33.5001), (114.0111, 33.5001)]
    network = a_network([WEST, EAST, *islet], [(0, 1, 20_000.0), (2, 3)])

    assert (len(network.nodes), len(network.tail)) == (2, 1)
    assert (network.islands.parts, network.islands.nodes) == (1, 2)
    assert network.islands.metres == pytest.approx(geodesic(*islet))


def test_a_place_beside_an_island_is_joined_to_the_street_that_leads_somewhere() -> None:
    islet = [(114.011, 33.5001), (114.0111, 33.5001)]
    network = a_network([WEST, EAST, *islet], [(0, 1, 20_000.0), (2, 3)])

    found = network.reach(places(islet[0]), places(EAST), ANY)

    assert np.isfinite(found.nearest_m).all()


def test_a_village_that_stands_alone_is_kept_and_no_way_leads_out_of_it() -> None:
    village = [(114.2, 33.5), (114.23, 33.5)]
    network = a_network([WEST, EAST, *village], [(0, 1), (2, 3)])

    found = network.reach(places(WEST, village[0]), places(village[1]), ANY)

    assert network.islands.parts == 0
    assert np.isinf(found.nearest_m[0])
    assert found.nearest_m[1] == pytest.approx(geodesic(*village))
    assert found.place.tolist() == [1]


def test_parts_are_told_apart() -> None:
    village = [(114.2, 33.5), (114.23, 33.5)]
    network = a_network([WEST, EAST, *village], [(0, 1), (2, 3)])
    far = (115.0, 33.5)

    parts = network.part_of(network.footholds(places(WEST, EAST, village[0], far)))

    assert parts[0] == parts[1] != parts[2]
    assert parts[3] == -1


# -- places beside streets -----------------------------------------------------------------


def test_the_walk_to_the_street_counts_at_both_ends() -> None:
    network = a_network([WEST, MIDDLE, EAST], [(0, 1), (1, 2)])
    south, north = (114.004, 33.499), (114.015, 33.5015)

    found = network.reach(places(south), places(north), ANY)

    by_hand = (
        geodesic(south, (114.004, 33.5))
        + geodesic((114.004, 33.5), (114.015, 33.5))
        + geodesic((114.015, 33.5), north)
    )
    assert found.distance_m == pytest.approx([by_hand], abs=0.01)


def test_between_two_places_at_one_edge_nobody_walks_to_its_end() -> None:
    network = a_network([WEST, MIDDLE], [(0, 1)])
    one, other = (114.004, 33.5), (114.007, 33.5)

    found = network.reach(places(one), places(other), ANY)

    # The edge runs straight, the parallel bends: each place is a centimetre off it.
    assert found.distance_m == pytest.approx([geodesic(one, other)], abs=0.05)
    assert found.nearest_m == pytest.approx(found.distance_m)


def test_two_places_at_one_long_edge_take_the_short_way_around() -> None:
    # The edge bends: 5,000 m; around it, straight, some 930 m.
    network = a_network([WEST, MIDDLE], [(0, 1, 5_000.0)])
    detour = a_network(
        [WEST, (114.005, 33.5001), MIDDLE], [(0, 2, 5_000.0), (0, 1, 465.0), (1, 2, 465.0)]
    )
    ends = places((114.0001, 33.4999)), places((114.0099, 33.4999))

    along, around = (each.reach(*ends, ANY).distance_m[0] for each in (network, detour))

    assert along == pytest.approx(0.98 * 5_000 + 2 * 11.1, abs=1)
    assert around < 1_200


def test_a_place_too_far_from_any_street_is_out_of_reach() -> None:
    network = a_network([WEST, EAST], [(0, 1)])
    near, far = (114.01, 33.5044), (114.01, 33.5046)  # 488 m and 510 m to the north

    found = network.reach(places(near, far), places(WEST), ANY)

    assert np.isfinite(found.nearest_m).tolist() == [True, False]
    assert network.footholds(places(near, far)).edge.tolist() == [0, NO_EDGE]


def test_without_any_street_nothing_is_in_reach() -> None:
    network = a_network([], [])

    found = network.reach(places(WEST), places(EAST), ANY)

    assert (len(found.place), found.nearest_m.tolist()) == (0, [np.inf])


def test_without_places_or_sites_there_is_nothing_to_measure() -> None:
    network = a_network([WEST, EAST], [(0, 1)])

    assert network.reach(places(), places(EAST), ANY).nearest_m.tolist() == []
    assert network.reach(places(WEST), places(), ANY).nearest_m.tolist() == [np.inf]


def test_the_nearest_edge_is_the_nearest_of_all(city: StreetNetwork) -> None:
    asked = _anywhere(city, 12)

    joined = city.footholds(asked)

    # Each edge as places some metres apart: a bound from above, and nearly the distance itself.
    shares = np.linspace(0, 1, 21)[:, None]
    x, y = (
        ((1 - shares) * ends[city.tail] + shares * ends[city.head]).ravel()
        for ends in city.nodes.degrees
    )
    for number in range(len(asked)):
        here = asked[number]
        every = WGS84.inv(np.full(len(x), here.longitude), np.full(len(x), here.latitude), x, y)[2]
        assert joined.across_m[number] <= every.min() + 0.01
        assert joined.across_m[number] >= every.min() - city.metres.max() / 40


# -- many at once --------------------------------------------------------------------------


def test_the_ways_between_places_of_a_city_are_those_that_igraph_finds(
    city: StreetNetwork,
) -> None:
    asked, sites = _anywhere(city, 80, seed=1), _anywhere(city, 30, seed=2)

    found = city.reach(asked, sites, ANY)

    expected = _by_igraph(city, asked, sites)
    way = np.full((len(asked), len(sites)), np.inf)
    way[found.place, found.site] = found.distance_m
    assert way == pytest.approx(expected, abs=1e-6)
    assert found.nearest_m == pytest.approx(expected.min(axis=1), abs=1e-6)


def test_a_limit_leaves_out_pairs_and_not_the_nearest(city: StreetNetwork) -> None:
    asked, sites = _anywhere(city, 80, seed=1), _anywhere(city, 5, seed=2)
    whole = city.reach(asked, sites, ANY)
    limit = Metres(float(np.median(whole.distance_m)))

    some = city.reach(asked, sites, limit)

    assert len(some.place) == np.count_nonzero(whole.distance_m <= limit + 1e-3)
    assert some.nearest_m == pytest.approx(whole.nearest_m)
    assert some.limit_m == limit


def test_it_makes_no_difference_which_are_the_fewer(city: StreetNetwork) -> None:
    few, many = _anywhere(city, 3, seed=1), _anywhere(city, 9, seed=2)

    there, back = city.reach(few, many, Metres(900)), city.reach(many, few, Metres(900))

    pairs = sorted(zip(there.place, there.site, there.distance_m.round(6), strict=True))
    assert pairs == sorted(zip(back.site, back.place, back.distance_m.round(6), strict=True))


def test_pairs_are_in_order_of_place_and_then_of_distance(city: StreetNetwork) -> None:
    found = city.reach(_anywhere(city, 20, seed=1), _anywhere(city, 20, seed=2), Metres(800))

    assert np.array_equal(np.lexsort((found.distance_m, found.place)), np.arange(len(found.place)))
    assert found.distance_type is DistanceType.NETWORK_WALK


def test_in_little_memory_the_same_is_found(
    city: StreetNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, sites = _anywhere(city, 20, seed=1), _anywhere(city, 20, seed=2)
    at_once = city.reach(asked, sites, Metres(800))

    monkeypatch.setattr(street_network, "_CELLS", 3 * (len(city.nodes) + 61))
    by_threes = city.reach(asked, sites, Metres(800))

    assert np.array_equal(at_once.site, by_threes.site)
    assert np.array_equal(at_once.distance_m, by_threes.distance_m)


def test_no_walk_is_shorter_than_the_straight_line(city: StreetNetwork) -> None:
    asked, sites = _anywhere(city, 100, seed=3), _anywhere(city, 20, seed=4)

    found = city.reach(asked, sites, ANY)

    straight = WGS84.inv(*asked.of(found.place).degrees, *sites.of(found.site).degrees)[2]
    assert (found.distance_m >= np.asarray(straight) - 1e-3).all()


_SPOT = st.tuples(st.integers(0, 8), st.integers(0, 8))
_EDGE = st.tuples(st.integers(0, 7), st.integers(0, 7), st.integers(1, 3_000))


@settings(max_examples=150, deadline=None)
@given(
    nodes=st.lists(_SPOT, min_size=8, max_size=8, unique=True),
    edges=st.lists(_EDGE, min_size=1, max_size=16),
    asked=st.lists(_SPOT, min_size=1, max_size=4),
    sites=st.lists(_SPOT, min_size=1, max_size=4),
)
def test_in_any_graph_the_ways_are_those_that_igraph_finds(
    nodes: list[tuple[int, int]],
    edges: list[tuple[int, int, int]],
    asked: list[tuple[int, int]],
    sites: list[tuple[int, int]],
) -> None:
    def on_earth(spots: list[tuple[int, int]]) -> list[tuple[float, float]]:
        return [(114 + 0.001 * x, 33.5 + 0.001 * y) for x, y in spots]

    network = a_network(on_earth(nodes), [(one, other, float(m)) for one, other, m in edges])
    starts, goals = places(*on_earth(asked)), places(*on_earth(sites))

    found = network.reach(starts, goals, ANY)

    expected = _by_igraph(network, starts, goals)
    way = np.full(expected.shape, np.inf)
    way[found.place, found.site] = found.distance_m
    assert way == pytest.approx(expected, abs=1e-6)
    assert found.nearest_m == pytest.approx(expected.min(axis=1), abs=1e-6)


def _anywhere(network: StreetNetwork, count: int, seed: int = 0) -> Coordinates:
    random, box = np.random.default_rng(seed), network.bounds
    assert box is not None
    return Coordinates(
        longitudes=random.uniform(box.west, box.east, count),
        latitudes=random.uniform(box.south, box.north, count),
    )


def _by_igraph(
    network: StreetNetwork, starts: Coordinates, goals: Coordinates
) -> NDArray[np.float64]:
    """Measure on a graph in which places are nodes, and their footholds others that part edges.

    Only where places are joined is taken from the network.
    """
    joined = [network.footholds(each) for each in (starts, goals)]
    edges = [
        (int(a), int(b), float(m))
        for a, b, m in zip(network.tail, network.head, network.metres, strict=True)
    ]
    cut: dict[int, list[tuple[float, int]]] = {}
    size = len(network.nodes)
    own: list[list[int]] = []
    for footholds in joined:
        numbers = []
        for number in range(len(footholds)):
            place, foot = size, size + 1
            size += 2
            numbers.append(place)
            edge = int(footholds.edge[number])
            if edge != NO_EDGE:
                edges.append((place, foot, float(footholds.across_m[number])))
                cut.setdefault(edge, []).append((float(footholds.along_m[number]), foot))
        own.append(numbers)
    for edge, feet in cut.items():
        tail, head, metres = edges[edge]
        stops = [(0.0, tail), *sorted(feet), (metres, head)]
        edges += [
            (one, other, max(there - here, 0.0)) for (here, one), (there, other) in pairwise(stops)
        ]
    graph = igraph.Graph(n=size, edges=[each[:2] for each in edges], directed=False)
    way = graph.distances(own[0], own[1], weights=[each[2] for each in edges])
    return np.array(way, dtype=np.float64).reshape(len(starts), len(goals))
