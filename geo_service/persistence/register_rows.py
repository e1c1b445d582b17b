"""A register put into PostGIS: the rows of its tables, and the order in which they go in."""

from collections.abc import Iterable
from typing import Any, Final

from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon, Point, Polygon
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.holidays import Holiday
from geo_service.domain.place import Claim, Place
from geo_service.domain.register import Dataset
from geo_service.domain.township import County, Township
from geo_service.persistence.station_copy import write_stations
from geo_service.persistence.tables import (
    Base,
    ClaimRow,
    CountyRow,
    HolidayRow,
    PlaceRow,
    RevisionRow,
    ServiceRow,
    StationRow,
    TownshipRow,
)

# Children before parents, so that no foreign key is left hanging on the way.
_EMPTIED: Final[tuple[type[Base], ...]] = (
    *(ServiceRow, StationRow, TownshipRow, CountyRow, HolidayRow, ClaimRow, PlaceRow),
)


def write_register(session: Session, dataset: Dataset, revision: dict[str, Any]) -> None:
    """Put a dataset in the place of all there is, and note the revision that makes."""
    for table in _EMPTIED:
        session.execute(delete(table))
    _insert(session, PlaceRow, [_place_row(dataset.place)])
    _insert(session, CountyRow, map(_county_row, dataset.counties))
    _insert(session, TownshipRow, map(_township_row, dataset.townships))
    write_stations(session, dataset.stations)
    _insert(session, HolidayRow, map(_holiday_row, dataset.calendar.holidays))
    _insert(session, ClaimRow, map(_claim_row, dataset.claims))
    _insert(session, RevisionRow, [revision])


def _insert(session: Session, table: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    if listed := list(rows):
        session.execute(insert(table), listed)


def _place_row(place: Place) -> dict[str, Any]:
    return {
        "id": 1,
        "name": place.name,
        "name_en": place.name_en,
        "time_zone": place.zone.key,
        "title": place.title,
        "title_en": place.title_en,
        "population": place.population,
        "population_year": place.population_year,
        "population_source": place.population_source,
    }


def _unit_row(unit: County | Township) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "boundary": _outline_element(unit.boundary),
        "boundary_status": unit.boundary_status.value,
        "population": unit.population,
        "population_year": unit.population_year,
        "population_source": unit.population_source,
        "source": unit.source,
        "note": unit.note,
    }


def _county_row(county: County) -> dict[str, Any]:
    return _unit_row(county)


def _township_row(township: Township) -> dict[str, Any]:
    seat = township.seat
    return _unit_row(township) | {
        "county_code": township.county_code,
        "seat": None
        if seat is None
        else from_shape(Point(seat.longitude, seat.latitude), srid=Coordinate.SRID),
    }


def _outline_element(outline: Polygon | MultiPolygon | None) -> WKBElement | None:
    if outline is None:
        return None
    parts = outline if isinstance(outline, MultiPolygon) else MultiPolygon([outline])
    return from_shape(parts, srid=Coordinate.SRID)


def _holiday_row(holiday: Holiday) -> dict[str, Any]:
    return {
        "day": holiday.day,
        "kind": holiday.kind.value,
        "name": holiday.name,
        "status": holiday.status.value,
        "source": holiday.source,
    }


def _claim_row(claim: Claim) -> dict[str, Any]:
    return {name: getattr(claim, name) for name in Claim.__slots__}
