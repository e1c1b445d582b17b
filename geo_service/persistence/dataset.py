"""A data folder, read whole and checked, or refused with all its faults listed."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import shapely

from geo_service.domain.coordinate import Bounds, Coordinate, Metres
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.errors import DatasetError, InvalidOpeningHoursError
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
from geo_service.persistence.faults import Faults
from geo_service.persistence.outlines import Properties, read_features, read_json
from geo_service.persistence.tabular import Row, Word, read_table

ANYONE: Final = "anyone"

_LARGEST_ACCURACY: Final = 1_000_000.0

# What older folders do not have yet.
LATER_COLUMNS: Final = ("opened_on", "closed_on", "reported_closed_on")
STATION_COLUMNS: Final = (
    *("id", "name", "name_en", "services", "rest_hours", "rest_for"),
    *("breakfast_hours", "breakfast_for", "amenities", "address", "township_code"),
    *("telephone", "capacity", "accessibility", "longitude", "latitude", "datum"),
    *("data_status", "source", "accuracy_m", "verified_on"),
    *LATER_COLUMNS,
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
    stations = _stations(folder / "stations.csv", townships, schedules, faults)
    claims = _claims(folder / "programme.csv", faults)
    if faults.found:
        raise DatasetError(faults.found)
    return Dataset(
        place=place,
        stations=tuple(stations),
        townships=tuple(townships or ()),
        counties=tuple(counties or ()),
        calendar=calendar,
        claims=tuple(claims),
    )


def _place(path: Path, faults: Faults) -> Place:
    document = read_json(path, faults)
    given = document.get("place") if isinstance(document, dict) else None
    if not isinstance(given, dict):
        if not faults.found:
            faults.add(path.name, 'needs "title" and "place" with "name" and "time_zone"')
        return Place(name="", zone=ZoneInfo("UTC"), title="")
    package = Properties(path.name, "", document, faults)
    place = Properties(path.name, "place: ", given, faults)
    return Place(
        name=place.required("name"),
        name_en=place.text("name_en"),
        zone=_zone(place),
        title=package.required("title"),
        title_en=package.text("title_en"),
        population=place.whole("population"),
        population_year=place.whole("population_year"),
        population_source=place.text("population_source"),
    )


def _zone(place: Properties) -> ZoneInfo:
    name = place.required("time_zone")
    try:
        return ZoneInfo(name or "UTC")
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones
        place.fault("time_zone", "is not a name of the tz database, such as Asia/Shanghai")
        return ZoneInfo("UTC")


def _counties(path: Path, faults: Faults) -> list[County] | None:
    """Read the counties; None where the file cannot be trusted to name them all."""
    if not path.is_file():
        return []
    noted = len(faults.found)
    once = _Once("code")
    counties = []
    for feature in read_features(path, faults):
        each = feature.properties
        counties.append(
            County(
                code=once.checked(each.code("code"), each.fault),
                name=each.required("name"),
                name_en=each.text("name_en"),
                boundary=feature.geometry,
                boundary_status=feature.boundary_status(),
                population=each.whole("population"),
                population_year=each.whole("population_year"),
                population_source=each.text("population_source"),
                source=each.required("source"),
                note=each.text("note") or "",
            )
        )
    return counties if len(faults.found) == noted else None


def _townships(
    path: Path, counties: Sequence[County] | None, faults: Faults
) -> list[Township] | None:
    """Read the townships; None where the file cannot be trusted to name them all."""
    codes = None if counties is None else {county.code for county in counties}
    noted = len(faults.found)
    once = _Once("code")
    townships = []
    for feature in read_features(path, faults):
        each = feature.properties
        county_code = each.text("county_code")
        if county_code is not None and codes is not None and county_code not in codes:
            each.fault("county_code", "is not in counties.geojson")
        townships.append(
            Township(
                code=once.checked(each.code("code"), each.fault),
                name=each.required("name"),
                name_en=each.text("name_en"),
                county_code=county_code,
                boundary=feature.geometry,
                boundary_status=feature.boundary_status(),
                seat=_seat(each),
                population=each.whole("population"),
                population_year=each.whole("population_year"),
                population_source=each.text("population_source"),
                source=each.required("source"),
                note=each.text("note") or "",
            )
        )
    return townships if len(faults.found) == noted else None


def _seat(of: Properties) -> Coordinate | None:
    longitude = of.decimal_in("seat_longitude", -180, 180)
    latitude = of.decimal_in("seat_latitude", -90, 90)
    if longitude is None or latitude is None:
        return None
    return Coordinate(longitude=longitude, latitude=latitude)


def _calendar(path: Path, faults: Faults) -> HolidayCalendar:
    if not path.is_file():
        return HolidayCalendar(())
    once = _Once("date")
    holidays = {}
    for row in read_table(path, HOLIDAY_COLUMNS, faults):
        once.checked(row.required("date"), row.fault)
        day = row.day("date")
        holiday = Holiday(
            day=day or date.min,
            kind=_word(row, "kind", HolidayKind.PUBLIC_HOLIDAY),
            name=row.required("name"),
            status=_word(row, "status", HolidayStatus.PUBLISHED),
            source=row.required("source"),
        )
        if day is not None:
            holidays[day] = holiday
    return HolidayCalendar(holidays.values())


def _claims(path: Path, faults: Faults) -> list[Claim]:
    if not path.is_file():
        return []
    once = _Once("key")
    return [
        Claim(
            key=once.checked(row.code("key"), row.fault),
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
    path: Path, townships: Sequence[Township] | None, schedules: Schedules, faults: Faults
) -> list[Station]:
    codes = None if townships is None else {township.code for township in townships}
    surroundings = _surroundings(townships or ())
    once = _Once("id")
    stations = []
    for row in read_table(path, STATION_COLUMNS, faults, may_lack=LATER_COLUMNS):
        once.checked(_identifier(row), row.fault)
        station = _station(row, codes, schedules)
        if station is not None:
            _check_place(row, station.coordinate, surroundings)
            stations.append(station)
    return stations


def _identifier(row: Row) -> StationId:
    identifier = row.code("id")
    if identifier in {"nearest", "queryables"}:
        row.fault("id", f"is taken: /stations/{identifier} asks for something else")
    return StationId(identifier)


def _station(row: Row, township_codes: set[str] | None, schedules: Schedules) -> Station | None:
    """Return the station of a row, or None where its position cannot be told."""
    township_code = row.text("township_code")
    # Codes are None where the townships' own file has faults: it may lack any of them.
    if township_codes is not None and township_code not in {None, *township_codes}:
        row.fault("township_code", "is not in townships.geojson")
    accuracy = row.number_in("accuracy_m", 0, _LARGEST_ACCURACY)
    opened_on, closed_on = row.day("opened_on"), row.day("closed_on")
    if opened_on is not None and closed_on is not None and closed_on <= opened_on:
        row.fault("closed_on", "is not after opened_on: it is the first day without the station")
    without_position = partial(
        Station,
        id=StationId(row.cells["id"].strip()),
        name=row.required("name"),
        name_en=row.text("name_en"),
        services=_services(row, schedules),
        amenities=frozenset(row.words("amenities", Amenity)),
        address=row.text("address"),
        township_code=township_code,
        telephone=row.text("telephone"),
        capacity=row.whole("capacity"),
        accessibility=row.word("accessibility", Accessibility) or Accessibility.UNKNOWN,
        data_status=_word(row, "data_status", DataStatus.DEMONSTRATION),
        source=row.required("source"),
        accuracy_m=None if accuracy is None else Metres(accuracy),
        verified_on=row.day("verified_on"),
        opened_on=opened_on,
        closed_on=closed_on,
        reported_closed_on=row.day("reported_closed_on"),
    )
    reading = _reading(row)
    if reading is None:
        return None
    coordinate = reading_to_coordinate(reading.x, reading.y, reading.datum)
    return without_position(reading=reading, coordinate=coordinate)


def _reading(row: Row) -> Reading | None:
    x = _required_number(row, "longitude", 180)
    y = _required_number(row, "latitude", 90)
    row.required("datum")
    datum = row.word("datum", Datum)
    if x is None or y is None or datum is None:
        return None
    return Reading(x=x, y=y, datum=datum)


def _required_number(row: Row, column: str, limit: float) -> float | None:
    row.required(column)
    hint = ""
    if column == "latitude":
        hint = "; are longitude and latitude swapped?"
    return row.number_in(column, -limit, limit, hint)


def _surroundings(townships: Sequence[Township]) -> Bounds | None:
    """Return the box around all outlines, if there are any."""
    outlines = [each.boundary for each in townships if each.boundary is not None]
    if not outlines:
        return None
    west, south, east, north = shapely.total_bounds(outlines)
    return Bounds(west=west, south=south, east=east, north=north)


def _check_place(row: Row, at: Coordinate, surroundings: Bounds | None) -> None:
    """Refuse a station that stands elsewhere, but would stand here if its degrees were swapped."""
    if surroundings is None or surroundings.contains(at) or abs(at.longitude) > 90.0:
        return
    if surroundings.contains(Coordinate(longitude=at.latitude, latitude=at.longitude)):
        row.fault("longitude", "seems to be the latitude: swapped, they lie among the townships")


def _word(row: Row, column: str, otherwise: Word) -> Word:
    """Read a word that must be there; with its fault noted, any will do."""
    row.required(column)
    return row.word(column, type(otherwise)) or otherwise


def _services(row: Row, schedules: Schedules) -> tuple[Service, ...]:
    offered = row.words("services", ServiceKind)
    if not row.cells["services"].strip(" ;"):
        row.fault("services", f"must name at least one of {', '.join(ServiceKind)}")
        return ()
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
    for_whom = row.required(f"{kind}_for")
    groups = [] if for_whom == ANYONE else row.words(f"{kind}_for", Group, also=ANYONE)
    return Service(kind=kind, opening_hours=hours, groups=frozenset(groups))


class _Once:
    """Sees to it that no two lines of a file carry the same key."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._seen: set[str] = set()

    def checked(self, key: str, fault: Callable[[str, str], None]) -> str:
        """Return the key; one that was there before is noted as a fault."""
        if key and key in self._seen:
            fault(self._column, "is given twice")
        self._seen.add(key)
        return key
