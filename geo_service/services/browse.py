"""Go through the register: which stations match, a page at a time."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import datetime
from math import floor

from geo_service.domain.coordinate import Bounds
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter, StationId
from geo_service.services.limits import check_limit
from geo_service.services.openness import (
    NO_SUCH_STATION,
    OpenCondition,
    doors_of,
    openness_of,
)

MAX_PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowseQuery:
    """One page of the stations that match, by identifier, from just after ``after``."""

    instant: datetime
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None
    bounds: Bounds | None = None
    limit: int = 100
    after: StationId | None = None

    def __post_init__(self) -> None:
        """Keep a page to what a client can hold."""
        check_limit(self.limit, MAX_PAGE)


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNow:
    """A station, and whether each of its services is open at an instant, one for one."""

    station: Station
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the stations that match; ``following`` names the last, if more come after it.

    ``begin`` is how many come before; ``preceding`` names the last before the page before this
    one, None where that is the first.
    """

    matched: int
    stations: tuple[StationNow, ...]
    following: StationId | None
    begin: int = 0
    preceding: StationId | None = None


def browse(register: Register, query: BrowseQuery) -> Page:
    """Return the page asked for."""
    selection = register.select(query.conditions, register.eras.at(query.instant))
    matching = _matching(register, selection, query)
    begin = 0 if query.after is None else bisect_right(matching, query.after, key=selection.id_of)
    shown = matching[begin : begin + query.limit]
    more = begin + len(shown) < len(matching)
    before = begin - query.limit - 1
    return Page(
        matched=len(matching),
        stations=tuple(station_at(register, selection[each], query.instant) for each in shown),
        following=selection.id_of(shown[-1]) if more else None,
        begin=begin,
        preceding=selection.id_of(matching[before]) if before >= 0 else None,
    )


def matching_stations(register: Register, query: BrowseQuery) -> list[Station]:
    """Return all stations that match, by identifier."""
    selection = register.select(query.conditions, register.eras.at(query.instant))
    return [selection[number] for number in _matching(register, selection, query)]


def _matching(register: Register, selection: Selection, query: BrowseQuery) -> list[int]:
    kept = range(len(selection.kinds))
    if query.open is None:
        return selection.numbers(kept, query.bounds)
    doors = doors_of(register, selection, query.open)
    seconds = floor(query.instant.timestamp())
    return selection.numbers([kind for kind in kept if doors.keeps(kind, seconds)], query.bounds)


def station_at(register: Register, station: Station, instant: datetime) -> StationNow:
    """Say of a station whether it is open at an instant; one that is not in being is closed."""
    if register.in_being(station, instant):
        openness = openness_of(register, station.services, instant)
    else:
        openness = (NO_SUCH_STATION,) * len(station.services)
    return StationNow(station=station, openness=openness)
