"""Demand laid over units of administration: which of its points lies in which."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import DemandPoints
from geo_service.domain.survey import Ground, Survey, Unit

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
        grounds = _grounds(survey)
        if len(points) and grounds:
            numbers = np.array([number for number, _ in grounds])
            outlines = np.array([ground.outline for _, ground in grounds], dtype=object)
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
        grounds = _grounds(survey)
        grids = [ground.grid for _, ground in grounds]
        at = Coordinates(
            longitudes=np.concatenate([_NOTHING, *(grid.longitude for grid in grids)]),
            latitudes=np.concatenate([_NOTHING, *(grid.latitude for grid in grids)]),
        )
        counts = np.array([len(grid) for grid in grids], dtype=np.intp)
        ground_of_each = np.array([ground.area_m2 for _, ground in grounds]) / counts
        numbers = np.array([number for number, _ in grounds], dtype=np.intp)
        return cls(
            survey=survey,
            points=DemandPoints(at=at, weight=np.repeat(ground_of_each, counts)),
            unit_of=np.repeat(numbers, counts),
        )

    def unit_at(self, place: int) -> Unit | None:
        """Return the unit that a point lies in, None for none."""
        number = self.unit_of[place]
        return None if number == IN_NO_UNIT else self.survey.units[number].unit


_NOTHING: Final = np.empty(0)


def _grounds(survey: Survey) -> list[tuple[int, Ground]]:
    return [
        (number, each.ground) for number, each in enumerate(survey.units) if each.ground is not None
    ]
