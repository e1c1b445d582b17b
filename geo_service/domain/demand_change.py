"""Demand that comes within reach, and demand that falls out of it, when stations change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from geo_service.domain.coordinate import Metres
from geo_service.domain.demand_coverage import positions, times_reached
from geo_service.domain.placed_demand import IN_NO_UNIT, PlacedDemand
from geo_service.domain.reach import Distances
from geo_service.domain.station import Station


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandOfUnit:
    """How much demand was gained and lost, in the layer's unit."""

    gained: float
    lost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandChange:
    """Demand gained and lost in all, that outside of all units included, and by a unit's code."""

    total: DemandOfUnit
    units: Mapping[str, DemandOfUnit]


def demand_change(
    placed: PlacedDemand,
    before: Sequence[Station],
    after: Sequence[Station],
    *,
    radius: Metres,
    distances: Distances,
) -> DemandChange:
    """Say whose demand is within the radius of a station after and was not before, and vice versa.

    Only the net of the two shows in the figures of coverage: a move gains here and loses there.
    """
    points = placed.points
    was, is_now = (
        times_reached(distances.reach(points.at, positions(stations), radius)) > 0
        for stations in (before, after)
    )
    gained = np.where(is_now & ~was, points.weight, 0.0)
    lost = np.where(was & ~is_now, points.weight, 0.0)
    inside = placed.unit_of != IN_NO_UNIT
    sums = [
        np.bincount(placed.unit_of[inside], each[inside], minlength=len(placed.survey.units))
        for each in (gained, lost)
    ]
    return DemandChange(
        total=DemandOfUnit(gained=float(gained.sum()), lost=float(lost.sum())),
        units={
            surveyed.unit.code: DemandOfUnit(gained=float(more), lost=float(less))
            for surveyed, more, less in zip(placed.survey.units, *sums, strict=True)
            if surveyed.ground is not None
        },
    )
