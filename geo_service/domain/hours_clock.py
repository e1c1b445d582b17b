"""Times of day as people give them, made minutes; what could be morning or evening is refused."""

from collections.abc import Sequence
from typing import Final

from geo_service.domain.errors import HoursNotUnderstoodError
from geo_service.domain.hours_measures import Clock
from geo_service.domain.hours_rules import DAY_MINUTES, Span

_NOON: Final = 12 * 60
# For each part of the day: the hours that are meant as they stand, and those that are 12 less.
_AS_WRITTEN: Final = {
    "凌晨": range(7),
    "上午": range(13),
    "中午": (11, 12, 13, 14),
    "下午": range(12, 24),
    "傍晚": range(16, 21),
    "晚上": (*range(17, 25),),
}
_HALF_DAY_LATER: Final = {
    "中午": (1, 2),
    "下午": range(1, 12),
    "傍晚": range(4, 9),
    # 晚上12点 is the midnight that ends the evening.
    "晚上": range(5, 13),
}


def span_of(start: Clock, end: Clock, *, by_24_hours: bool, shown: str) -> Span:
    """Return from and until in minutes after midnight.

    ``by_24_hours`` says that the notice shows elsewhere that it counts hours to 24.

    Raises:
        HoursNotUnderstoodError: it may be read in two ways, or in none.
    """
    since = _since(start, by_24_hours=by_24_hours, shown=shown)
    until = _until(start, since, end, shown)
    if end.next_day:
        until += DAY_MINUTES
    elif until <= since:
        until = _past_midnight(start, since, end, until, shown)
    if until - since > DAY_MINUTES:
        raise HoursNotUnderstoodError(
            shown, zh="一段时间超过了 24 小时", en="a stretch of more than 24 hours"
        )
    return since, until


def in_order(spans: Sequence[Span], shown: str) -> tuple[Span, ...]:
    """Return the spans of one day if each begins when the one before has ended.

    Raises:
        HoursNotUnderstoodError: they overlap, or go back in time, as 8:00-12:00、2:00-6:00 does.
    """
    for at in range(1, len(spans)):
        if spans[at][0] < spans[at - 1][1]:
            raise HoursNotUnderstoodError(
                shown,
                zh="几段时间没有按先后排，或互相重叠。下午请写 14:00 或 下午2点",
                en="the stretches overlap or go back in time; write afternoons as 14:00 or 下午2点",
            )
    if spans and spans[-1][1] - spans[0][0] > DAY_MINUTES:
        raise HoursNotUnderstoodError(
            shown,
            zh="第二天的时间与当天的重叠",
            en="what runs into the next day overlaps with that day's own hours",
        )
    return tuple(spans)


def _since(start: Clock, *, by_24_hours: bool, shown: str) -> int:
    if start.next_day:
        raise HoursNotUnderstoodError(
            shown,
            zh="次日只能写在结束时间前",
            en="次日 can stand before the end of a stretch only",
        )
    if start.part_of_day is not None:
        since = _minutes(start, start.part_of_day, shown)
    else:
        # 8点 and later is the morning by custom; 2点 or 5点 may be either half of the day.
        half_told = start.with_colon or by_24_hours or not 1 <= start.hour < 8
        if not half_told:
            raise _either_half(start, shown)
        since = start.hour * 60 + start.minute
    if since >= DAY_MINUTES:
        raise HoursNotUnderstoodError(
            shown,
            zh="一段时间不能从 24:00 开始，请从 0:00 写起",
            en="a stretch cannot begin at 24:00; begin at 0:00 on the day itself",
        )
    return since


def _until(start: Clock, since: int, end: Clock, shown: str) -> int:
    part = end.part_of_day
    if part is not None:
        return _minutes(end, part, shown)
    if start.part_of_day is None or end.next_day or end.hour > 12 or end.hour == 0:
        return end.hour * 60 + end.minute
    if start.hour > 12:
        raise _either_half(end, shown)
    # 上午8点至12点, 下午2点半至6点: the part of the day holds for the end as well.
    carried = start.part_of_day
    if carried == "凌晨":
        carried = "上午"
    if end.hour in _AS_WRITTEN[carried] or end.hour in _HALF_DAY_LATER.get(carried, ()):
        until = _minutes(end, carried, shown)
        if until > since:
            return until
    raise _either_half(end, shown)


def _minutes(clock: Clock, part: str, shown: str) -> int:
    hour = clock.hour
    if part == "凌晨" and hour == 12:
        return clock.minute
    if hour in _HALF_DAY_LATER.get(part, ()):
        hour += 12
    elif hour not in _AS_WRITTEN[part]:
        raise HoursNotUnderstoodError(
            shown,
            zh=f"{part}没有 {clock.hour} 点，请按 24 小时写，如 8:00-18:00",
            en=f"{part} has no hour {clock.hour}; write it by the 24-hour clock, as 8:00-18:00",
        )
    return hour * 60 + clock.minute


def _past_midnight(start: Clock, since: int, end: Clock, until: int, shown: str) -> int:
    """Return the end of a stretch that runs past midnight, where nothing else can be meant."""
    if until == 0 < since:
        return DAY_MINUTES
    morning_said = end.part_of_day in {"凌晨", "上午"}
    start_told = start.part_of_day is not None or since >= _NOON
    if morning_said and start_told:
        return until + DAY_MINUTES
    # 22:00-6:00: six in the evening is over by then, so six in the morning is meant.
    if end.part_of_day is None and since >= _NOON and until + _NOON <= since:
        return until + DAY_MINUTES
    if since == until:
        raise HoursNotUnderstoodError(
            shown,
            zh="开始和结束是同一时刻。整天开放请写 全天，不知道的写 时间不详",
            en="it begins and ends at the same time; write 全天 for all day, 时间不详 if not known",
        )
    raise _either_half(end, shown)


def _either_half(clock: Clock, shown: str) -> HoursNotUnderstoodError:
    hour = clock.hour % 12
    later = f"{hour + 12}:{clock.minute:02}"
    sooner = f"{hour}:{clock.minute:02}"
    return HoursNotUnderstoodError(
        shown,
        zh=f"说不准是 {sooner} 还是 {later}。请按 24 小时写，如 8:00-18:00，或写 早5点、下午6点；"
        "到第二天的写 次日，如 22:00-次日6:00",
        en=f"it may be {sooner} or {later}; write by the 24-hour clock, as 8:00-18:00, or with "
        "早 and 下午, and 次日 before an end on the next day, as 22:00-次日6:00",
    )
