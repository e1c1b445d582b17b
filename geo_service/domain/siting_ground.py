"""Even grids over ground: demand where no layer is known, candidates where none are listed."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.planar import PlanarCrs

_TRIES: Final = 8
_CLOSE_ENOUGH: Final = 0.02


def even_grid(outline: Polygon | MultiPolygon, crs: PlanarCrs, *, wanted: int) -> Coordinates:
    """Return about so many places of a square grid inside an outline given in the plane.

    Rows run from south to north, each from west to east. What no grid of that spacing hits gets
    one place inside it.
    """
    shapely.prepare(outline)
    step = float(np.sqrt(outline.area / wanted))
    x, y = _lattice(outline, step)
    for _ in range(_TRIES):  # a thin or ragged outline holds fewer or more than its area says
        if abs(len(x) - wanted) <= max(1.0, _CLOSE_ENOUGH * wanted) or not len(x):
            break
        step *= float(np.sqrt(len(x) / wanted))
        x, y = _lattice(outline, step)
    if not len(x):
        inside = shapely.point_on_surface(outline)
        x, y = np.array([inside.x]), np.array([inside.y])
    longitudes, latitudes = crs.backward(x, y)
    return Coordinates(longitudes=longitudes, latitudes=latitudes)


def outside(places: Coordinates, excluded: Polygon | MultiPolygon) -> Coordinates:
    """Return the places that do not lie in excluded ground, whose outline is in degrees."""
    shapely.prepare(excluded)
    inside = shapely.intersects_xy(excluded, *places.degrees)
    return places.of(np.flatnonzero(~inside))


def _lattice(
    outline: Polygon | MultiPolygon, step: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    west, south, east, north = outline.bounds
    columns = west + step * (np.arange(np.ceil((east - west) / step)) + 0.5)
    rows = south + step * (np.arange(np.ceil((north - south) / step)) + 0.5)
    x, y = (each.ravel() for each in np.meshgrid(columns, rows))
    inside = shapely.contains_xy(outline, x, y)
    return x[inside], y[inside]
