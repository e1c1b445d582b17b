"""OGC API – Tiles: of each collection one set of vector tiles, in WebMercatorQuad.

The tiles are the service's own, the same as under /tiles: pygeoapi's took hundreds of times as
long, and cut what lies beside a tile's edge.
"""

from http import HTTPStatus
from typing import Any, Final, Literal

from flask import Blueprint, Response, request

from geo_service import runtime
from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import TileNotFoundError
from geo_service.web.answers import json_answer
from geo_service.web.ogc import matrices, mounted
from geo_service.web.ogc.configuration import CRS84
from geo_service.web.ogc.page import page_of
from geo_service.web.ogc.questions import OWN_FORMS, checked, wants_page
from geo_service.web.params import Parameters, read_query
from geo_service.web.tiles.cut import MEDIA_TYPE, check_layer, tile_answer
from geo_service.web.tiles.tilejson import DIMENSIONS, fields_of
from geo_service.web.tiles.words import LAYERS

blueprint = Blueprint("ogc_tiles", __name__, url_prefix="/ogc", template_folder="templates")

_REL: Final = "http://www.opengis.net/def/rel/ogc/1.0"
_JSON: Final = "application/json"
_HTML: Final = "text/html"
_EVERYWHERE: Final = Bounds(west=-180, south=-85, east=180, north=85)
_OF_A_TILE: Final = "mvt"


class TileParameters(Parameters):
    """What a tile may be asked in: the one form that it has."""

    f: Literal["mvt"] = "mvt"


@blueprint.get("/TileMatrixSets")
def matrix_sets() -> Response:
    """List the ways in which the world is cut into tiles: one."""
    checked(request.args, forms=OWN_FORMS)
    address = f"{mounted.base_url()}/TileMatrixSets"
    one = {
        "id": matrices.NAME,
        "title": matrices.NAME,
        "uri": matrices.URI,
        "crs": matrices.CRS,
        "links": [_link("self", f"{address}/{matrices.NAME}", _JSON, matrices.NAME)],
    }
    return _answer({"tileMatrixSets": [one], "links": _links(address)}, "matrix_sets")


@blueprint.get("/TileMatrixSets/<matrix_set>")
def matrix_set(matrix_set: str) -> Response:
    """Define how the world is cut into tiles."""
    checked(request.args, forms=OWN_FORMS)
    _check_matrix_set(matrix_set)
    return _answer(matrices.definition(), "matrix_set")


@blueprint.get("/collections/<name>/tiles")
def tile_sets(name: str) -> Response:
    """List the sets of tiles of a collection: one."""
    checked(request.args, forms=OWN_FORMS)
    check_layer(name)
    address = _address(name)
    one = _head(name) | {"links": _links_of_set(name)}
    return _answer({"tilesets": [one], "links": _links(address)}, "tile_sets")


@blueprint.get("/collections/<name>/tiles/<matrix_set>")
def tile_set(name: str, matrix_set: str) -> Response:
    """Describe the tiles of a collection: where, how deep, with which properties."""
    checked(request.args, forms=OWN_FORMS)
    check_layer(name)
    _check_matrix_set(matrix_set)
    register = runtime.register()
    around = register.bounds or _EVERYWHERE
    content = _head(name) | {
        "title": name,
        "description": LAYERS[name]["en"],
        "tileMatrixSetLimits": matrices.limits(around),
        "boundingBox": {
            "lowerLeft": [around.west, around.south],
            "upperRight": [around.east, around.north],
            "crs": CRS84,
        },
        "layers": [
            {
                "id": name,
                "dataType": "vector",
                "geometryDimension": DIMENSIONS[name],
                "propertiesSchema": {
                    "type": "object",
                    "properties": {
                        each: {"type": kind.lower()} for each, kind in fields_of(name).items()
                    },
                },
            }
        ],
        "links": _links_of_set(name),
    }
    return _answer(content, "tile_set")


@blueprint.get("/collections/<name>/tiles/<matrix_set>/<matrix>/<row>/<column>")
def tile(name: str, matrix_set: str, matrix: str, row: str, column: str) -> Response:
    """Return a Mapbox Vector Tile; 204 if it shows nothing."""
    read_query(TileParameters)
    _check_matrix_set(matrix_set)
    return tile_answer(name, matrix, column, row)


def _answer(content: dict[str, Any], page: str) -> Response:
    if wants_page():
        return page_of(page, content)
    return json_answer(content, status=HTTPStatus.OK)


def _check_matrix_set(name: str) -> None:
    if name != matrices.NAME:
        raise TileNotFoundError(f"there are no tiles but in {matrices.NAME}")


def _head(name: str) -> dict[str, Any]:
    return {
        "title": f"{name} ({matrices.NAME})",
        "dataType": "vector",
        "crs": matrices.CRS,
        "tileMatrixSetURI": matrices.URI,
    }


def _address(name: str) -> str:
    return f"{mounted.base_url()}/collections/{name}/tiles"


def _links(address: str) -> list[dict[str, Any]]:
    return [
        _link("self", f"{address}?f=json", _JSON, "This document"),
        _link("alternate", f"{address}?f=html", _HTML, "This document as a page"),
    ]


def _links_of_set(name: str) -> list[dict[str, Any]]:
    address = f"{_address(name)}/{matrices.NAME}"
    base = mounted.base_url()
    tiles = f"{address}/{{tileMatrix}}/{{tileRow}}/{{tileCol}}?f={_OF_A_TILE}"
    return [
        *_links(address),
        _link(
            f"{_REL}/tiling-scheme", f"{base}/TileMatrixSets/{matrices.NAME}", _JSON, matrices.NAME
        ),
        _link("item", tiles, MEDIA_TYPE, "Tiles") | {"templated": True},
        _link(f"{_REL}/geodata", f"{base}/collections/{name}", _JSON, "The collection"),
        _link(
            "describedby",
            f"{base.removesuffix('/ogc')}/tiles/{name}.json",
            _JSON,
            "The same as TileJSON",
        ),
    ]


def _link(rel: str, href: str, media_type: str, title: str) -> dict[str, Any]:
    return {"rel": rel, "href": href, "type": media_type, "title": title}
