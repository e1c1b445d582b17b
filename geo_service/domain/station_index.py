"""Exact nearest neighbours on the spheroid."""

import math
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, Self, cast

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.ecef import (
    ecef,
    ecef_of,
    longest_chord,
    longest_chords,
    shortest_chord,
)
from geo_service.domain.neighbourhoods import MOST, Neighbourhoods

_Arrays = tuple[NDArray[np.float64], NDArray[np.intp]]

# Candidates drawn beyond those asked for.
_SPARE: Final = 2
# Likewise, for many origins: one tells nearly always, a few where places coincide.
_SPARES_FOR_EACH: Final = (1, 12)
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


@dataclass(frozen=True, slots=True)
class RankedRows:
    """Places found from many origins, a row each, closest first: numbers and geodesic metres."""

    numbers: NDArray[np.intp]
    metres: NDArray[np.float64]


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
        self._around: Neighbourhoods | None = None
        if self._tree is not None and len(longitudes) > MOST:
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

    def places(self, numbers: NDArray[np.intp]) -> Coordinates:
        """Return where places are, by their numbers."""
        return Coordinates(
            longitudes=np.asarray(self._longitudes)[numbers],
            latitudes=np.asarray(self._latitudes)[numbers],
        )

    def around(self, origins: Coordinates, radius: Metres) -> NDArray[np.intp]:
        """Return, by number, all places within a radius of any origin, and some beyond it."""
        if self._tree is None or not len(origins):
            return np.empty(0, np.intp)
        found = self._tree.query_ball_point(ecef(*origins.degrees), longest_chord(radius))
        return np.unique(np.concatenate([np.asarray(each, np.intp) for each in found]))

    # -- from many origins at once ---------------------------------------------------------

    def nearest_to_each(self, origins: Coordinates, limit: int) -> RankedRows:
        """Return what ``nearest`` does, for each origin, at a twentieth of its cost."""
        count = min(limit, len(self))
        found = RankedRows(
            np.empty((len(origins), count), np.intp), np.empty((len(origins), count))
        )
        unsure = np.arange(len(origins))
        for spare in _SPARES_FOR_EACH:
            if len(unsure) and count:
                ranked, sure = self._ranked_for_each(origins.of(unsure), count, spare)
                found.numbers[unsure], found.metres[unsure] = ranked.numbers, ranked.metres
                unsure = unsure[~sure]
        for row in unsure.tolist():
            alone = self.nearest(origins[row], limit)
            found.numbers[row], found.metres[row] = alone.numbers, alone.metres
        return found

    def _ranked_for_each(
        self, origins: Coordinates, count: int, spare: int
    ) -> tuple[RankedRows, NDArray[np.bool_]]:
        """Rank what the tree draws, and say of which rows that is sure to be the answer.

        The last that is drawn is not measured: it shows how far what was not drawn is at least.
        """
        assert self._tree is not None
        drawn = min(count + spare, len(self))
        # Asked for by rank, even a single one comes as a column.
        ranks = np.arange(1, drawn + 1)
        chords, numbers = cast("_Arrays", self._tree.query(ecef(*origins.degrees), k=ranks))
        measured = numbers[:, : max(count, drawn - 1)]
        metres = self._metres_of_rows(origins, measured)
        order = np.lexsort((measured, metres), axis=-1)[:, :count]
        ranked = RankedRows(
            np.take_along_axis(measured, order, axis=1), np.take_along_axis(metres, order, axis=1)
        )
        if drawn == count:  # there are no others
            return ranked, np.ones(len(origins), np.bool_)
        return ranked, chords[:, -1] > longest_chords(ranked.metres[:, -1])

    def count_within_each(self, origins: Coordinates, radius: Metres) -> NDArray[np.intp]:
        """Count, for each origin, the places no farther than the radius."""
        counts = np.zeros(len(origins), np.intp)
        if self._tree is None:
            return counts
        points = ecef(*origins.degrees)
        surely, perhaps = (
            np.asarray(self._tree.query_ball_point(points, chord, return_length=True))
            for chord in (shortest_chord(radius), longest_chord(radius))
        )
        counts[:] = surely
        for row in np.flatnonzero(surely != perhaps).tolist():
            counts[row] = len(self.within(origins[row], radius))
        return counts

    def _metres_of_rows(
        self, origins: Coordinates, numbers: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        each = np.repeat(np.arange(len(origins)), numbers.shape[1])
        places = numbers.ravel()
        _, _, metres = WGS84.inv(
            origins.longitudes[each],
            origins.latitudes[each],
            np.asarray(self._longitudes)[places],
            np.asarray(self._latitudes)[places],
        )
        return np.asarray(metres).reshape(numbers.shape)

    # -- from one --------------------------------------------------------------------------

    def _drawn(self, origin: Coordinate, count: int) -> tuple[float, list[int]]:
        """Return the numbers of the places closest by chord, and the longest of their chords."""
        assert self._tree is not None
        if count == len(self):
            return math.inf, list(range(count))
        if self._around is not None and count <= MOST:
            closest = self._around.closest(origin, count)
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
