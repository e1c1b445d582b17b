"""The whole register for a phone that will be asked without signal.

Everything the phone would have to work out otherwise is in it: what time zone, grammar of opening
hours and holidays make of the next weeks, the datums of the map apps, the Latin spelling of names.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import floor
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon

from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.opening_hours import HORIZON_DAYS, Openness, Schedule
from geo_service.domain.pinyin import pinyin_of
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import Amenity, DataStatus, Group, Service, Station
from geo_service.domain.township import County, Township
from geo_service.domain.walking import Walking
from geo_service.services.whereabouts import centre_of

FORMAT: Final = 1
DAYS_OF_HOURS: Final = 35
"""For how many days, from the day of making, the phone knows what is open."""

MAX_STATIONS: Final = 5_000
"""So many stations fit a pocket: beyond, neither the phone's memory nor its patience does."""

_ANYONE: Final = "anyone"
_CODES: Final = {Openness.CLOSED: "0", Openness.OPEN: "1", Openness.UNKNOWN: "2"}
_MINUTE_S: Final = 60
_DATUM_DECIMALS: Final = 6  # as in the links of domain.navigation

# Some fifteen metres: a pixel of a map that shows a township.
_OUTLINE_TOLERANCE: Final = 1.5e-4
_OUTLINE_DECIMALS: Final = 4

Document = dict[str, Any]
_Hours = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PocketTerms:
    """What a pocket register depends on besides the revision."""

    day: date
    walking: Walking
    served_area: ServedArea


def pocket_register(register: Register, terms: PocketTerms) -> Document:
    """Return the register as JSON values; hours from midnight of the day for 35 days.

    Of stations, those in being on the day.
    Columns rather than rows, and what many stations share once: what repeats lies together and
    compresses. Positions are as exact as the register's, so that the phone ranks as the server
    does.
    """
    stations = tuple(register.stations_in(register.eras.on(terms.day)))
    expressions: _Hours = {}
    offers: dict[tuple[Service, ...], int] = {}
    for station in stations:
        offers.setdefault(station.services, len(offers))
        for service in station.services:
            if service.opening_hours is not None:
                expressions.setdefault(service.opening_hours, len(expressions))
    townships, columns = _townships(register), _stations(stations, offers)
    revision = register.revision
    return {
        "format": FORMAT,
        "revision": revision.number,
        "committed_at": revision.committed_at.astimezone(register.place.zone).isoformat(),
        "made_for": terms.day.isoformat(),
        "place": {
            "name": register.place.name,
            "name_en": register.place.name_en,
            "time_zone": register.place.zone.key,
        },
        "data_status": {each.value: count for each, count in register.data_status.items()},
        "demonstration": DataStatus.DEMONSTRATION in register.data_status,
        "walking": {
            "metres_per_minute": terms.walking.metres_per_minute,
            "detour_factor": terms.walking.detour_factor,
            "is_estimate": True,
        },
        "served": _served(register, terms.served_area),
        "hours": _hours(register, terms.day, expressions),
        "amenities": [each.value for each in Amenity],
        "services": [_offer(services, expressions) for services in offers],
        "townships": townships,
        "stations": columns,
        "homophones": _homophones(
            *(townships[each] for each in ("pinyin", "county_pinyin")),
            *(columns[each] for each in ("pinyin", "address_pinyin")),
        ),
    }


def _served(register: Register, area: ServedArea) -> Document:
    bounds = register.bounds
    box = None if bounds is None else [bounds.west, bounds.south, bounds.east, bounds.north]
    return {"bounds": box, "margin_m": area.margin}


# -- opening hours ---------------------------------------------------------------------------


def _hours(register: Register, day: date, expressions: Iterable[str]) -> Document:
    begin, end = (
        floor(datetime.combine(each, time(), register.place.zone).timestamp())
        for each in (day, day + timedelta(days=DAYS_OF_HOURS))
    )
    timelines = []
    for expression in expressions:
        schedule = register.schedules.of(expression)
        assert schedule is not None
        codes, changes = _timeline(schedule, begin, end)
        gaps, before = [], begin
        for change in changes:
            gaps.append((change - before) // _MINUTE_S)
            before = change
        timelines.append([expression, codes, gaps])
    return {
        "from": begin // _MINUTE_S,
        "until": end // _MINUTE_S,
        "looked_ahead_days": HORIZON_DAYS,
        "expressions": timelines,
    }


def _timeline(schedule: Schedule, begin: int, end: int) -> tuple[str, list[int]]:
    """Return the states from begin to end and the seconds between them.

    The last change is that after the end, if any is to be seen from there: so the next change is
    right up to the end.
    """
    answer = schedule.at_second(begin)
    codes, changes = [_CODES[answer.state]], list[int]()
    while True:
        if answer.next_change is None:
            # Nothing was to be seen from the last change; later there may be.
            answer = schedule.at_second(end)
        if answer.next_change is None or answer.next_state is None:
            break
        changes.append(floor(answer.next_change.timestamp()))
        codes.append(_CODES[answer.next_state])
        if changes[-1] >= end:
            break
        answer = schedule.at_second(changes[-1])
    return "".join(codes), changes


def _offer(services: tuple[Service, ...], expressions: _Hours) -> list[object]:
    return [
        [
            service.kind.value,
            None if service.opening_hours is None else expressions[service.opening_hours],
            [each.value for each in Group if each in service.groups] or [_ANYONE],
        ]
        for service in services
    ]


# -- places ----------------------------------------------------------------------------------


def _stations(
    stations: Sequence[Station], offers: dict[tuple[Service, ...], int]
) -> dict[str, list[object]]:
    return {
        "id": [each.id for each in stations],
        "name": [each.name for each in stations],
        "name_en": [each.name_en for each in stations],
        "pinyin": [pinyin_of(each.name) for each in stations],
        "lon": [each.coordinate.longitude for each in stations],
        "lat": [each.coordinate.latitude for each in stations],
        "gcj02": [_in(each, Datum.GCJ02) for each in stations],
        "bd09": [_in(each, Datum.BD09) for each in stations],
        "services": [offers[each.services] for each in stations],
        "amenities": [_bits(each) for each in stations],
        "address": [each.address for each in stations],
        "address_pinyin": [pinyin_of(each.address or "") for each in stations],
        "township": [each.township_code for each in stations],
        "telephone": [each.telephone for each in stations],
        "capacity": [each.capacity for each in stations],
        "accessibility": [each.accessibility.value for each in stations],
        "data_status": [each.data_status.value for each in stations],
        "verified_on": [_day(each.verified_on) for each in stations],
        "reported_closed_on": [_day(each.reported_closed_on) for each in stations],
    }


def _day(given: date | None) -> str | None:
    return None if given is None else given.isoformat()


def _homophones(*columns: Iterable[object]) -> dict[str, str]:
    """Return, for each syllable of some columns of pinyin, the common characters read so.

    People type names by sound and take the first character offered: the phone shall understand.
    """
    wanted = {syllable for column in columns for text in column for syllable in str(text).split()}
    found: dict[str, str] = {}
    for character in _common_characters():
        syllable = pinyin_of(character)
        if syllable in wanted:
            found[syllable] = found.get(syllable, "") + character
    return found


def _common_characters() -> Iterable[str]:
    """Go through the 3,755 characters of GB 2312's first level, which it sorts by pinyin."""
    for row in range(0xB0, 0xD8):
        for cell in range(0xA1, 0xFF):
            yield from bytes((row, cell)).decode("gb2312", errors="ignore")


def _bits(station: Station) -> int:
    return sum(1 << bit for bit, each in enumerate(Amenity) if each in station.amenities)


def _in(station: Station, datum: Datum) -> list[float]:
    return [round(each, _DATUM_DECIMALS) for each in coordinate_in(station.coordinate, datum)]


def _townships(register: Register) -> dict[str, list[object]]:
    units = register.townships
    counties = register.counties_by_code
    centres = [centre_of(register, each) for each in units]
    of = [counties.get(each.county_code or "") for each in units]
    return {
        "code": [each.code for each in units],
        "name": [each.name for each in units],
        "name_en": [each.name_en for each in units],
        "pinyin": [pinyin_of(each.name) for each in units],
        "county": [None if each is None else each.name for each in of],
        "county_pinyin": ["" if each is None else pinyin_of(each.name) for each in of],
        "lon": [None if each is None else each.longitude for each in centres],
        "lat": [None if each is None else each.latitude for each in centres],
    }


# -- the map ---------------------------------------------------------------------------------


def pocket_outlines(register: Register) -> Document:
    """Return the counties' and townships' outlines as GeoJSON, as light as a phone's map may be.

    Units without an outline are in it too, with null for geometry.
    """
    units: list[tuple[str, County | Township]] = [
        *(("county", each) for each in register.counties),
        *(("township", each) for each in register.townships),
    ]
    return {
        "type": "FeatureCollection",
        "features": [_outline(level, unit) for level, unit in units],
    }


def _outline(level: str, unit: County | Township) -> Document:
    return {
        "type": "Feature",
        "geometry": None if unit.boundary is None else _lightened(unit.boundary),
        "properties": {
            "level": level,
            "code": unit.code,
            "name": unit.name,
            "name_en": unit.name_en,
            "boundary_status": unit.boundary_status.value,
        },
    }


def _lightened(boundary: Polygon | MultiPolygon) -> Document:
    simple = shapely.simplify(boundary, _OUTLINE_TOLERANCE, preserve_topology=True)
    # What would vanish is drawn as it is.
    kept = boundary if simple.is_empty else simple
    drawn = shapely.transform(kept, lambda degrees: np.round(degrees, _OUTLINE_DECIMALS))
    shape: Document = json.loads(shapely.to_geojson(drawn))
    return shape
