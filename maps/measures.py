"""The measures of coverage that a map can show: how each is written and classed."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10
from typing import Literal

Form = Literal["share", "whole", "decimal"]
Figure = float | int | str | None

# A choropleth has five classes; there is no sixth colour.
CLASSES = 5
_THIN_SPACE = "\u202f"  # no line breaks at it


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One figure of a unit; ``on_map`` says whether a choropleth of it means anything.

    Totals such as areas and counts follow the size of a unit: shading by them would mislead.
    """

    key: str
    form: Form
    on_map: bool = True


MEASURES: Mapping[str, Measure] = {
    measure.key: measure
    for measure in (
        Measure(key="area_coverage", form="share"),
        Measure(key="cross_coverage", form="share"),
        Measure(key="stations", form="whole"),
        Measure(key="stations_rest", form="whole", on_map=False),
        Measure(key="stations_breakfast", form="whole", on_map=False),
        Measure(key="stations_per_10000", form="decimal"),
        Measure(key="population", form="whole", on_map=False),
        Measure(key="area_km2", form="decimal", on_map=False),
        Measure(key="nearest_mean_m", form="whole"),
        Measure(key="nearest_median_m", form="whole"),
        Measure(key="nearest_p90_m", form="whole"),
        Measure(key="nearest_max_m", form="whole"),
        Measure(key="worst_gap_distance_m", form="whole"),
    )
}


def written(measure: Measure, value: Figure) -> str | None:
    """Return a figure as people read it, or None where there is none (NaN is none)."""
    if value is None or isinstance(value, str):
        return value
    if not isfinite(value):
        return None
    if measure.form == "share":
        return f"{100 * value:.1f}{_THIN_SPACE}%"
    if measure.form == "whole":
        return f"{value:,.0f}".replace(",", _THIN_SPACE)
    return f"{value:,.2f}".replace(",", _THIN_SPACE)


def number(value: Figure) -> float | None:
    """Return a figure to be classed, or None where there is no number."""
    if value is None or isinstance(value, str) or not isfinite(value):
        return None
    return float(value)


def breaks_of(measure: Measure, values: Iterable[float]) -> tuple[float, ...]:
    """Return where one class ends and the next begins, rising; at most four.

    Shares break at each fifth, so that maps of two days compare; others at rounded quintiles.
    """
    if measure.form == "share":
        return (0.2, 0.4, 0.6, 0.8)
    held = sorted(values)
    if not held:
        return ()
    quintiles = [held[min(len(held) - 1, len(held) * step // CLASSES)] for step in range(1, 5)]
    rounded = sorted({_two_digits(each) for each in quintiles})
    return tuple(each for each in rounded if held[0] < each <= held[-1])


def class_of(value: float, breaks: Sequence[float]) -> int:
    """Return the class, from 0; a value on a break belongs to the class that begins there."""
    return bisect_right(breaks, value)


def colour_of(position: int, breaks: Sequence[float]) -> int:
    """Return which of the five colours a class takes: few classes spread over the whole scheme."""
    if not breaks:
        return CLASSES // 2
    return round(position * (CLASSES - 1) / len(breaks))


def range_of(measure: Measure, position: int, breaks: Sequence[float]) -> str:
    """Return a class as the legend words it: from its lower break to its upper."""
    below = _broken(measure, breaks[position - 1]) if position > 0 else None
    above = _broken(measure, breaks[position]) if position < len(breaks) else None
    if below is None and above is None:
        return "–"
    if below is None:
        return f"< {above}"
    return f"≥ {below}" if above is None else f"{below} – {above}"


def _broken(measure: Measure, value: float) -> str | None:
    return (
        f"{100 * value:.0f}{_THIN_SPACE}%" if measure.form == "share" else written(measure, value)
    )


def _two_digits(value: float) -> float:
    if value == 0:
        return 0.0
    return round(value, 1 - floor(log10(abs(value))))
