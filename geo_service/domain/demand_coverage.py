"""How well stations cover demand, rather than ground.

- *Demand coverage*: the share of the demand within the radius of a station; *cross coverage*: of
  two stations or more, counted by station.
- *Nearest distance*: from each point to its nearest station, weighted by demand.
- *Stations, capacity per 10,000*: of the stations that stand in the unit, by its demand.
- *Supply per 10,000*: what ``accessibility`` finds, the mean over the unit's demand. A station's
  supply is its capacity, and 1 where that is not known.

A point belongs to the unit whose outline holds it, of several (approximate outlines overlap) to
the smallest. The totals are of the whole layer, points in no unit among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.accessibility import enhanced_two_step, two_step
from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import DemandPoints
from geo_service.domain.placed_demand import IN_NO_UNIT, PlacedDemand
from geo_service.domain.reach import Distances, DistanceType, Reach
from geo_service.domain.station import Station
from geo_service.domain.survey import Unit

SUPPLY_IF_UNKNOWN: Final = 1.0

_NO_DEMAND: Final = "the layer has no demand here"
_NO_WAY: Final = "no matching station can be reached from here"
_NO_CAPACITY: Final = "the capacity of no station here is known"

_OF_DEMAND: Final = ("share", "cross_share", "stations_per_10000", "capacity_per_10000")
_OF_SUPPLY: Final = ("supply_per_10000", "near_supply_per_10000")


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedDistances:
    """How far demand is from its nearest station, in metres; what no way leads to left out."""

    mean_m: Metres
    median_m: Metres
    p90_m: Metres
    max_m: Metres


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandFigures:
    """What is known of the demand of one unit, or of all. Each None has its reason in ``missing``.

    All but shares, distances and rates are in the layer's unit. ``unreachable`` demand has no way
    to any station at all. ``supply_per_10000`` is by 2SFCA, ``near_supply_per_10000`` by E2SFCA.
    """

    points: int
    demand: float
    covered: float
    crossed: float
    unreachable: float
    share: float | None
    cross_share: float | None
    nearest: WeightedDistances | None
    stations_per_10000: float | None
    capacity: int | None
    stations_without_capacity: int
    capacity_per_10000: float | None
    supply_per_10000: float | None
    near_supply_per_10000: float | None
    missing: Mapping[str, str]

    @property
    def uncovered(self) -> float:
        """The demand that no station is within the radius of."""
        return self.demand - self.covered


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDemand:
    """One unit and its figures; None, with the reason, where its outline is not known."""

    unit: Unit
    figures: DemandFigures | None
    why_none: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandReport:
    """The demand of every unit asked for, in their order, of all, and of what lies in none."""

    radius_m: Metres
    distance_type: DistanceType
    units: tuple[UnitDemand, ...]
    totals: DemandFigures
    elsewhere: float


def measure_demand(
    demand: PlacedDemand,
    stations: Sequence[Station],
    *,
    radius: Metres,
    distances: Distances,
    members: Mapping[str, Sequence[Station]],
) -> DemandReport:
    """Measure how well stations cover the demand of units.

    Args:
        demand: the demand, laid over the units.
        stations: every station that counts, in the units or beyond them.
        radius: the service radius in metres, as ``distances`` counts them.
        distances: how to measure from demand to stations.
        members: by a unit's code, those of the stations that stand in it.
    """
    points, surveyed = demand.points, demand.survey.units
    unit_of = demand.unit_of
    all_points = _Points.reached(points, stations, distances, radius)
    order = np.argsort(unit_of, kind="stable")
    ends = np.searchsorted(unit_of[order], np.arange(IN_NO_UNIT, len(surveyed)), side="right")
    units = tuple(
        UnitDemand(unit=each.unit, figures=None, why_none=each.why_no_ground)
        if each.ground is None
        else UnitDemand(
            unit=each.unit,
            figures=all_points.of(order[begin:end]).figures(members.get(each.unit.code, ())),
        )
        for each, begin, end in zip(surveyed, ends[:-1], ends[1:], strict=True)
    )
    return DemandReport(
        radius_m=radius,
        distance_type=distances.distance_type,
        units=units,
        totals=all_points.figures(stations),
        elsewhere=float(points.weight[order[: ends[0]]].sum()),
    )


def positions(stations: Sequence[Station]) -> Coordinates:
    """Return where stations are, in their order."""
    return Coordinates(
        longitudes=np.array([each.coordinate.longitude for each in stations], dtype=np.float64),
        latitudes=np.array([each.coordinate.latitude for each in stations], dtype=np.float64),
    )


def times_reached(reach: Reach) -> NDArray[np.intp]:
    """Count for each place the sites within reach, shape (places,)."""
    return np.bincount(reach.place, minlength=reach.places)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Points:
    """Demand points and what was measured at each, in arrays of shape (n,)."""

    weight: NDArray[np.float64]
    nearest_m: NDArray[np.float64]
    times: NDArray[np.intp]
    supply: NDArray[np.float64]
    near_supply: NDArray[np.float64]

    @classmethod
    def reached(
        cls,
        points: DemandPoints,
        stations: Sequence[Station],
        distances: Distances,
        radius: Metres,
    ) -> Self:
        reach = distances.reach(points.at, positions(stations), radius)
        supply = np.array(
            [SUPPLY_IF_UNKNOWN if each.capacity is None else each.capacity for each in stations],
            dtype=np.float64,
        )
        return cls(
            weight=points.weight,
            nearest_m=reach.nearest_m,
            times=times_reached(reach),
            supply=two_step(reach, points.weight, supply),
            near_supply=enhanced_two_step(reach, points.weight, supply),
        )

    def of(self, those: NDArray[np.intp]) -> "_Points":
        return _Points(
            weight=self.weight[those],
            nearest_m=self.nearest_m[those],
            times=self.times[those],
            supply=self.supply[those],
            near_supply=self.near_supply[those],
        )

    def figures(self, members: Sequence[Station]) -> DemandFigures:
        demand = float(self.weight.sum())
        covered = self._where(self.times >= 1)
        crossed = self._where(self.times >= 2)
        capacities = [each.capacity for each in members if each.capacity is not None]
        capacity = sum(capacities) if capacities or not members else None
        nearest = self._nearest()
        return DemandFigures(
            points=len(self.weight),
            demand=demand,
            covered=covered,
            crossed=crossed,
            unreachable=self._where(~np.isfinite(self.nearest_m)),
            share=covered / demand if demand else None,
            cross_share=crossed / demand if demand else None,
            nearest=nearest,
            stations_per_10000=_per_10000(len(members), demand),
            capacity=capacity,
            stations_without_capacity=len(members) - len(capacities),
            capacity_per_10000=None if capacity is None else _per_10000(capacity, demand),
            supply_per_10000=_per_10000(float(self.weight @ self.supply), demand),
            near_supply_per_10000=_per_10000(float(self.weight @ self.near_supply), demand),
            missing=self._missing(demand, nearest, capacity),
        )

    def _where(self, kept: NDArray[np.bool_]) -> float:
        # All of the demand is the same sum as the total, to the last bit.
        return float(np.where(kept, self.weight, 0.0).sum())

    def _nearest(self) -> WeightedDistances | None:
        there = np.isfinite(self.nearest_m) & (self.weight > 0)
        if not there.any():
            return None
        metres, weight = self.nearest_m[there], self.weight[there]
        median, p90 = np.quantile(metres, [0.5, 0.9], weights=weight, method="inverted_cdf")
        return WeightedDistances(
            mean_m=Metres(float(np.average(metres, weights=weight))),
            median_m=Metres(float(median)),
            p90_m=Metres(float(p90)),
            max_m=Metres(float(metres.max())),
        )

    def _missing(
        self, demand: float, nearest: WeightedDistances | None, capacity: int | None
    ) -> dict[str, str]:
        missing: dict[str, str] = {}
        if capacity is None:
            missing |= dict.fromkeys(("capacity", "capacity_per_10000"), _NO_CAPACITY)
        if not demand:
            missing |= dict.fromkeys((*_OF_DEMAND, *_OF_SUPPLY, "nearest"), _NO_DEMAND)
        elif nearest is None:
            missing["nearest"] = _NO_WAY
        return missing


def _per_10000(count: float, demand: float) -> float | None:
    return count / demand * 10_000 if demand else None
