"""Opening hours as a person reads them: day by day from today, and on the holidays ahead."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind
from geo_service.domain.opening_hours import Openness, Schedule

Language = Literal["zh", "en"]

_DAY: Final = timedelta(days=1)
# What begins in the evening and ends by noon is the night's, not the next day's.
_NIGHT_ENDS: Final = time(12)

_WORDS: Final = {
    "zh": {
        "closed": "不开",
        "all day": "全天",
        "next day": "次日 ",
        "unknown": "（不一定）",
    },
    "en": {
        "closed": "closed",
        "all day": "all day",
        "next day": "",
        "unknown": " (not certain)",
    },
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some hours without a break in which a place is open, or may be."""

    start: datetime
    end: datetime
    state: Openness


@dataclass(frozen=True, slots=True)
class DayHours:
    """What one day has: the stretches that begin on it, and what makes it special."""

    day: date
    stretches: tuple[Stretch, ...]
    holiday: Holiday | None


@dataclass(frozen=True, slots=True)
class HolidayAhead:
    """Days in a row, of one holiday and of one kind."""

    name: str
    kind: HolidayKind
    first: date
    last: date

    @property
    def days(self) -> tuple[date, ...]:
        """Return each of the days."""
        return tuple(self.first + n * _DAY for n in range((self.last - self.first).days + 1))


def hours_by_day(
    schedule: Schedule, calendar: HolidayCalendar, days: Iterable[date]
) -> tuple[DayHours, ...]:
    """Return the hours of each day; a night belongs to the day on which it begins."""
    special = {each.day: each for each in calendar.holidays}
    return tuple(DayHours(day, _stretches_of(schedule, day), special.get(day)) for day in days)


def days_from(first: date, count: int = 7) -> tuple[date, ...]:
    """Return so many days, beginning with the first."""
    return tuple(first + n * _DAY for n in range(count))


def holidays_ahead(
    calendar: HolidayCalendar, today: date, *, within_days: int = 120
) -> tuple[HolidayAhead, ...]:
    """Return the holidays and the days worked in exchange for them, from today on."""
    return tuple(
        _in_rows(
            each
            for each in calendar.holidays
            if today <= each.day <= today + timedelta(days=within_days)
        )
    )


def stretch_texts(stretches: Iterable[Stretch], language: Language) -> list[str]:
    """Say when a place is open on one day: ["05:30–07:10"], ["全天"], ["closed"]."""
    said = [_stretch_text(each, language) for each in stretches]
    return said or [_WORDS[language]["closed"]]


def _stretches_of(schedule: Schedule, day: date) -> tuple[Stretch, ...]:
    here = list(_open(schedule, day))
    if here and _runs_over(_last(schedule, day - _DAY), here[0]):
        here = here[1:]  # the evening before has it
    if here and here[-1].end.date() > day:
        morning = next(_open(schedule, day + _DAY), None)
        if morning is not None and _runs_over(here[-1], morning):
            here[-1] = Stretch(here[-1].start, morning.end, here[-1].state)
    return tuple(here)


def _open(schedule: Schedule, day: date) -> Iterator[Stretch]:
    for start, end, state in schedule.intervals(day):
        if state is not Openness.CLOSED:
            yield Stretch(start, end, state)


def _last(schedule: Schedule, day: date) -> Stretch | None:
    found = list(_open(schedule, day))
    return found[-1] if found else None


def _runs_over(evening: Stretch | None, morning: Stretch) -> bool:
    return (
        evening is not None
        and evening.end == morning.start
        and evening.state is morning.state
        and evening.start.time() >= _NIGHT_ENDS
        and morning.end.date() == morning.start.date()
        and morning.end.time() <= _NIGHT_ENDS
    )


def _stretch_text(stretch: Stretch, language: Language) -> str:
    words = _WORDS[language]
    days = (stretch.end.date() - stretch.start.date()).days
    if days == 1 and stretch.start.time() == stretch.end.time() == time():
        text = words["all day"]
    elif days and stretch.end.time() == time():
        text = f"{stretch.start:%H:%M}–24:00"
    else:
        over = words["next day"] if days else ""
        text = f"{stretch.start:%H:%M}–{over}{stretch.end:%H:%M}"
    return text + (words["unknown"] if stretch.state is Openness.UNKNOWN else "")


def _in_rows(holidays: Iterable[Holiday]) -> Iterator[HolidayAhead]:
    row: HolidayAhead | None = None
    for each in holidays:
        follows = (
            row is not None
            and (row.name, row.kind) == (each.name, each.kind)
            and row.last + _DAY == each.day
        )
        if row is not None and follows:
            row = HolidayAhead(row.name, row.kind, row.first, each.day)
            continue
        if row is not None:
            yield row
        row = HolidayAhead(each.name, each.kind, each.day, each.day)
    if row is not None:
        yield row
