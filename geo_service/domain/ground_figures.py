"""The figures about the ground of units: shares covered, distances, worst gaps.

They depend on where stations stand and on the radius, not on who counts them or why. When few
stations have come, gone or moved, the units these can touch are measured and the others are not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.covered_ground import Discs, covered_areas
from geo_service.domain.distance_grid import (
    NearestDistances,
    StationDistances,
    WorstGap,
    summarised,
)
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.quantiles import weighted_quantiles
from geo_service.domain.station import Station, StationId
from geo_service.domain.survey import Survey

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]

# Sums of a thousand pieces round at 1e-12 or so: this much short of everything is everything.
_ROUNDING: Final = 1e-9
_PLACES_AT_ONCE: Final = 1_000_000
_MARGIN: Final = 1.01
# Beyond so many changes, measuring all anew costs less than finding out what they touch.
_FEW: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundFigures:
    """The figures of a survey's grounds, in their order.

    ``once`` and ``twice`` are shares of area; ``distances`` are metres from the places of every
    ground's grid, end to end. Without stations there are no distances and no gaps.
    """

    survey: Survey
    radius: Metres
    stations: Sequence[Station]
    once: Floats
    twice: Floats
    distances: tuple[Floats, ...]
    nearest: tuple[NearestDistances | None, ...]
    gaps: tuple[WorstGap | None, ...]

    @classmethod
    def of(cls, survey: Survey, stations: Sequence[Station], *, radius: Metres) -> Self:
        """Measure every ground."""
        nothing: tuple[None, ...] = (None,) * len(survey.grounds)
        blank = cls(
            survey=survey,
            radius=radius,
            stations=stations,
            once=np.zeros(len(survey.grounds)),
            twice=np.zeros(len(survey.grounds)),
            distances=(np.empty(0),) * len(survey.grounds),
            nearest=nothing,
            gaps=nothing,
        )
        every = np.arange(len(survey.grounds))
        return blank.with_shares_of(every).with_distances_of(every)

    def with_stations(self, stations: Sequence[Station]) -> Self:
        """Return the figures that other stations give, measuring only what differs."""
        changed = _changed(self.stations, stations)
        other = replace(self, stations=stations)
        if not changed:
            return other
        if len(changed) > _FEW or not self.stations:
            return type(self).of(self.survey, stations, radius=self.radius)
        within_radius, within_worst = self._touched(changed)
        return other.with_shares_of(within_radius).with_distances_of(within_worst)

    def total_nearest(self) -> NearestDistances | None:
        """Sum the distances of all grounds up, weighted by the ground that places stand for."""
        if not self.stations or not self.survey.grounds:
            return None
        areas = [ground.area_m2 for ground in self.survey.grounds]
        places = [len(distance) for distance in self.distances]
        known = [each for each in self.nearest if each is not None]
        median, p90 = weighted_quantiles(
            self.distances,
            [area / count for area, count in zip(areas, places, strict=True)],
            [0.5, 0.9],
        )
        return NearestDistances(
            mean_m=Metres(float(np.average([each.mean_m for each in known], weights=areas))),
            median_m=Metres(median),
            p90_m=Metres(p90),
            max_m=max(each.max_m for each in known),
            spacing_m=max(each.spacing_m for each in known),
            points=sum(places),
        )

    def with_shares_of(self, chosen: Numbers) -> Self:
        """Return the figures with the shares of some grounds measured anew."""
        outlines = self.survey.outlines[chosen]
        discs = discs_about(self.stations, radius=self.radius, crs=self.survey.crs)
        covered = covered_areas(outlines, discs)
        areas = shapely.area(outlines)
        once, twice = self.once.copy(), self.twice.copy()
        once[chosen] = _share(covered.once, areas)
        twice[chosen] = np.minimum(once[chosen], _share(covered.twice, areas))
        return replace(self, once=once, twice=twice)

    def with_distances_of(self, chosen: Numbers) -> Self:
        """Return the figures with the distances and gaps of some grounds measured anew."""
        if not self.stations:
            nothing = (None,) * len(self.nearest)
            none = (np.empty(0),) * len(self.nearest)
            return replace(self, distances=none, nearest=nothing, gaps=nothing)
        distances, nearest = list(self.distances), list(self.nearest)
        gaps = list(self.gaps)
        measured = StationDistances(self.stations)
        for some in _chunks(chosen, self.survey):
            grids = self.survey.grids_of(some)
            distance = measured.to_nearest(grids)
            figures, worst = summarised(grids, distance)
            found = measured.gaps_at(grids, worst)
            parts = np.split(distance, grids.starts[1:-1])
            for number, part, figure, gap in zip(some.tolist(), parts, figures, found, strict=True):
                distances[number], nearest[number], gaps[number] = part, figure, gap
        return replace(self, distances=tuple(distances), nearest=tuple(nearest), gaps=tuple(gaps))

    def _touched(self, changed: Sequence[Station]) -> tuple[Numbers, Numbers]:
        """Return the grounds whose shares, and those whose distances, a change can alter."""
        crs, outlines = self.survey.crs, self.survey.outlines
        places, radii = _in_plane(changed, radius=self.radius, crs=crs)
        if not len(places) or len(places) < len(changed):  # some have no place in the plane
            every = np.arange(len(outlines))
            return every, every
        points = np.asarray(shapely.points(places))
        reached = shapely.STRtree(outlines).query(
            points, predicate="dwithin", distance=radii * _MARGIN
        )[1]
        scale = radii / self.radius
        worst = np.array([np.inf if each is None else each.max_m for each in self.nearest])
        spacing = np.array([0.0 if each is None else each.spacing_m for each in self.nearest])
        # One farther than every place is from its nearest was and is nearest to none.
        limit = _MARGIN * (worst + spacing)
        nearer = [
            np.flatnonzero(shapely.distance(outlines, point) <= limit * each)
            for point, each in zip(points, scale, strict=True)
        ]
        return np.unique(reached), np.unique(np.concatenate(nearer))


def discs_about(stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs) -> Discs:
    """Return the catchments of stations as discs in the plane."""
    centres, radii = _in_plane(stations, radius=radius, crs=crs)
    return Discs(centres=centres, radii=radii)


def _in_plane(
    stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs
) -> tuple[Floats, Floats]:
    """Return where stations stand in the plane, and how large their discs are there.

    A station that the plane has no place for is half the earth away and left out.
    """
    longitude = np.array([station.coordinate.longitude for station in stations], dtype=float)
    latitude = np.array([station.coordinate.latitude for station in stations], dtype=float)
    places = np.column_stack(crs.forward(longitude, latitude))
    radii = radius * crs.scale_at(longitude, latitude)
    drawable = np.isfinite(places).all(axis=1) & np.isfinite(radii)
    return places[drawable], radii[drawable]


def _share(covered: Floats, areas: Floats) -> Floats:
    share = covered / areas
    return np.where(share > 1 - _ROUNDING, 1.0, share)


def _chunks(chosen: Numbers, survey: Survey) -> list[Numbers]:
    """Split grounds so that the places of each part fit in memory with ease."""
    if not len(chosen):
        return []
    together = max(1, _PLACES_AT_ONCE // survey.grounds[0].places_wanted)
    return np.array_split(chosen, range(together, len(chosen), together))


def _changed(before: Sequence[Station], after: Sequence[Station]) -> list[Station]:
    """Return the stations that came, those that went, and those that moved at either place."""
    old, new = _placed(before), _placed(after)
    gone = [old[key] for key in old.keys() - new.keys()]
    return gone + [new[key] for key in new.keys() - old.keys()]


def _placed(stations: Sequence[Station]) -> dict[tuple[StationId, float, float], Station]:
    return {
        (station.id, station.coordinate.longitude, station.coordinate.latitude): station
        for station in stations
    }
