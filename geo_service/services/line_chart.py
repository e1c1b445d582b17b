"""Figures over time as an SVG: lines with their names beside them, and the same in words."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from math import ceil, floor, log10
from typing import Final, Literal

from markupsafe import Markup

Form = Literal["share", "whole"]

# Colours of Okabe and Ito, dark enough on white; each line has a dash and a mark of its own as
# well. A page sets others by class: chart-line-1, chart-line-2…
_COLOURS: Final = ("#0072b2", "#d55e00", "#117a5b", "#8f4f7a")
_DASHES: Final = ("none", "7 4", "2 4", "9 3 2 3")
_INK: Final = "#1d2a2f"
_RULE: Final = "#d3dbd6"

_WIDTH: Final = 560.0
_HEIGHT: Final = 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 54.0, 118.0, 16.0, 34.0
_LETTER_PX: Final = 13
_CAPTION: Final = 20.0
_LABELS_APART: Final = 16.0
_MOST_RULES: Final = 5
_NOTHING: Final = 1e-9  # what is less is drawn as nothing
_MOST_DATES: Final = 6
# Beyond so many, marks would hide the line.
_MOST_MARKS: Final = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A line: its name, and its figures in the order of their days; None where there is none."""

    name: str
    points: Sequence[tuple[date, float | None]]


def line_chart(
    series: Sequence[Series],
    *,
    title: str,
    form: Form = "share",
    caption: str = "",
    standalone: bool = False,
) -> Markup:
    """Draw series over the same time; the vertical axis begins at 0. At most four series.

    The SVG says its title and every figure in words for those who do not see it, and needs no
    style. ``caption`` stands below: what the figures rest on. ``standalone`` makes it a file of
    its own, on white ground.
    """
    if len(series) > len(_COLOURS):
        raise ValueError(f"a chart has at most {len(_COLOURS)} lines")
    frame = _Frame.around(series)
    height = _HEIGHT + (_CAPTION if caption else 0.0)
    parts = [
        Markup("<title>{}</title><desc>{}</desc>").format(title, in_words(series, form)),
        *([_ground(height)] if standalone else []),
        *_rules(frame, form),
        *_dates(frame),
        *(_line(frame, number, each, form) for number, each in enumerate(series)),
        *_names(frame, series),
        *([_caption(caption)] if caption else []),
    ]
    space = Markup(' xmlns="http://www.w3.org/2000/svg"') if standalone else ""
    return Markup(
        '<svg{} class="chart" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}" '
        'font-family="sans-serif" font-size="{}" fill="{}">{}</svg>'
    ).format(space, _WIDTH, height, title, _LETTER_PX, _INK, Markup("").join(parts))


def in_words(series: Iterable[Series], form: Form) -> str:
    """Say every figure of some series."""
    return " ".join(
        f"{each.name}: "
        + ", ".join(
            f"{day.isoformat()} {'–' if value is None else _written(value, form)}"
            for day, value in each.points
        )
        + "."
        for each in series
    )


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where days and figures lie on the sheet."""

    first: date
    last: date
    top: float
    rule: float

    @classmethod
    def around(cls, series: Iterable[Series]) -> "_Frame":
        points = [point for each in series for point in each.points]
        days = [day for day, _ in points] or [date(1970, 1, 1)]
        most = max((value for _, value in points if value is not None), default=0.0)
        rule = _round_rule(most)
        top = rule * max(1, ceil(most / rule - 1e-9))
        return cls(first=min(days), last=max(days), top=top, rule=rule)

    def x(self, day: date) -> float:
        span = (self.last - self.first).days
        # A single day stands at the end, where its name is.
        share = (day - self.first).days / span if span else 1.0
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        return round(_HEIGHT - _BOTTOM - value / self.top * (_HEIGHT - _TOP - _BOTTOM), 1)


def _round_rule(most: float) -> float:
    """Return a round number of which a few reach up to the most."""
    if most < _NOTHING:
        return 1.0
    whole = 10.0 ** floor(log10(most / _MOST_RULES))
    return next(
        whole * factor
        for factor in (1, 2, 2.5, 5, 10, 20)
        if whole * factor * _MOST_RULES >= most * (1 - 1e-9)
    )


def _ground(height: float) -> Markup:
    return Markup('<rect width="{:g}" height="{:g}" fill="#ffffff"/>').format(_WIDTH, height)


def _caption(text: str) -> Markup:
    return Markup('<text class="chart-text" x="8" y="{:g}" font-size="{}">{}</text>').format(
        _HEIGHT + 6, _LETTER_PX - 2, text
    )


def _rules(frame: _Frame, form: Form) -> Iterator[Markup]:
    for number in range(round(frame.top / frame.rule) + 1):
        value = number * frame.rule
        y = frame.y(value)
        yield Markup(
            '<path class="chart-rule" d="M{:g} {:g}H{:g}" stroke="{}"/>'
            '<text class="chart-text" x="{:g}" y="{:g}" text-anchor="end">{}</text>'
        ).format(_LEFT, y, _WIDTH - _RIGHT, _RULE, _LEFT - 6, y + 4, _tick(value, form, frame.rule))


def _dates(frame: _Frame) -> Iterator[Markup]:
    for day, text in _days_written(frame):
        yield Markup(
            '<text class="chart-text" x="{:g}" y="{:g}" text-anchor="middle">{}</text>'
        ).format(frame.x(day), _HEIGHT - _BOTTOM + 20, text)


def _days_written(frame: _Frame) -> list[tuple[date, str]]:
    """Return the days to write under the axis: first days of years, where there are enough."""
    years = [
        date(year, 1, 1)
        for year in range(frame.first.year, frame.last.year + 1)
        if frame.first <= date(year, 1, 1) <= frame.last
    ]
    if len(years) > 1:
        return [(day, f"{day.year}") for day in years[:: ceil(len(years) / _MOST_DATES)]]
    return [(day, day.isoformat()) for day in dict.fromkeys((frame.first, frame.last))]


def _line(frame: _Frame, number: int, series: Series, form: Form) -> Markup:
    colour = _COLOURS[number]
    known = [(day, value) for day, value in series.points if value is not None]
    marks = [
        _MARKS[number](frame.x(day), frame.y(value)).format(
            Markup("<title>{} {}: {}</title>").format(
                series.name, day.isoformat(), _written(value, form)
            )
        )
        for day, value in (known if len(known) <= _MOST_MARKS else known[-1:])
    ]
    return Markup(
        '<g class="chart-line chart-line-{}" fill="{}" stroke="{}">'
        '<path d="{}" fill="none" stroke-width="2" stroke-dasharray="{}" '
        'stroke-linejoin="round"/>{}</g>'
    ).format(
        number + 1, colour, colour, _path(frame, series), _DASHES[number], Markup("").join(marks)
    )


def _path(frame: _Frame, series: Series) -> str:
    drawn, pen = [], "M"
    for day, value in series.points:
        if value is None:
            pen = "M"
            continue
        drawn.append(f"{pen}{frame.x(day):g} {frame.y(value):g}")
        pen = "L"
    return "".join(drawn)


def _circle(x: float, y: float) -> Markup:
    return Markup(f'<circle cx="{x:g}" cy="{y:g}" r="3.5">{{}}</circle>')  # noqa: S704 - numbers


def _square(x: float, y: float) -> Markup:
    return Markup(  # noqa: S704 - likewise
        f'<rect x="{x - 3.5:g}" y="{y - 3.5:g}" width="7" height="7">{{}}</rect>'
    )


def _diamond(x: float, y: float) -> Markup:
    return Markup(  # noqa: S704 - likewise
        f'<path d="M{x:g} {y - 5:g}l5 5l-5 5l-5 -5z">{{}}</path>'
    )


def _triangle(x: float, y: float) -> Markup:
    return Markup(  # noqa: S704 - likewise
        f'<path d="M{x:g} {y - 5:g}l5 8h-10z">{{}}</path>'
    )


_MARKS: Final[tuple[Callable[[float, float], Markup], ...]] = (
    _circle,
    _square,
    _diamond,
    _triangle,
)


def _names(frame: _Frame, series: Sequence[Series]) -> Iterator[Markup]:
    """Write each name where its line ends, none over another."""
    ends = []
    for number, each in enumerate(series):
        known = [value for _, value in each.points if value is not None]
        if known:
            ends.append((frame.y(known[-1]), number, each.name))
    ends.sort()
    lowest = _HEIGHT - _BOTTOM - _LABELS_APART * (len(ends) - 1)
    y = _TOP - _LABELS_APART
    for place, (wanted, number, name) in enumerate(ends):
        y = max(min(wanted, lowest + place * _LABELS_APART), y + _LABELS_APART)
        yield Markup(
            '<text class="chart-name chart-name-{}" x="{:g}" y="{:g}" fill="{}">{}</text>'
        ).format(number + 1, _WIDTH - _RIGHT + 10, y + 4, _COLOURS[number], name)


def _written(value: float, form: Form) -> str:
    return f"{100 * value:.1f}%" if form == "share" else f"{value:,.0f}"


def _tick(value: float, form: Form, rule: float) -> str:
    if form == "whole":
        return f"{value:,.0f}" if rule >= 1 else f"{value:g}"
    # As many digits as the rule has: 2.5 % is not 2 %, nor 3 %.
    percent = 100 * rule
    digits = next(each for each in count() if abs(percent - round(percent, each)) < percent / 1e6)
    return f"{100 * value:.{digits}f}%"
