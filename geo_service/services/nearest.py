"""Find the stations a worker can reach soonest."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.walking import Walking
from geo_service.services.openness import OpenCondition, When, open_count, openness_of

MAX_LIMIT = 50
MAX_ORIGINS = 1000


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
        if not 1 <= self.limit <= MAX_LIMIT:
            raise InvalidQueryError(
                ParameterFault("limit", f"must be a whole number from 1 to {MAX_LIMIT}")
            )


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

    ``matched`` is None where the way there decides what is open, and nothing bounds the way:
    to count, one would have to walk to every station of the register.
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
        selection = self.register.select(query.conditions)
        matched, found = self._found(selection)
        return NearestAnswer(
            matched=matched,
            stations=tuple(
                self._seen(selection[number][0], Metres(metres))
                for number, metres in islice(found, query.limit)
            ),
        )

    def _found(self, selection: Selection) -> tuple[int | None, Iterable[tuple[int, float]]]:
        """Return how many stations match, and those that do, closest first."""
        query, index = self.query, selection.index
        if query.within is not None:
            near = index.within(query.origin, query.within)
            kept = near if query.open is None else list(self._kept(selection, near, query.open))
            return len(kept), kept
        if query.open is None:
            return len(selection), index.nearest(query.origin, query.limit)
        matched = None
        if query.open.when is When.INSTANT:
            matched = open_count(self.register, selection, query.open, query.instant)
        in_order = index.in_order(query.origin, 2 * query.limit)
        return matched, self._kept(selection, in_order, query.open)

    def _kept(
        self, selection: Selection, found: Iterable[tuple[int, float]], condition: OpenCondition
    ) -> Iterator[tuple[int, float]]:
        for number, metres in found:
            services = selection[number][1]
            moment = self._moment(Metres(metres))
            if condition.keeps(openness_of(self.register, services, moment)):
                yield number, metres

    def _seen(self, station: Station, distance: Metres) -> NearbyStation:
        at = self._moment(distance)
        return NearbyStation(
            station=station,
            distance=distance,
            walk_minutes=self.walking.minutes(distance),
            at=at,
            openness=openness_of(self.register, station.services, at),
        )

    def _moment(self, distance: Metres) -> datetime:
        if self.query.open is not None and self.query.open.when is When.ARRIVAL:
            return self.walking.arrival(self.query.instant, distance)
        return self.query.instant
