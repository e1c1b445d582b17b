"""Which places are closest by chord, kept by the neighbourhood of whoever asks.

A k-d tree finds them in any case. But to call it is to leave Python for numpy and to let go of the
interpreter, which on a request costs more than the search itself. So where somebody asks for a
second time, the tree is asked for the whole neighbourhood, a cell of a quadtree over degrees: for
all places that can be among the ``MOST`` closest to an origin anywhere in it. They are few, and to
rank them takes no array.

That they are all is the triangle inequality. Let the MOST places closest to a cell's centre lie
within a chord t of it, and the whole cell within ρ. From any origin in the cell those places lie
within t + ρ; so do the MOST closest to that origin; and these lie within t + 2 ρ of the centre.
"""

from array import array
from collections.abc import Sequence
from math import ceil, cos, floor, log2, radians
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.ecef import LARGEST_RADIUS, ecef, ecef_of

MOST: Final = 10
"""How many closest places a neighbourhood answers for."""

# A cell with more places than these is quartered.
_PLACES: Final = 32
# A cell this small beside the chord to the farthest of the MOST closest has about 22 places.
_FITTING: Final = 0.25
_FIRST_CELL: Final = 180.0 / 128  # degrees
_LAST_LEVEL: Final = 14  # cells of some ten metres
_CELLS_KEPT: Final = 100_000
_MILLIMETRE: Final = 0.001  # covers what floating point loses

_Arrays = tuple[NDArray[np.float64], NDArray[np.intp]]
_Cell = tuple[int, int, int]  # level, column, row
_Ranked = list[tuple[float, int]]

# What is kept of a cell without places.
_QUARTERED: Final = array("L")  # look one level down
_ASKED: Final = array("L")  # somebody asked from there, once
_CROWDED: Final = array("L")  # too many places even for the smallest cell


class Neighbourhoods:
    """The places around origins, numbered as in a k-d tree over their earth-centred coordinates.

    Safe to share between threads: at worst two of them ask the tree the same.
    """

    def __init__(self, points: NDArray[np.float64], tree: cKDTree) -> None:
        """Take earth-centred metres, shape (n, 3) with n > ``MOST``, and the tree over them."""
        self._tree = tree
        self._x, self._y, self._z = (array("d", points[:, axis].tobytes()) for axis in range(3))
        self._kept: dict[_Cell, array[int]] = {}

    def __len__(self) -> int:
        """Count the cells of which something is kept."""
        return len(self._kept)

    def closest(self, origin: Coordinate, count: int) -> Sequence[tuple[float, int]]:
        """Return squared chord and number of the ``count`` places closest by chord, in order."""
        point = ecef_of(origin)
        cell, places = self._around(origin)
        if places is _ASKED:
            places = self._kept[cell] = self._that_can_be_closest(cell)
            if places is _QUARTERED:
                self._kept[_cell_at(origin, cell[0] + 1)] = _ASKED
        if places:
            return self._ranked(point, places)[:count]
        chords, numbers = cast("_Arrays", self._tree.query(point, k=MOST))
        if places is None:
            self._note(origin, cell[0], float(chords[-1]))
        return list(zip(np.square(chords).tolist(), numbers.tolist(), strict=True))[:count]

    def _around(self, origin: Coordinate) -> "tuple[_Cell, array[int] | None]":
        """Return the first cell around an origin that is not quartered, and what is kept of it."""
        east, north, size = origin.longitude + 180.0, origin.latitude + 90.0, _FIRST_CELL
        level, kept = 0, self._kept
        while True:
            cell = level, floor(east / size), floor(north / size)
            places = kept.get(cell)
            if places is not _QUARTERED:
                return cell, places
            level += 1
            size /= 2.0

    def _ranked(self, point: tuple[float, float, float], places: "array[int]") -> _Ranked:
        x, y, z = point
        xs, ys, zs = self._x, self._y, self._z
        return sorted(
            [
                ((xs[each] - x) ** 2 + (ys[each] - y) ** 2 + (zs[each] - z) ** 2, each)
                for each in places
            ]
        )

    def _note(self, origin: Coordinate, level: int, chord: float) -> None:
        """Note that somebody asked from an origin, the MOST closest to which lie within a chord."""
        fitting = _FITTING * chord / LARGEST_RADIUS
        if fitting > 0.0:
            halvings = ceil(log2(radians(_FIRST_CELL) / fitting))
            fitting_level = min(max(level, halvings), _LAST_LEVEL)
        else:
            fitting_level = _LAST_LEVEL
        if len(self._kept) >= _CELLS_KEPT:
            self._kept.clear()
            level = 0
        for coarser in range(level, fitting_level):
            self._kept[_cell_at(origin, coarser)] = _QUARTERED
        self._kept[_cell_at(origin, fitting_level)] = _ASKED

    def _that_can_be_closest(self, cell: _Cell) -> "array[int]":
        """Return all places that can be among the closest to an origin in a cell."""
        level, column, row = cell
        size = _FIRST_CELL / 2**level
        latitude = (row + 0.5) * size - 90.0
        centre = ecef([(column + 0.5) * size - 180.0], [latitude])[0]
        # No parallel and no meridian bends less than the pole does: this bounds the way along both.
        widest = cos(radians(max(0.0, abs(latitude) - size / 2.0)))
        rho = LARGEST_RADIUS * radians(size / 2.0) * (1.0 + widest)
        chords, _ = cast("_Arrays", self._tree.query(centre, k=MOST))
        reach = float(chords[-1]) + 2.0 * rho + _MILLIMETRE
        if self._tree.query_ball_point(centre, reach, return_length=True) > _PLACES:
            return _QUARTERED if level < _LAST_LEVEL else _CROWDED
        return array("L", self._tree.query_ball_point(centre, reach))


def _cell_at(origin: Coordinate, level: int) -> _Cell:
    size = _FIRST_CELL / 2**level
    return (
        level,
        floor((origin.longitude + 180.0) / size),
        floor((origin.latitude + 90.0) / size),
    )
