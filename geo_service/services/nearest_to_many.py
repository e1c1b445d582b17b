"""Find the stations closest to many origins, by arrays instead of one origin after the other.

The answers are those of ``nearest``; what that module says of matching and openness holds here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from math import floor
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.station_index import RankedRows
from geo_service.domain.walking import Walking
from geo_service.services.limits import check_limit
from geo_service.services.nearest import MAX_LIMIT
from geo_service.services.openness import OpenCondition, When, doors_of, openness_of

# How many times more are drawn each time that too few of those drawn were open.
_GROWTH: Final = 4
# So many ways are measured at once, some tens of megabytes at most.
_PAIRS_AT_ONCE: Final = 500_000
# More than any walk takes: half way round the earth are some 430,000 minutes.
_MINUTES: Final = 1 << 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ManyNearestQuery:
    """The question of ``NearestQuery``, from each of many origins."""

    origins: Coordinates
    instant: datetime
    limit: int = 5
    within: Metres | None = None
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None

    def __post_init__(self) -> None:
        """Keep to what may be asked from one origin."""
        check_limit(self.limit, MAX_LIMIT)

    @property
    def on_arrival(self) -> bool:
        """Say whether openness is asked for the end of each walk."""
        return self.open is not None and self.open.when is When.ARRIVAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When somebody is at a station; ``openness`` then stands beside its services."""

    at: datetime
    openness: tuple[OpennessAt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyNearest:
    """What was found from all origins.

    ``matched`` and ``counts`` have one entry an origin: how many stations match, and how many of
    them are told. Those told stand one after the other, the first origin's first, closest first:
    ``places`` says where each is in ``stations``; ``metres`` and ``walk_minutes`` lead there.
    ``arrivals`` is empty unless openness is asked for on arrival; then it has one entry for each
    told. ``openness`` is that of the ``stations`` at the question's instant. What is the same of
    openness and arrivals is one object.
    """

    matched: Sequence[int | None]
    counts: Sequence[int]
    places: Sequence[int]
    metres: Sequence[float]
    walk_minutes: Sequence[int]
    arrivals: Sequence[Moment]
    stations: Sequence[Station]
    openness: Sequence[tuple[OpennessAt, ...]]


def find_nearest_to_many(
    register: Register, query: ManyNearestQuery, walking: Walking
) -> ManyNearest:
    """Answer for each origin what ``find_nearest`` does; each station found stands once."""
    return _Search(register, query, walking).answer()


class _Search:
    """One question put to one revision of the register."""

    def __init__(self, register: Register, query: ManyNearestQuery, walking: Walking) -> None:
        self._register = register
        self._query = query
        self._walking = walking
        self._selection = register.select(query.conditions, register.eras.at(query.instant))
        self._open = (
            None
            if query.open is None
            else _Openings(register, self._selection, query.instant, query.open)
        )
        self._found = _Found.room_for(len(query.origins), query.limit)

    def answer(self) -> ManyNearest:
        self._look()
        matched = self._matched()
        numbers, metres = self._found.told()
        distinct, places = np.unique(numbers, return_inverse=True)
        minutes = self._walking.minutes_of(metres).tolist()
        stations = [self._selection[number] for number in distinct.tolist()]
        moments = _Moments(self._register, self._query.instant, stations)
        return ManyNearest(
            matched=matched,
            counts=self._found.counts.tolist(),
            places=places.tolist(),
            metres=metres.tolist(),
            walk_minutes=minutes,
            arrivals=list(map(moments.at, places.tolist(), minutes))
            if self._query.on_arrival
            else [],
            stations=stations,
            openness=[moments.at(place, 0).openness for place in range(len(stations))],
        )

    # -- which -----------------------------------------------------------------------------

    def _look(self) -> None:
        """Find the closest few from every origin; from some of them only at a second look."""
        limit, pending = self._query.limit, np.arange(len(self._query.origins))
        # Nothing but a closed door makes the closest few not do.
        drawn = limit if self._open is None else 2 * limit
        while len(pending):
            drawn = min(drawn, max(1, len(self._selection)))
            unsettled = [self._looked_at(rows, drawn) for rows in _in_pieces(pending, drawn)]
            pending = np.concatenate(unsettled)
            drawn *= _GROWTH

    def _looked_at(self, rows: NDArray[np.intp], drawn: int) -> NDArray[np.intp]:
        """Take what is found among so many of the closest; return the origins that need more."""
        query = self._query
        ranked = self._selection.index.nearest_to_each(query.origins.of(rows), drawn)
        kept = np.ones(ranked.numbers.shape, np.bool_)
        if query.within is not None:
            kept &= ranked.metres <= query.within
        if self._open is not None:
            kept &= self._open.keeps(ranked.numbers, self._minutes(ranked.metres))
        if drawn >= len(self._selection):
            settled = np.ones(len(rows), np.bool_)
        else:
            settled = self._settled(ranked, kept)
        self._found.take(rows, ranked, kept)  # what is not settled is overwritten later
        return rows[~settled]

    def _settled(self, ranked: RankedRows, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        within, kept_in_all = self._query.within, kept.sum(axis=1)
        if within is None:
            enough = self._query.limit
            if self._open is not None and not self._query.on_arrival:
                enough = min(enough, self._open.count)
            return np.asarray(kept_in_all >= enough)
        seen_all = ranked.metres[:, -1] > within
        if self._open is None:
            return np.asarray(seen_all | (kept_in_all >= self._query.limit))
        # What is open within a radius can only be counted one by one.
        return np.asarray(seen_all)

    def _minutes(self, metres: NDArray[np.float64]) -> NDArray[np.int64]:
        if self._query.on_arrival:
            return self._walking.minutes_of(metres)
        return np.zeros(metres.shape, np.int64)

    # -- how many --------------------------------------------------------------------------

    def _matched(self) -> list[int | None]:
        query, origins = self._query, len(self._query.origins)
        if query.within is not None:
            return self._matched_within(query.within)
        if self._open is None:
            return [len(self._selection)] * origins
        return [None if query.on_arrival else self._open.count] * origins

    def _matched_within(self, within: Metres) -> list[int | None]:
        seen = self._found.seen
        if self._open is None:
            more = np.flatnonzero(seen >= self._query.limit)
            index, origins = self._selection.index, self._query.origins
            seen[more] = index.count_within_each(origins.of(more), within)
        return list(seen.tolist())


class _Moments:
    """What is open at stations so many minutes from the instant, once for hours that are alike."""

    def __init__(self, register: Register, instant: datetime, stations: Sequence[Station]) -> None:
        self._register = register
        self._instant = instant
        self._stations = stations
        self._hours = [
            tuple([service.opening_hours for service in each.services]) for each in stations
        ]
        self._known: dict[tuple[tuple[str | None, ...], int], Moment] = {}

    def at(self, place: int, minutes: int) -> Moment:
        """Return the moment at one of the stations."""
        key = self._hours[place], minutes
        moment = self._known.get(key)
        if moment is None:
            at = self._instant + timedelta(minutes=minutes)
            openness = openness_of(self._register, self._stations[place].services, at)
            moment = self._known[key] = Moment(at=at, openness=openness)
        return moment


class _Openings:
    """Which of a selection's stations a condition keeps, so many minutes from the instant."""

    def __init__(
        self, register: Register, selection: Selection, instant: datetime, condition: OpenCondition
    ) -> None:
        self._doors = doors_of(register, selection, condition)
        self._kind_of = np.asarray(selection.kind_of, np.int64)
        self._leaving = floor(instant.timestamp())
        self._stations_of_kind = selection.stations_of_kind

    def keeps(self, numbers: NDArray[np.intp], minutes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of stations, by their numbers, whether each is kept after its minutes."""
        # Far fewer kinds at different minutes than stations: each is looked at once.
        keys, places = np.unique(self._kind_of[numbers] * _MINUTES + minutes, return_inverse=True)
        kept = [
            self._doors.keeps(key // _MINUTES, self._leaving + 60 * (key % _MINUTES))
            for key in keys.tolist()
        ]
        return np.array(kept, np.bool_)[places].reshape(numbers.shape)

    @cached_property
    def count(self) -> int:
        """How many stations are kept at the instant itself."""
        return sum(
            count
            for kind, count in self._stations_of_kind.items()
            if self._doors.keeps(kind, self._leaving)
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What was found, a row an origin: the first ``counts`` of each row are told.

    ``seen`` is how many were kept of all that were looked at.
    """

    numbers: NDArray[np.intp]
    metres: NDArray[np.float64]
    counts: NDArray[np.intp]
    seen: NDArray[np.intp]

    @classmethod
    def room_for(cls, origins: int, limit: int) -> Self:
        """Return room for so many of so many origins, nothing found yet."""
        return cls(
            numbers=np.zeros((origins, limit), np.intp),
            metres=np.zeros((origins, limit)),
            counts=np.zeros(origins, np.intp),
            seen=np.zeros(origins, np.intp),
        )

    def take(self, rows: NDArray[np.intp], ranked: RankedRows, kept: NDArray[np.bool_]) -> None:
        """Tell for these origins the first of what is kept."""
        limit = self.numbers.shape[1]
        rank = kept.cumsum(axis=1)
        row, column = np.nonzero(kept & (rank <= limit))
        at = rows[row], rank[row, column] - 1
        self.numbers[at] = ranked.numbers[row, column]
        self.metres[at] = ranked.metres[row, column]
        self.seen[rows] = kept.sum(axis=1)
        self.counts[rows] = np.minimum(self.seen[rows], limit)

    def told(self) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return numbers and metres of all that are told, one origin after the other."""
        told = np.arange(self.numbers.shape[1]) < self.counts[:, None]
        return self.numbers[told], self.metres[told]


def _in_pieces(rows: NDArray[np.intp], width: int) -> Iterator[NDArray[np.intp]]:
    """Cut origins into pieces whose ways to so many places are measured at once."""
    step = max(1, _PAIRS_AT_ONCE // width)
    for start in range(0, len(rows), step):
        yield rows[start : start + step]
