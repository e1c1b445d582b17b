"""What the form of opening hours comes to: in words, as an expression, and as a week in bars."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import Openness, Schedule
from geo_service.services.hours_text import hours_text
from geo_service.services.weekly import days_from, hours_by_day, stretch_texts
from geo_service.web.language import Language
from geo_service.web.register_hours.form import DAYS, HoursForm
from geo_service.web.register_hours.words import WORDS

DAY_MINUTES: Final = 24 * 60


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch within one day, in minutes, to be drawn."""

    start: int
    length: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of the week as a line of the preview."""

    name: str
    hours: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a form beside it."""

    faults: tuple[str, ...] = ()
    said: str = ""
    expression: str | None = None
    week_of: str = ""
    week: tuple[DayLine, ...] = ()


def preview_of(form: HoursForm, language: Language, *, today: date, zone: ZoneInfo) -> Preview:
    """Return what a form comes to, or all that is wrong with it."""
    faults = tuple(each.in_chinese if language == "zh" else each.in_english for each in form.faults)
    if faults:
        return Preview(faults=faults)
    expression = form.expression()
    if expression is None:
        return Preview(said=hours_text(None, language))
    monday = today - timedelta(days=today.weekday())
    return Preview(
        said=hours_text(expression, language),
        expression=expression,
        week_of=monday.isoformat(),
        week=_week(expression, language, monday, zone),
    )


def _week(expression: str, language: Language, monday: date, zone: ZoneInfo) -> tuple[DayLine, ...]:
    """Return seven ordinary days, and a public holiday that stands apart from them."""
    # A fortnight on, so that no night before or after the week is a holiday's.
    holiday = Holiday(
        day=monday + timedelta(days=16),
        kind=HolidayKind.PUBLIC_HOLIDAY,
        name="holiday",
        status=HolidayStatus.STATUTORY,
        source="an example",
    )
    calendar = HolidayCalendar([holiday])
    schedule = Schedule.parse(expression, calendar, zone)
    days = [*days_from(monday), holiday.day]
    lines = zip(DAYS, hours_by_day(schedule, calendar, days), strict=True)
    return tuple(
        DayLine(
            WORDS[language][f"day_{name}"],
            "、".join(stretch_texts(hours.stretches, language))
            if language == "zh"
            else ", ".join(stretch_texts(hours.stretches, language)),
            tuple(_bars(schedule.intervals(hours.day), hours.day, zone)),
        )
        for name, hours in lines
    )


def _bars(
    intervals: Iterable[tuple[datetime, datetime, Openness]], day: date, zone: ZoneInfo
) -> Iterable[Bar]:
    midnight = datetime.combine(day, time(), zone)
    for start, end, state in intervals:
        if state is not Openness.CLOSED:
            since, until = (int((each - midnight).total_seconds()) // 60 for each in (start, end))
            yield Bar(since, min(until, DAY_MINUTES) - since, state is Openness.OPEN)
