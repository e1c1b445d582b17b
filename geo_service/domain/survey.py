"""Units of administration laid out for measuring: outline, true area and grid, made once.

A survey depends on the boundaries and the plane, not on stations or radius: keep it as long as the
boundaries hold, and ask it as often as stations, filters and radius change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import WGS84
from geo_service.domain.distance_grid import DistanceGrid
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.township import BoundaryStatus

# Edges of 2 km: each then strays by less than 10 cm, up to 60° of latitude.
_LONGEST_EDGE_DEG: Final = 0.02


class Level(StrEnum):
    """The size of units that coverage is reported for."""

    TOWNSHIP = "township"
    COUNTY = "county"
    CITY = "city"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A township, county or city that coverage is asked of.

    ``boundary`` is in degrees on WGS 84, longitude first; where there is none,
    ``why_no_boundary`` says so in words fit for the reader of a report.
    """

    code: str
    name: str
    level: Level
    boundary: Polygon | MultiPolygon | None
    boundary_status: BoundaryStatus
    name_en: str | None = None
    county_code: str | None = None
    why_no_boundary: str | None = None
    population: int | None = None
    population_year: int | None = None
    population_source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """A unit's land: its outline in the plane, its geodesic area, a grid of places over it."""

    outline: Polygon | MultiPolygon
    area_m2: float
    grid: DistanceGrid
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurveyedUnit:
    """A unit with its ground, or the reason why there is none to measure."""

    unit: Unit
    ground: Ground | None
    why_no_ground: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """Units and the plane in which their ground is laid out."""

    crs: PlanarCrs
    units: tuple[SurveyedUnit, ...]

    @classmethod
    def of(cls, units: Iterable[Unit], *, crs: PlanarCrs) -> Self:
        """Lay out units in a plane; what has no usable boundary is kept, with the reason."""
        return cls(crs=crs, units=tuple(_surveyed(unit, crs) for unit in units))


def _surveyed(unit: Unit, crs: PlanarCrs) -> SurveyedUnit:
    if unit.boundary is None:
        reason = unit.why_no_boundary or "no boundary is known"
        return SurveyedUnit(unit=unit, ground=None, why_no_ground=reason)
    boundary, note = _repaired(unit.boundary)
    if boundary is None:
        return SurveyedUnit(unit=unit, ground=None, why_no_ground="the boundary encloses no area")
    # An edge is straight in degrees (RFC 7946, 3.1.1); in the plane a long one bends.
    boundary = shapely.segmentize(boundary, max_segment_length=_LONGEST_EDGE_DEG)
    # Repaired again: what is valid in degrees can touch itself once rounded into the plane.
    outline, _ = _repaired(crs.to_plane(boundary))
    if outline is None:
        return SurveyedUnit(
            unit=unit, ground=None, why_no_ground=f"the boundary does not fit on {crs.name}"
        )
    area, _ = WGS84.geometry_area_perimeter(shapely.orient_polygons(boundary))
    ground = Ground(
        outline=outline,
        area_m2=abs(area),
        grid=DistanceGrid.over(outline, crs),
        note=note,
    )
    return SurveyedUnit(unit=unit, ground=ground)


def _repaired(
    boundary: Polygon | MultiPolygon,
) -> tuple[Polygon | MultiPolygon | None, str | None]:
    """Return the area a boundary encloses, None if none, and a note if it had to be repaired."""
    if not np.isfinite(shapely.get_coordinates(boundary)).all():
        return None, None
    if shapely.is_valid(boundary):
        return (boundary, None) if boundary.area > 0 else (None, None)
    fault = shapely.is_valid_reason(boundary)
    areas = [
        part
        for part in shapely.get_parts(shapely.make_valid(boundary, method="structure"))
        if isinstance(part, Polygon) and part.area > 0
    ]
    if not areas:
        return None, None
    return _polygonal(areas), f"the boundary was not valid and has been repaired: {fault}"


def _polygonal(parts: list[Polygon]) -> Polygon | MultiPolygon:
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def polygons_of(geometry: BaseGeometry) -> MultiPolygon:
    """Return the areas of a geometry, without the lines and points that overlays leave behind."""
    parts = shapely.get_parts(geometry)
    return MultiPolygon([part for part in parts if isinstance(part, Polygon)])
