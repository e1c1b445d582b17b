"""Demand laid over units of administration: which of its points lies in which."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import DemandPoints
from geo_service.domain.survey import Survey, Unit

IN_NO_UNIT: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacedDemand:
    """Points and, in ``unit_of``, shape (n,), the number of each one's unit, or ``IN_NO_UNIT``.

    It depends on points and outlines alone: keep it as long as both hold.
    """

    survey: Survey
    points: DemandPoints
    unit_of: NDArray[np.intp]

    @classmethod
    def over(cls, survey: Survey, points: DemandPoints) -> Self:
        """Give each point to the unit whose outline holds it, of several to the smallest."""
        unit_of = np.full(len(points), IN_NO_UNIT, dtype=np.intp)
        if len(points) and survey.grounds:
            numbers, outlines = _numbers_of_grounds(survey), survey.outlines
            shapely.prepare(outlines)
            at = shapely.points(np.column_stack(survey.crs.forward(*points.at.degrees)))
            outline, place = shapely.STRtree(np.asarray(at)).query(outlines, predicate="covers")
            # Written largest first, so that the smallest has the last word; of equals the first.
            order = np.lexsort((-outline, -shapely.area(outlines)[outline]))
            unit_of[place[order]] = numbers[outline[order]]
        return cls(survey=survey, points=points, unit_of=unit_of)

    @classmethod
    def even(cls, survey: Survey) -> Self:
        """Return ground as demand, a square metre for a square metre, at the units' own grids.

        Where outlines overlap, the shared ground is there for each.
        """
        if not survey.grounds:
            nowhere = Coordinates(longitudes=np.empty(0), latitudes=np.empty(0))
            return cls.over(survey, DemandPoints(at=nowhere, weight=np.empty(0)))
        grids = survey.grids_of(np.arange(len(survey.grounds)))
        counts = np.diff(grids.starts)
        ground_of_each = np.array([ground.area_m2 for ground in survey.grounds]) / counts
        return cls(
            survey=survey,
            points=DemandPoints(
                at=Coordinates(longitudes=grids.longitude, latitudes=grids.latitude),
                weight=np.repeat(ground_of_each, counts),
            ),
            unit_of=np.repeat(_numbers_of_grounds(survey), counts),
        )

    def unit_at(self, place: int) -> Unit | None:
        """Return the unit that a point lies in, None for none."""
        number = self.unit_of[place]
        return None if number == IN_NO_UNIT else self.survey.units[number].unit


def _numbers_of_grounds(survey: Survey) -> NDArray[np.intp]:
    return np.flatnonzero([each.ground is not None for each in survey.units])
