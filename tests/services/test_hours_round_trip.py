"""Words for opening hours, both ways: what is said of hours is read back as the same hours."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.hours_words import parse_hours
from geo_service.domain.opening_hours import OpennessCode, Schedule
from geo_service.services.hours_text import hours_text
from tests.domain.hours_cases import CALENDAR, SHANGHAI, expressions, openness


@settings(deadline=None, max_examples=150)
@given(expressions())
def test_what_is_said_in_chinese_is_read_back_as_the_same_hours(expression: str) -> None:
    said = hours_text(expression, "zh")

    assert openness(parse_hours(said)) == openness(expression), said


@pytest.mark.parametrize(
    "expression",
    [
        None,
        "24/7",
        "Mo-Fr 08:00-18:00; PH off",
        "Mo-Su 22:00-06:00",
        "Mo-Su 22:00-06:00; We off",
        "Mo-Fr 22:00-06:00; Sa,Su off",
        "Mo-Su 18:00-00:00",
        "Mo-Su 20:00-26:00",
        "Mo-Fr 07:30-18:30; Sa,Su,PH 09:00-17:00",
        "Mo-Su 08:00-18:00; Sa,Su 09:00-17:00",
        "Mo-Fr 08:00-12:00,14:30-18:00; Sa,Su,PH off",
        "Apr-Oct Mo-Su 06:00-20:00; Nov-Mar Mo-Su 07:00-18:00",
        "Mo-Su 08:00-18:00; Oct 01-07 off",
        "24/7; PH off",
        "unknown",
    ],
)
def test_hours_as_they_are_in_use_are_read_back(expression: str | None) -> None:
    assert openness(parse_hours(hours_text(expression, "zh"))) == openness(expression)


def clock(minutes: int, style: int) -> str:
    hour, minute = divmod(minutes, 60)
    if style == 0:
        return f"{hour}:{minute:02}"
    if style == 1:
        return f"{hour:02}：{minute:02}"
    ending = {0: "", 30: "半"}.get(minute, f"{minute}分")
    part = ("凌晨", "上午", "下午", "晚上")[hour // 6]
    said = hour if hour <= 12 else hour - 12
    return f"{part}{said}点{ending}"


DAY_STYLES: tuple[Mapping[int, str], ...] = (
    dict(enumerate(("周一", "周二", "周三", "周四", "周五", "周六", "周日"))),
    dict(enumerate(("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期天"))),
    dict(enumerate(("礼拜1", "礼拜2", "礼拜3", "礼拜4", "礼拜5", "礼拜6", "礼拜7"))),
)

days_sets = st.lists(st.integers(0, 2), min_size=7, max_size=7).filter(any)
day_spans = (
    st.sets(st.integers(0, 47).map(lambda n: n * 30), min_size=2, max_size=4)
    .map(sorted)
    .map(lambda edges: list(zip(edges[::2], edges[1::2], strict=False)))
)


@settings(deadline=None, max_examples=150)
@given(
    kinds=days_sets,
    hours=st.tuples(day_spans, day_spans),
    styles=st.tuples(st.integers(0, 2), st.integers(0, 2)),
    signs=st.tuples(
        st.sampled_from(["-", "—", "～", "至", " 到 ", "－"]),
        st.sampled_from(["、", "，", ",", " "]),
        st.sampled_from(["；", ";", "\n", "。"]),
    ),
)
def test_however_a_person_writes_a_week_it_is_the_week_that_was_meant(
    kinds: list[int],
    hours: tuple[list[tuple[int, int]], list[tuple[int, int]]],
    styles: tuple[int, int],
    signs: tuple[str, str, str],
) -> None:
    to, comma, stop = signs
    clauses = [
        "、".join(DAY_STYLES[styles[0]][day] for day in range(7) if kinds[day] == n + 1)
        + " "
        + comma.join(f"{clock(a, styles[1])}{to}{clock(b, styles[1])}" for a, b in hours[n])
        for n in (0, 1)
        if n + 1 in kinds
    ]
    monday = datetime(2026, 11, 23, tzinfo=SHANGHAI)
    meant = np.zeros(7 * 24 * 60, np.uint8)
    for day, kind in enumerate(kinds):
        for since, until in hours[kind - 1] if kind else ():
            meant[day * 1440 + since : day * 1440 + until] = OpennessCode.OPEN

    expression = parse_hours(stop.join(clauses))

    assert expression is not None
    read = Schedule.parse(expression, CALENDAR, SHANGHAI).states_at(
        int(monday.timestamp()) + np.arange(7 * 24 * 60, dtype=np.int64) * 60
    )
    assert read.tolist() == meant.tolist(), stop.join(clauses)
