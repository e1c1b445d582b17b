"""The week that is told of opening hours, held against the schedule, minute by minute."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.opening_hours import Openness, Schedule
from geo_service.domain.register import Register
from geo_service.services.weekly_pattern import DAYS_AHEAD, Span, WeeklyPattern, weekly_pattern
from tests.support.register import SHANGHAI

NOVEMBER = date(2026, 11, 22)
JANUARY = date(2026, 1, 20)  # before the Spring Festival, with its days worked in exchange

HOURS = (
    "Mo-Su 06:00-22:00",
    "24/7",
    "Mo-Fr 08:00-18:00; PH off",
    "Mo-Fr 08:00-12:00,14:00-18:00; Sa 09:00-12:00",
    "Mo-Su 22:00-06:00",
    "Mo-Fr 18:00-02:00; PH 10:00-16:00",
    "Mo-Su 05:30-07:30; 2026 Feb 16-2026 Feb 20 off",
    "Mo-Su 08:00-24:00",
    "Tu,Th 10:30-11:15",
    "off",
)


def open_minutes(pattern: WeeklyPattern) -> Iterator[tuple[datetime, datetime]]:
    """Yield what a pattern calls open, from and until, as somebody reads it who knows no more."""
    day = pattern.first
    while day <= pattern.last:
        for span in pattern.special.get(day, pattern.week[day.weekday()]):
            start = datetime.combine(day, span.opens, SHANGHAI)
            nights = 1 if span.is_all_day or span.closes < span.opens else 0
            yield start, datetime.combine(day + timedelta(days=nights), span.closes, SHANGHAI)
        day += timedelta(days=1)


def says_open(pattern: WeeklyPattern, instant: datetime) -> bool:
    return any(start <= instant < end for start, end in open_minutes(pattern))


@pytest.mark.parametrize("first", [NOVEMBER, JANUARY], ids=str)
@pytest.mark.parametrize("expression", HOURS)
def test_what_is_told_is_what_the_schedule_says(
    expression: str, first: date, register: Register
) -> None:
    schedule = Schedule.parse(expression, register.calendar, SHANGHAI)

    pattern = weekly_pattern(schedule, register.calendar, first)

    assert pattern is not None
    stretches = list(open_minutes(pattern))
    # The night before the first day is not told of, and that after the last is.
    moment = datetime.combine(pattern.first, time(12), SHANGHAI)
    end = datetime.combine(pattern.last, time(23, 59), SHANGHAI)
    while moment < end:
        told = any(start <= moment < until for start, until in stretches)
        assert told == (schedule.at(moment).state is Openness.OPEN), moment
        moment += timedelta(minutes=37)


@given(
    opens=st.integers(0, 23),
    closes=st.integers(0, 23),
    days=st.sets(st.sampled_from(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]), min_size=1),
    hour=st.integers(30, 24 * 30),
)
def test_any_hours_of_a_week_are_told_as_they_are(
    opens: int, closes: int, days: set[str], hour: int
) -> None:
    calendar = HolidayCalendar(())
    expression = f"{','.join(sorted(days))} {opens:02}:00-{closes:02}:30"
    schedule = Schedule.parse(expression, calendar, SHANGHAI)

    pattern = weekly_pattern(schedule, calendar, NOVEMBER)

    assert pattern is not None
    moment = datetime.combine(NOVEMBER, time(), SHANGHAI) + timedelta(hours=hour, minutes=7)
    assert says_open(pattern, moment) == (schedule.at(moment).state is Openness.OPEN)


@pytest.mark.parametrize(
    "expression",
    [
        'Mo-Fr 08:00-18:00 "by appointment"',
        "Mo-Su 08:00-18:00 unknown",
        "Mo-Su 10:00-12:00 || unknown",
        "week 1-53/2 Mo-Su 08:00-18:00",
    ],
)
def test_nothing_is_told_of_hours_that_are_not_certain_or_no_week(
    expression: str, register: Register
) -> None:
    schedule = Schedule.parse(expression, register.calendar, SHANGHAI)

    assert weekly_pattern(schedule, register.calendar, NOVEMBER) is None


def test_no_more_is_told_than_the_holidays_are_known_for(register: Register) -> None:
    schedule = Schedule.parse("Mo-Fr 08:00-18:00; PH off", register.calendar, SHANGHAI)

    pattern = weekly_pattern(schedule, register.calendar, NOVEMBER)

    assert register.calendar.published_through == 2026
    assert pattern is not None
    assert pattern.last == date(2026, 12, 31)
    assert weekly_pattern(schedule, register.calendar, date(2027, 1, 4)) is None


def test_hours_that_are_the_same_on_all_days_need_no_holidays(register: Register) -> None:
    schedule = Schedule.parse("Mo-Su 06:00-22:00", register.calendar, SHANGHAI)

    pattern = weekly_pattern(schedule, register.calendar, date(2027, 1, 4))

    assert pattern is not None
    assert pattern.last == date(2027, 1, 4) + timedelta(days=DAYS_AHEAD - 1)
    assert set(pattern.week) == {(Span(time(6), time(22)),)}
    assert pattern.special == {}
