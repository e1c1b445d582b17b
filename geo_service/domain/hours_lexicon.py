"""The words in which Chinese notices give opening hours, one by one, with where each stands."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Self

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_measures import (
    CLOCK,
    DATES,
    DAYS,
    MONTHS,
    NUMBER,
    TO,
    Reading,
    number,
    pattern,
)

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
    (pattern(written), word, meaning)
    for written, word, meaning in (
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
        (TO, Word.TO, None),
        (r"[、/·+&]|和|以及|及|与|并", Word.LIST, "joined"),
        (r",", Word.LIST, None),
        (r"[;。\n\r]+", Word.STOP, None),
        (r"\(", Word.OPENING, None),
        (r"\)", Word.CLOSING, None),
        (r":", Word.COLON, None),
    )
)
# Read before plain words: 周一 before 一, 8点 before 8.
_MEASURED: Final[tuple[tuple[Reading, Word], ...]] = (
    (DAYS, Word.DAYS),
    (MONTHS, Word.DATES),
    (DATES, Word.DATES),
    (CLOCK, Word.CLOCK),
)
_NUMBER: Final = pattern(rf"{NUMBER}(?![\d.])")
_SPACE: Final = pattern(r"[^\S\n\r]+")
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
    for (measured, meaning_of), word in _MEASURED:
        if found := measured.match(text, at):
            meaning = meaning_of(found, normalised.shown(at, found.end()))
            if meaning is not None:
                return found.end(), word, meaning
    for written, word, meaning in _WORDS:
        if found := written.match(text, at):
            return found.end(), word, meaning
    if found := _NUMBER.match(text, at):
        return found.end(), Word.NUMBER, number(found[0])
    stop = _CLAUSE_END.search(text, at + 1)
    raise _stranger(normalised.shown(at, stop.start() if stop else len(text)))


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
    for about, zh, en in _HINTS:
        if about.search(shown):
            return HoursNotUnderstoodError(shown, zh=zh, en=en)
    return HoursNotUnderstoodError(
        shown,
        zh="不认识这个说法。请写成 周一至周五 8:00-18:00，节假日休息",
        en="these words are not known; write hours as in 周一至周五 8:00-18:00，节假日休息",
    )
