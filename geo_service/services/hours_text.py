"""Opening hours as a person says them, in Chinese and in English."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

from geo_service.domain.opening_hours import Openness, OpennessAt

Language = Literal["zh", "en"]

_WEEKDAYS: Final[Mapping[Language, tuple[str, ...]]] = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS_EN: Final = (
    "Jan",
    "Feb",
    "Mar",
    "Apr",
    "May",
    "Jun",
    "Jul",
    "Aug",
    "Sep",
    "Oct",
    "Nov",
    "Dec",
)
_CODES: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = {
    "zh": {
        "24/7": "全天 24 小时",
        "all day": "全天",
        "Mo-Su": "每天",
        "PH": "节假日",
        "off": "休息",
        "closed": "休息",
        "unknown": "时间不详",
        **dict(zip(_CODES, _WEEKDAYS["zh"], strict=True)),
        **{month: f"{number}月" for number, month in enumerate(_MONTHS_EN, start=1)},
    },
    "en": {
        "24/7": "24 hours a day",
        "all day": "all day",
        "Mo-Su": "daily",
        "PH": "public holidays",
        "off": "closed",
        "closed": "closed",
        "unknown": "hours unknown",
        **dict(zip(_CODES, _WEEKDAYS["en"], strict=True)),
        **{month: month for month in _MONTHS_EN},
    },
}
_UNKNOWN: Final = {"zh": "时间不详", "en": "hours unknown"}
_RULE_SEPARATOR: Final = {"zh": "；", "en": "; "}
_RANGE: Final = {"zh": "至", "en": "–"}

_LIST: Final = {"zh": "、", "en": ", "}

_WORD: Final = re.compile(r"24/7|Mo-Su\b|[A-Za-z]+")
# The day of a month, and no hour: May 01, but not May 08:00.
_DATE: Final = re.compile(
    rf"(?:\b(\d{{4}}) ?)?\b({'|'.join(_MONTHS_EN)}) (\d{{1,2}})(?![\d:])(?:-(\d{{1,2}})(?![\d:]))?"
)
_SPAN: Final = re.compile(r"\b(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_WHOLE_DAY: Final = re.compile(r"\b00:00-24:00\b")
# A rule after a comma and a space comes on top of those before it.
_MORE: Final = re.compile(r"(?<=[\dfd]), (?=[A-Z])")
_ALSO: Final = {"zh": "，另加 ", "en": "; also "}
# A quoted comment is what somebody wrote for people: it stays as it is.
_COMMENT: Final = re.compile(r'"([^"]*)"')


def hours_text(expression: str | None, language: Language) -> str:
    """Return an OSM opening_hours expression in words; what has no words stays as written."""
    if expression is None:
        return _UNKNOWN[language]
    pieces = _COMMENT.split(expression)  # grammar, comment, grammar, comment, …
    said = [
        piece if position % 2 else _grammar_text(piece, language)
        for position, piece in enumerate(pieces)
    ]
    return "".join(said).strip()


def _grammar_text(grammar: str, language: Language) -> str:
    words = _WORDS[language]
    text = _MORE.sub(_ALSO[language], _WHOLE_DAY.sub(words["all day"], grammar))
    if language == "zh":
        text = _DATE.sub(_date_text, text)
        text = _SPAN.sub(_span_text, text)
    text = _WORD.sub(lambda found: words.get(found[0], found[0]), text)
    text = re.sub(r"(?<=\d)\s*-\s*(?=\d)", "–", text)
    text = re.sub(r"(?<=:\d\d)-(?=次日)", "–", text)
    text = re.sub(r"(?<=[^\d\s])-|-(?=[^\d\s])|(?<=日)-", _RANGE[language], text)
    text = re.sub(r"\s*,\s*", _LIST[language], text)
    return re.sub(r"\s*;\s*", _RULE_SEPARATOR[language], text)


def _date_text(found: re.Match[str]) -> str:
    """Write a date as it is said: 2026年5月1日, and 5月1日-7日 for days of one month."""
    year, month, day, last = found.groups()
    text = f"{_MONTHS_EN.index(month) + 1}月{int(day)}日"
    return (f"{year}年" if year else "") + text + (f"-{int(last)}日" if last else "")


def _span_text(found: re.Match[str]) -> str:
    """Say that hours end on the next day where they do, so that nobody takes 6:00 for evening."""
    hour, minute, end_hour, end_minute = map(int, found.groups())
    if end_hour > 24 or (end_hour, end_minute) > (24, 0):
        end_hour -= 24
    elif (end_hour, end_minute) > (hour, minute) or end_hour == end_minute == 0:
        return found[0]
    return f"{hour:02}:{minute:02}-次日 {end_hour:02}:{end_minute:02}"


def change_text(state: OpennessAt, now: datetime, zone: tzinfo, language: Language) -> str:
    """Say when a state ends: "07:10 关", "opens tomorrow 05:30"; empty if that is not known."""
    if state.next_change is None or state.next_state is None:
        return ""
    change = state.next_change.astimezone(zone)
    when = f"{_day_text(change.date(), now.astimezone(zone).date(), language)} {change:%H:%M}"
    when = when.strip()
    if language == "zh":
        verb = {Openness.OPEN: "开", Openness.CLOSED: "关"}.get(state.next_state, "起时间不详")
        return f"{when} {verb}"
    verb = {Openness.OPEN: "opens", Openness.CLOSED: "closes"}.get(state.next_state, "unknown from")
    return f"{verb} {when}"


def _day_text(day: date, today: date, language: Language) -> str:
    if day == today:
        return ""
    if day == today + timedelta(days=1):
        return "明天" if language == "zh" else "tomorrow"
    if day < today + timedelta(days=7):
        return _WEEKDAYS[language][day.weekday()]
    if language == "zh":
        return f"{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS_EN[day.month - 1]}"
