"""Exact nearest neighbours on the spheroid."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.ecef import ecef, ecef_of, gaussian_radius, longest_chord

_Arrays = tuple[NDArray[np.float64], NDArray[np.intp]]

# Candidates drawn beyond those asked for.
_SPARE: Final = 3
# How many times more are drawn each time that those drawn did not do.
_GROWTH: Final = 4
# How far a sphere stands in for the spheroid to two centimetres: 16 mm at this distance.
_FITS_WITHIN_M: Final = 100_000.0
# From so many pairs on, one call for all of them is faster than a call for each.
_WORTH_AN_ARRAY: Final = 16


@dataclass(frozen=True, slots=True)
class Ranked:
    """Places found, closest first: their numbers, and geodesic metres, one for one."""

    numbers: list[int]
    metres: list[float]

    def __len__(self) -> int:
        """Count the places found."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[tuple[int, float]]:
        """Go through number and metres, closest first."""
        return zip(self.numbers, self.metres, strict=True)


class StationIndex:
    """An immutable index over places numbered 0 to n - 1; ties rank by number.

    A k-d tree over earth-centred coordinates draws candidates by chord; the geodesic ranks
    them. Chord and geodesic agree closely but not wholly, so what the tree draws is only a
    bound: the geodesic of the farthest of any k candidates is at least that of the true
    k-th, and all places within it lie within its longest chord. A few spare candidates
    nearly always reach beyond that chord, and then nothing more need be drawn.
    """

    def __init__(self, coordinates: Sequence[Coordinate]) -> None:
        self._hold(
            array("d", (each.longitude for each in coordinates)),
            array("d", (each.latitude for each in coordinates)),
        )

    @classmethod
    def at(cls, longitudes: NDArray[np.float64], latitudes: NDArray[np.float64]) -> Self:
        """Index places by their degrees, shape (n,) each."""
        index = cls(())
        index._hold(array("d", longitudes.tobytes()), array("d", latitudes.tobytes()))
        return index

    def _hold(self, longitudes: "array[float]", latitudes: "array[float]") -> None:
        self._longitudes = longitudes
        self._latitudes = latitudes
        self._points = ecef(self._longitudes, self._latitudes)
        self._tree = cKDTree(self._points) if longitudes else None

    def __len__(self) -> int:
        """Count the places."""
        return len(self._longitudes)

    def nearest(self, origin: Coordinate, limit: int) -> Ranked:
        """Return the ``limit`` places closest to the origin, or all where there are fewer."""
        if self._tree is None:
            return _ranked([])
        drawn = min(limit + _SPARE, len(self))
        chords, numbers = self._drawn(origin, drawn)
        found = self._measured(origin, numbers)[:limit]
        reach = longest_chord(found[-1][0])
        if drawn < len(self) and chords[-1] <= reach:
            found = self._measured(origin, self._within_chord(origin, reach))[:limit]
        return _ranked(found)

    def in_order(self, origin: Coordinate, first: int) -> Iterator[tuple[int, float]]:
        """Go through all places, closest first: number and metres; ``first`` are drawn at once."""
        gone, drawn = 0, first
        while gone < len(self):
            found = self.nearest(origin, drawn)
            yield from islice(found, gone, None)
            gone, drawn = len(found), drawn * _GROWTH

    def metres_to_all(self, origin: Coordinate) -> NDArray[np.float64]:
        """Return the metres to every place, by number, shape (n,); right to two centimetres.

        Up to 100 km by the chord and the sphere that fits best, at a tenth of the geodesic's cost.
        """
        away = self._points - ecef_of(origin)
        chords = np.sqrt(np.einsum("ij,ij->i", away, away))
        diameter = 2.0 * float(gaussian_radius(origin.latitude))
        metres: NDArray[np.float64] = diameter * np.arcsin(np.minimum(chords / diameter, 1.0))
        far = np.flatnonzero(chords > _FITS_WITHIN_M).tolist()
        if far:
            metres[far] = self._metres(origin, far)
        return metres

    def within(self, origin: Coordinate, radius: Metres) -> Ranked:
        """Return all places no farther from the origin than the radius, closest first."""
        found = self._measured(origin, self._within_chord(origin, longest_chord(radius)))
        return _ranked([each for each in found if each[0] <= radius])

    def _drawn(self, origin: Coordinate, count: int) -> tuple[list[float], list[int]]:
        """Return the chords and numbers of the places closest by chord; of one, it is the only."""
        assert self._tree is not None
        if count == 1:  # for one, the tree answers with numbers instead of arrays
            return [0.0], [0]
        chords, numbers = cast("_Arrays", self._tree.query(ecef_of(origin), k=count))
        return chords.tolist(), numbers.tolist()

    def _within_chord(self, origin: Coordinate, chord: float) -> list[int]:
        if self._tree is None:
            return []
        found: list[int] = self._tree.query_ball_point(ecef_of(origin), chord)
        return found

    def _measured(self, origin: Coordinate, numbers: list[int]) -> list[tuple[float, int]]:
        """Return geodesic metres and number of some places, closest first."""
        if len(numbers) > _WORTH_AN_ARRAY:
            return sorted(zip(self._metres(origin, numbers), numbers, strict=True))
        longitude, latitude = origin.longitude, origin.latitude
        eastings, northings, inverse = self._longitudes, self._latitudes, WGS84.inv
        return sorted(
            (inverse(longitude, latitude, eastings[number], northings[number])[2], number)
            for number in numbers
        )

    def _metres(self, origin: Coordinate, numbers: list[int]) -> list[float]:
        _, _, metres = WGS84.inv(
            np.full(len(numbers), origin.longitude),
            np.full(len(numbers), origin.latitude),
            np.asarray(self._longitudes)[numbers],
            np.asarray(self._latitudes)[numbers],
        )
        listed: list[float] = np.asarray(metres).tolist()
        return listed


def _ranked(found: list[tuple[float, int]]) -> Ranked:
    return Ranked([number for _, number in found], [metres for metres, _ in found])
