"""Doors, distances and walks in words."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.domain.station import Group
from geo_service.web.worker import said
from geo_service.web.worker.said import Visit
from geo_service.web.worker.words import WORDS

SHANGHAI = ZoneInfo("Asia/Shanghai")
ZH, EN = WORDS["zh"], WORDS["en"]


def at(hour: int, minute: int = 0, *, day: int = 16) -> datetime:
    """A moment in Luohe in November 2026, whose 16th is a Monday; kept in UTC, as answers are."""
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def visit(now: datetime, minutes: int = 10) -> Visit:
    return Visit(now=now, arrival=now + timedelta(minutes=minutes), zone=SHANGHAI)


def is_open(until: datetime | None) -> OpennessAt:
    then = None if until is None else Openness.CLOSED
    return OpennessAt(state=Openness.OPEN, next_change=until, next_state=then)


def is_closed(until: datetime | None) -> OpennessAt:
    then = None if until is None else Openness.OPEN
    return OpennessAt(state=Openness.CLOSED, next_change=until, next_state=then)


UNKNOWN = OpennessAt(state=Openness.UNKNOWN, next_change=None, next_state=None)
AT_FIVE = visit(at(5))


@pytest.mark.parametrize(
    ("leaving", "arriving", "look", "zh", "en"),
    [
        (is_open(at(18)), is_open(at(18)), "open", "开着，18:00 关", "Open, closes 18:00"),
        (is_open(None), is_open(None), "open", "开着，全天开", "Open, day and night"),
        (is_open(at(5, 20)), is_open(at(5, 20)), "hurry", "抓紧，5:20 关", "Hurry, closes 5:20"),
        (is_open(at(5, 25)), is_open(at(5, 25)), "open", "开着，5:25 关", "Open, closes 5:25"),
        (
            is_closed(at(5, 5)),
            is_open(at(7)),
            *("open", "走到时开着（5:05 开）", "Open when you get there (opens 5:05)"),
        ),
        (
            is_open(at(5, 5)),
            is_closed(at(8)),
            *("closed", "赶不上，5:05 关", "Too late, closes 5:05"),
        ),
        (is_closed(at(8)), is_closed(at(8)), "closed", "没开，8:00 开", "Closed, opens 8:00"),
        (is_closed(None), is_closed(None), "closed", "最近都不开", "Closed for now"),
        (UNKNOWN, UNKNOWN, "unknown", "时间不详", "Hours unknown"),
    ],
)
def test_a_door_is_told_for_the_moment_one_gets_there(
    leaving: OpennessAt, arriving: OpennessAt, look: str, zh: str, en: str
) -> None:
    for words, text in ((ZH, zh), (EN, en)):
        told = said.verdict(leaving, arriving, AT_FIVE, words, can_call=False)
        assert (told.look, told.text) == (look, text)


def test_whoever_has_a_telephone_is_called_first() -> None:
    assert said.verdict(UNKNOWN, UNKNOWN, AT_FIVE, ZH, can_call=True).text == "时间不详，先打电话"


def test_a_door_that_nobody_knows_the_next_state_of_is_just_closed() -> None:
    state = OpennessAt(state=Openness.CLOSED, next_change=at(8), next_state=Openness.UNKNOWN)

    assert said.verdict(state, state, AT_FIVE, ZH, can_call=False).text == "没开"


@pytest.mark.parametrize(
    ("moment", "zh", "en"),
    [
        (at(7, 10), "7:10", "7:10"),
        (at(5, 30, day=17), "明早 5:30", "tomorrow 5:30"),
        (at(13, 5, day=17), "明天 13:05", "tomorrow 13:05"),
        (at(8, day=18), "周三 8:00", "Wed 8:00"),
        (at(8, day=22), "周日 8:00", "Sun 8:00"),
        (at(8, day=23), "11月23日 8:00", "23 Nov 8:00"),
        (at(0, 0, day=17), "明早 0:00", "tomorrow 0:00"),
    ],
)
def test_a_moment_is_told_as_in_the_street(moment: datetime, zh: str, en: str) -> None:
    assert said.when(moment, AT_FIVE, ZH) == zh
    assert said.when(moment, AT_FIVE, EN) == en


def test_days_are_counted_in_the_place_not_in_greenwich() -> None:
    late = visit(at(23, 50))  # 15:50 UTC; half past midnight is the same day there

    assert said.when(at(0, 30, day=17), late, ZH) == "明早 0:30"


@pytest.mark.parametrize(
    ("metres", "text"),
    [
        (0.0, "10 米"),
        (14.9, "10 米"),
        (15.0, "20 米"),
        (994.9, "990 米"),
        (995.0, "1.0 公里"),
        (1049.9, "1.0 公里"),
        (1050.0, "1.1 公里"),
        (9949.9, "9.9 公里"),
        (9950.0, "10 公里"),
        (14500.0, "15 公里"),
    ],
)
def test_a_distance_is_no_finer_than_it_can_be_walked(metres: float, text: str) -> None:
    assert said.distance(metres, ZH) == text


@pytest.mark.parametrize(
    ("minutes", "text"),
    [
        (0, "走路约 0 分钟（估算）"),
        (59, "走路约 59 分钟（估算）"),
        (60, "走路约 1 小时（估算）"),
        (135, "走路约 2 小时 15 分（估算）"),
    ],
)
def test_a_walk_is_told_as_an_estimate(minutes: int, text: str) -> None:
    assert said.walk(minutes, ZH) == text


@pytest.mark.parametrize(
    ("groups", "text"),
    [
        (frozenset(), ""),
        (frozenset({Group.SANITATION}), "只给环卫工"),
        (frozenset({Group.BUS_DRIVER}), "只给公交司机"),
        (frozenset(Group), "只给环卫工、公交司机"),
    ],
)
def test_a_reserved_service_says_for_whom(groups: frozenset[Group], text: str) -> None:
    assert said.audience(groups, ZH) == text
