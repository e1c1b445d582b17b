"""What maps need to know of a layer of tiles: TileJSON 3.0."""

from datetime import date
from typing import Any, Final

from typing_extensions import TypedDict

from geo_service.domain.coordinate import Bounds
from geo_service.domain.register import Register
from geo_service.domain.tile import DEEPEST
from geo_service.web.links import whole_address
from geo_service.web.tiles.words import LAYERS

# A station is where it is to half a metre by then; maps draw deeper ones from these.
_DEEPEST_NEEDED: Final = 14
_CENTRE_ZOOM: Final = 10
_WHOLE: Final = Bounds(west=-180, south=-85.05112877980659, east=180, north=85.05112877980659)
_TYPES: Final[dict[type, str]] = {str: "String", int: "Number", float: "Number", date: "String"}
# In how many dimensions what a layer shows extends: a point in none.
DIMENSIONS: Final = {"stations": 0, "townships": 2, "counties": 2, "coverage": 2}


class VectorLayer(TypedDict):
    """A layer within the tiles, and what its features have."""

    id: str
    description: str
    minzoom: int
    maxzoom: int
    fields: dict[str, str]


class TileJson(TypedDict):
    """TileJSON 3.0."""

    tilejson: str
    name: str
    description: str
    version: str
    scheme: str
    tiles: list[str]
    minzoom: int
    maxzoom: int
    bounds: list[float]
    center: list[float]
    vector_layers: list[VectorLayer]


def tile_json(layer: str, register: Register) -> TileJson:
    """Describe a layer as the present register has it."""
    around = register.bounds or _WHOLE
    bounds = [around.west, around.south, around.east, around.north]
    text = LAYERS[layer]["en"]
    return {
        "tilejson": "3.0.0",
        "name": layer,
        "description": text,
        "version": f"1.0.{register.revision.number}",
        "scheme": "xyz",
        "tiles": [address_of(layer)],
        "minzoom": 0,
        "maxzoom": _DEEPEST_NEEDED,
        "bounds": bounds,
        "center": [
            round((around.west + around.east) / 2, 5),
            round((around.south + around.north) / 2, 5),
            _CENTRE_ZOOM,
        ],
        "vector_layers": [
            {
                "id": layer,
                "description": text,
                "minzoom": 0,
                "maxzoom": DEEPEST,
                "fields": fields_of(layer),
            }
        ],
    }


def fields_of(layer: str) -> dict[str, str]:
    """Return the type of each property of a layer's features, in TileJSON's words."""
    # Brings GeoAlchemy2 along; see cut.py.
    from geo_service.persistence.published_views import GEOMETRY, VIEWS  # noqa: PLC0415

    columns: Any = VIEWS[layer].__table__.columns
    return {each.name: _TYPES[each.type.python_type] for each in columns if each.name != GEOMETRY}


def address_of(layer: str) -> str:
    """Return the address of a layer's tiles, with places for zoom, x and y."""
    of_one = whole_address("tiles.tile", layer=layer, z="0", x="0", y="0")
    return of_one.removesuffix("/0/0/0.mvt") + "/{z}/{x}/{y}.mvt"
