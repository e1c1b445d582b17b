"""Ground and demand gained and lost, against the definition and by another way."""

import numpy as np
import pytest

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.coverage import Level, measure
from geo_service.domain.demand import DemandPoints
from geo_service.domain.demand_change import demand_change
from geo_service.domain.ground_change import ground_change
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import StraightLines
from geo_service.domain.register import Register
from geo_service.domain.scenario import CloseStation, apply
from geo_service.domain.station import StationId
from tests.support.scenarios import EAST, WEST, a_town, add, move

RADIUS = Metres(1500.0)


def disc(radius: float) -> float:
    return float(np.pi * radius**2)


def covered(register: Register) -> float:
    report = measure(
        register.survey(Level.TOWNSHIP), tuple(register.stations), radius=RADIUS, members={}
    )
    assert report.totals.covered_area_m2 is not None
    return report.totals.covered_area_m2


def test_a_station_far_from_all_others_gains_its_disc() -> None:
    town = a_town()
    made = apply(town, [add(114.03, 33.52)])

    change = ground_change(
        town.survey(Level.TOWNSHIP), tuple(town.stations), tuple(made.stations), radius=RADIUS
    )

    assert change.units[WEST].gained_m2 == pytest.approx(disc(RADIUS), rel=1e-3)
    assert (change.units[WEST].lost_m2, change.units[EAST].gained_m2) == (0.0, 0.0)
    area, _ = WGS84.geometry_area_perimeter(change.gained.geoms[0])
    assert abs(area) == pytest.approx(disc(RADIUS), rel=1e-3)
    assert change.lost.is_empty


def test_what_another_station_covers_is_neither_gained_nor_lost() -> None:
    town = a_town()
    doubled = apply(town, [add(114.05, 33.55)])
    survey = town.survey(Level.TOWNSHIP)

    more = ground_change(survey, tuple(town.stations), tuple(doubled.stations), radius=RADIUS)
    less = ground_change(survey, tuple(doubled.stations), tuple(town.stations), radius=RADIUS)

    assert more.gained.is_empty
    assert less.lost.is_empty


def test_gained_less_lost_is_the_change_of_the_ground_covered() -> None:
    town = a_town()
    edits = [move("A", 114.06, 33.55), CloseStation(station=StationId("B")), add(114.16, 33.56)]
    made = apply(town, edits)

    change = ground_change(
        town.survey(Level.TOWNSHIP), tuple(town.stations), tuple(made.stations), radius=RADIUS
    )

    net = sum(each.gained_m2 - each.lost_m2 for each in change.units.values())
    assert net == pytest.approx(covered(made) - covered(town), abs=5.0)
    assert change.units[WEST].lost_m2 > 0
    assert change.units[EAST].gained_m2 > 0


def test_demand_gained_and_lost_is_counted_where_the_net_is_nothing() -> None:
    town = a_town()
    made = apply(town, [move("A", 114.02, 33.52)])
    demand = DemandPoints(
        at=Coordinates(
            longitudes=np.array([114.05, 114.02, 114.15, 115.0]),
            latitudes=np.array([33.55, 33.52, 33.55, 33.5]),
        ),
        weight=np.array([3.0, 3.0, 5.0, 7.0]),
    )

    change = demand_change(
        PlacedDemand.over(town.survey(Level.TOWNSHIP), demand),
        tuple(town.stations),
        tuple(made.stations),
        radius=RADIUS,
        distances=StraightLines(),
    )

    assert (change.total.gained, change.total.lost) == (3.0, 3.0)
    assert (change.units[WEST].gained, change.units[EAST].gained) == (3.0, 0.0)
