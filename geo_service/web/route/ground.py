"""What a route is drawn over: borders, light enough for a phone, and the names of townships."""

import json
from typing import Any, Final
from weakref import WeakKeyDictionary

import shapely
from shapely.geometry.base import BaseGeometry

from geo_service.domain.register import Register
from geo_service.services.whereabouts import centre_of

# Some fifty metres: on a phone's screen, half a pixel at the scale the map opens in.
_TOLERANCE: Final = 5e-4
_GRID: Final = 1e-4

_KEPT: Final[WeakKeyDictionary[Register, dict[str, Any]]] = WeakKeyDictionary()


def ground(register: Register) -> dict[str, Any]:
    """Return the box to begin with, borders as GeoJSON geometries, and townships by name."""
    kept = _KEPT.get(register)
    if kept is None:
        bounds = register.bounds
        kept = _KEPT[register] = {
            "bounds": None
            if bounds is None
            else [bounds.west, bounds.south, bounds.east, bounds.north],
            "counties": _light([unit.boundary for unit in register.counties]),
            "townships": _light([unit.boundary for unit in register.townships]),
            "names": [
                {
                    "name": unit.name,
                    "name_en": unit.name_en,
                    "at": [round(centre.longitude, 4), round(centre.latitude, 4)],
                }
                for unit in register.townships
                if (centre := centre_of(register, unit)) is not None
            ],
        }
    return kept


def _light(boundaries: list[BaseGeometry | None]) -> list[Any]:
    borders = [each.boundary for each in boundaries if each is not None]
    light = shapely.set_precision(shapely.simplify(borders, _TOLERANCE), _GRID)
    return [json.loads(shapely.to_geojson(each)) for each in light if not each.is_empty]
