"""Go through the register: which stations match, a page at a time."""

from dataclasses import dataclass, field
from datetime import datetime
from math import floor

from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Station, StationFilter, StationId
from geo_service.services.openness import OpenCondition, doors_of, openness_of

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
        if not 1 <= self.limit <= MAX_PAGE:
            raise InvalidQueryError(
                ParameterFault("limit", f"must be a whole number from 1 to {MAX_PAGE}")
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StationNow:
    """A station, and whether each of its services is open at an instant, one for one."""

    station: Station
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of the stations that match; ``following`` names the last, if more come after it."""

    matched: int
    stations: tuple[StationNow, ...]
    following: StationId | None


def browse(register: Register, query: BrowseQuery) -> Page:
    """Return the page asked for."""
    matching = matching_stations(register, query)
    rest = [each for each in matching if query.after is None or each.id > query.after]
    shown = rest[: query.limit]
    return Page(
        matched=len(matching),
        stations=tuple(station_at(register, each, query.instant) for each in shown),
        following=shown[-1].id if len(rest) > len(shown) else None,
    )


def matching_stations(register: Register, query: BrowseQuery) -> list[Station]:
    """Return all stations that match, by identifier."""
    selection = register.select(query.conditions)
    kept = set(range(len(selection.kinds)))
    if query.open is not None:
        doors = doors_of(register, selection, query.open)
        seconds = floor(query.instant.timestamp())
        kept = {kind for kind in kept if doors.keeps(kind, seconds)}
    return [
        station
        for (station, _), kind in zip(selection, selection.kind_of, strict=True)
        if kind in kept and (query.bounds is None or query.bounds.contains(station.coordinate))
    ]


def station_at(register: Register, station: Station, instant: datetime) -> StationNow:
    """Say of a station whether it is open at an instant."""
    return StationNow(station=station, openness=openness_of(register, station.services, instant))
