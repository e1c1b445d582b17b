"""The worst places: where, how far, which station, how much demand."""

import math

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.demand import DemandPoints
from geo_service.domain.gap_list import Gap, worst_places
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Distances
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey
from tests.domain.coverage_cases import CENTRE, GEOD, LUOHE, away, square, stations_at, unit_of
from tests.domain.demand_cases import STRAIGHT, Streets, demand_at

SURVEY = Survey.of([unit_of(square())], crs=LUOHE)
EAST = [away(CENTRE, 90, metres) for metres in (500, 2_000, 2_500, 4_500)]


def named(
    points: DemandPoints,
    stations: list[Station],
    distances: Distances = STRAIGHT,
    count: int = 10,
) -> tuple[Gap, ...]:
    demand = PlacedDemand.over(SURVEY, points)
    return worst_places(demand, stations, radius=Metres(1_000), distances=distances, count=count)


def test_the_farthest_place_comes_first_and_says_how_far_and_which_station() -> None:
    points = demand_at(EAST, [1, 1, 1, 1])

    first = named(points, stations_at([CENTRE]))[0]

    assert first.distance_m == pytest.approx(4_500)
    assert first.nearest_station == "s0000"
    assert first.unit is not None
    assert first.unit.code == "411102001"


def test_a_place_in_the_hole_around_a_worse_one_is_left_out() -> None:
    west = away(CENTRE, 270, 1_500)
    points = demand_at([*EAST, west], [1, 1, 1, 1, 1])

    found = named(points, stations_at([CENTRE]))

    assert [each.distance_m for each in found] == pytest.approx([4_500, 1_500])


def test_demand_is_what_a_station_there_would_newly_cover() -> None:
    points = demand_at(
        [away(CENTRE, 90, 4_000), away(CENTRE, 90, 3_500), away(CENTRE, 90, 2_900)], [5, 7, 100]
    )

    [gap] = named(points, stations_at([CENTRE]))

    assert gap.demand == 12


def test_what_is_covered_already_is_no_gap_and_adds_nothing_to_one() -> None:
    points = demand_at([away(CENTRE, 90, 900), away(CENTRE, 90, 1_100)], [50, 3])

    [gap] = named(points, stations_at([CENTRE]))

    assert gap.distance_m == pytest.approx(1_100)
    assert gap.demand == 3


def test_a_place_where_nobody_is_makes_no_gap() -> None:
    assert named(demand_at([EAST[3]], [0]), stations_at([CENTRE])) == ()


def test_where_all_is_covered_there_are_no_gaps() -> None:
    assert named(demand_at([EAST[0]], [9]), stations_at([CENTRE])) == ()


def test_without_stations_there_is_no_list() -> None:
    assert named(demand_at(EAST, [1, 1, 1, 1]), []) == ()


def test_no_more_are_named_than_were_asked_for() -> None:
    points = demand_at([away(CENTRE, azimuth, 2_000) for azimuth in (0, 90, 180, 270)], [1] * 4)

    assert len(named(points, stations_at([CENTRE]), count=3)) == 3


def test_of_two_stations_equally_near_the_first_is_named() -> None:
    points = demand_at([away(CENTRE, 0, 3_000)], [1])

    [gap] = named(points, stations_at([CENTRE, CENTRE]))

    assert gap.nearest_station == "s0000"


def test_a_gap_carries_the_name_that_its_point_has() -> None:
    points = demand_at([EAST[3], away(CENTRE, 270, 1_500)], [1, 1], names=("东环路环卫班", ""))

    assert [each.name for each in named(points, stations_at([CENTRE]))] == ["东环路环卫班", None]


def test_a_place_outside_all_units_is_named_without_one() -> None:
    [gap] = named(demand_at([away(CENTRE, 90, 9_000)], [1]), stations_at([CENTRE]))

    assert gap.unit is None


def test_a_place_that_no_way_leads_from_is_worst_and_has_no_distance() -> None:
    points = demand_at([away(CENTRE, 270, 4_000), away(CENTRE, 90, 10)], [1, 1])

    worst, other = named(points, stations_at([CENTRE]), Streets(meridian=CENTRE[0]))

    assert (worst.distance_m, worst.nearest_station) == (None, None)
    assert other.distance_m == pytest.approx(8_000)


def test_even_ground_weighs_what_the_unit_measures() -> None:
    ground = PlacedDemand.even(SURVEY)

    unit = SURVEY.units[0].ground
    assert unit is not None
    assert ground.points.total == pytest.approx(unit.area_m2)
    assert set(ground.unit_of.tolist()) == {0}


def test_the_worst_place_of_even_ground_is_its_far_corner() -> None:
    [gap, *_] = worst_places(
        PlacedDemand.even(SURVEY),
        stations_at([CENTRE]),
        radius=Metres(1_000),
        distances=STRAIGHT,
        count=1,
    )

    _, _, metres = GEOD.inv(gap.at.longitude, gap.at.latitude, *CENTRE)
    assert gap.distance_m == pytest.approx(metres)
    assert metres == pytest.approx(math.hypot(5_000, 5_000), rel=0.03)
