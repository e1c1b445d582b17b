"""Places as points in space, where a straight chord ranks them nearly as the geodesic does."""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_service.domain.coordinate import WGS84, Coordinate

_EQUATORIAL: Final = WGS84.a
_ECCENTRICITY_SQUARED: Final = WGS84.es

LARGEST_RADIUS: Final = WGS84.a**2 / WGS84.b
"""Metres; the meridian at the poles curves least of all the ellipsoid's normal sections (a²/b)."""

# The meridian at the equator curves most.
_SMALLEST_RADIUS: Final = WGS84.b**2 / WGS84.a
_LOST_IN_ROUNDING_M: Final = 0.001


def ecef(longitude: ArrayLike, latitude: ArrayLike) -> NDArray[np.float64]:
    """Return earth-centred coordinates in metres, shape (n, 3), of degrees on WGS 84, shape (n,).

    Bowring's standard forward formula at height 0; see EPSG method 9602.
    """
    lam, phi = np.radians(np.atleast_1d(longitude)), np.radians(np.atleast_1d(latitude))
    normal = _EQUATORIAL / np.sqrt(1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2)
    across = normal * np.cos(phi)
    return np.column_stack(
        (
            across * np.cos(lam),
            across * np.sin(lam),
            normal * (1.0 - _ECCENTRICITY_SQUARED) * np.sin(phi),
        )
    )


def ecef_of(place: Coordinate) -> tuple[float, float, float]:
    """Return what ``ecef`` does, for one place and without arrays."""
    lam, phi = math.radians(place.longitude), math.radians(place.latitude)
    up = math.sin(phi)
    normal = _EQUATORIAL / math.sqrt(1.0 - _ECCENTRICITY_SQUARED * up * up)
    across = normal * math.cos(phi)
    return (
        across * math.cos(lam),
        across * math.sin(lam),
        normal * (1.0 - _ECCENTRICITY_SQUARED) * up,
    )


def gaussian_radius(latitude: ArrayLike) -> NDArray[np.float64]:
    """Return √(M·N) in metres, the radius of the sphere that fits best at latitudes in degrees."""
    up = np.sin(np.radians(latitude))
    radius: NDArray[np.float64] = (
        _EQUATORIAL
        * math.sqrt(1.0 - _ECCENTRICITY_SQUARED)
        / (1.0 - _ECCENTRICITY_SQUARED * up * up)
    )
    return radius


def longest_chord(geodesic: float) -> float:
    """Bound the chord, in metres, between any two places a given geodesic apart.

    By Schur's comparison theorem an arc that bends at least as much as a circle has a chord
    no longer than the circle's; a geodesic bends nowhere less than a²/b's circle. A
    millimetre covers what floating point loses.
    """
    half_turn = min(geodesic / (2.0 * LARGEST_RADIUS), math.pi / 2.0)
    return 2.0 * LARGEST_RADIUS * math.sin(half_turn) + _LOST_IN_ROUNDING_M


def longest_chords(geodesics: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what ``longest_chord`` does for many geodesics, of any shape."""
    half_turns = np.minimum(geodesics / (2.0 * LARGEST_RADIUS), math.pi / 2.0)
    bounds: NDArray[np.float64] = 2.0 * LARGEST_RADIUS * np.sin(half_turns) + _LOST_IN_ROUNDING_M
    return bounds


def shortest_chord(geodesic: float) -> float:
    """Bound from below the chord between any two places at least a given geodesic apart.

    By the same theorem: a geodesic bends nowhere more than b²/a's circle.
    """
    half_turn = min(geodesic / (2.0 * _SMALLEST_RADIUS), math.pi / 2.0)
    return max(0.0, 2.0 * _SMALLEST_RADIUS * math.sin(half_turn) - _LOST_IN_ROUNDING_M)
