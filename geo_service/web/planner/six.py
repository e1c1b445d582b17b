"""The panel of the union's six things: how many stations show each by their own record."""

from dataclasses import dataclass
from typing import Final

from geo_service.domain.register import Register
from geo_service.domain.scorecard import Having, Shown
from geo_service.services.scorecard import scorecard
from geo_service.services.scorecard_words import HAVINGS, criterion_text
from geo_service.web.language import Language
from geo_service.web.planner.words import WORDS

_ORDER: Final = (Shown.YES, Shown.UNKNOWN, Shown.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a bar, in percent of it."""

    shown: str
    x: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SixBar:
    """One of the six: what it is, what makes it, its bar and its counts in words."""

    name: str
    criterion: str
    parts: tuple[Part, ...]
    counts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SixPanel:
    """All six."""

    text: str
    bars: tuple[SixBar, ...]


def six_panel(register: Register, language: Language) -> SixPanel:
    """Count the marks of all stations."""
    words, found = WORDS[language], scorecard(register)
    totals = found.totals
    bars = []
    for having in Having:
        counts, x, parts = totals.counts[having], 0.0, []
        for shown in _ORDER:
            width = 100 * counts[shown] / totals.stations if totals.stations else 0.0
            parts.append(Part(shown=shown.value, x=round(x, 1), width=round(width, 1)))
            x += width
        bars.append(
            SixBar(
                name=HAVINGS[having][language],
                criterion=criterion_text(having, language, found.spacing),
                parts=tuple(parts),
                counts=words["six_counts"].format(
                    **{shown.value: counts[shown] for shown in Shown}
                ),
            )
        )
    text = words["six_text"].format(stations=totals.stations, all_six=totals.all_six)
    return SixPanel(text=text, bars=tuple(bars))
