"""The table of special days."""

from datetime import date

import pytest

from geo_service.domain.errors import DatasetError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus


def special(
    day: str,
    kind: HolidayKind = HolidayKind.PUBLIC_HOLIDAY,
    status: HolidayStatus = HolidayStatus.PUBLISHED,
) -> Holiday:
    return Holiday(
        day=date.fromisoformat(day), kind=kind, name="春节", status=status, source="notice"
    )


def test_a_calendar_says_what_a_day_is() -> None:
    calendar = HolidayCalendar(
        [special("2026-02-17"), special("2026-02-14", HolidayKind.MAKEUP_WORKDAY)]
    )

    assert calendar.kind_of(date(2026, 2, 17)) is HolidayKind.PUBLIC_HOLIDAY
    assert calendar.kind_of(date(2026, 2, 14)) is HolidayKind.MAKEUP_WORKDAY
    assert calendar.kind_of(date(2026, 2, 13)) is None


def test_days_come_sorted_and_by_kind() -> None:
    calendar = HolidayCalendar(
        [
            special("2026-02-18"),
            special("2026-02-14", HolidayKind.MAKEUP_WORKDAY),
            special("2026-02-17"),
        ]
    )

    assert calendar.public_holidays == (date(2026, 2, 17), date(2026, 2, 18))
    assert calendar.makeup_workdays == (date(2026, 2, 14),)
    assert [each.day.day for each in calendar.holidays] == [14, 17, 18]


def test_only_published_years_count_as_published() -> None:
    calendar = HolidayCalendar(
        [special("2026-10-01"), special("2027-10-01", status=HolidayStatus.STATUTORY)]
    )

    assert calendar.published_through == 2026


def test_an_empty_calendar_knows_no_holiday() -> None:
    calendar = HolidayCalendar()

    assert calendar.kind_of(date(2026, 10, 1)) is None
    assert calendar.public_holidays == calendar.makeup_workdays == calendar.holidays == ()
    assert calendar.published_through is None


def test_a_day_listed_twice_is_refused_by_name() -> None:
    with pytest.raises(DatasetError, match=r"2026-10-01.*more than once") as refusal:
        HolidayCalendar([special("2026-10-01"), special("2026-10-01", HolidayKind.MAKEUP_WORKDAY)])

    assert len(refusal.value.faults) == 1
