"""Days, dates and times of day as Chinese notices write them, and what each means."""

import re
from calendar import isleap
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from geo_service.domain.errors import HoursNotUnderstoodError


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written: what of it is said, and what is left open."""

    hour: int
    minute: int
    part_of_day: str | None = None
    """上午, 下午 … as the lexicon names them; None when the writer left it out."""

    next_day: bool = False
    with_colon: bool = False
    bare: bool = False
    """Only a number after a part of the day: 早8."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the year, or a month where ``day`` is None."""

    month: int
    day: int | None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Dates:
    """From one day to another, both included; the end may come round into the next year."""

    first: Day
    last: Day


def pattern(written: str) -> re.Pattern[str]:
    """Return a pattern of the lexicon."""
    # Of the digits of the world, only those that NFKC makes plain ones are meant here.
    return re.compile(written, re.ASCII)


_DIGITS: Final = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS.update({"六": 6, "七": 7, "八": 8, "九": 9})
NUMBER: Final = r"(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
TO: Final = r"(?:-{1,3}|至|到)"

_PARTS: Final = {
    **dict.fromkeys(("凌晨",), "凌晨"),
    **dict.fromkeys(("清晨", "早晨", "早上", "早间", "早", "朝", "上午"), "上午"),
    **dict.fromkeys(("中午", "正午"), "中午"),
    **dict.fromkeys(("午后", "下午"), "下午"),
    **dict.fromkeys(("傍晚",), "傍晚"),
    **dict.fromkeys(("晚上", "晚间", "夜间", "夜里", "深夜", "夜晚", "晚", "夜"), "晚上"),
}
_PART: Final = "|".join(sorted(_PARTS, key=len, reverse=True))
_NEXT_DAY: Final = "次日|第二天|翌日"
# 点 with what may follow: 8点, 8点半, 8点30, 8点30分, 8点一刻, 八点四十. Not the 时 of 时间.
_MINUTES: Final = rf"半|[一1三3]刻钟?|整|{NUMBER}分|{NUMBER}(?![\d点时:十])"
_CLOCK: Final = pattern(
    rf"(?P<next>{_NEXT_DAY})?\s*(?:的)?(?P<part>{_PART})?\s*"
    rf"(?:(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?::(?P<s>\d{{2}}))?(?![:\d])"
    rf"|(?P<hour>{NUMBER})\s*(?:点钟|点|时(?!间))\s*(?P<minute>{_MINUTES})?"
    rf"|(?P<bare>{NUMBER})(?![\d点时:年月号日.])|(?P<noon>))"
)

_X: Final = r"(?:[一二三四五六日天]|[1-7](?!\d))"
_WEEK: Final = "(?:周|星期|礼拜)"
# A day of the week without its 周, in a list or at the end of a range: no time, date or number.
_BARE_X: Final = r"(?:[一二三四五六日天](?!\s*[点时:刻])(?!十)|[1-7](?!\s*[点时:月./])(?!\d))"
_DAY_RANGE: Final = rf"{_WEEK}\s*{_X}(?:\s*{TO}\s*(?:{_WEEK}\s*{_X}|{_BARE_X}))?"
_BARE_RANGE: Final = rf"{_BARE_X}(?:\s*{TO}\s*{_BARE_X}|(?!\s*{TO}))"
_DAYS: Final = pattern(
    rf"(?:每个?|逢)?{_DAY_RANGE}"
    rf"(?:\s*(?:[、,和及与/]|以及)?\s*(?:每个?|逢)?{_DAY_RANGE}"
    rf"|\s*(?:[、,和及与/])\s*{_BARE_RANGE}|[一二三四五六日天](?!\s*[点时:刻])(?!十))*"
)

_DAY_OR_RANGE: Final = re.compile(rf"([一二三四五六日天1-7])(?:{TO}([一二三四五六日天1-7]))?")


def _date(name: str) -> str:
    return (
        rf"(?:(?P<{name}y>\d{{4}})年\s*)?(?P<{name}m>{NUMBER})\s*月(?:份)?"
        rf"(?:\s*(?P<{name}d>{NUMBER})\s*(?:[日号]|(?=\s*{TO}\s*{NUMBER}\s*[日号])))?"
    )


_DATES: Final = pattern(
    rf"(?:每年)?(?:从|自)?\s*{_date('a')}"
    rf"(?:(?:起|开始)?\s*{TO}\s*(?:(?:次年|翌年|来年|第二年)(?:的)?)?\s*"
    rf"(?:{_date('b')}|(?P<bd2>{NUMBER})\s*[日号])(?:止|底|末)?(?:期间)?)?"
)
_MONTHS: Final = pattern(
    rf"(?:每年)?\s*(?P<first>{NUMBER})\s*{TO}\s*(?P<last>{NUMBER})\s*月(?:份)?(?!\s*\d+\s*[日号])"
)


def number(written: str) -> int:
    """Return a number in digits or in Chinese numerals."""
    if written.isdigit():
        return int(written)
    if "十" not in written:
        return _DIGITS[written]
    tens, ones = written.split("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _days_meant(found: re.Match[str], _: str) -> frozenset[int]:
    days: set[int] = set()
    bare = re.sub(rf"{_WEEK}|每个?|逢|\s", "", found[0])
    for first, last in _DAY_OR_RANGE.findall(bare):
        begin = _weekday(first)
        length = (_weekday(last) - begin) % 7 if last else 0
        days.update((begin + n) % 7 for n in range(length + 1))
    return frozenset(days)


def _weekday(sign: str) -> int:
    return "一二三四五六日".index("日" if sign == "天" else sign) if sign > "7" else int(sign) - 1


def _months_meant(found: re.Match[str], shown: str) -> Dates:
    first, last = number(found["first"]), number(found["last"])
    return _checked(Dates(Day(first, None), Day(last, None)), shown)


def _dates_meant(found: re.Match[str], shown: str) -> Dates:
    return _checked(_dates(found), shown)


def _dates(found: re.Match[str]) -> Dates:
    year = int(found["ay"]) if found["ay"] else None
    first = Day(number(found["am"]), number(found["ad"]) if found["ad"] else None, year)
    if found["bd2"]:
        return Dates(first, Day(first.month, number(found["bd2"]), year))
    if not found["bm"]:
        return Dates(first, first)
    last = Day(number(found["bm"]), number(found["bd"]) if found["bd"] else None, year)
    if found["by"]:
        last = replace(last, year=int(found["by"]))
    elif year is not None and (last.month, last.day or 0) < (first.month, first.day or 0):
        last = replace(last, year=year + 1)  # 2026年12月31日至1月2日
    return Dates(first, last)


# Those of which the service can say whether a place is open.
_YEARS: Final = (1970, 2199)
_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _checked(dates: Dates, shown: str) -> Dates:
    for each in (dates.first, dates.last):
        if not _exists(each):
            raise HoursNotUnderstoodError(shown, zh="没有这一天", en="there is no such day")
    if (dates.first.day is None) != (dates.last.day is None):
        raise HoursNotUnderstoodError(
            shown,
            zh="起止请写得一样细，如 5月1日至9月30日，或 5月至9月",
            en="give both ends alike, as in 5月1日至9月30日 or 5月至9月",
        )
    if (dates.first.year is None) != (dates.last.year is None):
        raise HoursNotUnderstoodError(
            shown,
            zh="年份请两头都写，或都不写",
            en="give the year at both ends or at neither",
        )
    if dates.first.year is not None and _sorted_by(dates.last) < _sorted_by(dates.first):
        raise HoursNotUnderstoodError(
            shown, zh="结束早于开始", en="the end lies before the beginning"
        )
    return dates


def _exists(day: Day) -> bool:
    if day.year is not None and not _YEARS[0] <= day.year <= _YEARS[1]:
        return False
    if not 1 <= day.month <= 12:
        return False
    leap_day_missing = day.year is not None and day.month == 2 and not isleap(day.year)
    return 1 <= (day.day or 1) <= _LENGTHS[day.month - 1] - leap_day_missing


def _sorted_by(day: Day) -> tuple[int, int, int]:
    return (day.year or 0, day.month, day.day or 0)


def _clock_meant(found: re.Match[str], shown: str) -> Clock | None:
    part = _PARTS[found["part"]] if found["part"] else None
    next_day = found["next"] is not None
    if found["h"]:
        if found["s"] not in (None, "00"):
            raise HoursNotUnderstoodError(shown, zh="时间只到分钟", en="times go to the minute")
        hour, minute = int(found["h"]), int(found["m"])
        return _on_the_clock(Clock(hour, minute, part, next_day, with_colon=True), shown)
    if found["hour"]:
        minute = _minutes(found["minute"])
        return _on_the_clock(Clock(number(found["hour"]), minute, part, next_day), shown)
    if found["bare"] and part is not None:
        return _on_the_clock(Clock(number(found["bare"]), 0, part, next_day, bare=True), shown)
    if found["part"] == "正午" and not found["bare"]:
        return Clock(12, 0, part, next_day)
    return None


def _on_the_clock(clock: Clock, shown: str) -> Clock:
    if clock.hour > 24 or clock.minute > 59 or (clock.hour == 24 and clock.minute):
        raise HoursNotUnderstoodError(
            shown,
            zh="没有这个时刻，一天从 0:00 到 24:00",
            en="there is no such time; a day runs from 0:00 to 24:00",
        )
    return clock


def _minutes(written: str | None) -> int:
    if not written or written == "整":
        return 0
    if written == "半":
        return 30
    if "刻" in written:
        return 15 if written[0] in "一1" else 45
    return number(written.removesuffix("分"))


# What has a value of its own: 周一 and not 一, 8点 and not 8. Each with what it means.
Reading = tuple[re.Pattern[str], Callable[[re.Match[str], str], object]]
DAYS: Final[Reading] = (_DAYS, _days_meant)
MONTHS: Final[Reading] = (_MONTHS, _months_meant)
DATES: Final[Reading] = (_DATES, _dates_meant)
CLOCK: Final[Reading] = (_CLOCK, _clock_meant)
