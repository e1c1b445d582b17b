"""Who is within reach of what: distances from demand to sites, as far as they matter.

Measures and the choice of sites are made from a ``Reach`` and do not care whether its distances
are straight lines, estimated walks or walks along streets; ``distance_type`` says which, and is
printed with every figure made from it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.ecef import ecef, longest_chord
from geo_service.domain.geodesics import geodesics


class DistanceType(StrEnum):
    """What a distance in metres means."""

    STRAIGHT = "straight"
    ESTIMATED_WALK = "estimated_walk"
    NETWORK_WALK = "network_walk"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reach:
    """The pairs of places and sites at most ``limit_m`` apart, by place, then by distance.

    ``place``, ``site`` and ``distance_m`` have shape (pairs,). ``nearest_m`` has shape (places,):
    the way to the nearest site however far, infinite where there is none.
    """

    places: int
    sites: int
    limit_m: float
    distance_type: DistanceType
    place: NDArray[np.intp]
    site: NDArray[np.intp]
    distance_m: NDArray[np.float64]
    nearest_m: NDArray[np.float64]


class Distances(Protocol):
    """A way to measure from places to sites."""

    @property
    def distance_type(self) -> DistanceType:
        """Say what its metres mean."""

    def reach(self, places: Coordinates, sites: Coordinates, limit: Metres) -> Reach:
        """Measure all pairs at most ``limit`` metres apart; infinity measures all there are."""


# A pair exactly as far apart as the limit is within it, whatever floating point makes of it.
_TOLERANCE_M: Final = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class StraightLines:
    """Geodesics on WGS 84, times ``factor``: 1 for the line itself, more for an estimated walk."""

    factor: float = 1.0

    @property
    def distance_type(self) -> DistanceType:
        """Say whether these are the lines themselves."""
        return DistanceType.STRAIGHT if self.factor == 1.0 else DistanceType.ESTIMATED_WALK

    def reach(self, places: Coordinates, sites: Coordinates, limit: Metres) -> Reach:
        """Measure all pairs at most ``limit`` metres apart, as this type counts metres."""
        nearest = np.full(len(places), np.inf)
        place, site, metres = _NO_PLACES, _NO_PLACES, _NO_METRES
        if len(places) and len(sites):
            tree, asked = cKDTree(ecef(*sites.degrees)), ecef(*places.degrees)
            closest = np.asarray(tree.query(asked)[1], dtype=np.intp)
            nearest = self.factor * _geodesics(places, sites.of(closest))
            place, site = _pairs(tree, asked, limit / self.factor)
            metres = self.factor * _geodesics(places.of(place), sites.of(site))
            near = metres <= limit + _TOLERANCE_M
            place, site, metres = place[near], site[near], metres[near]
            order = np.lexsort((site, metres, place))
            place, site, metres = place[order], site[order], metres[order]
        return Reach(
            places=len(places),
            sites=len(sites),
            limit_m=limit,
            distance_type=self.distance_type,
            place=place,
            site=site,
            distance_m=metres,
            nearest_m=nearest,
        )


_NO_PLACES: Final = np.empty(0, dtype=np.intp)
_NO_METRES: Final = np.empty(0)


def _pairs(
    tree: cKDTree, asked: NDArray[np.float64], limit: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return every pair of a place and a site whose chord is short enough."""
    chord = longest_chord(limit + _TOLERANCE_M)
    found = cKDTree(asked).sparse_distance_matrix(tree, chord, output_type="ndarray")
    return found["i"].astype(np.intp), found["j"].astype(np.intp)


def _geodesics(these: Coordinates, those: Coordinates) -> NDArray[np.float64]:
    return geodesics(*these.degrees, *those.degrees)
