"""How coverage came to be: the same question asked of one day after the other."""

from array import array
from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import count, takewhile
from typing import Any, Final

from geo_service.domain.demand_coverage import DemandFigures
from geo_service.domain.eras import Era
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage

MAX_DATES: Final = 132
"""Eleven years, a month at a time."""
MAX_STATIONS_MEASURED: Final = 200_000
"""So many stations, each counted once for each date that differs from the one before, while
somebody waits for a page: some tens of seconds."""


class Step(StrEnum):
    """How far apart the dates of a history are."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


_MONTHS: Final = {Step.YEAR: 12, Step.QUARTER: 3, Step.MONTH: 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryQuery:
    """A planner's question, asked of many days.

    The days are ``first``, those a whole number of steps after it, and ``last``. What is open
    when is not asked: nobody has kept which hours held then.
    """

    coverage: CoverageQuery
    first: date
    last: date
    step: Step = Step.YEAR

    def __post_init__(self) -> None:
        """Refuse a history that runs backwards, that takes too long or that nobody recorded."""
        if self.coverage.open is not None:
            reason = "cannot be asked of a history: only today's opening hours are recorded"
            raise InvalidQueryError(ParameterFault("open", reason))
        if self.last < self.first:
            reason = f"lies after to: {self.first.isoformat()} and {self.last.isoformat()}"
            raise InvalidQueryError(ParameterFault("from", reason))
        if len(self.dates()) > MAX_DATES:
            reason = f"makes more than {MAX_DATES} dates; take a longer one, or less time"
            raise InvalidQueryError(ParameterFault("step", reason))

    def dates(self) -> list[date]:
        """Return the days asked about, in order; no more than one beyond what is allowed."""
        later = takewhile(lambda day: day < self.last, _steps(self.first, _MONTHS[self.step]))
        return [*(day for day, _ in zip(later, range(MAX_DATES), strict=False)), self.last]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPoint:
    """Coverage on one day, and how many stations that match came and went since the one before."""

    on: date
    answer: CoverageAnswer
    opened: int
    closed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageHistory:
    """Coverage on each day; ``undated`` of the stations on the last have no known first day."""

    query: HistoryQuery
    points: Sequence[HistoryPoint]
    undated: int


def whole_history(register: Register, today: date) -> tuple[date, date]:
    """Return the days that a history is from and to where nobody says.

    From the beginning of the year in which anything is known to have changed, to today.
    """
    change = register.eras.first_change
    return (today if change is None else min(today, change.replace(month=1, day=1))), today


def coverage_history(
    register: Register, query: HistoryQuery, most: int | None = MAX_STATIONS_MEASURED
) -> CoverageHistory:
    """Answer the question for each day; the same set of stations is measured once.

    Raises InvalidQueryError where more than ``most`` stations would have to be measured in all.
    """
    if most is not None:
        _check_work(register, query, most)
    points: list[HistoryPoint] = []
    before: frozenset[int] = frozenset()
    for day in query.dates():
        answer = points[-1].answer if points else None
        if answer is None or _era(register, day) != _era(register, points[-1].on):
            answer = measure_coverage(register, replace(query.coverage, on=day))
        else:
            answer = replace(answer, query=replace(answer.query, on=day))
        present = frozenset(array("I", answer.stations.key))
        points.append(
            HistoryPoint(
                on=day,
                answer=answer,
                opened=len(present - before) if points else 0,
                closed=len(before - present),
            )
        )
        before = present
    undated = sum(each.opened_on is None for each in points[-1].answer.stations)
    return CoverageHistory(query=query, points=points, undated=undated)


def history_row(point: HistoryPoint) -> dict[str, Any]:
    """Lay a day's figures out flat; shares from 0 to 1, square kilometres, demand in its unit."""
    totals = point.answer.report.totals
    covered, area = totals.covered_area_m2, totals.area_coverage
    cross, demand = totals.cross_coverage, point.answer.demand
    of_demand = {} if demand is None else _of_demand(demand.totals)
    return {
        "on": point.on.isoformat(),
        "stations": len(point.answer.stations),
        "opened": point.opened,
        "closed": point.closed,
        "covered_km2": None if covered is None else round(covered * 1e-6, 4),
        "area_coverage": None if area is None else round(area, 5),
        "cross_coverage": None if cross is None else round(cross, 5),
        **of_demand,
    }


def _of_demand(totals: DemandFigures) -> dict[str, float | None]:
    share = totals.share
    return {
        "demand_covered": round(totals.covered, 2),
        "demand_coverage": None if share is None else round(share, 5),
    }


def _check_work(register: Register, query: HistoryQuery, most: int) -> None:
    conditions = query.coverage.conditions
    eras = {_era(register, day) for day in query.dates()}
    work = 0
    for era in eras:
        work += len(register.select(conditions, era))
        if work > most:
            reason = (
                f"makes more than {most:,} stations to be measured, {len(eras)} dates together; "
                "take a longer one, less time, or the command line"
            )
            raise InvalidQueryError(ParameterFault("step", reason))


def _era(register: Register, day: date) -> Era:
    return register.eras.on(day)


def _steps(first: date, months: int) -> Iterator[date]:
    """Go through the days so many months apart; the 31st of a shorter month is its last day."""
    for step in count():
        years, month = divmod(first.month - 1 + step * months, 12)
        if first.year + years > date.max.year:
            return
        days = monthrange(first.year + years, month + 1)[1]
        yield date(first.year + years, month + 1, min(first.day, days))
