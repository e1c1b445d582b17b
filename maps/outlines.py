"""Outlines of counties and townships, light enough to be drawn in a page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.township import County, Township
from maps.language import Language

# About ten metres: at the closest zoom a few pixels, and a fifth of the bytes.
_TOLERANCE_DEGREES = 1e-4
_DECIMALS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """The ground of a map; units without a boundary are left out of it."""

    counties: Sequence[County] = ()
    townships: Sequence[Township] = ()

    def geometries(self) -> list[BaseGeometry]:
        """Return every boundary that there is."""
        units: list[County | Township] = [*self.counties, *self.townships]
        return [unit.boundary for unit in units if unit.boundary is not None]

    def to_json(self, language: Language) -> dict[str, object]:
        """Return the outlines of each level as a GeoJSON collection."""
        return {
            "counties": [_outline(unit, language) for unit in self.counties if unit.boundary],
            "townships": [_outline(unit, language) for unit in self.townships if unit.boundary],
        }


def bounds_of(geometries: Iterable[BaseGeometry | None]) -> Bounds | None:
    """Return the box that holds every geometry that is there, or None."""
    held = [each for each in geometries if each is not None and not each.is_empty]
    if not held:
        return None
    west, south, east, north = (float(each) for each in shapely.total_bounds(held))
    return Bounds(west=west, south=south, east=east, north=north)


def for_drawing(geometry: BaseGeometry) -> dict[str, Any]:
    """Return a geometry as GeoJSON, simplified to what a screen can show.

    What the simplification would make vanish is drawn as it is.
    """
    simple = shapely.simplify(geometry, _TOLERANCE_DEGREES, preserve_topology=True)
    drawn = shapely.transform(geometry if simple.is_empty else simple, _rounded)
    shape: dict[str, Any] = json.loads(shapely.to_geojson(drawn))
    return shape


def label_place(geometry: BaseGeometry) -> list[float]:
    """Return where a unit's name stands: inside its largest part, latitude first for Leaflet."""
    parts = list(getattr(geometry, "geoms", [geometry]))
    largest = max(parts, key=lambda part: part.area)
    centre = largest.centroid
    place = centre if largest.contains(centre) else largest.representative_point()
    return [round(place.y, _DECIMALS), round(place.x, _DECIMALS)]


def at(coordinate: Coordinate) -> list[float]:
    """Return a coordinate as Leaflet, alone, wants it: latitude first."""
    return [round(coordinate.latitude, 6), round(coordinate.longitude, 6)]


def corners(bounds: Bounds | None) -> list[list[float]] | None:
    """Return a box as Leaflet wants it, or None."""
    if bounds is None:
        return None
    return [[bounds.south, bounds.west], [bounds.north, bounds.east]]


def _outline(unit: County | Township, language: Language) -> dict[str, object]:
    assert unit.boundary is not None
    return {
        "type": "Feature",
        "geometry": for_drawing(unit.boundary),
        "properties": {
            "name": name_of(unit.name, unit.name_en, language),
            "at": label_place(unit.boundary),
            "worth": unit.boundary_status.value,
        },
    }


def name_of(name: str, name_en: str | None, language: Language) -> str:
    """Return the name to show: the English one only to who reads English and where there is one."""
    return name_en if language == "en" and name_en else name


def _rounded(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.round(degrees, _DECIMALS)
