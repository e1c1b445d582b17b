"""Which of the five colours each unit of the map takes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from geo_service.services.exporting import Row
from geo_service.web.planner.figures import FIGURES
from maps.measures import breaks_of, class_of, colour_of, number, range_of

# Where most of a place is out of reach, equal fifths would paint all of it one colour.
_FINE_SHARES: Final = (0.05, 0.1, 0.2, 0.5)
_FINE_BELOW: Final = 0.3


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A class: its colour from 0 to 4, its range in words, and how many units are in it."""

    colour: int
    range: str
    units: int


@dataclass(frozen=True, slots=True)
class Shading:
    """The colour of each unit that has a value, and the legend."""

    colours: Mapping[str, int]
    legend: tuple[LegendEntry, ...]
    without: int


def shading_of(rows: Sequence[Row], key: str) -> Shading:
    """Class units by one of their figures.

    Shares break at fixed places, so that two maps compare: at each fifth, or finer at the low end
    where half of the units lie there.
    """
    measure = FIGURES[key]
    values = {row["code"]: number(row.get(key)) for row in rows}
    known = {code: value for code, value in values.items() if value is not None}
    breaks = breaks_of(measure, known.values())
    if measure.form == "share" and known and median(known.values()) < _FINE_BELOW:
        breaks = _FINE_SHARES
    classes = {code: class_of(value, breaks) for code, value in known.items()}
    sizes = Counter(classes.values())
    return Shading(
        colours={code: colour_of(position, breaks) for code, position in classes.items()},
        legend=tuple(
            LegendEntry(
                colour_of(position, breaks), range_of(measure, position, breaks), sizes[position]
            )
            for position in range(len(breaks) + 1)
        )
        if known
        else (),
        without=len(rows) - len(known),
    )
