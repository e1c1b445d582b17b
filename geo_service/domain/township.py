"""The units of administration that coverage is reported for."""

from dataclasses import dataclass
from enum import StrEnum

from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate


class BoundaryStatus(StrEnum):
    """What a unit's outline is worth."""

    OFFICIAL = "official"
    APPROXIMATE = "approximate"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class County:
    """A county-level unit (区, 县): its official code, outline and people."""

    code: str
    name: str
    boundary: Polygon | MultiPolygon | None
    boundary_status: BoundaryStatus
    source: str
    name_en: str | None = None
    population: int | None = None
    population_year: int | None = None
    population_source: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Township:
    """A township-level unit (乡镇, 街道): its official code, county, seat and outline.

    Geometries are in degrees on WGS 84, longitude first. ``seat`` is a known position
    inside the unit; ``boundary`` is None exactly when ``boundary_status`` is NONE.
    """

    code: str
    name: str
    boundary: Polygon | MultiPolygon | None
    boundary_status: BoundaryStatus
    source: str
    name_en: str | None = None
    county_code: str | None = None
    seat: Coordinate | None = None
    population: int | None = None
    population_year: int | None = None
    population_source: str | None = None
    note: str = ""
