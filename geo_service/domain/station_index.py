"""Exact nearest neighbours on the spheroid."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial import KDTree

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.ecef import ecef, longest_chord


@dataclass(frozen=True, slots=True)
class Ranked:
    """Places found, closest first: their numbers, and geodesic metres; both of shape (n,)."""

    numbers: NDArray[np.intp]
    metres: NDArray[np.float64]

    def __len__(self) -> int:
        """Count the places found."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[tuple[int, float]]:
        """Go through number and metres, closest first."""
        return zip(self.numbers.tolist(), self.metres.tolist(), strict=True)

    def first(self, limit: int) -> "Ranked":
        """Return the closest few."""
        return Ranked(self.numbers[:limit], self.metres[:limit])

    def where(self, keep: ArrayLike) -> "Ranked":
        """Return those for which ``keep`` (n truth values) is true, in the same order."""
        kept = np.asarray(keep, dtype=bool)
        return Ranked(self.numbers[kept], self.metres[kept])


class StationIndex:
    """An immutable index over places numbered 0 to n - 1; ties rank by number.

    A k-d tree over earth-centred coordinates draws candidates by chord; the geodesic ranks
    them. Chord and geodesic agree closely but not wholly, so what the tree draws is only a
    bound: the geodesic of the farthest of any k candidates is at least that of the true
    k-th, and all places within it lie within its longest chord.
    """

    def __init__(self, coordinates: Sequence[Coordinate]) -> None:
        self._longitudes = np.array([each.longitude for each in coordinates], dtype=float)
        self._latitudes = np.array([each.latitude for each in coordinates], dtype=float)
        self._tree = KDTree(ecef(self._longitudes, self._latitudes)) if coordinates else None

    def __len__(self) -> int:
        """Count the places."""
        return len(self._longitudes)

    def nearest(self, origin: Coordinate, limit: int) -> Ranked:
        """Return the ``limit`` places closest to the origin, or all where there are fewer."""
        if self._tree is None:
            return self._ranked(origin, np.empty(0, dtype=np.intp))
        from_here = ecef(origin.longitude, origin.latitude)[0]
        _, drawn = self._tree.query(from_here, k=min(limit, len(self)))
        drawn = np.atleast_1d(np.asarray(drawn, dtype=np.intp))
        reach = self._ranked(origin, drawn).metres[-1]
        return self._ranked(origin, self._within_chord(origin, reach)).first(limit)

    def within(self, origin: Coordinate, radius: Metres) -> Ranked:
        """Return all places no farther from the origin than the radius, closest first."""
        found = self._ranked(origin, self._within_chord(origin, radius))
        return found.where(found.metres <= radius)

    def all_from(self, origin: Coordinate) -> Ranked:
        """Return every place, closest first."""
        return self._ranked(origin, np.arange(len(self), dtype=np.intp))

    def _within_chord(self, origin: Coordinate, geodesic: float) -> NDArray[np.intp]:
        if self._tree is None:
            return np.empty(0, dtype=np.intp)
        from_here = ecef(origin.longitude, origin.latitude)[0]
        return np.array(
            self._tree.query_ball_point(from_here, longest_chord(geodesic)), dtype=np.intp
        )

    def _ranked(self, origin: Coordinate, numbers: NDArray[np.intp]) -> Ranked:
        _, _, metres = WGS84.inv(
            np.full(len(numbers), origin.longitude),
            np.full(len(numbers), origin.latitude),
            self._longitudes[numbers],
            self._latitudes[numbers],
        )
        order = np.lexsort((numbers, metres))
        return Ranked(numbers[order], np.asarray(metres)[order])
