"""Which places are closest by chord, kept by the neighbourhood of whoever asks.

A k-d tree finds them in any case. But to call it is to leave Python for numpy and to let go of the
interpreter, which on a request costs more than the search itself. So the tree is asked once for
a neighbourhood, a cell of a quadtree over degrees: for all places that can be among the ``MOST``
closest to an origin anywhere in it. They are few, and to rank them takes no array.

That they are all is the triangle inequality. Let the MOST places closest to a cell's centre lie
within a chord t of it, and the whole cell within ρ. From any origin in the cell those places lie
within t + ρ; so do the MOST closest to that origin; and these lie within t + 2 ρ of the centre.
"""

from array import array
from math import cos, floor, radians
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.ecef import LARGEST_RADIUS, ecef, ecef_of

MOST: Final = 10
"""How many closest places a neighbourhood answers for."""

# A cell with more places than these is quartered.
_PLACES: Final = 24
_FIRST_CELL: Final = 180.0 / 128  # degrees
_LEVELS: Final = 15  # down to cells of some ten metres
_CELLS_KEPT: Final = 100_000
_MILLIMETRE: Final = 0.001  # covers what floating point loses

_Cell = tuple[int, int, int]  # level, column, row
_Arrays = tuple[NDArray[np.float64], NDArray[np.intp]]
_QUARTERED: Final = array("L")


class Neighbourhoods:
    """The places around origins, numbered as in a k-d tree over their earth-centred coordinates.

    Safe to share between threads: at worst two of them ask the tree the same.
    """

    def __init__(self, points: NDArray[np.float64], tree: cKDTree) -> None:
        """Take earth-centred metres, shape (n, 3) with n > ``MOST``, and the tree over them."""
        self._tree = tree
        self._x, self._y, self._z = (array("d", points[:, axis].tobytes()) for axis in range(3))
        self._kept: dict[_Cell, array[int] | None] = {}

    def __len__(self) -> int:
        """Count the cells that are kept."""
        return len(self._kept)

    def closest(self, origin: Coordinate, count: int) -> list[tuple[float, int]] | None:
        """Return squared chord and number of the ``count`` places closest by chord, in order.

        None where so many places share a neighbourhood that only the tree can tell.
        """
        places = self._around(origin)
        if places is None:
            return None
        x, y, z = ecef_of(origin)
        xs, ys, zs = self._x, self._y, self._z
        return sorted(
            [
                ((xs[each] - x) ** 2 + (ys[each] - y) ** 2 + (zs[each] - z) ** 2, each)
                for each in places
            ]
        )[:count]

    def _around(self, origin: Coordinate) -> "array[int] | None":
        size = _FIRST_CELL
        for level in range(_LEVELS):
            column = floor((origin.longitude + 180.0) / size)
            row = floor((origin.latitude + 90.0) / size)
            cell = level, column, row
            try:
                places = self._kept[cell]
            except KeyError:
                places = self._keep(cell, size)
            if places is not _QUARTERED:
                return places
            size /= 2.0
        return None

    def _keep(self, cell: _Cell, size: float) -> "array[int] | None":
        _level, column, row = cell
        if len(self._kept) >= _CELLS_KEPT:
            self._kept.clear()
        found = self._kept[cell] = self._that_can_be_closest(
            longitude=(column + 0.5) * size - 180.0, latitude=(row + 0.5) * size - 90.0, size=size
        )
        return found

    def _that_can_be_closest(
        self, *, longitude: float, latitude: float, size: float
    ) -> "array[int]":
        """Return all that can be among the closest to an origin in a cell around a centre."""
        centre = ecef([longitude], [latitude])[0]
        # No parallel and no meridian bends less than the pole does: this bounds the way along both.
        widest = cos(radians(max(0.0, abs(latitude) - size / 2.0)))
        rho = LARGEST_RADIUS * radians(size / 2.0) * (1.0 + widest)
        chords, _ = cast("_Arrays", self._tree.query(centre, k=MOST))
        reach = float(chords[-1]) + 2.0 * rho + _MILLIMETRE
        if self._tree.query_ball_point(centre, reach, return_length=True) > _PLACES:
            return _QUARTERED
        return array("L", self._tree.query_ball_point(centre, reach))
