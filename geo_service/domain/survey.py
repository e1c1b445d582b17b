"""Units of administration laid out for measuring: outline, true area and grid, made once.

A survey depends on the boundaries and the plane, not on stations or radius: keep it as long as the
boundaries hold, and ask it as often as stations, filters and radius change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import WGS84
from geo_service.domain.distance_grid import POINTS_WANTED, DistanceGrid, DistanceGrids
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.township import BoundaryStatus

# Edges of 2 km: each then strays by less than 10 cm, up to 60° of latitude.
_LONGEST_EDGE_DEG: Final = 0.02

# A unit's grid has 2,000 places; more than 10,000 units share so many, 500 each for a nation of
# 40,000 townships. Each report says how far apart they stand.
_PLACES_IN_ALL: Final = 20_000_000
_FEWEST_PLACES: Final = 100
_PLACES_KEPT: Final = 1_000_000  # 16 bytes each


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


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """A unit's land: its outline in the plane, its geodesic area, a grid of places over it."""

    outline: Polygon | MultiPolygon
    area_m2: float
    crs: PlanarCrs
    places_wanted: int
    note: str | None = None

    @cached_property
    def grid(self) -> DistanceGrid:
        """Places spread evenly over it; laid when first asked for."""
        return DistanceGrid.over(self.outline, self.crs, wanted=self.places_wanted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SurveyedUnit:
    """A unit with its ground, or the reason why there is none to measure."""

    unit: Unit
    ground: Ground | None
    why_no_ground: str | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Survey:
    """Units and the plane in which their ground is laid out."""

    crs: PlanarCrs
    units: tuple[SurveyedUnit, ...]

    @classmethod
    def of(cls, units: Iterable[Unit], *, crs: PlanarCrs) -> Self:
        """Lay out units in a plane; what has no usable boundary is kept, with the reason."""
        listed = tuple(units)
        places = min(POINTS_WANTED, max(_FEWEST_PLACES, _PLACES_IN_ALL // max(len(listed), 1)))
        return cls(crs=crs, units=tuple(_surveyed(listed, crs, places)))

    @cached_property
    def grounds(self) -> tuple[Ground, ...]:
        """The ground of the units that have any, in their order."""
        return tuple(each.ground for each in self.units if each.ground is not None)

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """Their outlines in the plane."""
        return _array(ground.outline for ground in self.grounds)

    def grids_of(self, chosen: NDArray[np.intp]) -> DistanceGrids:
        """Return the grids of some of the grounds; a city's are kept, a nation's laid anew."""
        kept = self._kept_grids
        if kept is not None and np.array_equal(chosen, np.arange(len(kept))):
            return kept
        return self._laid(self.outlines[chosen])

    @cached_property
    def _kept_grids(self) -> DistanceGrids | None:
        wanted = sum(ground.places_wanted for ground in self.grounds)
        return self._laid(self.outlines) if 0 < wanted <= _PLACES_KEPT else None

    def _laid(self, outlines: NDArray[np.object_]) -> DistanceGrids:
        return DistanceGrids.over(outlines, self.crs, wanted=self.grounds[0].places_wanted)


def _surveyed(units: Sequence[Unit], crs: PlanarCrs, places_wanted: int) -> Iterator[SurveyedUnit]:
    repaired = [
        (None, None) if unit.boundary is None else _repaired(unit.boundary) for unit in units
    ]
    # An edge is straight in degrees (RFC 7946, 3.1.1); in the plane a long one bends.
    whole = _array(boundary for boundary, _ in repaired)
    boundaries = shapely.segmentize(whole, max_segment_length=_LONGEST_EDGE_DEG)
    drawn = shapely.transform(
        boundaries, lambda places: np.column_stack(crs.forward(places[:, 0], places[:, 1]))
    )
    for unit, boundary, outline, (_, note) in zip(units, boundaries, drawn, repaired, strict=True):
        if unit.boundary is None:
            reason = unit.why_no_boundary or "no boundary is known"
            yield SurveyedUnit(unit=unit, ground=None, why_no_ground=reason)
            continue
        if boundary is None:
            reason = "the boundary encloses no area"
            yield SurveyedUnit(unit=unit, ground=None, why_no_ground=reason)
            continue
        # Repaired again: what is valid in degrees can touch itself once rounded into the plane.
        fit, _ = _repaired(outline)
        if fit is None:
            reason = f"the boundary does not fit on {crs.name}"
            yield SurveyedUnit(unit=unit, ground=None, why_no_ground=reason)
            continue
        ground = Ground(
            outline=fit,
            area_m2=_geodesic_area(boundary),
            crs=crs,
            places_wanted=places_wanted,
            note=note,
        )
        yield SurveyedUnit(unit=unit, ground=ground)


def _array(geometries: Iterable[BaseGeometry | None]) -> NDArray[np.object_]:
    """Return geometries as an array, which numpy does not take apart."""
    return np.array([*geometries, None], dtype=object)[:-1]


def _geodesic_area(boundary: Polygon | MultiPolygon) -> float:
    """Return square metres on the ellipsoid, holes taken off."""
    area = 0.0
    for part in shapely.get_parts(boundary):
        rings = [part.exterior, *part.interiors]
        sizes = [abs(_ring_area(shapely.get_coordinates(ring))) for ring in rings]
        area += sizes[0] - sum(sizes[1:])
    return area


def _ring_area(corners: NDArray[np.float64]) -> float:
    area: float = WGS84.polygon_area_perimeter(corners[:, 0], corners[:, 1])[0]
    return area


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
