"""Exact nearest neighbours on the spheroid."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.ecef import ecef, ecef_of, longest_chord
from geo_service.domain.neighbourhoods import MOST, Neighbourhoods

_Arrays = tuple[NDArray[np.float64], NDArray[np.intp]]

# Candidates drawn beyond those asked for.
_SPARE: Final = 2
# How many times more are drawn each time that those drawn did not do.
_GROWTH: Final = 4
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
        self._longitudes = array("d", (each.longitude for each in coordinates))
        self._latitudes = array("d", (each.latitude for each in coordinates))
        self._points = ecef(self._longitudes, self._latitudes)
        self._tree = cKDTree(self._points) if coordinates else None
        self._around: Neighbourhoods | None = None
        if self._tree is not None and len(coordinates) > MOST:
            self._around = Neighbourhoods(self._points, self._tree)

    def __len__(self) -> int:
        """Count the places."""
        return len(self._longitudes)

    def nearest(self, origin: Coordinate, limit: int) -> Ranked:
        """Return the ``limit`` places closest to the origin, or all where there are fewer."""
        if self._tree is None:
            return _ranked([])
        drawn = min(limit + _SPARE, len(self))
        last_chord, numbers = self._drawn(origin, drawn)
        found = self._measured(origin, numbers)[:limit]
        reach = longest_chord(found[-1][0])
        if drawn < len(self) and last_chord <= reach:
            found = self._measured(origin, self._within_chord(origin, reach))[:limit]
        return _ranked(found)

    def in_order(self, origin: Coordinate, first: int) -> Iterator[tuple[int, float]]:
        """Go through all places, closest first: number and metres; ``first`` are drawn at once."""
        gone, drawn = 0, first
        while gone < len(self):
            found = self.nearest(origin, drawn)
            yield from islice(found, gone, None)
            gone, drawn = len(found), drawn * _GROWTH

    def within(self, origin: Coordinate, radius: Metres) -> Ranked:
        """Return all places no farther from the origin than the radius, closest first."""
        found = self._measured(origin, self._within_chord(origin, longest_chord(radius)))
        return _ranked([each for each in found if each[0] <= radius])

    def _drawn(self, origin: Coordinate, count: int) -> tuple[float, list[int]]:
        """Return the numbers of the places closest by chord, and the longest of their chords."""
        assert self._tree is not None
        if count == len(self):
            return math.inf, list(range(count))
        if self._around is not None and count <= MOST:
            closest = self._around.closest(origin, count)
            if closest is not None:
                return math.sqrt(closest[-1][0]), [number for _, number in closest]
        chords, numbers = cast("_Arrays", self._tree.query(ecef_of(origin), k=count))
        return float(chords[-1]), numbers.tolist()

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
