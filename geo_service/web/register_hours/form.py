"""The fields of opening hours, what they say, and the expression that they stand for.

Exact: ``HoursForm.from_expression(form.expression())`` says what the form says, row by row, and an
expression that rows cannot say exactly is shown as it is written, never bent to fit.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, Self, TypeVar
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from geo_service.domain.errors import HoursNotUnderstoodError, InvalidOpeningHoursError
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.hours_clock import in_order
from geo_service.domain.hours_rules import (
    ALL_DAY,
    CODES,
    DAY_MINUTES,
    Body,
    Rule,
    Span,
    State,
    expression_of,
)
from geo_service.domain.hours_words import parse_hours
from geo_service.domain.opening_hours import Schedule
from geo_service.services.hours_text import hours_text

MOST_ROWS: Final = 8
"""Seven days and the public holidays may each have hours of their own."""

MOST_SPANS: Final = 3
HOLIDAYS: Final = "PH"
DAYS: Final = (*CODES, HOLIDAYS)

_TIME: Final = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)", re.ASCII)
_RULE: Final = re.compile(
    r"(?:(?P<days>(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)(?:[-,](?:Mo|Tu|We|Th|Fr|Sa|Su|PH))*)(?: |$))?"
    r"(?P<body>off|closed|24/7|\d{1,2}:\d\d-\d{1,2}:\d\d(?:,\d{1,2}:\d\d-\d{1,2}:\d\d)*)",
    re.ASCII,
)


class Mode(StrEnum):
    """In which of four ways the hours are given."""

    ROWS = "rows"
    ALWAYS = "always"
    UNKNOWN = "unknown"
    WORDS = "words"


class RowKind(StrEnum):
    """What a row says of its days."""

    TIMES = "times"
    ALL_DAY = "all_day"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Some days and what holds on them, as the fields have it: not checked yet."""

    days: tuple[str, ...] = ()
    kind: RowKind = RowKind.TIMES
    times: tuple[tuple[str, str], ...] = ()
    """From and until, each as 08:00 or left empty."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled in."""
        return not self.days and self.kind is RowKind.TIMES and not any(map(any, self.times))


@dataclass(frozen=True, slots=True)
class HoursForm:
    """Opening hours as a person fills them in."""

    mode: Mode = Mode.ROWS
    rows: tuple[HoursRow, ...] = ()
    words: str = ""

    @classmethod
    def from_fields(cls, fields: MultiDict[str, str], prefix: str) -> Self:
        """Read the fields of a form that was sent; nothing is refused before it is asked for.

        A form without the editor sends one field of the prefix's own name, in words; empty, the
        hours are not known.
        """
        if f"{prefix}-mode" not in fields:
            words = fields.get(prefix, "").strip()
            return cls(Mode.WORDS, words=words) if words else cls(Mode.UNKNOWN)
        rows = tuple(_row_sent(fields, f"{prefix}-{n}") for n in range(MOST_ROWS))
        return cls(
            mode=_chosen(Mode, fields.get(f"{prefix}-mode"), Mode.ROWS),
            rows=tuple(each for each in rows if not each.is_empty),
            words=fields.get(f"{prefix}-words", "").strip(),
        )

    @classmethod
    def from_expression(cls, expression: str | None) -> Self | None:
        """Return the form that says an expression exactly; None where only words can."""
        if expression is None:
            return cls(Mode.UNKNOWN)
        if expression.strip() == "24/7":
            return cls(Mode.ALWAYS)
        rows = _rows_of(expression)
        if rows is None:
            return None
        form = cls(Mode.ROWS, rows)
        try:
            said = form.expression()
        except InvalidOpeningHoursError:
            return None
        return form if said is not None and _same_hours(said, expression) else None

    @classmethod
    def showing(cls, expression: str | None) -> Self:
        """Return the form to edit an expression in: rows, or the text where rows cannot say it."""
        form = cls.from_expression(expression)
        if form is not None or expression is None:
            return form or cls(Mode.UNKNOWN)
        return cls(Mode.WORDS, words=_in_words(expression))

    def expression(self) -> str | None:
        """Return the hours as an OSM expression; None for hours that are not known.

        Raises:
            HoursNotUnderstoodError: the first of ``faults``.
        """
        expression, faults = self._read()
        if faults:
            raise faults[0]
        return expression

    def expression_after(self, before: str | None) -> str | None:
        """Return the same, and the expression as it was where the form says what that one says.

        So that a form which nobody changed changes nothing: 8:00-18:00 does not become
        Mo-Su 08:00-18:00.

        Raises:
            HoursNotUnderstoodError: the first of ``faults``.
        """
        return before if self == HoursForm.showing(before) else self.expression()

    @property
    def faults(self) -> tuple[HoursNotUnderstoodError, ...]:
        """Return all that keeps the form from saying hours."""
        return self._read()[1]

    def _read(self) -> tuple[str | None, tuple[HoursNotUnderstoodError, ...]]:
        try:
            if self.mode is Mode.UNKNOWN:
                return None, ()
            if self.mode is Mode.ALWAYS:
                return "24/7", ()
            if self.mode is Mode.WORDS:
                return parse_hours(self.words), ()
            faults = tuple(_row_faults(self.rows))
            if faults:
                return None, faults
            return expression_of(_rules(self.rows)), ()
        except HoursNotUnderstoodError as fault:
            return None, (fault,)


def without_hours(fields: MultiDict[str, str], prefix: str) -> MultiDict[str, str]:
    """Return what a form sent but for the fields of these hours, for a reader of the rest."""
    kept = [(name, value) for name, value in fields.items(multi=True)]
    return MultiDict((name, value) for name, value in kept if not name.startswith(f"{prefix}-"))


Choice = TypeVar("Choice", bound=StrEnum)


def _chosen(kind: type[Choice], sent: str | None, default: Choice) -> Choice:
    return next((each for each in kind if each == sent), default)


def _row_sent(fields: MultiDict[str, str], name: str) -> HoursRow:
    days = fields.getlist(f"{name}-days")
    times = (
        (fields.get(f"{name}-from-{n}", "").strip(), fields.get(f"{name}-to-{n}", "").strip())
        for n in range(MOST_SPANS)
    )
    return HoursRow(
        days=tuple(day for day in DAYS if day in days),
        kind=_chosen(RowKind, fields.get(f"{name}-kind"), RowKind.TIMES),
        times=tuple(each for each in times if any(each)),
    )


def _row_faults(rows: Sequence[HoursRow]) -> Iterator[HoursNotUnderstoodError]:
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if not row.days:
            yield HoursNotUnderstoodError(
                "",
                zh=f"第 {number} 行没有选日子",
                en=f"no days are chosen in row {number}",
            )
        for day in row.days:
            if day in seen:
                name = "节假日" if day == HOLIDAYS else f"周{_WEEKDAY_SIGNS[CODES.index(day)]}"
                yield HoursNotUnderstoodError(
                    "",
                    zh=f"{name}在第 {seen[day]} 行和第 {number} 行都选了，一天只能选一次",
                    en=f"{day} is chosen in row {seen[day]} and in row {number}; choose it once",
                )
            seen.setdefault(day, number)
        try:
            _body(row, number)
        except HoursNotUnderstoodError as fault:
            yield fault
    if all(row.kind is RowKind.CLOSED for row in rows):
        yield HoursNotUnderstoodError(
            "",
            zh="还没有填时间。请选日子，填几点到几点；不知道的请选“时间不详”",
            en="no hours are filled in: choose days and times, or “not known”",
        )


def _body(row: HoursRow, number: int) -> Body:
    if row.kind is RowKind.CLOSED:
        return State.CLOSED
    if row.kind is RowKind.ALL_DAY:
        return ALL_DAY
    if not row.times:
        raise HoursNotUnderstoodError(
            "",
            zh=f"第 {number} 行没有填几点到几点",
            en=f"no times are filled in in row {number}",
        )
    spans = [_span(*each, number) for each in row.times]
    return in_order(sorted(spans), "、".join("-".join(each) for each in row.times))


def _span(since: str, until: str, number: int) -> Span:
    start, end = _minutes(since), _minutes(until)
    if start is None or end is None or start == DAY_MINUTES:
        raise HoursNotUnderstoodError(
            f"{since or '…'}-{until or '…'}",
            zh=f"第 {number} 行：请填从几点到几点，如 08:00 到 18:00",
            en=f"row {number}: give a beginning and an end, as 08:00 and 18:00",
        )
    # The fields count to 24, so an end before the beginning can only be the next day's.
    return start, end if end > start else end + DAY_MINUTES


def _minutes(written: str) -> int | None:
    found = _TIME.fullmatch(written)
    if found is None:
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= DAY_MINUTES else None


def _rules(rows: Iterable[HoursRow]) -> list[Rule]:
    """Return the rows as rules, in the order of the week whatever order they stand in."""
    return [
        Rule(
            _body(row, number),
            days=frozenset(CODES.index(day) for day in row.days if day != HOLIDAYS),
            on_holidays=HOLIDAYS in row.days,
            text=f"第 {number} 行",
        )
        for number, row in sorted(
            enumerate(rows, start=1), key=lambda numbered: DAYS.index(numbered[1].days[0])
        )
    ]


def _rows_of(expression: str) -> tuple[HoursRow, ...] | None:
    """Return what an expression says of each day as rows; None where it says more than that."""
    bodies: dict[str, str] = {}
    rules = re.split(r"(\s*;\s*|, )", expression.strip())
    for separator, rule in zip(["; ", *rules[1::2]], rules[::2], strict=True):
        found = _RULE.fullmatch(rule)
        if found is None:
            return None
        days = set(_days_named(found["days"])) if found["days"] else set(CODES)
        # After a comma hours come on top of others; after PH the day of the week wins over it.
        if (days & set(bodies) and separator == ", ") or (HOLIDAYS in bodies and days - {HOLIDAYS}):
            return None
        bodies.update(dict.fromkeys(days, found["body"]))
    grouped: dict[str, list[str]] = {}
    for day in DAYS:
        if day in bodies:
            grouped.setdefault(bodies[day], []).append(day)
    rows = [_row_of(tuple(days), body) for body, days in grouped.items()]
    return None if any(row is None for row in rows) else tuple(row for row in rows if row)


def _days_named(listed: str) -> Iterator[str]:
    for each in listed.split(","):
        first, _, last = each.partition("-")
        if HOLIDAYS in (first, last) or not last:
            yield first
            continue
        begin = CODES.index(first)
        yield from (CODES[(begin + n) % 7] for n in range((CODES.index(last) - begin) % 7 + 1))


def _row_of(days: tuple[str, ...], body: str) -> HoursRow | None:
    if body in {"off", "closed"}:
        return HoursRow(days, RowKind.CLOSED)
    if body in {"24/7", "00:00-24:00"}:
        return HoursRow(days, RowKind.ALL_DAY)
    times = [tuple(each.rjust(5, "0") for each in span.split("-")) for span in body.split(",")]
    if len(times) > MOST_SPANS:
        return None
    # A field for a time of day ends at 23:59: there midnight is 00:00.
    return HoursRow(
        days, times=tuple((start, "00:00" if end == "24:00" else end) for start, end in times)
    )


def _in_words(expression: str) -> str:
    """Return an expression in Chinese words, if they are read back as just this expression."""
    said = hours_text(expression, "zh")
    try:
        return said if parse_hours(said) == expression else expression
    except HoursNotUnderstoodError:
        return expression


def _same_hours(one: str, other: str) -> bool:
    """Whether two expressions say the same of every weekday, holiday and the night between."""
    try:
        first, second = (Schedule.parse(each, _EVERY_SORT_OF_DAY, _UTC) for each in (one, other))
    except InvalidOpeningHoursError:
        return False
    return all(first.intervals(day) == second.intervals(day) for day in _COMPARED)


_WEEKDAY_SIGNS: Final = "一二三四五六日"
_UTC: Final = ZoneInfo("UTC")
_FIRST: Final = date(2024, 1, 1)  # a Monday
# In each of seven weeks another weekday is a holiday; before and after it are ordinary days.
_EVERY_SORT_OF_DAY: Final = HolidayCalendar(
    Holiday(
        day=_FIRST + timedelta(days=7 * n + n),
        kind=HolidayKind.PUBLIC_HOLIDAY,
        name="holiday",
        status=HolidayStatus.PUBLISHED,
        source="made up to compare hours",
    )
    for n in range(7)
)
_COMPARED: Final = tuple(_FIRST + timedelta(days=n) for n in range(8 * 7))
