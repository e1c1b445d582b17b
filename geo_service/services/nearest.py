"""Find the stations a worker can reach soonest."""

from dataclasses import dataclass, field
from datetime import datetime

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.station_index import Ranked
from geo_service.domain.walking import Walking
from geo_service.services.openness import OpenCondition, When, openness_of

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
    """The closest few, and how many matched in all."""

    matched: int
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
        selection = self.register.select(self.query.conditions)
        matched, found = self._candidates(selection)
        return NearestAnswer(
            matched=matched,
            stations=tuple(
                self._seen(selection[number][0], Metres(metres))
                for number, metres in found.first(self.query.limit)
            ),
        )

    def _candidates(self, selection: Selection) -> tuple[int, Ranked]:
        """Return how many stations match, and at least the closest few of them."""
        query = self.query
        if query.within is not None:
            found = selection.index.within(query.origin, query.within)
        elif query.open is not None:
            found = selection.index.all_from(query.origin)
        else:
            return len(selection), selection.index.nearest(query.origin, query.limit)
        if query.open is not None:
            found = found.where(self._kept(selection, found, query.open))
        return len(found), found

    def _kept(self, selection: Selection, found: Ranked, condition: OpenCondition) -> list[bool]:
        return [
            condition.keeps(
                openness_of(self.register, selection[number][1], self._moment(Metres(metres)))
            )
            for number, metres in found
        ]

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
