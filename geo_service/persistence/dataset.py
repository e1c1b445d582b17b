"""A data folder, read whole and checked, or refused with all its faults listed."""

import json
import math
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.errors import (
    DatasetError,
    InvalidCoordinateError,
    InvalidOpeningHoursError,
)
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import Schedules
from geo_service.domain.place import Claim, Place
from geo_service.domain.register import Dataset
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.township import County, Township
from geo_service.persistence.outlines import OutlineFeature, read_features
from geo_service.persistence.tabular import Faults, Row, read_table

ANYONE: Final = "anyone"

STATION_COLUMNS: Final = (
    *("id", "name", "name_en", "services", "rest_hours", "rest_for"),
    *("breakfast_hours", "breakfast_for", "amenities", "address", "township_code"),
    *("telephone", "capacity", "accessibility", "longitude", "latitude", "datum"),
    *("data_status", "source", "accuracy_m", "verified_on"),
)
HOLIDAY_COLUMNS: Final = ("date", "kind", "name", "status", "source")
CLAIM_COLUMNS: Final = (
    *("key", "value", "unit", "as_of", "name", "source_title", "source_url", "note"),
)


def read_dataset(folder: Path) -> Dataset:
    """Read a folder of the form of ``data/stations``.

    ``datapackage.json``, ``stations.csv`` and ``townships.geojson`` must be there;
    ``counties.geojson``, ``holidays.csv`` and ``programme.csv`` may. Raises DatasetError.
    """
    faults = Faults()
    required = ("datapackage.json", "stations.csv", "townships.geojson")
    for name in required:
        if not (folder / name).is_file():
            faults.add(name, f"is missing from {folder}")
    if faults.found:
        raise DatasetError(faults.found)

    place = _place(folder / "datapackage.json", faults)
    counties = _counties(folder / "counties.geojson", faults)
    townships = _townships(folder / "townships.geojson", counties, faults)
    calendar = _calendar(folder / "holidays.csv", faults)
    schedules = Schedules(calendar, place.zone)
    codes = {township.code for township in townships}
    stations = _stations(folder / "stations.csv", codes, schedules, faults)
    claims = _claims(folder / "programme.csv", faults)
    if faults.found:
        raise DatasetError(faults.found)
    return Dataset(
        place=place,
        stations=tuple(stations),
        townships=tuple(townships),
        counties=tuple(counties),
        calendar=calendar,
        claims=tuple(claims),
    )


def _place(path: Path, faults: Faults) -> Place:
    try:
        document: Any = json.loads(path.read_text(encoding="utf-8"))
        given = document["place"]
        place = Place(
            name=str(given["name"]),
            name_en=given.get("name_en"),
            zone=ZoneInfo(given["time_zone"]),
            title=str(document["title"]),
            title_en=document.get("title_en"),
            population=given.get("population"),
            population_year=given.get("population_year"),
            population_source=given.get("population_source"),
        )
    except (UnicodeDecodeError, ValueError, RecursionError, ZoneInfoNotFoundError) as error:
        faults.add(path.name, f"cannot be read: {error}")
    except (KeyError, TypeError, AttributeError):
        faults.add(path.name, 'needs "title" and "place" with "name" and "time_zone"')
    else:
        return place
    return Place(name="", zone=ZoneInfo("UTC"), title="")


def _counties(path: Path, faults: Faults) -> list[County]:
    if not path.is_file():
        return []
    counties = [
        County(
            code=each.required("code"),
            name=each.required("name"),
            name_en=each.text("name_en"),
            boundary=each.geometry,
            boundary_status=each.boundary_status(),
            population=each.whole("population"),
            population_year=each.whole("population_year"),
            population_source=each.text("population_source"),
            source=each.required("source"),
            note=each.text("note") or "",
        )
        for each in read_features(path, faults)
    ]
    _once(path.name, (county.code for county in counties), faults)
    return counties


def _townships(path: Path, counties: list[County], faults: Faults) -> list[Township]:
    codes = {county.code for county in counties}
    townships = []
    for each in read_features(path, faults):
        county_code = each.text("county_code")
        if county_code is not None and county_code not in codes:
            each.fault("county_code", "is not in counties.geojson")
        townships.append(
            Township(
                code=each.required("code"),
                name=each.required("name"),
                name_en=each.text("name_en"),
                county_code=county_code,
                boundary=each.geometry,
                boundary_status=each.boundary_status(),
                seat=_seat(each),
                population=each.whole("population"),
                population_year=each.whole("population_year"),
                population_source=each.text("population_source"),
                source=each.required("source"),
                note=each.text("note") or "",
            )
        )
    _once(path.name, (township.code for township in townships), faults)
    return townships


def _seat(feature: OutlineFeature) -> Coordinate | None:
    longitude, latitude = feature.decimal("seat_longitude"), feature.decimal("seat_latitude")
    if longitude is None or latitude is None:
        return None
    try:
        return Coordinate(longitude=longitude, latitude=latitude)
    except InvalidCoordinateError as error:
        feature.fault("seat_longitude", str(error))
        return None


def _calendar(path: Path, faults: Faults) -> HolidayCalendar:
    if not path.is_file():
        return HolidayCalendar(())
    holidays = []
    for row in read_table(path, HOLIDAY_COLUMNS, faults):
        day, kind = row.day("date"), row.word("kind", HolidayKind)
        if day is None:
            row.required("date")
        holidays.append(
            Holiday(
                day=day or date.min,
                kind=kind or HolidayKind.PUBLIC_HOLIDAY,
                name=row.required("name"),
                status=row.word("status", HolidayStatus) or HolidayStatus.PUBLISHED,
                source=row.required("source"),
            )
        )
    _once(path.name, (f"{holiday.day}" for holiday in holidays), faults)
    return HolidayCalendar({holiday.day: holiday for holiday in holidays}.values())


def _claims(path: Path, faults: Faults) -> list[Claim]:
    if not path.is_file():
        return []
    return [
        Claim(
            key=row.required("key"),
            name=row.required("name"),
            value=row.required("value"),
            unit=row.text("unit") or "",
            as_of=row.text("as_of") or "",
            source_title=row.text("source_title") or "",
            source_url=row.text("source_url") or "",
            note=row.text("note") or "",
        )
        for row in read_table(path, CLAIM_COLUMNS, faults)
    ]


def _stations(
    path: Path, township_codes: set[str], schedules: Schedules, faults: Faults
) -> list[Station]:
    stations = []
    for row in read_table(path, STATION_COLUMNS, faults):
        station = _station(row, township_codes, schedules)
        if station is not None:
            stations.append(station)
    _once(path.name, (station.id for station in stations), faults)
    return stations


def _station(row: Row, township_codes: set[str], schedules: Schedules) -> Station | None:
    """Return the station of a row, or None where its position cannot be told."""
    township_code = row.text("township_code")
    if township_code is not None and township_code not in township_codes:
        row.fault("township_code", "is not in townships.geojson")
    reading, coordinate = _position(row)
    if reading is None or coordinate is None:
        return None
    accuracy = row.number_in("accuracy_m", 0, math.inf)
    return Station(
        id=StationId(row.required("id")),
        name=row.required("name"),
        name_en=row.text("name_en"),
        coordinate=coordinate,
        reading=reading,
        services=_services(row, schedules),
        amenities=frozenset(row.words("amenities", Amenity)),
        address=row.text("address"),
        township_code=township_code,
        telephone=row.text("telephone"),
        capacity=row.whole("capacity"),
        accessibility=row.word("accessibility", Accessibility) or Accessibility.UNKNOWN,
        data_status=_data_status(row),
        source=row.required("source"),
        accuracy_m=None if accuracy is None else Metres(accuracy),
        verified_on=row.day("verified_on"),
    )


def _data_status(row: Row) -> DataStatus:
    row.required("data_status")
    return row.word("data_status", DataStatus) or DataStatus.DEMONSTRATION


def _position(row: Row) -> tuple[Reading | None, Coordinate | None]:
    for column in ("longitude", "latitude", "datum"):
        row.required(column)
    x = row.number_in("longitude", -180, 180)
    y = row.number_in("latitude", -90, 90)
    datum = row.word("datum", Datum)
    if x is None or y is None or datum is None:
        return None, None
    return Reading(x=x, y=y, datum=datum), reading_to_coordinate(x, y, datum)


def _services(row: Row, schedules: Schedules) -> tuple[Service, ...]:
    row.required("services")
    offered = row.words("services", ServiceKind)
    for kind in ServiceKind:
        if kind not in offered:
            for column in (f"{kind}_hours", f"{kind}_for"):
                if row.text(column) is not None:
                    row.fault(column, f"is given, but services does not name {kind}")
    return tuple(_service(row, kind, schedules) for kind in ServiceKind if kind in offered)


def _service(row: Row, kind: ServiceKind, schedules: Schedules) -> Service:
    hours = row.text(f"{kind}_hours")
    try:
        schedules.of(hours)
    except InvalidOpeningHoursError as error:
        row.fault(f"{kind}_hours", str(error))
    for_whom = f"{kind}_for"
    anyone = row.required(for_whom) == ANYONE
    groups = frozenset() if anyone else frozenset(row.words(for_whom, Group))
    return Service(kind=kind, opening_hours=hours, groups=groups)


def _once(file: str, identifiers: Iterable[str], faults: Faults) -> None:
    seen: set[str] = set()
    for each in identifiers:
        if each in seen:
            faults.add(file, "is given twice", value=each)
        seen.add(each)
