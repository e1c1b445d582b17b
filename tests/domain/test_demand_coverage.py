"""How well stations cover demand: by hand, and against the geodesic asked pair by pair."""

import math
from dataclasses import replace

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.demand_coverage import DemandFigures, UnitDemand
from geo_service.domain.reach import DistanceType, StraightLines
from geo_service.domain.station import Station
from tests.domain.coverage_cases import CENTRE, away, square, stations_at, unit_of
from tests.domain.demand_cases import Streets, demand_at, demand_measured

TOWN = unit_of(square())
FAR = away(CENTRE, 90, 3_000)


def figures(unit: UnitDemand) -> DemandFigures:
    assert unit.figures is not None
    return unit.figures


def test_demand_within_the_radius_is_covered_and_the_rest_is_not() -> None:
    points = demand_at([away(CENTRE, 0, 999), away(CENTRE, 0, 1_001)], [30, 70])

    found = figures(demand_measured(TOWN, points, stations_at([CENTRE])).units[0])

    assert (found.demand, found.covered, found.uncovered) == (100, 30, 70)
    assert found.share == 0.3


def test_a_point_exactly_at_the_radius_is_covered() -> None:
    points = demand_at([away(CENTRE, 77, 1_000)], [5])

    assert demand_measured(TOWN, points, stations_at([CENTRE])).totals.share == 1


def test_two_stations_at_one_address_cover_twice() -> None:
    points = demand_at([CENTRE, FAR], [10, 30])

    found = demand_measured(TOWN, points, stations_at([CENTRE, CENTRE, FAR])).totals

    assert (found.crossed, found.cross_share) == (10, 0.25)


def test_distances_are_weighted_by_demand() -> None:
    places = [away(CENTRE, 90, metres) for metres in (100, 200, 300)]

    found = demand_measured(TOWN, demand_at(places, [8, 1, 1]), stations_at([CENTRE])).totals

    assert found.nearest is not None
    assert found.nearest.mean_m == pytest.approx(0.8 * 100 + 0.1 * 200 + 0.1 * 300)
    assert found.nearest.median_m == pytest.approx(100)
    assert found.nearest.p90_m == pytest.approx(200)
    assert found.nearest.max_m == pytest.approx(300)


def test_a_point_where_nobody_is_does_not_make_the_longest_way() -> None:
    points = demand_at([CENTRE, FAR], [1, 0])

    found = demand_measured(TOWN, points, stations_at([CENTRE])).totals

    assert found.nearest is not None
    assert found.nearest.max_m == pytest.approx(0)


def test_stations_and_known_capacity_are_counted_by_ten_thousand_of_the_demand() -> None:
    [known, unknown] = stations_at([CENTRE, FAR])
    stations = [_with_capacity(known, 40), unknown]

    report = demand_measured(TOWN, demand_at([CENTRE], [20_000]), stations)

    found = figures(report.units[0])
    assert found.stations_per_10000 == 1
    assert (found.capacity, found.capacity_per_10000) == (40, 20)
    assert found.stations_without_capacity == 1


def test_a_station_of_unknown_capacity_supplies_one() -> None:
    points = demand_at([CENTRE], [10_000])

    found = demand_measured(TOWN, points, stations_at([CENTRE])).totals

    assert (found.supply_per_10000, found.near_supply_per_10000) == (1, 1)
    assert found.capacity is None
    assert "capacity" in found.missing


def test_supply_over_all_demand_is_what_can_be_reached_by_either_method() -> None:
    points = demand_at([CENTRE, away(CENTRE, 0, 500), away(CENTRE, 0, 900)], [10, 20, 70])
    stations = [_with_capacity(each, 7) for each in stations_at([CENTRE, away(CENTRE, 0, 400)])]

    found = demand_measured(TOWN, points, stations).totals

    assert found.supply_per_10000 == pytest.approx(14 / 100 * 10_000)
    assert found.near_supply_per_10000 == pytest.approx(14 / 100 * 10_000)


def test_a_station_beyond_the_border_covers_demand_within_it() -> None:
    corner = away(CENTRE, 90, 4_900)
    points = demand_at([corner], [1])

    report = demand_measured(TOWN, points, stations_at([away(CENTRE, 90, 5_200)]))

    assert figures(report.units[0]).share == 1


def test_demand_in_no_unit_is_told_apart_and_counts_in_the_totals() -> None:
    points = demand_at([CENTRE, away(CENTRE, 90, 20_000)], [10, 90])

    report = demand_measured(TOWN, points, stations_at([CENTRE]))

    assert figures(report.units[0]).demand == 10
    assert (report.elsewhere, report.totals.demand, report.totals.share) == (90, 100, 0.1)


def test_demand_in_two_units_belongs_to_the_smaller() -> None:
    small = unit_of(square(half_side=1_000), code="small")
    points = demand_at([CENTRE], [10])

    for units in ([TOWN, small], [small, TOWN]):
        report = demand_measured(units, points, stations_at([CENTRE]))
        found = {each.unit.code: figures(each).demand for each in report.units}
        assert found == {TOWN.code: 0, "small": 10}


def test_a_unit_without_demand_has_no_share_and_says_why() -> None:
    found = figures(demand_measured(TOWN, demand_at([], []), stations_at([CENTRE])).units[0])

    assert found.share is None
    assert found.missing["share"] == "the layer has no demand here"


def test_a_unit_without_a_boundary_has_no_figures_and_says_why() -> None:
    unit = unit_of(None, why_no_boundary="nobody drew it")

    [found] = demand_measured(unit, demand_at([CENTRE], [1]), stations_at([CENTRE])).units

    assert found.figures is None
    assert found.why_none == "nobody drew it"


def test_without_a_station_nothing_is_covered_and_nothing_can_be_reached() -> None:
    found = demand_measured(TOWN, demand_at([CENTRE], [9]), []).totals

    assert (found.covered, found.share, found.unreachable, found.nearest) == (0, 0, 9, None)
    assert "nearest" in found.missing


def test_an_estimated_walk_reaches_less_far() -> None:
    points = demand_at([away(CENTRE, 0, 700), away(CENTRE, 0, 800)], [1, 1])

    report = demand_measured(
        TOWN, points, stations_at([CENTRE]), distances=StraightLines(factor=1.3)
    )

    assert report.distance_type is DistanceType.ESTIMATED_WALK
    assert report.totals.covered == 1
    assert report.totals.nearest is not None
    assert report.totals.nearest.max_m == pytest.approx(1.3 * 800)


def test_what_no_street_joins_is_unreachable_and_left_out_of_distances() -> None:
    points = demand_at([away(CENTRE, 270, 400), away(CENTRE, 90, 10)], [3, 1])

    found = demand_measured(
        TOWN, points, stations_at([CENTRE]), distances=Streets(meridian=CENTRE[0])
    ).totals

    assert (found.covered, found.unreachable) == (3, 1)
    assert found.nearest is not None
    assert found.nearest.max_m == pytest.approx(800)


places = st.tuples(st.floats(113.97, 114.07), st.floats(33.54, 33.62))


@settings(deadline=None)  # geographiclib in Python takes its time
@given(
    st.lists(st.tuples(places, st.integers(0, 50)), min_size=1, max_size=12),
    st.lists(places, min_size=1, max_size=6),
    st.sampled_from([300.0, 1_000.0, 3_000.0]),
)
def test_the_figures_are_those_of_every_pair_measured_by_itself(
    demand: list[tuple[tuple[float, float], int]],
    sites: list[tuple[float, float]],
    radius: float,
) -> None:
    points = demand_at([at for at, _ in demand], [weight for _, weight in demand])

    found = demand_measured(TOWN, points, stations_at(sites), radius=radius).totals

    metres = [[_geodesic(at, site) for site in sites] for at, _ in demand]
    times = [sum(each <= radius for each in row) for row in metres]
    weights = [weight for _, weight in demand]
    if any(abs(each - radius) < 0.01 for row in metres for each in row):
        return  # within the tolerance either answer is right
    assert found.covered == sum(w for w, n in zip(weights, times, strict=True) if n >= 1)
    assert found.crossed == sum(w for w, n in zip(weights, times, strict=True) if n >= 2)
    if sum(weights):
        assert found.nearest is not None
        mean = math.fsum(w * min(row) for w, row in zip(weights, metres, strict=True))
        assert found.nearest.mean_m == pytest.approx(mean / sum(weights), abs=0.01)


def test_all_of_the_demand_is_a_share_of_one_to_the_last_bit() -> None:
    random = np.random.default_rng(5)
    points = demand_at([CENTRE] * 999, random.uniform(0, 1, 999).tolist())

    assert demand_measured(TOWN, points, stations_at([CENTRE])).totals.share == 1.0


def _geodesic(here: tuple[float, float], there: tuple[float, float]) -> float:
    solved = Geodesic.WGS84.Inverse(here[1], here[0], there[1], there[0])
    return float(solved["s12"])


def _with_capacity(station: Station, capacity: int) -> Station:
    return replace(station, capacity=capacity)
