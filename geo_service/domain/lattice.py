"""Square lattices of places inside outlines in the plane, for many outlines at once.

Every outline has a lattice of its own step, laid from the south-west corner of its box. The rows
are followed from border to border, so that a long thin or scattered outline costs what it holds
and not what its box does.
"""

from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


class Lattice(NamedTuple):
    """The places, by outline, then from south to north, then from west to east."""

    outline: Numbers
    x: Floats
    y: Floats


def lattice_inside(outlines: NDArray[np.object_], step: Floats) -> Lattice:
    """Return the places of each outline's lattice that lie inside it.

    Args:
        outlines: polygons in the plane, holes and parts included, shape (n,).
        step: metres between the places of each, shape (n,).
    """
    west, south = shapely.bounds(outlines)[:, :2].T
    begin, end, outline = _edges(outlines)
    # Half-open at the top, by a rule of the corner alone: so a row crosses each ring an even
    # number of times, and a corner that it meets exactly does not count twice.
    first_row = _row(begin[:, 1], south[outline], step[outline])
    last_row = _row(end[:, 1], south[outline], step[outline])
    low, high = np.minimum(first_row, last_row), np.maximum(first_row, last_row)
    edge, in_edge = _counted(high - low)
    of, row = outline[edge], low[edge] + in_edge
    y = south[of] + step[of] * (row + 0.5)
    run, rise = (end - begin)[edge].T
    x = begin[edge, 0] + (y - begin[edge, 1]) * run / rise
    order = np.lexsort((x, row, of))
    enters, leaves = order[::2], order[1::2]
    of, row, y = of[enters], row[enters], y[enters]
    first = np.ceil((x[enters] - west[of]) / step[of] - 0.5)
    last = np.floor((x[leaves] - west[of]) / step[of] - 0.5)
    crossing, column = _counted(np.maximum(last - first + 1, 0).astype(np.intp))
    of = of[crossing]
    return Lattice(
        outline=of,
        x=west[of] + step[of] * (first[crossing] + column + 0.5),
        y=y[crossing],
    )


def _edges(outlines: NDArray[np.object_]) -> tuple[Floats, Floats, Numbers]:
    """Return where the edges of all rings begin and end, and whose they are."""
    parts, outline = shapely.get_parts(outlines, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    same = ring[1:] == ring[:-1]
    return corners[:-1][same], corners[1:][same], outline[part[ring[:-1][same]]]


def _row(y: Floats, south: Floats, step: Floats) -> Numbers:
    """Return the first row that is not below a place."""
    return np.ceil((y - south) / step - 0.5).astype(np.intp)


def _counted(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return each index as often as its count says, and 0, 1, 2 … within each, without a loop."""
    index = np.repeat(np.arange(len(counts)), counts)
    return index, np.arange(len(index)) - np.repeat(np.cumsum(counts) - counts, counts)
