"""What else a planner asks of coverage: its worst places, and how it goes through a day."""

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from geo_service.domain.demand_coverage import positions
from geo_service.domain.gap_list import Gap, worst_places
from geo_service.domain.hour_by_hour import demand_shares, ground_shares
from geo_service.domain.reach import Reach
from geo_service.domain.register import Register
from geo_service.domain.survey import Unit
from geo_service.domain.walked_ground import straight_radius
from geo_service.services.coverage import (
    CountedStations,
    CoverageKey,
    CoverageQuery,
    counted_stations,
    key_of,
    placed_demand,
)
from geo_service.services.openness import OpenCondition, When

MOST_GAPS: Final = 100
HOURS: Final = range(24)

_GAP_LISTS_KEPT: Final = 64
_STATION_SETS_KEPT: Final = 256
_LONGEST_HOLIDAY_DAYS: Final = 60
_NO_OUTLINE: Final = "no boundary is known"
_NO_DEMAND: Final = "the layer has no demand here"


@dataclass(frozen=True, slots=True, kw_only=True)
class GapList:
    """The places beyond the radius that are farthest from any station, the worst first.

    With a demand layer they are places of its points, and their demand is in its unit; without,
    they are places of an even grid, and their demand is ground in square metres.
    """

    query: CoverageQuery
    gaps: tuple[Gap, ...]
    stations: CountedStations
    of_unknown_openness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour of a day, asked at its start: what counts then, and what that covers."""

    instant: datetime
    stations: int
    of_unknown_openness: int
    share: float | None
    shares: tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """The hours of one local day."""

    date: date
    hours: tuple[Hour, ...]

    @property
    def share_of_day(self) -> float | None:
        """The mean over the day of the share covered."""
        return _mean([hour.share for hour in self.hours])

    def shares_of(self, unit: int) -> list[float | None]:
        """Return the share of one unit, by its number, hour by hour."""
        return [hour.shares[unit] for hour in self.hours]

    def share_of_day_of(self, unit: int) -> float | None:
        """Return the mean over the day of the share of one unit."""
        return _mean(self.shares_of(unit))


@dataclass(frozen=True, slots=True, kw_only=True)
class HourByHour:
    """Days, by the hour; ``missing`` says, by a unit's code, why it has no shares."""

    query: CoverageQuery
    units: tuple[Unit, ...]
    days: tuple[Day, ...]
    missing: dict[str, str]

    @property
    def of_unknown_openness(self) -> int:
        """How many of the stations that count may be closed, at the hour when most are."""
        return max(hour.of_unknown_openness for day in self.days for hour in day.hours)


_Shares = tuple[tuple[float | None, ...], float | None]


class _Kept:
    """Measurements of one revision; they go when the revision goes."""

    def __init__(self) -> None:
        self.gaps: LRUCache[tuple[CoverageKey, int], tuple[Gap, ...]] = LRUCache(_GAP_LISTS_KEPT)
        self.shares: LRUCache[CoverageKey, _Shares] = LRUCache(_STATION_SETS_KEPT)
        self.measuring = threading.Lock()


_KEPT: WeakKeyDictionary[Register, _Kept] = WeakKeyDictionary()


def worst_gaps(register: Register, query: CoverageQuery, *, count: int = 10) -> GapList:
    """Name the worst places; of the same question of the same revision, once."""
    stations, unknown = counted_stations(register, query)
    kept, key = _KEPT.setdefault(register, _Kept()), (key_of(query, stations), count)
    with kept.measuring:
        gaps = kept.gaps.get(key)
        if gaps is None:
            gaps = kept.gaps[key] = worst_places(
                placed_demand(register, query.level, query.demand),
                tuple(stations),
                radius=query.radius,
                distances=query.distances,
                count=count,
            )
    return GapList(query=query, gaps=gaps, stations=stations, of_unknown_openness=unknown)


def ordinary_days(register: Register, since: datetime) -> tuple[date, date]:
    """Return the next working day and the next weekend day that no holiday touches."""
    first = since.astimezone(register.place.zone).date()
    days = [first + timedelta(days) for days in range(_LONGEST_HOLIDAY_DAYS)]
    ordinary = [day for day in days if register.calendar.kind_of(day) is None] or days
    working = next(day for day in ordinary if day.weekday() < 5)
    return working, next(day for day in ordinary if day.weekday() >= 5)


def hour_by_hour(
    register: Register, query: CoverageQuery, days: Sequence[date], *, certain: bool
) -> HourByHour:
    """Say which share is covered at each hour of some days, by what is open then.

    Few sets of stations are open together in a day; each is measured once.

    Args:
        register: the stations and units.
        query: all but the instant.
        days: local dates of the place.
        certain: leave out what may be open but is not known to be.
    """
    measured = _Measured(register, query)
    condition = OpenCondition(when=When.INSTANT, certain=certain)
    found = []
    for day in days:
        hours = []
        for hour in HOURS:
            instant = datetime.combine(day, time(hour), register.place.zone)
            then = replace(query, open=condition, instant=instant)
            stations, unknown = counted_stations(register, then)
            shares, share = measured.shares(then, stations)
            hours.append(
                Hour(
                    instant=instant,
                    stations=len(stations),
                    of_unknown_openness=unknown,
                    share=share,
                    shares=shares,
                )
            )
        found.append(Day(date=day, hours=tuple(hours)))
    surveyed = register.survey(query.level).units
    missing = {
        each.unit.code: (each.why_no_ground or _NO_OUTLINE) if each.ground is None else _NO_DEMAND
        for number, each in enumerate(surveyed)
        if found and found[0].hours[0].shares[number] is None
    }
    return HourByHour(
        query=query,
        units=tuple(each.unit for each in surveyed),
        days=tuple(found),
        missing=missing,
    )


class _Measured:
    """What each set of open stations covers; the way to all of them is measured once."""

    def __init__(self, register: Register, query: CoverageQuery) -> None:
        self._register = register
        self._query = query
        self._kept = _KEPT.setdefault(register, _Kept())

    def shares(self, query: CoverageQuery, stations: CountedStations) -> _Shares:
        """Return the shares of the units, and of all."""
        key = key_of(query, stations)
        with self._kept.measuring:
            found = self._kept.shares.get(key)
            if found is None:
                shares, share = self._measure(stations)
                found = tuple(map(_known, shares.tolist())), _known(share)
                self._kept.shares[key] = found
        return found

    def _measure(self, stations: CountedStations) -> tuple[NDArray[np.float64], float]:
        query, survey = self._query, self._register.survey(self._query.level)
        radius = straight_radius(query.radius, query.distances)
        if query.demand is None and radius is not None:
            return ground_shares(survey, tuple(stations), radius)
        demand = placed_demand(self._register, query.level, query.demand)
        return demand_shares(demand, self._reach, stations.numbers)

    @cached_property
    def _reach(self) -> Reach:
        """Who is within reach of any station, open or not; a site goes by its station's number."""
        query = replace(self._query, open=None, instant=None)
        demand = placed_demand(self._register, query.level, query.demand)
        every, _ = counted_stations(self._register, query)
        return query.distances.reach(demand.points.at, positions(every), query.radius)


def _known(share: float) -> float | None:
    return None if math.isnan(share) else share


def _mean(shares: Sequence[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None
