"""Ground that comes within reach, and ground that falls out of it, when stations change.

Only ground about the stations that differ can change hands, so only that is looked at: the cost
is that of the difference, however many stations stay as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.catchments import union_of_discs
from geo_service.domain.coordinate import Metres
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey, polygons_of

# Two discs touch if their middles are two radii apart; the plane's scale is within a percent.
_NEIGHBOURS: Final = 2.05
_DUST_M2: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundOfUnit:
    """How much of a unit's ground was gained and lost, in square metres."""

    gained_m2: float
    lost_m2: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GroundChange:
    """The ground gained and lost, in degrees for drawing, and how much of it lies in each unit.

    Units without a boundary are not in ``units``.
    """

    gained: MultiPolygon
    lost: MultiPolygon
    units: Mapping[str, GroundOfUnit]


def ground_change(
    survey: Survey, before: Sequence[Station], after: Sequence[Station], *, radius: Metres
) -> GroundChange:
    """Say what ground is within the radius of a station after and was not before, and vice versa.

    Areas are geodesic: the share of a unit's outline in the plane, times its area on the spheroid.
    """
    gained = _only(after, before, radius, survey.crs)
    lost = _only(before, after, radius, survey.crs)
    units = {}
    for each in survey.units:
        if (ground := each.ground) is not None:
            scale = ground.area_m2 / ground.outline.area
            units[each.unit.code] = GroundOfUnit(
                gained_m2=_shared(ground.outline, gained) * scale,
                lost_m2=_shared(ground.outline, lost) * scale,
            )
    return GroundChange(
        gained=_in_degrees(gained, survey.crs), lost=_in_degrees(lost, survey.crs), units=units
    )


def _only(
    these: Sequence[Station], those: Sequence[Station], radius: Metres, crs: PlanarCrs
) -> BaseGeometry:
    """Return the ground within reach of these stations and of none of those, in the plane."""
    known = {station.coordinate for station in those}
    different = [station for station in these if station.coordinate not in known]
    if not different:
        return MultiPolygon()
    ground = union_of_discs(different, radius=radius, crs=crs)
    near = _near(those, different, _NEIGHBOURS * radius, crs)
    if near:
        ground = shapely.difference(ground, union_of_discs(near, radius=radius, crs=crs))
    shapely.prepare(ground)
    return ground


def _near(
    those: Sequence[Station], different: Sequence[Station], reach: float, crs: PlanarCrs
) -> list[Station]:
    if not those:
        return []
    tree = cKDTree(_places(different, crs))
    distance, _ = tree.query(_places(those, crs), distance_upper_bound=reach)
    near = np.flatnonzero(np.isfinite(distance)).tolist()
    return [those[number] for number in near]


def _places(stations: Sequence[Station], crs: PlanarCrs) -> NDArray[np.float64]:
    return np.column_stack(
        crs.forward(
            [each.coordinate.longitude for each in stations],
            [each.coordinate.latitude for each in stations],
        )
    )


def _shared(outline: BaseGeometry, ground: BaseGeometry) -> float:
    if not shapely.intersects(ground, outline):
        return 0.0
    return float(shapely.intersection(outline, ground).area)


def _in_degrees(ground: BaseGeometry, crs: PlanarCrs) -> MultiPolygon:
    parts = shapely.get_parts(ground)
    real = parts[shapely.area(parts) >= _DUST_M2]
    return polygons_of(crs.to_degrees(MultiPolygon(list(real))))
