"""Hours as a person reads them: nights in one piece, holidays named."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import Schedule
from geo_service.services.weekly import (
    days_from,
    holidays_ahead,
    hours_by_day,
    stretch_texts,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 16)


def a_holiday(day: date, name: str = "国庆节", *, worked: bool = False) -> Holiday:
    kind = HolidayKind.MAKEUP_WORKDAY if worked else HolidayKind.PUBLIC_HOLIDAY
    return Holiday(day=day, kind=kind, name=name, status=HolidayStatus.PUBLISHED, source="a test")


def week(expression: str, *holidays: Holiday) -> list[list[str]]:
    calendar = HolidayCalendar(holidays)
    schedule = Schedule.parse(expression, calendar, SHANGHAI)
    days = hours_by_day(schedule, calendar, days_from(MONDAY))
    return [stretch_texts(each.stretches, "zh") for each in days]


@pytest.mark.parametrize(
    ("expression", "monday", "sunday"),
    [
        ("Mo-Fr 08:00-18:00", ["08:00–18:00"], ["不开"]),
        ("Mo-Su 08:00-12:00,14:30-18:00", ["08:00–12:00", "14:30–18:00"], None),
        ("24/7", ["全天"], ["全天"]),
        ("Mo-Su 22:00-06:00", ["22:00–次日 06:00"], ["22:00–次日 06:00"]),
        ("Mo-Sa 18:00-24:00", ["18:00–24:00"], ["不开"]),
        ("Su 22:00-06:00", ["不开"], ["22:00–次日 06:00"]),
        ("Mo-Su 08:00-10:00 unknown", ["08:00–10:00（不一定）"], None),
        ("Mo 10:00-24:00; Tu 00:00-24:00", ["10:00–24:00"], ["不开"]),
    ],
)
def test_a_day_reads_as_a_person_would_say_it(
    expression: str, monday: list[str], sunday: list[str] | None
) -> None:
    said = week(expression)

    assert said[0] == monday
    assert said[6] == (sunday or monday)


def test_a_night_stands_with_the_evening_it_begins_on_and_not_twice() -> None:
    assert week("Mo 22:00-06:00")[:2] == [["22:00–次日 06:00"], ["不开"]]


def test_a_holiday_has_its_own_hours_and_its_name() -> None:
    calendar = HolidayCalendar([a_holiday(date(2026, 11, 18))])
    schedule = Schedule.parse("Mo-Fr 08:00-18:00; PH off", calendar, SHANGHAI)

    days = hours_by_day(schedule, calendar, days_from(MONDAY))

    assert days[2].holiday is not None
    assert stretch_texts(days[2].stretches, "en") == ["closed"]
    assert [each.holiday for each in days[:2]] == [None, None]


def test_holidays_ahead_come_in_rows_of_one_name_and_kind() -> None:
    calendar = HolidayCalendar(
        [
            a_holiday(date(2026, 11, 15)),
            a_holiday(date(2026, 12, 1)),
            a_holiday(date(2026, 12, 2)),
            a_holiday(date(2026, 12, 4)),
            a_holiday(date(2026, 12, 5), worked=True),
            a_holiday(date(2026, 12, 6), "元旦"),
            a_holiday(date(2027, 6, 1)),
        ]
    )

    ahead = holidays_ahead(calendar, MONDAY)

    assert [(each.first.day, each.last.day, each.kind.value) for each in ahead] == [
        (1, 2, "public_holiday"),
        (4, 4, "public_holiday"),
        (5, 5, "makeup_workday"),
        (6, 6, "public_holiday"),
    ]
    assert ahead[0].days == (date(2026, 12, 1), date(2026, 12, 2))
