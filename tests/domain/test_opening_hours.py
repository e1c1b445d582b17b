"""Openness, against hours worked out by hand and by a program that knows no grammar."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import chinese_calendar
import numpy as np
import pytest
from chinese_calendar import constants
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.errors import InvalidOpeningHoursError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import (
    HORIZON_DAYS,
    HOURS_UNKNOWN,
    OPENNESS_OF_CODE,
    Openness,
    OpennessAt,
    OpennessCode,
    Schedule,
    Schedules,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTREAL = ZoneInfo("America/Toronto")
OPEN, CLOSED, UNKNOWN = Openness.OPEN, Openness.CLOSED, Openness.UNKNOWN
WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def special(day: date, kind: HolidayKind) -> Holiday:
    return Holiday(day=day, kind=kind, name="节", status=HolidayStatus.PUBLISHED, source="notice")


def days(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(n) for n in range((end - begin).days + 1)]


# The State Council's notice for 2026, copied by hand.
NOTICE_2026 = HolidayCalendar(
    [
        special(day, HolidayKind.PUBLIC_HOLIDAY)
        for first, last in (
            ("2026-01-01", "2026-01-03"),
            ("2026-02-15", "2026-02-23"),
            ("2026-04-04", "2026-04-06"),
            ("2026-05-01", "2026-05-05"),
            ("2026-06-19", "2026-06-21"),
            ("2026-09-25", "2026-09-27"),
            ("2026-10-01", "2026-10-07"),
        )
        for day in days(first, last)
    ]
    + [
        special(date.fromisoformat(day), HolidayKind.MAKEUP_WORKDAY)
        for day in (
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
        )
    ]
)
NO_HOLIDAYS = HolidayCalendar()


def schedule(
    expression: str, calendar: HolidayCalendar = NOTICE_2026, zone: ZoneInfo = SHANGHAI
) -> Schedule:
    return Schedule.parse(expression, calendar, zone)


def local(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("expression", "instant", "state", "next_change"),
    [
        # 2026-11-23 is a Monday.
        ("Mo-Fr 08:00-18:00", "2026-11-23 07:59:59", CLOSED, "2026-11-23 08:00"),
        ("Mo-Fr 08:00-18:00", "2026-11-23 08:00", OPEN, "2026-11-23 18:00"),
        ("Mo-Fr 08:00-18:00", "2026-11-27 18:00", CLOSED, "2026-11-30 08:00"),
        ("08:00-24:00", "2026-11-23 23:59", OPEN, "2026-11-24 00:00"),
        ("Fr 22:00-06:00", "2026-11-28 05:59", OPEN, "2026-11-28 06:00"),
        ("Fr 22:00-06:00", "2026-11-28 06:00", CLOSED, "2026-12-04 22:00"),
        ("Mo 22:00-26:00", "2026-11-24 01:30", OPEN, "2026-11-24 02:00"),
        ("10:00+", "2026-11-23 23:59", OPEN, "2026-11-24 00:00"),
        ("10:00-18:00+", "2026-11-23 19:00", CLOSED, "2026-11-24 10:00"),
        ("05:30-07:10, 11:00-13:00", "2026-11-23 07:10", CLOSED, "2026-11-23 11:00"),
        ("Mo-Fr 08:00-18:00; We off", "2026-11-24 18:00", CLOSED, "2026-11-26 08:00"),
        ("Mo-Fr 08:00-18:00 || unknown", "2026-11-23 19:00", UNKNOWN, "2026-11-24 08:00"),
        ("Mo 08:00-09:00 || Mo 08:30-10:00", "2026-11-23 08:15", OPEN, "2026-11-23 10:00"),
        ('Mo 08:00-09:00 "by appointment"', "2026-11-23 08:15", UNKNOWN, "2026-11-23 09:00"),
        (
            '08:00-20:00 open "a"; 20:00-21:00 open "b"',
            "2026-11-23 20:30",
            OPEN,
            "2026-11-23 21:00",
        ),
        ("Mo,Tu", "2026-11-23 08:15", OPEN, "2026-11-25 00:00"),
        ("Su[-1] 10:00-12:00", "2026-11-23 08:15", CLOSED, "2026-11-29 10:00"),
        ("week 50 Mo 10:00-12:00", "2026-11-23 08:15", CLOSED, "2026-12-07 10:00"),
        ("2027 Nov 01 10:00-12:00", "2026-11-23 08:15", CLOSED, "2027-11-01 10:00"),
        ("Mo-Fr 08:00-18:00; PH off", "2026-09-30 18:00", CLOSED, "2026-10-08 08:00"),
        ("Mo-Fr 08:00-18:00; PH 09:00-12:00", "2026-10-01 08:30", CLOSED, "2026-10-01 09:00"),
        ("08:00-10:00; Sa,Su,PH off", "2026-02-14 10:00", CLOSED, "2026-02-24 08:00"),
        ("24/7; PH off", "2026-02-14 10:00", OPEN, "2026-02-15 00:00"),
        ("22:00-06:00; PH off", "2026-09-30 23:00", OPEN, "2026-10-01 00:00"),
    ],
)
def test_state_and_next_change_are_as_worked_out_by_hand(
    expression: str, instant: str, state: Openness, next_change: str
) -> None:
    answer = schedule(expression).at(local(instant))

    assert (answer.state, answer.next_change) == (state, local(next_change))


def test_the_next_change_says_what_comes() -> None:
    answer = schedule("Mo 08:00-09:00 || Mo 09:00-10:00 unknown").at(local("2026-11-23 08:30"))

    assert answer == OpennessAt(OPEN, local("2026-11-23 09:00"), UNKNOWN)


@pytest.mark.parametrize(
    ("expression", "state"), [("24/7", OPEN), ("off", CLOSED), ("unknown", UNKNOWN)]
)
def test_what_never_changes_has_no_next_change(expression: str, state: Openness) -> None:
    assert schedule(expression).at(local("2026-02-14 10:00")) == OpennessAt(state)


def test_a_change_beyond_the_horizon_is_not_told() -> None:
    change = local("2028-01-01 00:00")
    hours = schedule("2028 Jan 01")

    assert hours.at(change - timedelta(days=HORIZON_DAYS)).next_change == change
    assert hours.at(change - timedelta(days=HORIZON_DAYS, seconds=1)).next_change is None


def test_hours_for_no_day_at_all_are_closed_for_good() -> None:
    assert schedule("PH 08:00-09:00", NO_HOLIDAYS).at(local("2026-10-01 08:30")) == OpennessAt(
        CLOSED
    )


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        schedule("24/7").at(datetime(2026, 11, 23, 8))  # noqa: DTZ001


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
@pytest.mark.parametrize("expression", ["24/7", "Mo 08:00-09:00"])
def test_times_that_nobody_stated_hours_for_are_unknown(year: int, expression: str) -> None:
    instant = datetime(year, 6, 1, tzinfo=UTC)

    assert schedule(expression).at(instant) == HOURS_UNKNOWN


def test_an_instant_in_another_zone_is_the_same_instant() -> None:
    answer = schedule("Mo-Fr 08:00-18:00").at(datetime(2026, 11, 23, 0, 30, tzinfo=UTC))

    assert answer == OpennessAt(OPEN, local("2026-11-23 18:00"), CLOSED)
    assert answer.next_change is not None
    assert answer.next_change.tzinfo is SHANGHAI


# Make-up workdays.


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-28", "2026-09-20", "2026-10-10"])
def test_a_makeup_workday_keeps_the_hours_of_a_working_day(day: str) -> None:
    hours = schedule("Mo-Fr 08:00-18:00; Sa,Su,PH off")

    assert hours.at(local(f"{day} 10:00")) == OpennessAt(OPEN, local(f"{day} 18:00"), CLOSED)


@pytest.mark.parametrize(
    ("makeup", "model"),
    [
        ("2026-02-14", "Fr"),  # the day before
        ("2026-09-20", "Mo"),  # a Sunday: Monday is nearer than Friday
        ("2026-01-04", "Mo"),  # the Friday before is a holiday
        ("2026-10-10", "Fr"),
    ],
)
def test_the_nearest_working_day_is_the_model(makeup: str, model: str) -> None:
    hours = schedule(f"{model} 08:00-18:00")

    assert hours.at(local(f"{makeup} 10:00")).state is OPEN


@pytest.mark.parametrize("expression", ["06:00-22:00", "24/7; 03:00-04:00 off", "22:00-06:00"])
def test_hours_without_weekdays_do_not_notice_makeup_workdays(expression: str) -> None:
    instants = np.arange(0, 86_400 * 30, 600) + int(local("2026-02-01 00:00").timestamp())

    with_makeup = schedule(expression).states_at(instants)
    without = schedule(expression, NO_HOLIDAYS).states_at(instants)

    assert (with_makeup == without).all()


def test_a_rule_that_names_the_makeup_day_by_date_wins() -> None:
    hours = schedule("Mo-Fr 08:00-18:00; 2026 Feb 14 12:00-13:00")

    assert hours.at(local("2026-02-14 10:00")).state is CLOSED
    assert hours.at(local("2026-02-14 12:30")).state is OPEN


def test_a_working_day_that_a_rule_names_by_date_is_no_model() -> None:
    hours = schedule("Mo-Fr 08:00-18:00; 2026 Feb 13 off")

    assert hours.at(local("2026-02-14 10:00")).state is OPEN


def test_hours_past_a_makeup_days_midnight_end_there() -> None:
    hours = schedule("Mo-Fr 22:00-06:00")

    assert hours.at(local("2026-02-14 23:00")).next_change == local("2026-02-15 00:00")


WORKED_YEARS = days("2024-01-01", "2026-12-31")
PUBLISHED = HolidayCalendar(
    [
        special(day, HolidayKind.PUBLIC_HOLIDAY)
        for day in constants.holidays
        if 2024 <= day.year <= 2026
    ]
    + [
        special(day, HolidayKind.MAKEUP_WORKDAY)
        for day in constants.workdays
        if 2024 <= day.year <= 2026
    ]
)


def test_an_office_is_open_exactly_on_the_workdays_of_three_years() -> None:
    hours = schedule("Mo-Fr 08:00-18:00; PH off", PUBLISHED)
    at_ten = [int(datetime.combine(day, time(10), SHANGHAI).timestamp()) for day in WORKED_YEARS]

    states = hours.states_at(np.array(at_ten))

    assert [state == OpennessCode.OPEN for state in states] == [
        chinese_calendar.is_workday(day) for day in WORKED_YEARS
    ]


def test_the_notice_as_copied_is_the_one_chinese_calendar_knows() -> None:
    in_2026 = [day for day in PUBLISHED.makeup_workdays if day.year == 2026]

    assert list(NOTICE_2026.makeup_workdays) == in_2026
    assert list(NOTICE_2026.public_holidays) == [
        day for day in PUBLISHED.public_holidays if day.year == 2026
    ]


# A program that knows no grammar: for each weekday a list of minutes from, until.

minutes = st.integers(0, 24 * 60 - 1)
spans = st.lists(
    st.tuples(minutes, st.integers(1, 24 * 60 - 1)).map(lambda span: (span[0], sum(span))),
    max_size=2,
)
weeks = st.lists(spans, min_size=7, max_size=7).filter(any)


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def expression_of(week: list[list[tuple[int, int]]]) -> str:
    return ", ".join(
        f"{name} {clock(start)}-{clock(end)}"
        for name, day in zip(WEEKDAYS, week, strict=True)
        for start, end in day
    )


def is_open_naively(week: list[list[tuple[int, int]]], instant: datetime, zone: ZoneInfo) -> bool:
    wall = instant.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    return any(
        start <= minute + back * 24 * 60 < end
        for back in (0, 1)
        for start, end in week[(wall.weekday() - back) % 7]
    )


@settings(deadline=None)
@given(
    weeks,
    st.lists(st.integers(0, 400 * 24 * 60), min_size=1, max_size=30),
    st.sampled_from([SHANGHAI, MONTREAL, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]),
)
def test_any_week_is_open_when_a_plain_program_says_so(
    week: list[list[tuple[int, int]]], offsets: list[int], zone: ZoneInfo
) -> None:
    hours = schedule(expression_of(week), NO_HOLIDAYS, zone)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    instants = [start + timedelta(minutes=offset) for offset in offsets]

    states = hours.states_at(np.array([int(each.timestamp()) for each in instants]))

    expected = [is_open_naively(week, each, zone) for each in instants]
    assert [state == OpennessCode.OPEN for state in states] == expected
    assert [hours.at(each).state is OPEN for each in instants] == expected


@settings(deadline=None, max_examples=30)
@given(weeks, st.integers(0, 300 * 24 * 60), st.sampled_from([SHANGHAI, MONTREAL]))
def test_nothing_changes_before_the_next_change(
    week: list[list[tuple[int, int]]], offset: int, zone: ZoneInfo
) -> None:
    instant = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=offset)

    answer = schedule(expression_of(week), NO_HOLIDAYS, zone).at(instant)

    states = [
        is_open_naively(week, instant + timedelta(minutes=minute), zone)
        for minute in range(9 * 24 * 60)
    ]
    change = next((n for n, state in enumerate(states) if state != states[0]), None)
    expected = None if change is None else instant + timedelta(minutes=change)
    assert answer.next_change == expected


# Whatever an editor types.

fragments = st.just(" || ") | st.sampled_from(
    [
        "Mo",
        "Sa-Su",
        "PH",
        "PH,Su",
        "-",
        ",",
        ", ",
        "; ",
        " ",
        "08:00-12:00",
        "22:00-26:00",
        "10:00+",
        "24/7",
        "off",
        "open",
        "unknown",
        '"PH; x"',
        "Feb 29",
        "Feb 30",
        "2026 Feb 14",
        "2026",
        "1900",
        "Dec 25-Jan 05",
        "Mar-Feb",
        "week 1-53/2",
        "[-1]",
        " +1 day",
        "easter",
    ]
)


@settings(deadline=None)
@given(st.lists(fragments, max_size=7).map("".join) | st.lists(fragments).map(" ".join) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        hours = schedule(text)
    except InvalidOpeningHoursError:
        return

    assert hours.at(local("2026-02-14 10:00")).state in Openness


# Clocks set forward and back: in Montreal on 2026-03-08 and 2026-11-01, at 02:00.


def test_a_skipped_hour_is_not_there() -> None:
    hours = schedule("02:15-02:45, 03:30-04:00", NO_HOLIDAYS, MONTREAL)

    answer = hours.at(local("2026-03-08 01:59", MONTREAL))

    assert answer.next_change == local("2026-03-08 03:30", MONTREAL)


def test_what_opens_in_a_skipped_hour_opens_when_the_clock_jumps() -> None:
    hours = schedule("02:30-05:00", NO_HOLIDAYS, MONTREAL)

    answer = hours.at(local("2026-03-08 01:59", MONTREAL))

    assert answer.next_change == local("2026-03-08 03:00", MONTREAL)


def test_a_repeated_hour_is_open_both_times() -> None:
    hours = schedule("01:00-01:30", NO_HOLIDAYS, MONTREAL)

    open_stretches = [part for part in hours.intervals(date(2026, 11, 1)) if part[2] is OPEN]

    assert [(begin.fold, end.fold) for begin, end, _ in open_stretches] == [(0, 0), (1, 1)]
    assert [end.timestamp() - begin.timestamp() for begin, end, _ in open_stretches] == [1800, 1800]


# Whole days, arrays, registers.


def test_the_intervals_of_a_day_fill_it() -> None:
    hours = schedule("Mo-Fr 08:00-12:00,14:00-18:00; We off")

    assert hours.intervals(date(2026, 11, 23)) == (
        (local("2026-11-23 00:00"), local("2026-11-23 08:00"), CLOSED),
        (local("2026-11-23 08:00"), local("2026-11-23 12:00"), OPEN),
        (local("2026-11-23 12:00"), local("2026-11-23 14:00"), CLOSED),
        (local("2026-11-23 14:00"), local("2026-11-23 18:00"), OPEN),
        (local("2026-11-23 18:00"), local("2026-11-24 00:00"), CLOSED),
    )
    assert hours.intervals(date(2026, 11, 25)) == (
        (local("2026-11-25 00:00"), local("2026-11-26 00:00"), CLOSED),
    )


def test_the_intervals_of_a_constant_schedule_fill_the_day() -> None:
    assert schedule("24/7").intervals(date(2026, 11, 23)) == (
        (local("2026-11-23 00:00"), local("2026-11-24 00:00"), OPEN),
    )


@settings(deadline=None)
@given(st.lists(st.integers(-(10**10), 10**10)))
def test_arrays_hold_what_single_instants_get(seconds: list[int]) -> None:
    hours = schedule("Mo-Fr 08:00-18:00; PH off || Sa unknown")

    codes = hours.states_at(np.array(seconds, np.int64))

    singly = [
        hours.at(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=each)).state
        for each in seconds
    ]
    assert codes.dtype == np.uint8
    assert [OPENNESS_OF_CODE[code] for code in codes] == singly


def test_arrays_of_a_constant_schedule_are_constant_within_the_years_served() -> None:
    codes = schedule("24/7").states_at(np.array([-1, 0, 10**9, 10**11]))

    assert codes.tolist() == [
        OpennessCode.UNKNOWN,
        OpennessCode.OPEN,
        OpennessCode.OPEN,
        OpennessCode.UNKNOWN,
    ]


def test_a_register_reads_each_expression_once() -> None:
    schedules = Schedules(NOTICE_2026, SHANGHAI)

    assert schedules.of("24/7") is schedules.of("24/7")
    assert schedules.of("24/7") is not schedules.of("Mo 08:00-09:00")


def test_no_hours_have_no_schedule() -> None:
    assert Schedules(NOTICE_2026, SHANGHAI).of(None) is None


def test_a_register_refuses_what_cannot_be_read() -> None:
    with pytest.raises(InvalidOpeningHoursError, match="weekdays only"):
        Schedules(NOTICE_2026, SHANGHAI).of("weekdays only")
