"""The holiday table, against two independent calendars."""

from collections import Counter
from datetime import date, timedelta

import chinese_calendar
import holidays
import pytest

from tests.dataset.shipped import rows

TABLE = rows("holidays.csv")
KIND = {date.fromisoformat(row["date"]): row["kind"] for row in TABLE}
PUBLISHED = (2024, 2025, 2026)


def works(day: date) -> bool:
    """Say whether the shipped table makes a day a working day."""
    if day in KIND:
        return KIND[day] == "makeup_workday"
    return day.weekday() < 5


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_day_of_a_published_year_is_worked_or_not_as_chinesecalendar_has_it(
    year: int,
) -> None:
    days = [date(year, 1, 1) + timedelta(n) for n in range(366)]
    differing = [
        day for day in days if day.year == year and works(day) != chinese_calendar.is_workday(day)
    ]
    assert differing == []


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_weekday_off_is_one_that_holidays_has_too(year: int) -> None:
    official = holidays.country_holidays("CN", years=year)
    weekdays_off = {
        day
        for day, kind in KIND.items()
        if day.year == year and kind == "public_holiday" and day.weekday() < 5
    }
    assert weekdays_off == {day for day in official if day.weekday() < 5}


def test_weekend_days_inside_a_holiday_period_count_as_holidays() -> None:
    assert KIND[date(2026, 10, 4)] == "public_holiday"
    assert KIND[date(2026, 2, 21)] == "public_holiday"


def test_make_up_workdays_fall_on_weekends() -> None:
    assert all(day.weekday() >= 5 for day, kind in KIND.items() if kind == "makeup_workday")


def test_2027_has_only_the_thirteen_statutory_days_that_holidays_has() -> None:
    official = holidays.country_holidays("CN", years=2027, language="zh_CN")
    statutory = {day for day, name in official.items() if "补假" not in name and "调休" not in name}
    shipped = {day: kind for day, kind in KIND.items() if day.year == 2027}
    assert set(shipped) == statutory
    assert len(shipped) == 13
    assert set(shipped.values()) == {"public_holiday"}


def test_2027_follows_the_regulation_day_by_day() -> None:
    assert Counter(row["name"] for row in TABLE if row["date"].startswith("2027")) == {
        "元旦": 1,
        "春节": 4,
        "清明节": 1,
        "劳动节": 2,
        "端午节": 1,
        "中秋节": 1,
        "国庆节": 3,
    }


def test_the_status_tells_published_years_from_the_statutory_one() -> None:
    status = {(int(row["date"][:4]), row["status"]) for row in TABLE}
    assert status == {*((year, "published") for year in PUBLISHED), (2027, "statutory")}


def test_dates_rise_and_occur_once() -> None:
    dates = [row["date"] for row in TABLE]
    assert dates == sorted(set(dates))
