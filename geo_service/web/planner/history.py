"""The panel of history: how coverage came to be, year by year."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from geo_service.domain.register import Register
from geo_service.domain.survey import Level
from geo_service.services.coverage import CoverageQuery
from geo_service.services.history import HistoryQuery, coverage_history, history_row, whole_history
from geo_service.services.history_charts import history_chart
from geo_service.web.language import Language
from geo_service.web.planner.figures import count_text, share_text
from geo_service.web.planner.words import WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRow:
    """One day: its stations, those that came and went, its shares."""

    on: str
    stations: str
    opened: str
    closed: str
    area_coverage: str
    cross_coverage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPanel:
    """The chart, its sentence, and the same as a table."""

    text: str
    chart: Markup
    rows: tuple[DayRow, ...]


def history_panel(
    register: Register, query: CoverageQuery, now: datetime, language: Language
) -> HistoryPanel:
    """Tell the city's coverage on the first day of each year and today.

    Of the ground, in straight lines and whatever the hours: no more is recorded of the past.
    """
    words, (first, last) = WORDS[language], whole_history(register, register.eras.day_of(now))
    asked = CoverageQuery(radius=query.radius, level=Level.CITY, conditions=query.conditions)
    found = coverage_history(register, HistoryQuery(coverage=asked, first=first, last=last))
    rows = tuple(_row(history_row(point), words["unknown"]) for point in found.points)
    told = {
        f"{name}_{key}": getattr(row, key)
        for name, row in (("first", rows[0]), ("last", rows[-1]))
        for key in ("on", "stations", "area_coverage")
    }
    return HistoryPanel(
        text=words["history_text"].format(**told),
        chart=history_chart(register, found, language),
        rows=rows,
    )


def _row(row: dict[str, object], unknown: str) -> DayRow:
    def share(key: str) -> str:
        value = row[key]
        return share_text(value) if isinstance(value, float) else unknown

    def count(key: str) -> str:
        value = row[key]
        assert isinstance(value, int)
        return count_text(value)

    return DayRow(
        on=str(row["on"]),
        stations=count("stations"),
        opened=count("opened"),
        closed=count("closed"),
        area_coverage=share("area_coverage"),
        cross_coverage=share("cross_coverage"),
    )
