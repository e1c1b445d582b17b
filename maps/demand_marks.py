"""How a layer of weighted points is drawn: circles where they are few, an even grid where many.

The area of a circle is its weight. A square of the grid is shaded by what stands on a square
kilometre of it; each point is shared out among the four squares next to it, as it would be if it
were as large as a square, so that an even spread looks even and the two grids make no pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, floor, hypot, log10, radians, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.demand import DemandPoints
from maps.measures import CLASSES, Measure, class_of, colour_of, range_of, written

MOST_CIRCLES: Final = 1500
LARGEST_RADIUS: Final = 22.0  # pixels
SMALLEST_RADIUS: Final = 2.5

_CELLS_WANTED: Final = 1500
_VALUES_GROUPED: Final = 500
_METRES_A_DEGREE: Final = 111_320.0  # of latitude, good enough to draw by
_DECIMALS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """One point: latitude first, as Leaflet alone wants it."""

    at: list[float]
    radius: float
    weight: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One square of the grid: south, west, north, east; its colour, and its density in words."""

    corners: list[list[float]]
    colour: int
    density: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """One entry of a legend: a colour with its range, or a circle's radius with its weight."""

    words: str
    colour: int | None = None
    radius: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandMarks:
    """What to draw: either circles, the largest first, or cells of ``cell_m`` metres."""

    circles: Sequence[Circle] = ()
    cells: Sequence[Cell] = ()
    legend: Sequence[Class] = ()
    cell_m: float | None = None

    def to_json(self) -> dict[str, object]:
        """Return it as the map's script takes it."""
        return {
            "circles": [[each.at, each.radius, each.weight, each.name] for each in self.circles],
            "cells": [[each.corners, each.colour, each.density] for each in self.cells],
        }


def marks_of(points: DemandPoints) -> DemandMarks:
    """Return the marks of a layer; a point that weighs nothing has none."""
    return _circles(points) if len(points) <= MOST_CIRCLES else _grid(points)


def _circles(points: DemandPoints) -> DemandMarks:
    weights, names = points.weight, points.names
    largest = float(weights.max(initial=0.0))
    if largest <= 0:
        return DemandMarks()
    measure = _measure(largest)
    x, y = points.at.degrees
    order = [int(each) for each in np.argsort(-weights, kind="stable") if weights[each] > 0]
    steps = dict.fromkeys([largest, _two_digits(largest / 4), _two_digits(largest / 20)])
    return DemandMarks(
        circles=[
            Circle(
                at=[round(float(y[each]), _DECIMALS), round(float(x[each]), _DECIMALS)],
                radius=_radius(float(weights[each]), largest),
                weight=written(measure, float(weights[each])) or "",
                name="" if names is None else names[each],
            )
            for each in order
        ],
        legend=[
            Class(words=written(measure, step) or "", radius=_radius(step, largest))
            for step in steps
        ],
    )


def _radius(weight: float, largest: float) -> float:
    return round(max(SMALLEST_RADIUS, LARGEST_RADIUS * sqrt(weight / largest)), 1)


def _grid(points: DemandPoints) -> DemandMarks:
    x, y = points.at.degrees
    middle = cos(radians((float(y.min()) + float(y.max())) / 2))
    width = (float(x.max()) - float(x.min())) * middle * _METRES_A_DEGREE
    height = (float(y.max()) - float(y.min())) * _METRES_A_DEGREE
    area = max(width * height, (hypot(width, height) / 50) ** 2, 1.0)
    metres = _round_length((area / _CELLS_WANTED) ** 0.5)
    north_step = metres / _METRES_A_DEGREE
    east_step = north_step / middle
    # Cells lie on multiples of the step: the same ground has the same cells in every layer.
    column, row = np.floor(x / east_step), np.floor(y / north_step)
    sums = _shared(x / east_step, y / north_step, points.weight)
    held = {(int(c), int(r)) for c, r in zip(column.tolist(), row.tolist(), strict=True)}
    density = {
        place: sums[place] / (metres / 1000) ** 2
        for place in sorted(held)
        if sums.get(place, 0.0) > 0
    }
    measure = _measure(max(density.values(), default=0.0))
    breaks = natural_breaks(np.array(list(density.values())))
    return DemandMarks(
        cells=[
            Cell(
                corners=_corners(place, east_step, north_step),
                colour=colour_of(class_of(value, breaks), breaks),
                density=written(measure, value) or "",
            )
            for place, value in density.items()
        ],
        legend=[
            Class(words=range_of(measure, each, breaks), colour=colour_of(each, breaks))
            for each in range(len(breaks) + 1)
        ],
        cell_m=metres,
    )


def _shared(
    across: NDArray[np.float64], up: NDArray[np.float64], weight: NDArray[np.float64]
) -> dict[tuple[int, int], float]:
    """Share weights out among the four cells whose middles are closest, by how close they are."""
    column, row = np.floor(across - 0.5), np.floor(up - 0.5)
    east, north = across - 0.5 - column, up - 0.5 - row
    places, parts = [], []
    for right in (0, 1):
        for above in (0, 1):
            places.append(np.column_stack((column + right, row + above)))
            parts.append(weight * (east if right else 1 - east) * (north if above else 1 - north))
    cells, cell_of = np.unique(np.concatenate(places).astype(np.int64), axis=0, return_inverse=True)
    sums = np.bincount(cell_of.ravel(), weights=np.concatenate(parts))
    return {(int(c), int(r)): float(total) for (c, r), total in zip(cells, sums, strict=True)}


def _corners(place: tuple[int, int], east_step: float, north_step: float) -> list[list[float]]:
    column, row = place
    return [
        [round(row * north_step, _DECIMALS), round(column * east_step, _DECIMALS)],
        [round((row + 1) * north_step, _DECIMALS), round((column + 1) * east_step, _DECIMALS)],
    ]


def _measure(largest: float) -> Measure:
    return Measure(key="demand", form="whole" if largest >= 20 else "decimal")


def _round_length(metres: float) -> float:
    """Return the closest of 1, 2, 5, 10, 20 … metres that is not shorter."""
    power = 10.0 ** floor(log10(metres))
    return next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= metres)


def _two_digits(value: float) -> float:
    return round(value, 1 - floor(log10(value)))


def natural_breaks(values: NDArray[np.float64], classes: int = CLASSES) -> tuple[float, ...]:
    """Return where classes part, rising: so that values differ least from the mean of their class.

    Fisher's exact grouping (1958), known to map makers by Jenks. Where values stand in a few heaps,
    as those of an even spread do, no break runs through a heap.
    """
    held = np.sort(values)
    if len(held) > _VALUES_GROUPED:
        # The work grows with the square of their number; these are as many, evenly picked.
        held = held[np.linspace(0, len(held) - 1, _VALUES_GROUPED).round().astype(np.intp)]
    distinct = len(np.unique(held))
    if distinct < 2:
        return ()
    sums = np.concatenate(([0.0], np.cumsum(held)))
    squares = np.concatenate(([0.0], np.cumsum(held**2)))

    def spread(first: NDArray[np.intp], end: int) -> NDArray[np.float64]:
        """Return the squared differences from the mean of the values first to end."""
        total = sums[end] - sums[first]
        return np.asarray(squares[end] - squares[first] - total**2 / (end - first))

    count = len(held)
    ends = range(1, count + 1)
    best = np.array([0.0, *(spread(np.array([0]), end)[0] for end in ends)])
    begins: list[NDArray[np.intp]] = []
    for _ in range(min(classes, distinct) - 1):
        begin, better = np.zeros(count + 1, dtype=np.intp), best.copy()
        for end in ends:
            first = np.arange(end)
            cost = best[:end] + spread(first, end)
            begin[end] = int(np.argmin(cost))
            better[end] = cost[begin[end]]
        begins.append(begin)
        best = better
    found, end = [], count
    for begin in reversed(begins):
        end = int(begin[end])
        if end > 0 and held[end - 1] < held[end]:
            found.append(_between(float(held[end - 1]), float(held[end])))
    return tuple(sorted(set(found)))


def _between(low: float, high: float) -> float:
    """Return the roundest number that is above one value and not above another."""
    middle = (low + high) / 2
    for digits in range(1, 15):
        rounded = round(middle, digits - 1 - floor(log10(middle)))
        if low < rounded <= high:
            return rounded
    return high
