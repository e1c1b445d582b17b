"""Coverage of ground when distance is more than a straight line.

An *estimated walk* is a straight line times a factor, so the ground within a walk of r metres is
that within r / factor in a straight line: areas stay exact, distances are multiplied.

Along *streets* no disc says what is in reach. There the ground is asked at the places of the even
grid: covered is the share of them with a station within the radius.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import (
    CoverageReport,
    Totals,
    UnitCoverage,
    check_radius,
    report_of,
)
from geo_service.domain.demand import DemandPoints
from geo_service.domain.demand_coverage import positions, times_reached
from geo_service.domain.distance_grid import NearestDistances, WorstGap, summarise
from geo_service.domain.gap_list import nearest_stations
from geo_service.domain.ground_figures import GroundFigures
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Distances, DistanceType, StraightLines
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey

WORDS: Final = {
    DistanceType.STRAIGHT: "straight line",
    DistanceType.ESTIMATED_WALK: "estimated walk",
    DistanceType.NETWORK_WALK: "walk along streets",
}
"""What a report calls each type of distance."""

_NO_WAY: Final = "no way leads to any station"


class FiguresOf(Protocol):
    """A way to the figures about the ground of a survey."""

    def __call__(
        self, survey: Survey, stations: Sequence[Station], *, radius: Metres
    ) -> GroundFigures:
        """Return them."""


def measure_ground(  # noqa: PLR0913 - a question has as many sides
    survey: Survey,
    stations: Sequence[Station],
    *,
    radius: Metres,
    distances: Distances,
    members: Mapping[str, Sequence[Station]],
    figures_of: FiguresOf = GroundFigures.of,
) -> CoverageReport:
    """Measure as ``coverage.measure`` does, with the radius and distances of any type.

    ``figures_of`` may know a shorter way to the figures than to measure all.
    """
    check_radius(radius)
    ground_radius = straight_radius(radius, distances)
    figures = figures_of(survey, stations, radius=ground_radius or radius)
    report = report_of(figures, members=members)
    if ground_radius is None:
        report = _along_streets(report, survey, stations, radius, distances)
    elif isinstance(distances, StraightLines) and distances.factor != 1.0:
        report = _stretched(report, distances.factor)
    return replace(report, radius_m=radius, distance_type=WORDS[distances.distance_type])


def straight_radius(radius: Metres, distances: Distances) -> Metres | None:
    """Return the radius of the ground within reach as a straight line; None where there is none."""
    return Metres(radius / distances.factor) if isinstance(distances, StraightLines) else None


def _stretched(report: CoverageReport, factor: float) -> CoverageReport:
    units = tuple(
        replace(each, nearest=_longer(each.nearest, factor), worst_gap=_farther(each, factor))
        for each in report.units
    )
    totals = report.totals
    return replace(
        report,
        units=units,
        totals=replace(
            totals, nearest=_longer(totals.nearest, factor), worst_gap=_farther(totals, factor)
        ),
    )


def _longer(nearest: NearestDistances | None, factor: float) -> NearestDistances | None:
    if nearest is None:
        return None
    return replace(
        nearest,
        mean_m=Metres(factor * nearest.mean_m),
        median_m=Metres(factor * nearest.median_m),
        p90_m=Metres(factor * nearest.p90_m),
        max_m=Metres(factor * nearest.max_m),
    )


def _farther(measured: UnitCoverage | Totals, factor: float) -> WorstGap | None:
    gap = measured.worst_gap
    return None if gap is None else replace(gap, distance_m=Metres(factor * gap.distance_m))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Places:
    """Places of the grid, the ground each stands for, and what was found there."""

    grid: DemandPoints
    nearest_m: NDArray[np.float64]
    times: NDArray[np.intp]
    worst_gaps: Mapping[int, WorstGap]
    unit_of: NDArray[np.intp]

    def share(self, unit: int | None, times: int) -> float:
        """Return the share of a unit's ground, or of all, reached so many times or more."""
        ground = self.grid.weight * self._own(unit)
        return float(ground[self.times >= times].sum() / ground.sum())

    def nearest(self, unit: int | None, spacing: Metres) -> NearestDistances | None:
        """Sum up the distances from what is joined to a station at all."""
        there = np.isfinite(self.nearest_m) & self._own(unit)
        if not there.any():
            return None
        return summarise(self.nearest_m[there], weights=self.grid.weight[there], spacing_m=spacing)

    def cut_off(self, unit: int) -> float:
        """Return the share of a unit's ground from which no way leads to a station."""
        ground = self.grid.weight * self._own(unit)
        return float(ground[~np.isfinite(self.nearest_m)].sum() / ground.sum())

    def _own(self, unit: int | None) -> NDArray[np.bool_]:
        return np.full(len(self.grid), True) if unit is None else self.unit_of == unit  # noqa: FBT003


def _along_streets(
    report: CoverageReport,
    survey: Survey,
    stations: Sequence[Station],
    radius: Metres,
    distances: Distances,
) -> CoverageReport:
    """Put what the grid says along streets in the place of what the plane says."""
    ground = PlacedDemand.even(survey)
    grid, unit_of = ground.points, ground.unit_of
    if not len(grid):
        return report
    reach = distances.reach(grid.at, positions(stations), radius)
    places = _Places(
        grid=grid,
        nearest_m=reach.nearest_m,
        times=times_reached(reach),
        worst_gaps=_worst_gaps(grid, unit_of, reach.nearest_m, stations, distances),
        unit_of=unit_of,
    )
    units = tuple(
        each if each.area_m2 is None else _unit_along_streets(each, number, places)
        for number, each in enumerate(report.units)
    )
    return replace(report, units=units, totals=_totals_along_streets(report.totals, places))


def _unit_along_streets(unit: UnitCoverage, number: int, places: _Places) -> UnitCoverage:
    assert unit.area_m2 is not None  # or there would be no places
    once = places.share(number, 1)
    nearest, notes = None, unit.notes
    if unit.nearest is not None:
        nearest = places.nearest(number, unit.nearest.spacing_m)
        if cut_off := places.cut_off(number):
            notes = (*notes, f"no way leads to any station from {cut_off:.1%} of the ground")
    return replace(
        unit,
        area_coverage=once,
        covered_area_m2=once * unit.area_m2,
        cross_coverage=places.share(number, 2),
        nearest=nearest,
        worst_gap=places.worst_gaps.get(number),
        missing={**_cut_off(nearest), **unit.missing},
        notes=notes,
    )


def _totals_along_streets(totals: Totals, places: _Places) -> Totals:
    assert totals.area_m2 is not None  # likewise
    once = places.share(None, 1)
    straight = totals.nearest
    nearest = None if straight is None else places.nearest(None, straight.spacing_m)
    gaps = places.worst_gaps.values()
    return replace(
        totals,
        area_coverage=once,
        covered_area_m2=once * totals.area_m2,
        cross_coverage=places.share(None, 2),
        nearest=nearest,
        worst_gap=max(gaps, key=lambda gap: gap.distance_m, default=None),
        missing={**_cut_off(nearest), **totals.missing},
    )


def _cut_off(nearest: NearestDistances | None) -> dict[str, str]:
    return {} if nearest else dict.fromkeys(("nearest", "worst_gap"), _NO_WAY)


def _worst_gaps(
    grid: DemandPoints,
    unit_of: NDArray[np.intp],
    nearest_m: NDArray[np.float64],
    stations: Sequence[Station],
    distances: Distances,
) -> dict[int, WorstGap]:
    """Return, by the number of each unit, its place farthest from any station it can reach."""
    there = np.flatnonzero(np.isfinite(nearest_m))
    if not there.size:
        return {}
    order = there[np.lexsort((-nearest_m[there], unit_of[there]))]
    units, first = np.unique(unit_of[order], return_index=True)
    worst = order[first]
    nearest = nearest_stations(grid.at.of(worst), stations, nearest_m[worst], distances)
    return {
        unit: WorstGap(
            at=grid.at[place],
            distance_m=Metres(float(nearest_m[place])),
            nearest_station=station,
        )
        for unit, place, station in zip(units.tolist(), worst.tolist(), nearest, strict=True)
        if station is not None
    }
