"""The three datums a Chinese map may be in, and the way from one to another.

Inside the service everything is WGS 84; readings are converted once, at the edge.

GCJ-02 shifts WGS 84 by a smooth pseudo-random field of some hundred metres. The field was never
published officially; the formula in general use has been public as code since about 2010 (the
English Wikipedia, "Restrictions on geographic data in China", tells the story; PRCoords, CC0,
documents it): polynomial and sine terms about 105° E 35° N, in metres, made degrees on the
Krasovsky 1940 ellipsoid. BD-09 adds Baidu's own rotation and offset, reconstructed by its users.

Neither shift has a published inverse, and the closed forms in circulation are off by metres. Both
fields vary by less than 2 % of the distance moved, so a fixed-point iteration contracts at that
rate and ends at the last digits of a double (some nanometres; within a tenth of a millimetre of
105° E, where the formula has a kink, a micrometre).

Outside the customary box around China (72.004-137.8347° E, 0.8293-55.8271° N, edges included)
all three are the same. The box is generous: it holds Hong Kong, Macao, Taiwan and parts of the
neighbours, where maps in fact are not shifted. On its edge the shift sets in at once, so a
reading within a kilometre of it may have two origins, or none: the one inside the box is taken,
else the reading counts as unshifted. Hence every place in the box survives the way out and back.
"""

import math
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.coordinates import Coordinates

Degrees = NDArray[np.float64]

_WEST, _SOUTH, _EAST, _NORTH = 72.004, 0.8293, 137.8347, 55.8271
# No shift in the box reaches this far, so a reading further out is its own origin.
_REACH = 0.1

_KRASOVSKY_A = 6378245.0
_KRASOVSKY_EE = 0.00669342162296594323
_PI = math.pi
_BAIDU_PI = math.pi * 3000.0 / 180.0

# Twice as many rounds as the slowest contraction needs from a kilometre to a nanometre.
_ROUNDS = 16
# A last step of 1e-13 degrees leaves an error of at most 2 % of it, below a double's last digit.
_SETTLED = 1e-13
# A place on the edge itself must not be lost to the last digits of the iteration.
_ON_EDGE = 1e-11


class Datum(StrEnum):
    """What a pair of degrees is measured against."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(x: ArrayLike, y: ArrayLike, datum: Datum) -> tuple[Degrees, Degrees]:
    """Convert readings to WGS 84.

    Args:
        x: Longitudes in degrees, of any shape that broadcasts with ``y``.
        y: Latitudes in degrees.
        datum: What the readings are measured against.

    Returns:
        Longitudes and latitudes as new arrays of float64, exact to the last digits of a double.
        NaN stays NaN.
    """
    lon, lat = _as_floats(x, y)
    if datum is Datum.WGS84:
        return lon, lat
    near = _in_box(lon, lat, margin=_REACH)
    if near.any():
        shift = _SHIFTS[datum]
        read_x, read_y = lon[near], lat[near]
        found_x, found_y = read_x.copy(), read_y.copy()
        for _ in range(_ROUNDS):
            shifted_x, shifted_y = shift(np, found_x, found_y)
            step_x, step_y = shifted_x - read_x, shifted_y - read_y
            found_x -= step_x
            found_y -= step_y
            if max(np.abs(step_x).max(), np.abs(step_y).max()) <= _SETTLED:
                break
        inside = _in_box(found_x, found_y, margin=_ON_EDGE)
        lon[near] = np.where(inside, np.clip(found_x, _WEST, _EAST), read_x)
        lat[near] = np.where(inside, np.clip(found_y, _SOUTH, _NORTH), read_y)
    return lon, lat


def from_wgs84(x: ArrayLike, y: ArrayLike, datum: Datum) -> tuple[Degrees, Degrees]:
    """Convert WGS 84 longitudes and latitudes (degrees) to another datum, as new arrays."""
    lon, lat = _as_floats(x, y)
    if datum is Datum.WGS84:
        return lon, lat
    inside = _in_box(lon, lat)
    lon[inside], lat[inside] = _SHIFTS[datum](np, lon[inside], lat[inside])
    return lon, lat


def reading_to_coordinate(x: float, y: float, datum: Datum) -> Coordinate:
    """Convert one reading (longitude, latitude in degrees) to a coordinate.

    Raises:
        InvalidCoordinateError: the reading lies nowhere on earth.
    """
    if datum is Datum.WGS84 or not (
        _WEST - _REACH <= x <= _EAST + _REACH and _SOUTH - _REACH <= y <= _NORTH + _REACH
    ):
        return Coordinate(longitude=x, latitude=y)
    shift = _SHIFTS[datum]
    lon, lat = x, y
    for _ in range(_ROUNDS):
        shifted_x, shifted_y = shift(math, lon, lat)
        step_x, step_y = shifted_x - x, shifted_y - y
        lon -= step_x
        lat -= step_y
        if abs(step_x) <= _SETTLED and abs(step_y) <= _SETTLED:
            break
    held_lon, held_lat = min(max(lon, _WEST), _EAST), min(max(lat, _SOUTH), _NORTH)
    if abs(lon - held_lon) <= _ON_EDGE and abs(lat - held_lat) <= _ON_EDGE:
        return Coordinate(longitude=held_lon, latitude=held_lat)
    return Coordinate(longitude=x, latitude=y)


def readings_to_coordinates(x: ArrayLike, y: ArrayLike, datum: Datum) -> Coordinates:
    """Convert readings as ``reading_to_coordinate`` does, of shape (n,) each, all on earth."""
    longitudes, latitudes = to_wgs84(x, y, datum)
    return Coordinates(longitudes=longitudes, latitudes=latitudes)


def coordinate_in(coordinate: Coordinate, datum: Datum) -> tuple[float, float]:
    """Return a coordinate's longitude and latitude (degrees) as another datum has them."""
    x, y = coordinate.longitude, coordinate.latitude
    if datum is Datum.WGS84 or not (_WEST <= x <= _EAST and _SOUTH <= y <= _NORTH):
        return x, y
    shifted_x, shifted_y = _SHIFTS[datum](math, x, y)
    return shifted_x, shifted_y


def _as_floats(x: ArrayLike, y: ArrayLike) -> tuple[Degrees, Degrees]:
    lon, lat = np.broadcast_arrays(np.asarray(x, np.float64), np.asarray(y, np.float64))
    return lon.copy(), lat.copy()


def _in_box(lon: Degrees, lat: Degrees, *, margin: float = 0.0) -> NDArray[np.bool_]:
    return (
        (lon >= _WEST - margin)
        & (lon <= _EAST + margin)
        & (lat >= _SOUTH - margin)
        & (lat <= _NORTH + margin)
    )


def _gcj02(m: Any, lon: Any, lat: Any) -> tuple[Any, Any]:
    """Shift WGS 84 to GCJ-02; ``m`` is the math module for floats, numpy for arrays."""
    x, y = lon - 105.0, lat - 35.0
    root, product = m.sqrt(abs(x)), 0.1 * x * y
    both = 20.0 * m.sin(6.0 * x * _PI) + 20.0 * m.sin(2.0 * x * _PI)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + product + 0.2 * root
    north += (
        (both + 20.0 * m.sin(y * _PI) + 40.0 * m.sin(y / 3.0 * _PI))
        + (160.0 * m.sin(y / 12.0 * _PI) + 320.0 * m.sin(y / 30.0 * _PI))
    ) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + product + 0.1 * root
    east += (
        (both + 20.0 * m.sin(x * _PI) + 40.0 * m.sin(x / 3.0 * _PI))
        + (150.0 * m.sin(x / 12.0 * _PI) + 300.0 * m.sin(x / 30.0 * _PI))
    ) * (2.0 / 3.0)
    phi = lat * _PI / 180.0
    flattened = 1.0 - _KRASOVSKY_EE * m.sin(phi) ** 2
    meridian = _KRASOVSKY_A * (1.0 - _KRASOVSKY_EE) / (flattened * m.sqrt(flattened))
    parallel = _KRASOVSKY_A / m.sqrt(flattened) * m.cos(phi)
    return lon + east * 180.0 / (parallel * _PI), lat + north * 180.0 / (meridian * _PI)


def _bd09(m: Any, lon: Any, lat: Any) -> tuple[Any, Any]:
    """Shift WGS 84 to BD-09: Baidu's rotation and offset on top of GCJ-02."""
    x, y = _gcj02(m, lon, lat)
    radius = m.sqrt(x * x + y * y) + 0.00002 * m.sin(y * _BAIDU_PI)
    angle = m.atan2(y, x) + 0.000003 * m.cos(x * _BAIDU_PI)
    return radius * m.cos(angle) + 0.0065, radius * m.sin(angle) + 0.006


_SHIFTS: dict[Datum, Callable[[Any, Any, Any], tuple[Any, Any]]] = {
    Datum.GCJ02: _gcj02,
    Datum.BD09: _bd09,
}
