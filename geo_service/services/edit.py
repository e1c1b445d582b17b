"""Change a record of the register, or make one: checked as a data folder would be.

Pure: a station and what somebody wants to be different of it, and the station that makes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import reading_to_coordinate
from geo_service.domain.errors import (
    InvalidCoordinateError,
    InvalidOpeningHoursError,
    InvalidQueryError,
    OutsideServedAreaError,
    ParameterFault,
)
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.township_index import TownshipIndex
from geo_service.persistence.faults import LARGEST_WHOLE, why_unfit

LONGEST: Final = {
    "name": 200,
    "name_en": 200,
    "address": 300,
    "telephone": 100,
    "source": 500,
    "opening_hours": 1000,
}
LARGEST_ACCURACY: Final = 1_000_000.0
EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2200

_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_NUMBERED: Final = re.compile(r"(.*?)([0-9]+)", re.ASCII | re.DOTALL)
_FIRST: Final = "S-001"


class NotGiven(Enum):
    """What stands for a field that an editor does not speak of: it stays as it is."""

    NOT_GIVEN = "not given"


class Follows(Enum):
    """What stands for the township in whose outline the station lies."""

    BOUNDARY = "boundary"


NOT_GIVEN: Final = NotGiven.NOT_GIVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class StationEdit:
    """What an editor wants a record to say. None: it is to say nothing of that any more."""

    name: str | NotGiven = NOT_GIVEN
    name_en: str | NotGiven | None = NOT_GIVEN
    services: tuple[Service, ...] | NotGiven = NOT_GIVEN
    amenities: frozenset[Amenity] | NotGiven = NOT_GIVEN
    address: str | NotGiven | None = NOT_GIVEN
    reading: Reading | NotGiven = NOT_GIVEN
    township_code: str | Follows | NotGiven | None = NOT_GIVEN
    telephone: str | NotGiven | None = NOT_GIVEN
    capacity: int | NotGiven | None = NOT_GIVEN
    accessibility: Accessibility | NotGiven = NOT_GIVEN
    data_status: DataStatus | NotGiven = NOT_GIVEN
    source: str | NotGiven = NOT_GIVEN
    accuracy_m: Metres | NotGiven | None = NOT_GIVEN
    verified_on: date | NotGiven | None = NOT_GIVEN
    opened_on: date | NotGiven | None = NOT_GIVEN
    closed_on: date | NotGiven | None = NOT_GIVEN

    def given(self) -> dict[str, Any]:
        """Return what the editor speaks of, by field."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        if isinstance(self.services, tuple):  # in the order that every record has them
            named["services"] = tuple(sorted(self.services, key=_in_record))
        return {name: value for name, value in named.items() if value is not NOT_GIVEN}

    def without(self, names: Iterable[str]) -> "StationEdit":
        """Return the edit that says nothing of some fields."""
        return replace(self, **dict.fromkeys(names, NOT_GIVEN))


EDITABLE: Final = tuple(each.name for each in fields(StationEdit))
"""The fields of a record that an editor may change, in the order of the record."""

REQUIRED: Final = ("name", "services", "reading", "data_status", "source")


def edited(
    register: Register, before: Station, edit: StationEdit, *, area: ServedArea, today: date
) -> Station:
    """Return a station as the edit wants it.

    Args:
        register: Whose townships and holidays the record must fit.
        before: The record that is changed.
        edit: What is to be different. What is the same as before is not checked again.
        area: How far from the register's bounds a station may be moved.
        today: The day at the place; nothing was verified after it.

    Raises:
        InvalidQueryError: each fault names a field of the record.
    """
    changed = {
        name: value for name, value in edit.given().items() if value != getattr(before, name)
    }
    faults = _faults(register, changed, area, today)
    if {"opened_on", "closed_on"} & changed.keys():
        faults += _lifetime_faults(
            changed.get("opened_on", before.opened_on), changed.get("closed_on", before.closed_on)
        )
    if faults:
        raise InvalidQueryError(*faults)
    return replace(before, **_placed(register, changed, before.coordinate, before.township_code))


def added(
    register: Register, identifier: StationId, edit: StationEdit, *, area: ServedArea, today: date
) -> Station:
    """Return a new station; whether its identifier is free is for the register to say.

    Its township follows the boundary, unless the edit names one.

    Raises:
        InvalidQueryError: as ``edited`` does, and for what every record must say.
    """
    given = {"township_code": Follows.BOUNDARY} | edit.given()
    faults = [ParameterFault(name, "is required") for name in REQUIRED if name not in given]
    if (reason := why_no_identifier(identifier)) is not None:
        faults.append(ParameterFault("id", reason))
    faults += _faults(register, given, area, today)
    faults += _lifetime_faults(given.get("opened_on"), given.get("closed_on"))
    if faults:
        raise InvalidQueryError(*faults)
    return Station(id=identifier, **_placed(register, given, None, None))


def why_no_identifier(text: str) -> str | None:
    """Say why a text cannot name a station, or None."""
    if _IDENTIFIER.fullmatch(text) is None:
        return "is not an identifier: up to 64 of A-Z, a-z, 0-9, '.', '_' and '-'"
    if text == "nearest":
        return "is taken: /stations/nearest asks for the nearest"
    return None


def next_identifier(taken: Iterable[str]) -> StationId:
    """Propose an identifier: the next number after the largest of the commonest form."""
    numbered = [found for each in taken if (found := _NUMBERED.fullmatch(each)) is not None]
    if not numbered:
        return StationId(_FIRST)
    prefix = Counter(found[1] for found in numbered).most_common(1)[0][0]
    largest = max((found[2] for found in numbered if found[1] == prefix), key=int)
    return StationId(f"{prefix}{int(largest) + 1:0{len(largest)}d}")


def township_at(register: Register, at: Coordinate, *, recorded: str | None = None) -> str | None:
    """Return the code of the township that a place lies in, by the outlines.

    Where it lies in none, that is the one it is recorded in, if nobody knows that one's outline.
    """
    known = _TOWNSHIPS.get(register)
    if known is None:
        known = _TOWNSHIPS[register] = TownshipIndex(register.townships)
    return known.code_at(at, recorded=recorded)


def county_of(register: Register, station: Station) -> str | None:
    """Return the code of the county that a station is recorded in; None where none is known."""
    township = register.townships_by_code.get(station.township_code or "")
    return None if township is None else township.county_code


_TOWNSHIPS: Final[WeakKeyDictionary[Register, TownshipIndex]] = WeakKeyDictionary()


def _in_record(service: Service) -> int:
    return list(ServiceKind).index(service.kind)


def _placed(
    register: Register, given: dict[str, Any], at: Coordinate | None, recorded: str | None
) -> dict[str, Any]:
    """Return the fields with the coordinate that follows from them, and the township."""
    placed = dict(given)
    if "reading" in given:
        at = placed["coordinate"] = _coordinate_of(given["reading"])
    if given.get("township_code") is Follows.BOUNDARY:
        assert at is not None  # a station that has no reading yet was refused
        placed["township_code"] = township_at(register, at, recorded=recorded)
    return placed


def _coordinate_of(reading: Reading) -> Coordinate:
    return reading_to_coordinate(reading.x, reading.y, reading.datum)


def _faults(
    register: Register, given: dict[str, Any], area: ServedArea, today: date
) -> list[ParameterFault]:
    """Return what is wrong with the fields given, one at a time."""
    found: list[ParameterFault] = []

    def check(name: str, reason_of: Callable[[Any], str | None]) -> None:
        if name in given and (reason := reason_of(given[name])) is not None:
            found.append(ParameterFault(name, reason))

    for name in ("name", "name_en", "address", "telephone", "source"):
        check(name, partial(_why_no_text, name))
    check("services", partial(_why_no_services, register))
    check("township_code", partial(_why_no_township, register))
    check("reading", partial(_why_not_there, register, area))
    check("capacity", partial(_why_not_within, LARGEST_WHOLE))
    check("accuracy_m", partial(_why_not_within, LARGEST_ACCURACY))
    check("verified_on", partial(_why_not_yet, today))
    for name in ("opened_on", "closed_on"):
        check(name, _why_no_day)
    return found


def _why_no_text(name: str, text: str | None) -> str | None:
    if not text:
        return "must not be empty" if name in REQUIRED or text == "" else None
    if (reason := why_unfit(text)) is not None:
        return reason
    if not text.isprintable():
        return "must be one line of text"
    if len(text) > LONGEST[name]:
        return f"takes {LONGEST[name]} characters at most, not {len(text)}"
    return "must not begin or end with a space" if text != text.strip() else None


def _why_no_services(register: Register, services: tuple[Service, ...]) -> str | None:
    if not services:
        return f"must name at least one of {', '.join(ServiceKind)}"
    if len({each.kind for each in services}) < len(services):
        return "names the same kind twice"
    for each in services:
        if len(each.opening_hours or "") > LONGEST["opening_hours"]:
            return f"{each.kind}: hours take {LONGEST['opening_hours']} characters at most"
        try:
            # Not kept with the register's own: what is only tried would pile up there.
            register.schedules.tried(each.opening_hours)
        except InvalidOpeningHoursError as error:
            return f"{each.kind}: {error}"
    return None


def _why_no_township(register: Register, code: str | Follows | None) -> str | None:
    if code is None or code is Follows.BOUNDARY or code in register.townships_by_code:
        return None
    return "is not the code of a township of this register"


def _why_not_there(register: Register, area: ServedArea, reading: Reading) -> str | None:
    try:
        area.check(register, _coordinate_of(reading), named="it")
    except InvalidCoordinateError:
        return "lies nowhere on earth: longitude -180 to 180, latitude -90 to 90"
    except OutsideServedAreaError as error:
        return str(error)
    return None


def _why_not_within(largest: float, number: float | None) -> str | None:
    if number is None or 0 <= number <= largest:
        return None
    return f"must be a number from 0 to {largest:.0f}"


def _why_not_yet(today: date, day: date | None) -> str | None:
    if day is not None and day > today:
        return f"lies in the future: today is {today.isoformat()}"
    return _why_no_day(day)


def _why_no_day(day: date | None) -> str | None:
    if day is None or EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        return None
    return f"must lie in the years {EARLIEST_YEAR} to {LATEST_YEAR}"


def _lifetime_faults(opened: date | None, ended: date | None) -> list[ParameterFault]:
    if opened is None or ended is None or opened < ended:
        return []
    reason = "is not after opened_on: it is the first day without the station"
    return [ParameterFault("closed_on", reason)]
