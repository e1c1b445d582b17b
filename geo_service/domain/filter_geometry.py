"""Geometries of filters, and how stations lie to them."""

from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from typing import Any, Final

import numpy as np
import shapely

from geo_service.domain import filter_conditions as conditions
from geo_service.domain.coordinate import Bounds
from geo_service.domain.datum import Datum, reading_to_coordinate, readings_to_coordinates
from geo_service.domain.errors import InvalidCoordinateError
from geo_service.domain.filter_conditions import Lies, Relation
from geo_service.domain.filter_properties import GEOMETRY
from geo_service.domain.filter_text import Tree

MOST_VERTICES: Final = 500

# What is said of the station first, and of the geometry first: a station is one place.
SPATIAL: Final[Mapping[str, tuple[Relation, Relation]]] = {
    "s_intersects": (conditions.meets, conditions.meets),
    "s_disjoint": (conditions.is_apart, conditions.is_apart),
    "s_touches": (conditions.is_on_edge, conditions.is_on_edge),
    "s_within": (conditions.is_inside, conditions.is_all_of),
    "s_contains": (conditions.is_all_of, conditions.is_inside),
    "s_equals": (conditions.is_all_of, conditions.is_all_of),
    "s_crosses": (conditions.never, conditions.never),
    "s_overlaps": (conditions.never, conditions.never),
}
_STATION: Final = {"property": GEOMETRY}


class FilterShapeError(ValueError):
    """A geometry that cannot be used as given."""


def lies(name: str, left: Tree, right: Tree, datum: Datum) -> Lies:
    """Return a spatial condition of the station's position and a geometry, in either order."""
    if left == _STATION:
        geometry = geometry_of(right, datum)
        text = f"{name.upper()}({GEOMETRY}, {_written(geometry)})"
        return Lies(text, SPATIAL[name][0], geometry)
    if right == _STATION:
        geometry = geometry_of(left, datum)
        text = f"{name.upper()}({_written(geometry)}, {GEOMETRY})"
        return Lies(text, SPATIAL[name][1], geometry)
    raise FilterShapeError(f"{name.upper()} is of {GEOMETRY} and a geometry like POINT(114 33.5)")


def _written(geometry: shapely.Geometry) -> str:
    return shapely.to_wkt(geometry, rounding_precision=-1)


def geometry_of(tree: Tree, datum: Datum) -> shapely.Geometry:
    """Read a geometry of GeoJSON, or a box, whose degrees are of a datum."""
    if isinstance(tree, dict) and tree.keys() == {"bbox"}:
        return _box(tree["bbox"], datum)
    if not isinstance(tree, dict) or tree.keys() != {"type", "coordinates"}:
        if isinstance(tree, dict) and tree.get("type") == "GeometryCollection":
            raise FilterShapeError("takes no GEOMETRYCOLLECTION; put its parts together with OR")
        raise FilterShapeError("takes a geometry, like POLYGON((114 33, 115 33, 115 34, 114 33))")
    kind = tree["type"]
    if not isinstance(kind, str) or kind not in _KINDS:
        raise FilterShapeError(f"takes a geometry that is one of {', '.join(_KINDS)}")
    geometry = _KINDS[kind](tree["coordinates"])
    if shapely.get_num_coordinates(geometry) > MOST_VERTICES:
        raise FilterShapeError(f"has a geometry of more than {MOST_VERTICES} positions")
    geometry = _on_wgs84(geometry, datum)
    if not shapely.is_valid(geometry):
        raise FilterShapeError("has a geometry whose lines cross or coincide; draw it without")
    return geometry


def _on_wgs84(geometry: shapely.Geometry, datum: Datum) -> shapely.Geometry:
    """Convert the corners; what lies between them stays straight."""
    given = shapely.get_coordinates(geometry)
    corners = readings_to_coordinates(given[:, 0], given[:, 1], datum)
    try:
        for place in range(len(corners)):
            corners[place]  # refuses what is nowhere on earth
    except InvalidCoordinateError as error:
        raise FilterShapeError(f"has a geometry that is not on earth: {error}") from None
    return shapely.set_coordinates(geometry, np.column_stack(corners.degrees))


def _box(given: Tree, datum: Datum) -> shapely.Geometry:
    if not isinstance(given, list) or len(given) != 4:
        raise FilterShapeError("BBOX takes four numbers: west, south, east, north")
    west, south, east, north = map(_degrees, given)
    try:
        low = reading_to_coordinate(west, south, datum)
        high = reading_to_coordinate(east, north, datum)
        box = Bounds(
            west=low.longitude, south=low.latitude, east=high.longitude, north=high.latitude
        )
    except InvalidCoordinateError as error:
        raise FilterShapeError(f"has a box that is not on earth: {error}") from None
    if box.west == box.east or box.south == box.north:
        raise FilterShapeError("BBOX takes a box that has an inside")
    if box.west < box.east:
        return shapely.box(box.west, box.south, box.east, box.north)
    halves = (
        shapely.box(box.west, box.south, 180.0, box.north),
        shapely.box(-180.0, box.south, box.east, box.north),
    )
    return shapely.MultiPolygon([each for each in halves if each.area > 0])


# -- GeoJSON ---------------------------------------------------------------------------------------


def _degrees(given: Tree) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise FilterShapeError("has a geometry with something else than numbers")
    if abs(given) > 1e9 or not isfinite(given):
        raise FilterShapeError("has a geometry that is not on earth")
    return float(given)


def _position(given: Tree) -> tuple[float, float]:
    if not isinstance(given, list) or len(given) != 2:
        raise FilterShapeError("has a position of other than two numbers, longitude first")
    return _degrees(given[0]), _degrees(given[1])


def _items(given: Tree) -> list[Tree]:
    if not isinstance(given, list) or not given:
        raise FilterShapeError("has a geometry with a part that is empty or no list")
    return given


def _positions(given: Tree, least: int) -> list[tuple[float, float]]:
    found = [_position(each) for each in _items(given)]
    if len(found) < least:
        raise FilterShapeError(f"has a geometry with a part of fewer than {least} positions")
    return found


def _ring(given: Tree) -> list[tuple[float, float]]:
    found = _positions(given, 4)
    if found[0] != found[-1]:
        raise FilterShapeError("has a polygon whose ring does not end where it begins")
    return found


def _line(given: Tree) -> shapely.Geometry:
    return shapely.LineString(_positions(given, 2))


def _polygon(given: Tree) -> shapely.Geometry:
    shell, *holes = map(_ring, _items(given))
    return shapely.Polygon(shell, holes)


def _several(
    kind: Callable[[Any], shapely.Geometry], part: Callable[[Tree], Any], given: Tree
) -> shapely.Geometry:
    return kind([part(each) for each in _items(given)])


_KINDS: Final[Mapping[str, Callable[[Tree], shapely.Geometry]]] = {
    "Point": lambda given: shapely.Point(_position(given)),
    "MultiPoint": lambda given: shapely.MultiPoint(_positions(given, 1)),
    "LineString": _line,
    "MultiLineString": partial(_several, shapely.MultiLineString, _line),
    "Polygon": _polygon,
    "MultiPolygon": partial(_several, shapely.MultiPolygon, _polygon),
}
