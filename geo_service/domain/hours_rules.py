"""Rules of opening hours as people state them, and their expression in the OSM grammar.

People state exceptions before or after what they are exceptions from (周三休息，其余 8:00-18:00);
in the grammar the last rule that fits a day wins. So the rules are brought into the grammar's
order here, the general before the particular and public holidays last, and what says two things
of one day is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import Enum, auto
from itertools import pairwise
from typing import Final

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_lexicon import EVERY_DAY
from geo_service.domain.hours_measures import Dates, Day

DAY_MINUTES: Final = 24 * 60
CODES: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)

Span = tuple[int, int]
"""From and until, in minutes after midnight; past 24 hours where it ends on the next day."""

ALL_DAY: Final[tuple[Span, ...]] = ((0, DAY_MINUTES),)


class State(Enum):
    """What a rule says of its days where it gives no times."""

    CLOSED = auto()
    UNKNOWN = auto()


Body = tuple[Span, ...] | State


@dataclass(frozen=True, slots=True)
class Rule:
    """What is stated of some days; ``text`` is the piece of the notice that states it."""

    body: Body
    days: frozenset[int] = EVERY_DAY
    dates: tuple[Dates, ...] = ()
    on_holidays: bool = False
    """It speaks of public holidays as well; of them alone where ``days`` is empty."""

    no_holidays: bool = False
    """It does not hold on public holidays (工作日)."""

    days_stated: bool = True
    text: str = ""


def expression_of(rules: Sequence[Rule]) -> str:
    """Return the rules as an OSM opening-hours expression.

    Raises:
        HoursNotUnderstoodError: two rules say different things of the same day.
    """
    ordinary = [replace(each, on_holidays=False) for each in rules if each.days]
    holidays = [replace(each, days=frozenset()) for each in rules if each.on_holidays]
    if len(holidays) > 1:
        raise _twice(holidays[0], holidays[1])
    _refuse_dated_holidays(ordinary, holidays)
    ordered = _general_first(ordinary)
    if not holidays and any(each.no_holidays for each in ordered):
        # After what would hold on a holiday Monday, before what is said of other days.
        closed = Rule(State.CLOSED, days=frozenset(), on_holidays=True)
        concerned = frozenset[int]().union(*(each.days for each in ordered if each.no_holidays))
        first = [each for each in ordered if each.days & concerned]
        ordered = [*first, closed, *(each for each in ordered if each not in first)]
    ordered.extend(holidays)
    if len(ordered) == 1 and ordered[0] == replace(
        ordered[0], body=ALL_DAY, days=EVERY_DAY, dates=()
    ):
        return "24/7"
    return _joined(ordered)


def _refuse_dated_holidays(ordinary: Sequence[Rule], holidays: Sequence[Rule]) -> None:
    """Refuse hours of some dates' holidays alone: the grammar has holidays of all the year."""
    some = [each for each in ordinary if each.dates and each.no_holidays and not holidays]
    others = [each for each in ordinary if not each.no_holidays]
    if any(each.dates for each in holidays) or any(
        one.days & other.days for one in some for other in others
    ):
        raise HoursNotUnderstoodError(
            next(each.text for each in (*holidays, *some)),
            zh="节假日不能只限于某几个月。请单独写 节假日休息，或写明日期",
            en="public holidays cannot be those of some months only; write 节假日休息 by itself, "
            "or the dates",
        )


def _joined(ordered: Sequence[Rule]) -> str:
    """Write the rules one after the other, those alike next to each other as one."""
    merged: list[Rule] = []
    for each in ordered:
        last = merged[-1] if merged else None
        if last is not None and not last.on_holidays and _alike(last, each):
            merged[-1] = replace(
                last, days=last.days | each.days, on_holidays=each.on_holidays, days_stated=True
            )
        else:
            merged.append(each)
    return _separator(merged).join(_written(each) for each in merged)


def _alike(one: Rule, other: Rule) -> bool:
    mergeable = not one.dates and not other.dates and not one.days & other.days
    return mergeable and one.body == other.body


def _separator(rules: Sequence[Rule]) -> str:
    """Choose how rules follow each other, so that no night is cut off at midnight.

    After a semicolon a rule takes its whole days, with what runs over from the evening before.
    After a comma it does not; but a holiday, a closed day or an exception must take the whole day.
    """
    timed = [each for each in rules if isinstance(each.body, tuple)]
    nights = [each for each in timed if any(end > DAY_MINUTES for _, end in _spans(each))]
    cut = any(
        {(day + 1) % 7 for day in night.days} & other.days
        for night in nights
        for other in timed
        if other is not night and _dates_overlap(night, other)
    )
    if not cut:
        return "; "
    apart = all(
        not (_dates_overlap(one, other) and one.days & other.days)
        for at, one in enumerate(rules)
        for other in rules[at + 1 :]
    )
    if apart and not any(each.on_holidays for each in rules):
        return ", "
    raise HoursNotUnderstoodError(
        nights[0].text,
        zh="过了零点的时间与第二天的时间、休息日写在一起，说不清楚。"
        "请拆成两段：当天到 24:00，第二天从 0:00 起",
        en="a night that runs into days with hours and exceptions of their own cannot be told "
        "exactly; write it in two parts, until 24:00 and from 0:00 on the next day",
    )


def _spans(rule: Rule) -> tuple[Span, ...]:
    return rule.body if isinstance(rule.body, tuple) else ()


def _general_first(rules: Sequence[Rule]) -> list[Rule]:
    """Order rules so that each comes after those from which it is an exception."""
    before: list[set[int]] = [set() for _ in rules]
    for at, one in enumerate(rules):
        for later in range(at + 1, len(rules)):
            other = rules[later]
            if not (one.days & other.days and _dates_overlap(one, other)):
                continue
            if _is_exception(other, one):
                before[later].add(at)
            elif _is_exception(one, other):
                before[at].add(later)
            else:
                raise _twice(one, other)
    ordered: list[int] = []
    while len(ordered) < len(rules):
        free = [n for n in range(len(rules)) if n not in ordered and before[n] <= set(ordered)]
        if not free:
            raise _twice(rules[0], rules[-1])
        ordered.append(free[0])
    return [rules[n] for n in ordered]


def _is_exception(one: Rule, general: Rule) -> bool:
    """Whether a rule says of some days of a more general one what holds on them instead."""
    days_within, dates_within = one.days <= general.days, _dates_within(one, general)
    same = one.days == general.days and dates_within and _dates_within(general, one)
    if same:
        return False
    if days_within and dates_within:
        if _spans(one) and _spans(general) and not _overlap(_spans(one), _spans(general)):
            raise HoursNotUnderstoodError(
                one.text,
                zh=f"是在“{general.text}”之外另加，还是改成这个时间？请把这一天的全部时间写在一起",
                en=f"as well as {general.text!r}, or instead of it? Write all hours of the day "
                "together",
            )
        return True
    narrower = dates_within and not _dates_within(general, one)
    if one.body is State.CLOSED and general.body is not State.CLOSED:
        return days_within or narrower
    # 夏季每天 beside 周一至周五: the season is the narrower, and says how every day of it is.
    return narrower and one.days >= general.days


def _overlap(one: Iterable[Span], other: Sequence[Span]) -> bool:
    return any(start < until and since < end for start, end in one for since, until in other)


def _dates_overlap(one: Rule, other: Rule) -> bool:
    if not one.dates or not other.dates:
        return True
    if _has_year(one) and _has_year(other):
        return bool(_days_of(one) & _days_of(other))
    return bool(_month_days(one) & _month_days(other))


def _dates_within(one: Rule, other: Rule) -> bool:
    """Whether every date of one is a date of the other."""
    if not other.dates:
        return True
    if not one.dates:
        return False
    if _has_year(other):
        return _has_year(one) and _days_of(one) <= _days_of(other)
    return _month_days(one) <= _month_days(other)


def _has_year(rule: Rule) -> bool:
    return any(each.first.year is not None for each in rule.dates)


def _month_days(rule: Rule) -> frozenset[tuple[int, int]]:
    return frozenset((each.month, each.day) for each in _days_of(rule))


def _days_of(rule: Rule) -> frozenset[date]:
    found: set[date] = set()
    for each in rule.dates:
        # A leap year stands for every year, so that 29 February is a day of it.
        first = _first_day(each.first)
        last = _last_day(each.last)
        if each.first.year is None and last < first:
            found.update(_through(first, date(2024, 12, 31)))
            first = date(2024, 1, 1)
        found.update(_through(first, last))
    return frozenset(found)


def _first_day(day: Day) -> date:
    return date(day.year or 2024, day.month, day.day or 1)


def _last_day(day: Day) -> date:
    if day.day is not None:
        return date(day.year or 2024, day.month, day.day)
    year = (day.year or 2024) + day.month // 12
    return date(year, day.month % 12 + 1, 1) - timedelta(days=1)


def _through(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _twice(one: Rule, other: Rule) -> HoursNotUnderstoodError:
    return HoursNotUnderstoodError(
        other.text or one.text,
        zh=f"与“{one.text}”说的是同一天，不知道按哪一个。请每一天只写一次",
        en=f"speaks of the same days as {one.text!r}; say each day once",
    )


def _written(rule: Rule) -> str:
    pieces = [",".join(_dates_text(each) for each in rule.dates)]
    if rule.days_stated or not rule.dates:
        pieces.append(days_text(rule.days, on_holidays=rule.on_holidays))
    pieces.append(_body_text(rule.body))
    return " ".join(filter(None, pieces))


def _body_text(body: Body) -> str:
    if isinstance(body, State):
        return "off" if body is State.CLOSED else "unknown"
    return ",".join(f"{clock_text(start)}-{clock_text(_end(start, end))}" for start, end in body)


def _end(start: int, end: int) -> int:
    """Return an end as the grammar has it: past midnight it stands before the beginning."""
    return end - DAY_MINUTES if end > DAY_MINUTES and end - start <= DAY_MINUTES else end


def clock_text(minutes: int) -> str:
    """Return minutes after midnight as 08:00."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def days_text(days: Iterable[int], *, on_holidays: bool = False) -> str:
    """Return days of the week as the grammar lists them: Mo-Fr, or Sa,Su,PH."""
    ordered = sorted(days)
    breaks = [n + 1 for n, (one, other) in enumerate(pairwise(ordered)) if other - one > 1]
    runs = [ordered[start:end] for start, end in pairwise([0, *breaks, len(ordered)])]
    listed: list[str] = []
    for run in runs:
        if len(run) > 2:
            listed.append(f"{CODES[run[0]]}-{CODES[run[-1]]}")
        else:
            listed.extend(CODES[day] for day in run)
    return ",".join([*listed, "PH"] if on_holidays else listed)


def _dates_text(dates: Dates) -> str:
    first, last = dates.first, dates.last
    if first.day is None and first.year is not None:
        # A month of one year, written out: the library takes no range of such months.
        first, end = Day(first.month, 1, first.year), _last_day(last)
        last = Day(end.month, end.day, end.year)
    if first == last:
        return _day_text(first)
    return f"{_day_text(first)}-{_day_text(last)}"


def _day_text(day: Day) -> str:
    year = f"{day.year} " if day.year is not None else ""
    number = f" {day.day:02}" if day.day is not None else ""
    return f"{year}{_MONTHS[day.month - 1]}{number}"
