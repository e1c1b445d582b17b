"""Opening hours in Chinese words, as notices and spreadsheets have them, made OSM expressions.

What may mean two things is refused, never guessed: 8-6点, 下午 left out before 2点, 单休. What is
already in the OSM grammar passes as it stands.
"""

import re
from functools import lru_cache
from typing import Final

from geo_service.domain.errors import HoursNotUnderstoodError, InvalidOpeningHoursError
from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.hours_grammar import MAX_LENGTH, read
from geo_service.domain.hours_lexicon import plain, tokens_of
from geo_service.domain.hours_reader import RuleReader
from geo_service.domain.hours_rules import expression_of

_NO_CALENDAR: Final = HolidayCalendar()


def parse_hours(text: str) -> str | None:
    """Return opening hours in words as an OSM opening-hours expression.

    None where the words say that the hours are not known (时间不详). An expression that is in the
    OSM grammar already is returned as it is, but for blanks around it and full-width signs.

    Raises:
        HoursNotUnderstoodError: it is not understood, or may mean two things; the error names the
            part, and what is expected, in Chinese and in English.
    """
    found = _read_once(text.strip())
    if isinstance(found, HoursNotUnderstoodError):
        # A new one each time: an exception belongs to who catches it.
        raise HoursNotUnderstoodError(found.part, zh=found.zh, en=found.en)
    return found


@lru_cache(maxsize=4096)
def _read_once(stated: str) -> str | HoursNotUnderstoodError | None:
    """Read a text; a register of 200,000 stations has a few dozen of them, over and over."""
    try:
        return _read(stated)
    except HoursNotUnderstoodError as refusal:
        return refusal.with_traceback(None)


def _read(stated: str) -> str | None:
    if not stated:
        raise HoursNotUnderstoodError(
            "",
            zh="开放时间是空的。请写成 周一至周五 8:00-18:00，不知道的写 时间不详",
            en="hours are empty; write them as 周一至周五 8:00-18:00, or 时间不详 if not known",
        )
    if len(stated) > MAX_LENGTH:
        raise HoursNotUnderstoodError(
            f"{stated[:20]}…",
            zh=f"文字太长，最多 {MAX_LENGTH} 个字",
            en=f"the text is too long; at most {MAX_LENGTH} characters are read",
        )
    for grammar in (stated, _spelt_plainly(stated)):
        if _is_telling_grammar(grammar):
            return grammar
    tokens = tokens_of(stated)
    rules = RuleReader(tokens).rules()
    if rules is None:
        return None
    expression = expression_of(rules)
    if not _is_grammar(expression):
        raise HoursNotUnderstoodError(
            f"{stated[:20]}…",
            zh="这样的时间登记不了，请写得简单一些",
            en="such hours cannot be kept; say them more simply",
        )
    return stated if _is_grammar(stated) else expression


def _spelt_plainly(stated: str) -> str:
    return re.sub(
        r"[a-z]+",
        lambda found: _SPELLING.get(found[0], found[0]),
        re.sub(r"\s*;\s*", "; ", plain(stated)),
    )


_SPELLING: Final = {
    code.lower(): code
    for code in (
        *("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", "PH"),
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    )
}


def _is_telling_grammar(text: str) -> bool:
    """Whether a text is in the grammar and no bare numbers, which people may mean otherwise.

    8:00-6:00 is in the grammar, and is twenty-two hours there; who writes 08:00 counts to 24.
    """
    told = re.search(r'[A-Za-z"]|24/7', text) or not _UNTOLD.search(text)
    return bool(told) and _is_grammar(text)


# An hour of one figure, or a stretch of no length.
_UNTOLD: Final = re.compile(r"(?<!\d)\d:|(\d\d:\d\d)-\1", re.ASCII)


def _is_grammar(text: str) -> bool:
    try:
        read(text, _NO_CALENDAR)
    except InvalidOpeningHoursError:
        return False
    return True
