"""Find stations and townships by what they are called."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from geo_service.domain.eras import Era
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.name_index import Likeness, Named, NameIndex
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.domain.township import Township
from geo_service.services.limits import check_limit

MAX_FOUND: Final = 50
MAX_LETTERS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundStation:
    """A station, and how it is like what was asked for."""

    station: Station
    by: Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTownship:
    """A township, and how it is like what was asked for."""

    township: Township
    by: Likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesFound:
    """What is called so, or nearly so: the best of either first."""

    townships: tuple[FoundTownship, ...]
    stations: tuple[FoundStation, ...]


def find_by_name(register: Register, text: str, instant: datetime, limit: int = 10) -> NamesFound:
    """Return the stations and the townships, ``limit`` of each at most, that a text may mean.

    It may be a part of a name, in Chinese or English, or of an address; pinyin, whole or in part;
    initials; an identifier; several such words. Where nothing is like it, what resembles it is
    returned, and says so. Of stations, those in being at the instant are found.
    """
    check_limit(limit, MAX_FOUND)
    if len(text) > MAX_LETTERS:
        raise InvalidQueryError(ParameterFault("q", f"takes at most {MAX_LETTERS} letters"))
    indexes = _indexes_of(register, register.eras.at(instant))
    found = indexes.stations.find(text, limit)
    units = indexes.townships.find(text, limit)
    alike = [each for each in (*found, *units) if each.by is not Likeness.RESEMBLANCE]
    if alike:  # then nobody wants to see what only resembles it
        found = [each for each in found if each in alike]
        units = [each for each in units if each in alike]
    return NamesFound(
        townships=tuple(
            FoundTownship(township=register.townships[each.number], by=each.by) for each in units
        ),
        stations=tuple(
            FoundStation(station=register.stations[indexes.numbers[each.number]], by=each.by)
            for each in found
        ),
    )


class _Indexes(NamedTuple):
    """What is found by name in one era; ``numbers`` are the register's of the stations indexed."""

    era: Era
    numbers: Sequence[int]
    stations: NameIndex
    townships: NameIndex


_KEPT: Final[WeakKeyDictionary[Register, _Indexes]] = WeakKeyDictionary()
_MAKING: Final = threading.Lock()


def _indexes_of(register: Register, era: Era) -> _Indexes:
    """Return a register's indexes: made when they are first asked for, and once an era."""
    kept = _KEPT.get(register)
    if kept is None or kept.era != era:
        with _MAKING:
            kept = _KEPT.get(register)
            if kept is None or kept.era != era:
                numbers = register.numbers_in(era)
                kept = _KEPT[register] = _Indexes(
                    era=era,
                    numbers=numbers,
                    stations=NameIndex(_stations(register, numbers)),
                    townships=kept.townships if kept else NameIndex(_townships(register)),
                )
    return kept


def _stations(register: Register, numbers: Iterable[int]) -> Iterator[Named]:
    townships = register.townships_by_code
    for station in map(register.stations.made, numbers):
        township = townships.get(station.township_code or "")
        where = [station.address or "", "" if township is None else township.name]
        yield Named(station.id, station.name, station.name_en, " ".join(where))


def _townships(register: Register) -> Iterator[Named]:
    counties = register.counties_by_code
    for township in register.townships:
        county = counties.get(township.county_code or "")
        where = "" if county is None else county.name
        yield Named(township.code, township.name, township.name_en, where)
