"""Find the stations a worker can reach soonest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from math import floor
from typing import Final

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.walking import Walking
from geo_service.services.limits import check_limit
from geo_service.services.openness import (
    Doors,
    OpenCondition,
    When,
    doors_of,
    openness_at_second,
)

MAX_LIMIT = 50
MAX_ORIGINS = 1000

# How many are looked at beyond those asked for, before it is known which of them are open.
_SPARE: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestQuery:
    """A worker's question: the closest few stations to where they stand.

    ``instant`` is aware; openness is told for it, or for the arrival of someone who leaves
    then where ``open`` asks for that.
    """

    origin: Coordinate
    instant: datetime
    limit: int = 5
    within: Metres | None = None
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None

    def __post_init__(self) -> None:
        """Keep a phone from asking for the whole register through this door."""
        check_limit(self.limit, MAX_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class NearbyStation:
    """A station as seen from an origin.

    ``distance`` is the geodesic in metres; ``walk_minutes`` an estimate; ``openness`` stands
    beside the station's services, one for one, and is told for the moment ``at``.
    """

    station: Station
    distance: Metres
    walk_minutes: int
    at: datetime
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestAnswer:
    """The closest few, and how many matched in all.

    ``matched`` is None where what is open depends on the way there and nothing bounds the way:
    the ways to all stations would have to be measured.
    """

    matched: int | None
    stations: tuple[NearbyStation, ...]


def find_nearest(register: Register, query: NearestQuery, walking: Walking) -> NearestAnswer:
    """Answer the question, closest first; an empty register gives an empty list."""
    return _Search(register, query, walking).answer()


@dataclass(frozen=True, slots=True)
class _Search:
    """One question put to one revision of the register."""

    register: Register
    query: NearestQuery
    walking: Walking

    def answer(self) -> NearestAnswer:
        query = self.query
        register = self.register
        selection = register.select(query.conditions, register.eras.at(query.instant))
        matched, found = self._found(selection)
        leaving = floor(query.instant.timestamp())
        return NearestAnswer(
            matched=matched,
            stations=tuple(
                [
                    self._seen(selection[number], Metres(metres), leaving)
                    for number, metres in islice(found, query.limit)
                ]
            ),
        )

    def _found(self, selection: Selection) -> tuple[int | None, Iterable[tuple[int, float]]]:
        """Return how many stations match, and those that do, closest first."""
        query, index = self.query, selection.index
        if query.open is None:
            if query.within is None:
                return len(selection), index.nearest(query.origin, query.limit)
            near = index.within(query.origin, query.within)
            return len(near), near
        doors = doors_of(self.register, selection, query.open)
        if query.within is not None:
            kept = list(self._kept(selection, doors, index.within(query.origin, query.within)))
            return len(kept), kept
        in_order = self._kept(selection, doors, index.in_order(query.origin, query.limit + _SPARE))
        if query.open.when is When.ARRIVAL:
            return None, in_order
        return self._count(selection, doors), in_order

    def _kept(
        self, selection: Selection, doors: Doors, found: Iterable[tuple[int, float]]
    ) -> Iterator[tuple[int, float]]:
        leaving, kind_of = floor(self.query.instant.timestamp()), selection.kind_of
        on_arrival = self.query.open is not None and self.query.open.when is When.ARRIVAL
        for number, metres in found:
            minutes = self.walking.minutes(Metres(metres)) if on_arrival else 0
            if doors.keeps(kind_of[number], leaving + 60 * minutes):
                yield number, metres

    def _count(self, selection: Selection, doors: Doors) -> int:
        seconds = floor(self.query.instant.timestamp())
        of_kind = selection.stations_of_kind.items()
        return sum(count for kind, count in of_kind if doors.keeps(kind, seconds))

    def _seen(self, station: Station, distance: Metres, leaving: int) -> NearbyStation:
        minutes, at, seconds = self.walking.minutes(distance), self.query.instant, leaving
        if self.query.open is not None and self.query.open.when is When.ARRIVAL:
            at += timedelta(minutes=minutes)
            seconds += 60 * minutes
        return NearbyStation(
            station=station,
            distance=distance,
            walk_minutes=minutes,
            at=at,
            openness=openness_at_second(self.register, station.services, seconds),
        )
