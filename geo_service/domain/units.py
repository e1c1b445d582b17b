"""The register's townships and counties as the units that coverage is reported for."""

from collections.abc import Iterable, Sequence

import shapely
from shapely import MultiPolygon, Polygon

from geo_service.domain.place import Place
from geo_service.domain.station import Station
from geo_service.domain.survey import Level, Unit
from geo_service.domain.township import BoundaryStatus, County, Township

CITY_CODE = "city"


def township_unit(township: Township) -> Unit:
    """Return a township as a unit to report."""
    return _unit(township, Level.TOWNSHIP, county_code=township.county_code)


def county_unit(county: County) -> Unit:
    """Return a county as a unit to report."""
    return _unit(county, Level.COUNTY, county_code=county.code)


def _unit(source: County | Township, level: Level, *, county_code: str | None) -> Unit:
    why_none = "no boundary is known" + (f": {source.note}" if source.note else "")
    return Unit(
        code=source.code,
        name=source.name,
        name_en=source.name_en,
        level=level,
        county_code=county_code,
        boundary=source.boundary,
        boundary_status=source.boundary_status,
        why_no_boundary=why_none if source.boundary is None else None,
        population=source.population,
        population_year=source.population_year,
        population_source=source.population_source,
    )


def city_unit(place: Place, counties: Sequence[County], townships: Sequence[Township]) -> Unit:
    """Return the whole place as one unit: its counties together, or its townships if it has none.

    Its people are those that the place's own source counts, not a sum of the parts.
    """
    parts: Sequence[County | Township] = counties or townships
    outlines = [part.boundary for part in parts if part.boundary is not None]
    whole = shapely.union_all(outlines) if outlines else None
    approximate = any(part.boundary_status is not BoundaryStatus.OFFICIAL for part in parts)
    status = BoundaryStatus.APPROXIMATE if approximate else BoundaryStatus.OFFICIAL
    return Unit(
        code=CITY_CODE,
        name=place.name,
        name_en=place.name_en,
        level=Level.CITY,
        boundary=whole if isinstance(whole, Polygon | MultiPolygon) else None,
        boundary_status=BoundaryStatus.NONE if whole is None else status,
        why_no_boundary="no part of the place has a boundary",
        population=place.population,
        population_year=place.population_year,
        population_source=place.population_source,
    )


def members(
    level: Level, stations: Iterable[Station], townships: Sequence[Township]
) -> dict[str, list[Station]]:
    """Group stations by the code of the unit they are recorded in.

    The record decides, not the outline: outlines may be approximate. A station without a
    township is in the city alone.
    """
    if level is Level.CITY:
        return {CITY_CODE: list(stations)}
    county_of = {township.code: township.county_code for township in townships}
    grouped: dict[str, list[Station]] = {}
    for station in stations:
        code = station.township_code
        if code is not None and level is Level.COUNTY:
            code = county_of[code]
        if code is not None:
            grouped.setdefault(code, []).append(station)
    return grouped
