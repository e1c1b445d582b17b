"""The words in which Chinese notices give opening hours, one by one, with where each stands."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Self

from geo_service.domain.errors import HoursNotUnderstoodError

EVERY_DAY: Final = frozenset(range(7))
WEEKDAYS: Final = frozenset(range(5))
WEEKEND: Final = frozenset((5, 6))


class Word(Enum):
    """What sort of word it is."""

    DAYS = auto()
    WORKDAYS = auto()
    HOLIDAYS = auto()
    OTHERWISE = auto()
    DATES = auto()
    SEASON = auto()
    CLOCK = auto()
    NUMBER = auto()
    ALL_DAY = auto()
    CLOSED = auto()
    UNKNOWN = auto()
    AS_USUAL = auto()
    EXCEPT = auto()
    TO = auto()
    LIST = auto()
    STOP = auto()
    OPENING = auto()
    CLOSING = auto()
    COLON = auto()
    PADDING = auto()


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


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its sort, what it means, and the piece of the text that it is."""

    word: Word
    text: str
    meaning: object = None


# What NFKC leaves as it is, and people type for a dash or a colon all the same.
_SAME: Final = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−─━﹣ー﹘~〜∼∽～→", "-"),
        **dict.fromkeys("∶︰꞉ː", ":"),
        **dict.fromkeys("【〔[［〈", "("),
        **dict.fromkeys("】〕]］〉", ")"),
        "\u200b": " ",
        "\ufeff": " ",
    }
)


def plain(text: str) -> str:
    """Return the text in half-width signs, every dash a hyphen; as long as what was read."""
    return _Normalised.of(text).text


@dataclass(frozen=True, slots=True)
class _Normalised:
    """The text in plain signs, and for each of them where it stood before."""

    text: str
    written: str
    origins: tuple[int, ...]

    @classmethod
    def of(cls, written: str) -> Self:
        signs: list[str] = []
        origins: list[int] = []
        for at, sign in enumerate(written):
            # First by the table: NFKC would make three letters of some of them.
            same = sign.translate(_SAME)
            for each in unicodedata.normalize("NFKC", same).translate(_SAME).lower():
                signs.append(each)
                origins.append(at)
        return cls("".join(signs), written, (*origins, len(written)))

    def shown(self, start: int, end: int) -> str:
        return self.written[self.origins[start] : self.origins[max(end - 1, start)] + 1].strip()


def _pattern(written: str) -> re.Pattern[str]:
    # Of the digits of the world, only those that NFKC makes plain ones are meant here.
    return re.compile(written, re.ASCII)


_DIGITS: Final = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5}
_DIGITS.update({"六": 6, "七": 7, "八": 8, "九": 9})
_N: Final = r"(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|[零〇一二两三四五六七八九])"
_RANGE: Final = r"(?:-{1,3}|至|到)"

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
_MINUTES: Final = rf"半|[一1三3]刻钟?|整|{_N}分|{_N}(?![\d点时:十])"
_CLOCK: Final = _pattern(
    rf"(?P<next>{_NEXT_DAY})?\s*(?:的)?(?P<part>{_PART})?\s*"
    rf"(?:(?P<h>\d{{1,2}}):(?P<m>\d{{2}})(?::(?P<s>\d{{2}}))?(?![:\d])"
    rf"|(?P<hour>{_N})\s*(?:点钟|点|时(?!间))\s*(?P<minute>{_MINUTES})?"
    rf"|(?P<bare>{_N})(?![\d点时:年月号日.])|(?P<noon>))"
)

_X: Final = r"(?:[一二三四五六日天]|[1-7](?!\d))"
_WEEK: Final = "(?:周|星期|礼拜)"
# A day of the week without its 周, in a list or at the end of a range: no time, date or number.
_BARE_X: Final = r"(?:[一二三四五六日天](?!\s*[点时:刻])(?!十)|[1-7](?!\s*[点时:月./])(?!\d))"
_DAY_RANGE: Final = rf"{_WEEK}\s*{_X}(?:\s*{_RANGE}\s*(?:{_WEEK}\s*{_X}|{_BARE_X}))?"
_BARE_RANGE: Final = rf"{_BARE_X}(?:\s*{_RANGE}\s*{_BARE_X}|(?!\s*{_RANGE}))"
_DAYS: Final = _pattern(
    rf"(?:每个?|逢)?{_DAY_RANGE}"
    rf"(?:\s*(?:[、,和及与/]|以及)?\s*(?:每个?|逢)?{_DAY_RANGE}"
    rf"|\s*(?:[、,和及与/])\s*{_BARE_RANGE}|[一二三四五六日天](?!\s*[点时:刻])(?!十))*"
)

_DAY_OR_RANGE: Final = re.compile(rf"([一二三四五六日天1-7])(?:{_RANGE}([一二三四五六日天1-7]))?")


def _date(name: str) -> str:
    return (
        rf"(?:(?P<{name}y>\d{{4}})年\s*)?(?P<{name}m>{_N})\s*月(?:份)?"
        rf"(?:\s*(?P<{name}d>{_N})\s*[日号])?"
    )


_DATES: Final = _pattern(
    rf"(?:每年)?(?:从|自)?\s*{_date('a')}"
    rf"(?:(?:起|开始)?\s*{_RANGE}\s*(?:(?:次年|翌年|来年|第二年)(?:的)?)?\s*"
    rf"(?:{_date('b')}|(?P<bd2>{_N})\s*[日号])(?:止|底|末)?(?:期间)?)?"
)
_MONTHS: Final = _pattern(
    rf"(?:每年)?\s*(?P<first>{_N})\s*{_RANGE}\s*(?P<last>{_N})\s*月(?:份)?(?!\s*\d+\s*[日号])"
)
_SEASON_WORDS: Final = (
    r"(?:春夏|夏秋|秋冬|冬春|春秋)季|[春夏秋冬][季天]|[夏冬](?:令时?|时制)|[夏冬]"
)
_ALL_DAY: Final = (
    r"(?:全天候?|全日|昼夜|日夜)?\s*(?:24|二十四)\s*(?:个\s*)?(?:小时|h)(?:全天候?)?"
    r"|7\s*[x*×乘]\s*24\s*(?:小时|h)?|24\s*[x*×/]\s*7|全天候?|全日"
)
_CLOSED: Final = (
    r"休息|闭馆|关闭|关门|不开门?放?|不营业|不(?:对外)?开放|停业|歇业|不服务|不供应"
    r"|(?:停止|暂停)(?:服务|开放|营业|供应)?|放假|休"
)
_PADDING: Final = (
    r"(?:对外)?(?:开放|营业|服务|供应|供餐|发放)(?:时间)?|时间|开门|均|都|为|的|从|自|是|则|即"
)

_WORDS: Final[tuple[tuple[re.Pattern[str], Word, object], ...]] = tuple(
    (_pattern(pattern), word, meaning)
    for pattern, word, meaning in (
        (_ALL_DAY, Word.ALL_DAY, None),
        (r"(?:周末)?双休日?|周末|周六日", Word.DAYS, WEEKEND),
        (r"工作日|上班日", Word.WORKDAYS, WEEKDAYS),
        (
            r"(?:国家)?法定(?:的)?(?:节假日|假期|假日|节日)|节假日|公众假期|公共假期|公共假日",
            Word.HOLIDAYS,
            None,
        ),
        (r"(?:其余|其他|其它)(?:的)?(?:时间|日子|日期|各?日|各?天)?", Word.OTHERWISE, EVERY_DAY),
        (r"每日|每天|天天|全年(?:无休)?|常年|全周|一周七天|年中无休", Word.DAYS, EVERY_DAY),
        (r"照常(?:开放|营业|服务)?|正常(?:开放|营业|服务)|不休息?|无休", Word.AS_USUAL, None),
        (r"午休(?:时间)?", Word.CLOSED, "midday"),
        (_CLOSED, Word.CLOSED, None),
        (r"(?:开放|营业|服务)?时间(?:不详|未知|待定|不明)|不详|未知|待定", Word.UNKNOWN, None),
        (r"除去|除了|除(?!外)", Word.EXCEPT, "before"),
        (r"除外|以外|之外|外", Word.EXCEPT, "after"),
        (_PADDING, Word.PADDING, None),
        (rf"(?:{_SEASON_WORDS})", Word.SEASON, None),
        (_RANGE, Word.TO, None),
        (r"[、/·+&]|和|以及|及|与|并", Word.LIST, "joined"),
        (r",", Word.LIST, None),
        (r"[;。\n\r]+", Word.STOP, None),
        (r"\(", Word.OPENING, None),
        (r"\)", Word.CLOSING, None),
        (r":", Word.COLON, None),
    )
)
_NUMBER: Final = _pattern(rf"{_N}(?![\d.])")
_SPACE: Final = _pattern(r"[^\S\n\r]+")
_CLAUSE_END: Final = re.compile(r"[,;、。()\n\r]|\s")


def tokens_of(written: str) -> list[Token]:
    """Take a text apart into words.

    Raises:
        HoursNotUnderstoodError: a piece of it is no word that the lexicon has.
    """
    normalised = _Normalised.of(written)
    return [token for token in _tokens(normalised) if token.word is not Word.PADDING]


def _tokens(normalised: _Normalised) -> Iterator[Token]:
    text, at = normalised.text, 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
            continue
        end, word, meaning = _next(normalised, at)
        yield Token(word, normalised.shown(at, end), meaning)
        at = end


def _next(normalised: _Normalised, at: int) -> tuple[int, Word, object]:
    text = normalised.text
    for pattern, word, meaning_of in _MEASURED:
        if found := pattern.match(text, at):
            meaning = meaning_of(found, normalised.shown(at, found.end()))
            if meaning is not None:
                return found.end(), word, meaning
    for pattern, word, meaning in _WORDS:
        if found := pattern.match(text, at):
            return found.end(), word, meaning
    if found := _NUMBER.match(text, at):
        return found.end(), Word.NUMBER, _number(found[0])
    stop = _CLAUSE_END.search(text, at + 1)
    raise _stranger(normalised.shown(at, stop.start() if stop else len(text)))


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    if "十" not in written:
        return _DIGITS[written]
    tens, ones = written.split("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def _days_meant(found: re.Match[str], _: str) -> frozenset[int]:
    days: set[int] = set()
    bare = re.sub(rf"{_WEEK}|每个?|逢|\s", "", found[0])
    for first, last in re.findall(
        rf"([一二三四五六日天1-7])(?:{_RANGE}([一二三四五六日天1-7]))?", bare
    ):
        begin = _weekday(first)
        length = (_weekday(last) - begin) % 7 if last else 0
        days.update((begin + n) % 7 for n in range(length + 1))
    return frozenset(days)


def _weekday(sign: str) -> int:
    return "一二三四五六日".index("日" if sign == "天" else sign) if sign > "7" else int(sign) - 1


def _months_meant(found: re.Match[str], shown: str) -> Dates:
    first, last = _number(found["first"]), _number(found["last"])
    return _checked(Dates(Day(first, None), Day(last, None)), shown)


def _dates_meant(found: re.Match[str], shown: str) -> Dates:
    return _checked(_dates(found), shown)


def _dates(found: re.Match[str]) -> Dates:
    year = int(found["ay"]) if found["ay"] else None
    first = Day(_number(found["am"]), _number(found["ad"]) if found["ad"] else None, year)
    if found["bd2"]:
        return Dates(first, Day(first.month, _number(found["bd2"]), year))
    if not found["bm"]:
        return Dates(first, first)
    last_year = int(found["by"]) if found["by"] else year
    return Dates(
        first, Day(_number(found["bm"]), _number(found["bd"]) if found["bd"] else None, last_year)
    )


_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _checked(dates: Dates, shown: str) -> Dates:
    for each in (dates.first, dates.last):
        if not 1 <= each.month <= 12 or not 1 <= (each.day or 1) <= _LENGTHS[each.month - 1]:
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
    return dates


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
        return _on_the_clock(Clock(_number(found["hour"]), minute, part, next_day), shown)
    if found["bare"] and part is not None:
        return _on_the_clock(Clock(_number(found["bare"]), 0, part, next_day, bare=True), shown)
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
    return _number(written.removesuffix("分"))


# What has a value of its own, read before plain words: 周一 before 一, 8点 before 8.
_MEASURED: Final[
    tuple[tuple[re.Pattern[str], Word, Callable[[re.Match[str], str], object]], ...]
] = (
    (_DAYS, Word.DAYS, _days_meant),
    (_MONTHS, Word.DATES, _months_meant),
    (_DATES, Word.DATES, _dates_meant),
    (_CLOCK, Word.CLOCK, _clock_meant),
)

_HINTS: Final = (
    (
        re.compile(r"单休"),
        "请写明哪一天休息，如 周日休息",
        "say which day is free, as in 周日休息",
    ),
    (
        re.compile(r"平日|平时"),
        "请写 工作日，或写明周几",
        "write 工作日, or which days of the week",
    ),
    (
        re.compile(r"假日|寒假|暑假|假期|春节|国庆|元旦|清明|端午|中秋|五一|十一|节日|公休"),
        "请写 节假日（法定节假日），或写明日期，如 10月1日至10月7日休息",
        "write 节假日 for the public holidays, or the dates, as in 10月1日至10月7日休息",
    ),
    (
        re.compile(r"预约|电话|咨询|视|看情况|不定|不固定|另行|灵活"),
        "没有固定时间的，请写 时间不详",
        "where no hours are fixed, write 时间不详",
    ),
    (
        re.compile(r"起$|开始|以后|之后|以前|之前|左右|大约|约"),
        "请写起止时间，如 8:00-18:00",
        "give a beginning and an end, as in 8:00-18:00",
    ),
    (
        re.compile(r"\d"),
        "时间请写成 8:00-18:00，日期写成 5月1日",
        "write times as 8:00-18:00 and dates as 5月1日",
    ),
)


def _stranger(shown: str) -> HoursNotUnderstoodError:
    for pattern, zh, en in _HINTS:
        if pattern.search(shown):
            return HoursNotUnderstoodError(shown, zh=zh, en=en)
    return HoursNotUnderstoodError(
        shown,
        zh="不认识这个说法。请写成 周一至周五 8:00-18:00，节假日休息",
        en="these words are not known; write hours as in 周一至周五 8:00-18:00，节假日休息",
    )
