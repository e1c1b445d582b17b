"""Residents as demand: the census, spread evenly, because nobody says where in a unit they live.

What a census gives is a number for a unit. Here it is shared out among the unit's grid of places:
each stands for the same number of people. That is an estimate, and the layer says so; houses,
fields and the river count alike.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.demand import MOST_POINTS, POPULATION, DemandLayer, DemandPoints
from geo_service.domain.errors import DemandLayerNotFoundError
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.domain.survey import Ground, Level, SurveyedUnit

_ESTIMATE: Final = {
    Level.TOWNSHIP: "估算：人口在乡镇（街道）内均匀分布，并非实际居住位置 · spread evenly over the "
    "township: not where people live",
    Level.COUNTY: "估算：人口在区县内均匀分布，并非实际居住位置 · spread evenly over the county: "
    "not where people live",
}


def residents(register: Register) -> DemandLayer:
    """Return the residents of the register's townships, or of its counties, spread evenly.

    Townships only where the people of each are known: else the counties. A unit without a
    boundary or a figure is left out, and the layer's note names it.

    Raises:
        DemandLayerNotFoundError: the register knows the residents of no unit that has a boundary.
    """
    level = _level(register)
    units = register.survey(level).units
    placed = [(each, each.ground) for each in units if each.ground and each.unit.population]
    if not placed:
        raise DemandLayerNotFoundError(
            f"there is no layer {POPULATION!r}: the register has the residents of no unit whose "
            "boundary is known"
        )
    most = max(1, MOST_POINTS // len(placed))
    spread = [_spread(ground, each.unit.population or 0, most) for each, ground in placed]
    points = DemandPoints(
        at=Coordinates(
            longitudes=np.concatenate([each.at.longitudes for each in spread]),
            latitudes=np.concatenate([each.at.latitudes for each in spread]),
        ),
        weight=np.concatenate([each.weight for each in spread]),
    )
    counted = [each.unit for each, _ in placed]
    return DemandLayer(
        id=POPULATION,
        name="常住人口",
        name_en="Residents",
        unit="人",
        unit_en="people",
        points=points,
        data_status=DataStatus.DERIVED,
        source=_joined([each.population_source for each in counted]) or "the register",
        version=register.revision.number,
        as_of=_joined([str(each.population_year or "") for each in counted]) or None,
        note=_note(register, units, points.total),
        estimate=_ESTIMATE[level],
    )


def _level(register: Register) -> Level:
    townships = register.townships
    known = all(each.population is not None and each.boundary is not None for each in townships)
    return Level.TOWNSHIP if townships and known else Level.COUNTY


def _spread(ground: Ground, population: int, most: int) -> DemandPoints:
    """Share people out among a grid; of one with too many places, among every second or third."""
    grid = ground.grid
    step = -(-len(grid) // most)
    longitudes, latitudes = grid.longitude[::step], grid.latitude[::step]
    return DemandPoints(
        at=Coordinates(longitudes=longitudes, latitudes=latitudes),
        weight=np.full(len(longitudes), population / len(longitudes)),
    )


def _joined(texts: Sequence[str | None]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _note(register: Register, units: Sequence[SurveyedUnit], total: float) -> str | None:
    said = []
    left_out = [each.unit.name for each in units if not (each.ground and each.unit.population)]
    if left_out:
        listed = "、".join(left_out)
        said.append(f"未计入（无边界或无人口数字）：{listed} · left out: no boundary or no figure")
    whole = register.place.population
    if whole is not None and whole != round(total):
        said.append(
            f"各单元合计 {total:,.0f}，全市公布数 {whole:,} · the units add up to {total:,.0f}, "
            f"the whole place is given as {whole:,}"
        )
    return "; ".join(said) or None
