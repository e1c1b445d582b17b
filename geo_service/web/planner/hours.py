"""The panel of hours: what is covered at each hour of a working day and of a weekend day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageQuery
from geo_service.services.measures import Day, Hour, hour_by_hour, ordinary_days
from geo_service.web.language import Language
from geo_service.web.links import asked_again
from geo_service.web.planner.basis import layer_words
from geo_service.web.planner.figures import share_text
from geo_service.web.planner.words import WORDS

_KINDS: Final = ("working", "weekend")
_LEAST_SHOWN: Final = 0.01  # of the tallest bar


@dataclass(frozen=True, slots=True, kw_only=True)
class HourBar:
    """One hour: its name, its share as a whole percentage, its words, and where it leads."""

    name: str
    share: str
    title: str
    height: float
    asked: dict[str, object]
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DayBars:
    """One day."""

    name: str
    mean: str
    hours: tuple[HourBar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursPanel:
    """Both days, with what their figures are."""

    text: str
    days: tuple[DayBars, ...]


def hours_panel(
    register: Register, query: CoverageQuery, now: datetime, *, certain: bool, language: Language
) -> HoursPanel:
    """Draw the next ordinary working day and weekend day, on one scale."""
    words = WORDS[language]
    days = hour_by_hour(register, query, ordinary_days(register, now), certain=certain).days
    tallest = max((hour.share or 0.0 for day in days for hour in day.hours), default=0.0)
    named = layer_words(query, language)
    return HoursPanel(
        text=words["hours_text_certain" if certain else "hours_text"].format(
            whose=named["layer"] + named["estimate"]
        ),
        days=tuple(
            _bars(day, kind, tallest, query.instant, language)
            for day, kind in zip(days, _KINDS, strict=True)
        ),
    )


def _bars(
    day: Day, kind: str, tallest: float, chosen: datetime | None, language: Language
) -> DayBars:
    words, mean = WORDS[language], day.share_of_day
    return DayBars(
        name=words["hours_day"].format(kind=words[f"hours_{kind}"], date=day.date.isoformat()),
        mean="" if mean is None else words["hours_mean"].format(share=share_text(mean)),
        hours=tuple(_bar(hour, tallest, chosen, language) for hour in day.hours),
    )


def _bar(hour: Hour, tallest: float, chosen: datetime | None, language: Language) -> HourBar:
    words, share = WORDS[language], hour.share
    name = f"{hour.instant:%H}"
    return HourBar(
        name=name,
        share="–" if share is None else f"{100 * share:.0f}",
        title=words["hours_hour"].format(
            hour=name,
            share=words["unknown"] if share is None else share_text(share),
            stations=hour.stations,
        ),
        height=round(100 * max((share or 0.0) / tallest, _LEAST_SHOWN), 1) if tallest else 0.0,
        asked=asked_again(open=f"{hour.instant:%Y-%m-%dT%H:%M}"),
        chosen=chosen == hour.instant,
    )
