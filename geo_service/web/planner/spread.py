"""The chart of nearest distances, drawn as SVG on the server."""

from dataclasses import dataclass
from typing import Final

from geo_service.services.coverage import CoverageAnswer
from geo_service.services.distribution import Distribution
from geo_service.web.language import Language
from geo_service.web.planner.basis import distance_words, layer_words
from geo_service.web.planner.figures import length_text, radius_text, share_text
from geo_service.web.planner.words import WORDS

WIDTH: Final = 640
HEIGHT: Final = 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 8.0, 8.0, 46.0, 26.0
_GAP: Final = 2.0
_TICKS: Final = (1, 2, 4, 5, 8, 10, 20)  # bars from one label to the next
_LABELS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: its place, its words, and whether what it stands for is within the radius."""

    x: float
    y: float
    width: float
    height: float
    title: str
    within: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A line across the chart: the radius, the median, where nine tenths end."""

    key: str
    x: float
    y: float
    label: str
    anchor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The chart, with its figures in words."""

    text: str
    axis: str
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[tuple[float, str], ...]
    floor: float
    width: int = WIDTH
    height: int = HEIGHT


def spread_of(
    answer: CoverageAnswer, spread: Distribution, covered: float, language: Language
) -> Spread:
    """Draw how the distances are spread; ``covered`` is the share within the radius."""
    words, radius = WORDS[language], answer.query.radius
    wide = (WIDTH - _LEFT - _RIGHT) / len(spread.shares)
    floor = HEIGHT - _BOTTOM
    tallest = max(spread.shares) or 1.0

    def across(metres: float) -> float:
        return round(_LEFT + min(metres / spread.step_m, len(spread.shares)) * wide, 1)

    bars = []
    for number, share in enumerate(spread.shares):
        low, high = number * spread.step_m, (number + 1) * spread.step_m
        last = number == len(spread.shares) - 1
        tall = share / tallest * (floor - _TOP)
        bars.append(
            Bar(
                x=round(_LEFT + number * wide + _GAP / 2, 1),
                y=round(floor - tall, 1),
                width=round(wide - _GAP, 1),
                height=round(tall, 1),
                title=words["spread_last" if last else "spread_bar"].format(
                    low=f"{low / 1000:g}", high=f"{high / 1000:g}", share=share_text(share)
                ),
                within=high <= radius,
            )
        )
    every = next(each for each in (*_TICKS, 1000) if len(bars) / each <= _LABELS)
    told = {
        "radius": (radius, radius_text(radius, language)),
        "median": (spread.median_m, length_text(spread.median_m, language)),
        "p90": (spread.p90_m, length_text(spread.p90_m, language)),
    }
    named = layer_words(answer.query, language)
    text = words["spread_text"].format(
        whose=(named["layer"][:1].upper() + named["layer"][1:]) + named["estimate"],
        within=share_text(covered),
        max=length_text(spread.max_m, language),
        **{key: text for key, (_, text) in told.items()},
    )
    if spread.cut_off:
        text += words["spread_cut_off"].format(share=share_text(spread.cut_off))
    return Spread(
        text=text,
        axis=words["spread_axis"].format(distance_type=distance_words(answer.query, language)),
        bars=tuple(bars),
        marks=tuple(
            Mark(
                key=key,
                x=across(metres),
                y=12.0 + 15.0 * row,
                label=f"{words[f'spread_{key}']} {text}",
                anchor="start" if across(metres) < WIDTH * 0.7 else "end",
            )
            for row, (key, (metres, text)) in enumerate(told.items())
        ),
        ticks=tuple(
            (across(number * spread.step_m), f"{number * spread.step_m / 1000:g}")
            for number in range(0, len(bars) + 1, every)
        ),
        floor=floor,
    )
