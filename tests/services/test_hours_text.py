"""Opening hours in words."""

from datetime import UTC, datetime

import pytest

from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.services.hours_text import Language, change_text, hours_text
from tests.support.register import SHANGHAI

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday, 12:00 in Shanghai


@pytest.mark.parametrize(
    ("expression", "zh", "en"),
    [
        (None, "时间不详", "hours unknown"),
        ("24/7", "全天 24 小时", "24 hours a day"),
        ("Mo-Su 04:30-07:00", "每天 04:30–07:00", "daily 04:30–07:00"),
        ("Mo-Fr 08:00-18:00", "周一至周五 08:00–18:00", "Mon–Fri 08:00–18:00"),
        (
            "Mo-Fr 08:00-12:00,14:00-18:00; PH off",
            "周一至周五 08:00–12:00、14:00–18:00；节假日 休息",
            "Mon–Fri 08:00–12:00, 14:00–18:00; public holidays closed",
        ),
        (
            "Sa,Su,PH 09:00-17:00",
            "周六、周日、节假日 09:00–17:00",
            "Sat, Sun, public holidays 09:00–17:00",
        ),
        (
            'Mo-Fr 08:00-18:00 "ring, Mo-Fr; twice"',
            "周一至周五 08:00–18:00 ring, Mo-Fr; twice",
            "Mon–Fri 08:00–18:00 ring, Mo-Fr; twice",
        ),
        ("Jun-Sep 06:00-22:00", "6月至9月 06:00–22:00", "Jun–Sep 06:00–22:00"),
        (
            "May 01-Sep 30 Mo-Su 06:00-20:00; 2026 Feb 14 off",
            "5月1日至9月30日 每天 06:00–20:00；2026年2月14日 休息",
            "May 01–Sep 30 daily 06:00–20:00; 2026 Feb 14 closed",
        ),
        ("Sa 00:00-24:00; PH off", "周六 全天；节假日 休息", "Sat all day; public holidays closed"),
        ("Oct 01-07 off", "10月1日至7日 休息", "Oct 01–07 closed"),
        ("May 08:00-18:00", "5月 08:00–18:00", "May 08:00–18:00"),
        ("Mo-Su 20:00-26:00", "每天 20:00–次日 02:00", "daily 20:00–26:00"),
        ("Mo-Su 18:00-24:00", "每天 18:00–24:00", "daily 18:00–24:00"),
        (
            "Mo-Fr 22:00-06:00, Sa,Su 20:00-02:00",
            "周一至周五 22:00–次日 06:00，另加 周六、周日 20:00–次日 02:00",
            "Mon–Fri 22:00–06:00; also Sat, Sun 20:00–02:00",
        ),
        ("Mo-Su 22:00-06:00", "每天 22:00–次日 06:00", "daily 22:00–06:00"),
    ],
)
def test_hours_are_said_in_both_languages(expression: str | None, zh: str, en: str) -> None:
    assert (hours_text(expression, "zh"), hours_text(expression, "en")) == (zh, en)


def change(year_to_minute: tuple[int, ...], state: Openness | None) -> OpennessAt:
    moment = datetime(*year_to_minute, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]
    return OpennessAt(state=Openness.CLOSED, next_change=moment, next_state=state)


@pytest.mark.parametrize(
    ("at", "state", "zh", "en"),
    [
        ((2026, 11, 23, 18, 0), Openness.CLOSED, "18:00 关", "closes 18:00"),
        ((2026, 11, 24, 5, 30), Openness.OPEN, "明天 05:30 开", "opens tomorrow 05:30"),
        ((2026, 11, 28, 9, 0), Openness.OPEN, "周六 09:00 开", "opens Sat 09:00"),
        ((2026, 11, 30, 9, 0), Openness.OPEN, "11月30日 09:00 开", "opens 30 Nov 09:00"),
        ((2026, 11, 23, 18, 0), Openness.UNKNOWN, "18:00 起时间不详", "unknown from 18:00"),
    ],
)
def test_the_next_change_is_said_as_a_neighbour_would(
    at: tuple[int, ...], state: Openness, zh: str, en: str
) -> None:
    said: dict[Language, str] = {"zh": zh, "en": en}
    for language, expected in said.items():
        assert change_text(change(at, state), NOON, SHANGHAI, language) == expected


def test_a_state_that_never_changes_is_said_without_a_change() -> None:
    always = OpennessAt(state=Openness.OPEN, next_change=None, next_state=None)

    assert change_text(always, NOON, SHANGHAI, "zh") == ""


def test_today_is_the_places_own_day() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # past midnight in Shanghai

    assert change_text(change((2026, 11, 24, 5, 30), Openness.OPEN), late, SHANGHAI, "zh") == (
        "05:30 开"
    )
