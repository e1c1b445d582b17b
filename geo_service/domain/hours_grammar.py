"""Read an opening-hours expression: the OSM grammar, with the holidays of our own calendar.

The grammar is evaluated by the opening-hours-py library, which three things are kept from:

- ``PH`` is written out as the calendar's dates first. The library knows the nominal Chinese
  holidays only, not the days the notices add.
- ``||`` is taken apart here: each side is an expression of its own. The library drops what
  follows a fallback that is always valid (``Mo-Fr 08:00-18:00 || unknown`` stays closed).
- A rule with a comment but without ``open``, ``closed`` or ``unknown`` is made ``unknown``: what
  it depends on is for a person to read ("by appointment"). The library calls it open. To say
  "open, and ring the bell", write ``08:00-18:00 open "ring the bell"``.

What would be evaluated wrong is refused, in words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from opening_hours import OpeningHours, ParserError  # type: ignore[attr-defined]  # unlisted

from geo_service.domain.errors import InvalidOpeningHoursError
from geo_service.domain.holidays import HolidayCalendar

MAX_LENGTH = 1000
_EXAMPLE = "'Mo-Fr 08:00-18:00; PH off'"

_WEEKDAY = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_COMMENT = re.compile(r'("[^"]*")')
_RULE_SEPARATOR = re.compile(r"( \|\| |; |, )")
_STATED = re.compile(r"\b(?:open|closed|off|unknown)\s*$", re.IGNORECASE)
_DAY_TOKEN = re.compile(rf"(?:{_WEEKDAY}|PH)(?=$|[-,\[])")
_LIST_COMMA = re.compile(r",(?![^\[]*\])")
_DATED = re.compile(r"\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}\b")
_END_OF_DATES = re.compile(r'\d\d:\d\d|closed|unknown|"')
_POSITION = re.compile(r"--> 1:(\d+)")

_UNSUPPORTED = (
    (re.compile(r"\bSH\b"), "SH (school holidays) is not supported; name the dates instead"),
    (re.compile(r"\beaster\b", re.IGNORECASE), "easter is not supported; name the dates instead"),
    (
        re.compile(r"\b(?:sunrise|sunset|dawn|dusk)\b", re.IGNORECASE),
        "sunrise, sunset, dawn and dusk are not supported; give times, as in 06:30-18:00",
    ),
    (
        re.compile(r"\bPH\s*[-+]?\s*\d+\s*day|\bPH\s*[-+]\s*\d"),
        "days before or after PH are not supported; name the dates instead",
    ),
    (
        re.compile(rf"\bPH\s+{_WEEKDAY}\b|\b{_WEEKDAY}(?:\[[^\]]*\])?\s+PH\b"),
        "PH beside a weekday is not supported; put a comma between ('Sa,Su,PH off') to mean both",
    ),
)


@dataclass(frozen=True, slots=True)
class Rules:
    """An expression made ready: what to evaluate, without ``PH`` and without ``||``."""

    alternatives: tuple[OpeningHours, ...]
    """Each is asked only for the times that all before it leave closed; empty: never open."""

    dated: OpeningHours | None
    """Open on the days that a rule names by date, whatever their weekday."""

    is_constant: bool
    """Whether each alternative always holds, so that nothing ever changes."""


def read(expression: str, calendar: HolidayCalendar) -> Rules:
    """Read an expression for evaluation; see the module for what is changed on the way.

    Raises:
        InvalidOpeningHoursError: it is not in the grammar, or uses what is not supported.
    """
    text = expression.strip()
    _refuse_at_sight(text)
    parts = _COMMENT.split(text)
    parts[::2] = [re.sub(r"\bph\b", "PH", part, flags=re.IGNORECASE) for part in parts[::2]]
    for pattern, reason in _UNSUPPORTED:
        if any(pattern.search(part) for part in parts[::2]):
            raise _invalid(text, reason)
    _parsed("".join(parts), shown=text)
    for at in range(1, len(parts), 2):
        if not _STATED.search(parts[at - 1]):
            parts[at] = f"unknown {parts[at]}"
    canonical = str(_parsed("".join(parts), shown=text))

    alternatives: list[str] = [""]
    dated: list[str] = []
    for separator, rule in _rules_of(canonical):
        if separator == " || ":
            alternatives.append("")
        for written_out in _without_ph(rule, calendar.public_holidays, shown=text):
            joint = ", " if separator == ", " else "; "
            alternatives[-1] += (joint if alternatives[-1] else "") + written_out
        if (dates := _dates_named_by(rule)) is not None:
            dated.append(f"{dates} open")
    evaluated = tuple(_parsed(each, shown=text) for each in alternatives if each)
    return Rules(
        alternatives=evaluated,
        dated=_parsed("; ".join(dated), shown=text) if dated else None,
        is_constant=not evaluated or _never_changes(evaluated),
    )


def _refuse_at_sight(text: str) -> None:
    if not text:
        raise InvalidOpeningHoursError(
            f"opening hours are empty; expected hours such as {_EXAMPLE}, or none at all "
            "where they are not known"
        )
    if len(text) > MAX_LENGTH:
        raise InvalidOpeningHoursError(
            f"opening hours are {len(text)} characters long; at most {MAX_LENGTH} are read"
        )
    outside = "".join(_COMMENT.split(text)[::2])
    if '"' in outside:
        raise _invalid(text, "a comment is not closed; put it between two double quotes")
    foreign = next((sign for sign in outside if not " " <= sign <= "~"), None)
    if foreign is None:
        return
    if "\u4e00" <= foreign <= "\u9fff":
        reason = "Chinese words such as 周一至周五 are not read; write Mo-Fr, and PH for holidays"
    elif "\uff01" <= foreign <= "\uff5e" or "\u3000" <= foreign <= "\u303f":
        reason = f"{foreign!r} is a full-width sign; write plain ones, as in 08:00-18:00"
    else:
        reason = f"{foreign!r} is not a sign of the grammar; write plain ones, as in 08:00-18:00"
    raise _invalid(text, reason)


def _parsed(written: str, *, shown: str) -> OpeningHours:
    try:
        return OpeningHours(written)
    except ParserError as refusal:
        position = _POSITION.search(str(refusal))
        at = int(position[1]) - 1 if position else 0
        rest = written[at : at + 20]
        if not rest:
            reason = "it ends too early, after a separator or half a time"
        else:
            reason = f"not understood from character {at + 1} on ({rest!r})"
        if re.search(r"(?<![\d:])\d{1,2}-\d{1,2}(?![\d:])", written):
            reason += "; hours need their minutes, as in 08:00-18:00"
        elif at and re.match(rf"PH|{_WEEKDAY}", rest):
            reason += "; rules are parted by a semicolon"
        raise _invalid(shown, reason) from None


def _invalid(shown: str, reason: str) -> InvalidOpeningHoursError:
    return InvalidOpeningHoursError(
        f"opening hours {shown!r}: {reason}. Expected the OSM opening-hours grammar, "
        f"such as {_EXAMPLE}"
    )


def _rules_of(canonical: str) -> Iterator[tuple[str, str]]:
    """Yield each rule after its separator.

    The canonical form parts rules by a sign *and a space*, lists within a rule by a bare comma.
    """
    parts = _COMMENT.split(canonical)
    comments = iter(parts[1::2])
    pieces = _RULE_SEPARATOR.split('""'.join(parts[::2]))
    for separator, rule in zip(["", *pieces[1::2]], pieces[::2], strict=True):
        yield separator, re.sub('""', lambda _: next(comments), rule)


def _without_ph(rule: str, holidays: Sequence[date], *, shown: str) -> Iterator[str]:
    """Yield the rule with ``PH`` written out as dates, which take a rule of their own."""
    tokens = rule.split(" ")
    at = next((n for n, token in enumerate(tokens) if _DAY_TOKEN.match(token)), None)
    days = _LIST_COMMA.split(tokens[at]) if at is not None else []
    if at is None or "PH" not in days:
        yield rule
        return
    if at > 0:
        raise _invalid(shown, "PH within a year, month or week is not supported; name the dates")
    remaining = ",".join(day for day in days if day != "PH")
    if remaining:
        yield " ".join([remaining, *tokens[1:]])
    if holidays:
        yield " ".join([_as_dates(holidays), *tokens[1:]])


def _as_dates(days: Sequence[date]) -> str:
    """Write sorted days as a list of dates, runs of them as ranges."""
    breaks = [
        n + 1
        for n, (one, other) in enumerate(pairwise(days))
        if other - one > timedelta(days=1) or one.year != other.year
    ]
    runs = [days[start:end] for start, end in pairwise([0, *breaks, len(days)])]
    return ",".join(
        _as_date(run[0]) if len(run) == 1 else f"{_as_date(run[0])}-{_as_date(run[-1])}"
        for run in runs
    )


def _as_date(day: date) -> str:
    # Not strftime: the month's name must not depend on the machine's language.
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.year} {months[day.month - 1]} {day.day:02}"


def _dates_named_by(rule: str) -> str | None:
    """Return the dates a rule names, if it names days of the month and leaves weekdays out."""
    tokens = rule.split(" ")
    selectors = []
    for token in tokens:
        if _DAY_TOKEN.match(token):
            return None
        if _END_OF_DATES.match(token):
            break
        selectors.append(token)
    dates = " ".join(selectors)
    return dates if _DATED.search(dates) else None


def _never_changes(alternatives: Sequence[OpeningHours]) -> bool:
    return all(
        re.fullmatch(r'24/7(?: closed| unknown)?(?: "[^"]*")?', str(each)) for each in alternatives
    )
