"""Opening hours as a week that repeats and days apart from it, for who cannot read the grammar.

Worked out from the schedule itself, day by day: what is said holds for the days it is said for, and
where that cannot be said of them exactly, nothing is.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.opening_hours import Openness, Schedule
from geo_service.services.weekly import DayHours, days_from, hours_by_day

DAYS_AHEAD: Final = 91
"""For how long a week is worked out; it ends earlier where the holidays are not known so far."""

_MOST_SPECIAL: Final = 1 / 4  # of all days; beyond that it is no week
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """From when until when a place is open, by the clock on the wall; it may end a day later."""

    opens: time
    closes: time
    is_all_day: bool = False


Spans = tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class WeeklyPattern:
    """What each weekday has from ``first`` to ``last``, Monday first, and the days that differ."""

    first: date
    last: date
    week: tuple[Spans, ...]
    special: Mapping[date, Spans]


@lru_cache(maxsize=512)  # of the few texts that a city's hours are, once a day and revision
def weekly_pattern(
    schedule: Schedule, calendar: HolidayCalendar, first: date
) -> WeeklyPattern | None:
    """Return the hours of the days from ``first`` on, or None where they are not certain.

    Nothing is certain of hours that may or may not hold, of what is not told in whole minutes, of
    hours that change too often to be called a week, nor of days whose holidays nobody has announced
    yet, unless all days have the same hours.
    """
    days = hours_by_day(schedule, calendar, days_from(first, DAYS_AHEAD))
    spans = {each.day: _spans(each) for each in days}
    if not _is_the_same_on_all(schedule, tuple(spans.values())):
        through = calendar.published_through
        if through is not None:
            spans = {day: each for day, each in spans.items() if day.year <= through}
    known = {day: each for day, each in spans.items() if each is not None}
    if len(known) != len(spans):
        return None
    return _pattern(known, calendar)


def _is_the_same_on_all(schedule: Schedule, days: Sequence[Spans | None]) -> bool:
    return len(set(days)) == 1 and "PH" not in schedule.expression.upper()


def _pattern(spans: Mapping[date, Spans], calendar: HolidayCalendar) -> WeeklyPattern | None:
    week = []
    for weekday in range(7):
        usual = Counter(
            each
            for day, each in spans.items()
            if day.weekday() == weekday and calendar.kind_of(day) is None
        )
        if not usual:
            return None
        week.append(usual.most_common(1)[0][0])
    special = {day: each for day, each in spans.items() if each != week[day.weekday()]}
    if len(special) > _MOST_SPECIAL * len(spans):
        return None
    return WeeklyPattern(min(spans), max(spans), tuple(week), special)


def _spans(hours: DayHours) -> Spans | None:
    found = []
    for stretch in hours.stretches:
        if stretch.state is not Openness.OPEN:
            return None
        opens, closes = stretch.start.time(), stretch.end.time()
        if opens.second or closes.second:
            return None
        if not _is_of_one_day(hours.day, stretch.start, stretch.end):
            return None
        is_all_day = opens == closes == time()
        if opens == closes and not is_all_day:
            return None  # a day and a night: no form to say it in
        found.append(Span(opens, closes, is_all_day))
    return tuple(found)


def _is_of_one_day(day: date, start: datetime, end: datetime) -> bool:
    return start.date() == day and end.replace(tzinfo=None) <= datetime.combine(
        day + _ONE_DAY, start.time()
    )
