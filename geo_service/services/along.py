"""Find the stations along a route, in order of travel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import floor
from typing import Final

from geo_service.domain.coordinate import Metres
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.route import FARTHEST, Passes, Route, Side
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.walking import Walking
from geo_service.services.openness import OpenCondition, doors_of, openness_at_second

MAX_LIMIT: Final = 200
MAX_METRES_PER_MINUTE: Final = 5_000.0
USUAL_WITHIN: Final = Metres(300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlongQuery:
    """A driver's or a sweeper's question: what do I pass, and how far off my way is it?

    With ``metres_per_minute`` the route is begun at ``instant`` and travelled at that pace, and
    openness is told, and asked for, at the time of passing; without, at ``instant``.
    """

    route: Route
    instant: datetime
    within: Metres = USUAL_WITHIN
    limit: int = 50
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None
    metres_per_minute: float | None = None

    def __post_init__(self) -> None:
        """Keep to what can be answered."""
        faults = []
        if not 1 <= self.limit <= MAX_LIMIT:
            reason = f"must be a whole number from 1 to {MAX_LIMIT}"
            faults.append(ParameterFault("limit", reason))
        if not 0.0 < self.within <= FARTHEST:
            reason = f"must be more than 0 and at most {FARTHEST:,.0f} metres"
            faults.append(ParameterFault("within", reason))
        pace = self.metres_per_minute
        if pace is not None and not 1.0 <= pace <= MAX_METRES_PER_MINUTE:
            reason = f"must be from 0.06 to {MAX_METRES_PER_MINUTE * 0.06:g} km/h"
            faults.append(ParameterFault("speed", reason))
        if faults:
            raise InvalidQueryError(*faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedStation:
    """A station as passed on a route.

    ``along`` is metres travelled when the route is closest to it, ``offset`` the geodesic from
    there; ``detour`` is the walk there and back again, ``detour_minutes`` what it takes: both are
    estimates from the offset. ``openness`` stands beside the station's services, one for one, and
    is told for the moment ``at``.
    """

    station: Station
    along: Metres
    offset: Metres
    side: Side
    detour: Metres
    detour_minutes: int
    at: datetime
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlongAnswer:
    """The stations passed, in order of travel; ``matched`` counts them whatever the limit."""

    length: Metres
    matched: int
    stations: tuple[PassedStation, ...]


def find_along(register: Register, query: AlongQuery, walking: Walking) -> AlongAnswer:
    """Return the stations no farther from the route than asked for, those passed first."""
    return _Search(register, query, walking).answer()


@dataclass(frozen=True, slots=True)
class _Search:
    """One question put to one revision of the register."""

    register: Register
    query: AlongQuery
    walking: Walking

    def answer(self) -> AlongAnswer:
        query = self.query
        register = self.register
        selection = register.select(query.conditions, register.eras.at(query.instant))
        passes = query.route.passes(selection.index, query.within)
        kept = self._kept(selection, passes)
        return AlongAnswer(
            length=query.route.length,
            matched=len(kept),
            stations=tuple([self._seen(selection, passes, each) for each in kept[: query.limit]]),
        )

    def _kept(self, selection: Selection, passes: Passes) -> Sequence[int]:
        """Return which of the passes are at an open door, where that is asked for."""
        if self.query.open is None:
            return range(len(passes))
        doors, kind_of = doors_of(self.register, selection, self.query.open), selection.kind_of
        return [
            each
            for each, (number, along) in enumerate(zip(passes.numbers, passes.along, strict=True))
            if doors.keeps(kind_of[number], floor(self._at(along).timestamp()))
        ]

    def _at(self, along: float) -> datetime:
        if self.query.metres_per_minute is None:
            return self.query.instant
        seconds = floor(60.0 * along / self.query.metres_per_minute)
        return self.query.instant + timedelta(seconds=seconds)

    def _seen(self, selection: Selection, passes: Passes, place: int) -> PassedStation:
        station = selection[passes.numbers[place]]
        offset, along = passes.offsets[place], passes.along[place]
        at = self._at(along)
        return PassedStation(
            station=station,
            along=Metres(along),
            offset=Metres(offset),
            side=passes.sides[place],
            detour=Metres(2.0 * offset * self.walking.detour_factor),
            detour_minutes=self.walking.minutes(Metres(2.0 * offset)),
            at=at,
            openness=openness_at_second(self.register, station.services, floor(at.timestamp())),
        )
