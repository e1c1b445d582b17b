"""Change a record of the register, or make one: checked as a data folder would be.

Pure: a station and what somebody wants to be different of it, and the station that makes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, reading_to_coordinate
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
    Group,
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
}
LONGEST_HOURS: Final = 1000
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
    """What an editor wants a record to say, by the fields of the data form.

    None: it is to say nothing of that any more. A position is its longitude, latitude (degrees)
    and datum together. ``rest_for`` and ``breakfast_for``: no group at all means anyone.
    """

    name: str | NotGiven = NOT_GIVEN
    name_en: str | NotGiven | None = NOT_GIVEN
    services: frozenset[ServiceKind] | NotGiven = NOT_GIVEN
    rest_hours: str | NotGiven | None = NOT_GIVEN
    rest_for: frozenset[Group] | NotGiven | None = NOT_GIVEN
    breakfast_hours: str | NotGiven | None = NOT_GIVEN
    breakfast_for: frozenset[Group] | NotGiven | None = NOT_GIVEN
    amenities: frozenset[Amenity] | NotGiven = NOT_GIVEN
    address: str | NotGiven | None = NOT_GIVEN
    township_code: str | Follows | NotGiven | None = NOT_GIVEN
    telephone: str | NotGiven | None = NOT_GIVEN
    capacity: int | NotGiven | None = NOT_GIVEN
    accessibility: Accessibility | NotGiven = NOT_GIVEN
    longitude: float | NotGiven = NOT_GIVEN
    latitude: float | NotGiven = NOT_GIVEN
    datum: Datum | NotGiven = NOT_GIVEN
    data_status: DataStatus | NotGiven = NOT_GIVEN
    source: str | NotGiven = NOT_GIVEN
    accuracy_m: float | NotGiven | None = NOT_GIVEN
    verified_on: date | NotGiven | None = NOT_GIVEN
    opened_on: date | NotGiven | None = NOT_GIVEN
    closed_on: date | NotGiven | None = NOT_GIVEN

    def given(self) -> dict[str, Any]:
        """Return what the editor speaks of, by field."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in named.items() if value is not NOT_GIVEN}

    def without(self, names: Iterable[str]) -> "StationEdit":
        """Return the edit that says nothing of some fields."""
        return replace(self, **dict.fromkeys(names, NOT_GIVEN))


EDITABLE: Final = tuple(each.name for each in fields(StationEdit))
"""What an editor may change of a record, in its order."""

REQUIRED: Final = (
    *("name", "services", "longitude", "latitude", "datum", "data_status", "source"),
)
"""What every record says."""

POSITION: Final = ("longitude", "latitude", "datum")
_SERVICES: Final = (
    "services",
    *(f"{kind}_{what}" for kind in ServiceKind for what in ("hours", "for")),
)


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
    asked = _Asked(register, before, edit.given())
    faults = asked.faults(area, today)
    if faults:
        raise InvalidQueryError(*faults)
    return replace(before, **asked.values())


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
    asked = _Asked(register, None, given)
    named = {each.parameter for each in faults}
    faults += [each for each in asked.faults(area, today) if each.parameter not in named]
    if faults:
        raise InvalidQueryError(*faults)
    return Station(id=identifier, **asked.values())


def why_no_identifier(text: str) -> str | None:
    """Say why a text cannot name a station, or None."""
    if _IDENTIFIER.fullmatch(text) is None:
        return "is not an identifier: up to 64 of A-Z, a-z, 0-9, '.', '_' and '-'"
    if text in {"nearest", "queryables"}:
        return f"is taken: /stations/{text} asks for something else"
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


class _Asked:
    """What is to become of a record, or of one that is not there yet, field by field."""

    def __init__(self, register: Register, before: Station | None, given: dict[str, Any]) -> None:
        self._register = register
        self._before = before
        # What is the same as before is not judged anew: a record may be odd already.
        self._given = {
            name: value
            for name, value in given.items()
            if name in _COMPOSED or before is None or value != getattr(before, name)
        }

    def values(self) -> dict[str, Any]:
        """Return the fields of the station that are given; there must be no faults."""
        values = {name: value for name, value in self._given.items() if name not in _COMPOSED}
        if self._speaks_of(_SERVICES):
            values["services"] = self._services()
        at = None if self._before is None else self._before.coordinate
        reading = self._reading()
        if reading is not None and (self._before is None or reading != self._before.reading):
            at = _coordinate_of(reading)
            values |= {"reading": reading, "coordinate": at}
        if values.get("township_code") is Follows.BOUNDARY:
            assert at is not None  # what has no position was refused
            recorded = None if self._before is None else self._before.township_code
            values["township_code"] = township_at(self._register, at, recorded=recorded)
        return values

    def faults(self, area: ServedArea, today: date) -> list[ParameterFault]:
        """Return what is wrong with what is given: each fault by its field."""
        found: list[ParameterFault] = []

        def check(name: str, reason_of: Callable[[Any], str | None]) -> None:
            if name in self._given and (reason := reason_of(self._given[name])) is not None:
                found.append(ParameterFault(name, reason))

        for name in LONGEST:
            check(name, partial(_why_no_text, name))
        check("township_code", partial(_why_no_township, self._register))
        check("capacity", partial(_why_not_within, LARGEST_WHOLE))
        check("accuracy_m", partial(_why_not_within, LARGEST_ACCURACY))
        check("verified_on", partial(_why_not_yet, today))
        check("opened_on", _why_no_day)
        check("closed_on", _why_no_day)
        found += self._lifetime_faults()
        if self._speaks_of(_SERVICES):
            found += self._service_faults()
        if self._speaks_of(POSITION):
            found += self._position_faults(area)
        return found

    def _speaks_of(self, names: Iterable[str]) -> bool:
        return any(name in self._given for name in names)

    def _services(self) -> tuple[Service, ...]:
        present = (
            {} if self._before is None else {each.kind: each for each in self._before.services}
        )
        made = []
        for kind in ServiceKind:
            if kind in self._given.get("services", present):
                was = present.get(kind, Service(kind=kind))
                hours = self._given.get(f"{kind}_hours", was.opening_hours)
                groups = self._given.get(f"{kind}_for", was.groups)
                made.append(Service(kind=kind, opening_hours=hours, groups=groups or frozenset()))
        return tuple(made)

    def _service_faults(self) -> Iterator[ParameterFault]:
        services = self._services()
        if not services:
            reason = f"must name at least one of {', '.join(ServiceKind)}"
            yield ParameterFault("services", reason)
        for each in services:
            if (unread := self._why_no_hours(each.opening_hours)) is not None:
                yield ParameterFault(f"{each.kind}_hours", unread)
        for kind in set(ServiceKind) - {each.kind for each in services}:
            for name in (f"{kind}_hours", f"{kind}_for"):
                if self._given.get(name) is not None:
                    yield ParameterFault(name, f"is given, but services does not name {kind}")

    def _why_no_hours(self, expression: str | None) -> str | None:
        before = () if self._before is None else self._before.services
        if expression in {each.opening_hours for each in before}:
            return None
        if expression == "" or len(expression or "") > LONGEST_HOURS:
            return f"takes 1 to {LONGEST_HOURS} characters"
        try:
            # Not kept with the register's own: what is only tried would pile up there.
            self._register.schedules.tried(expression)
        except InvalidOpeningHoursError as error:
            return str(error)
        return None

    def _reading(self) -> Reading | None:
        if not all(name in self._given for name in POSITION):
            return None
        x, y, datum = (self._given[name] for name in POSITION)
        return Reading(x=x, y=y, datum=datum)

    def _position_faults(self, area: ServedArea) -> Iterator[ParameterFault]:
        reading = self._reading()
        if reading is None:
            for name in POSITION:
                if name not in self._given:
                    reason = "is required: a position is its longitude, latitude and datum together"
                    yield ParameterFault(name, reason)
        elif self._before is None or reading != self._before.reading:
            try:
                area.check(self._register, _coordinate_of(reading), named="it")
            except InvalidCoordinateError as error:
                yield ParameterFault("longitude", f"lies nowhere on earth: {error}")
            except OutsideServedAreaError as error:
                yield ParameterFault("longitude", str(error))

    def _lifetime_faults(self) -> Iterator[ParameterFault]:
        if not self._speaks_of(("opened_on", "closed_on")):
            return
        opened, ended = (
            self._given.get(name, getattr(self._before, name, None))
            for name in ("opened_on", "closed_on")
        )
        if opened is not None and ended is not None and ended <= opened:
            reason = "is not after opened_on: it is the first day without the station"
            yield ParameterFault("closed_on", reason)


_COMPOSED: Final = frozenset({*_SERVICES, *POSITION})


def _coordinate_of(reading: Reading) -> Coordinate:
    return reading_to_coordinate(reading.x, reading.y, reading.datum)


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


def _why_no_township(register: Register, code: str | Follows | None) -> str | None:
    if code is None or code is Follows.BOUNDARY or code in register.townships_by_code:
        return None
    return "is not the code of a township of this register"


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
