"""Vector tiles as web maps ask for them, and a page that shows how."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, render_template

from geo_service import runtime
from geo_service.domain.coordinate import Bounds
from geo_service.web import params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.language import LanguageParameters, language_asked
from geo_service.web.openapi import Operation, describes
from geo_service.web.page import page_context
from geo_service.web.params import Parameters
from geo_service.web.tiles.cut import MEDIA_TYPE, check_layer, tile_answer
from geo_service.web.tiles.tilejson import TileJson, tile_json
from geo_service.web.tiles.words import LAYERS, WORDS

blueprint = Blueprint("tiles", __name__, url_prefix="/tiles", template_folder="templates")

_LAYER: Final = "stations, townships, counties or coverage."


class NoParameters(Parameters):
    """A resource that is asked for by its address alone."""


@blueprint.get("/<layer>/<z>/<x>/<y>.mvt")
@describes(
    Operation(
        summary="A vector tile of a layer",
        path={
            "layer": _LAYER,
            "z": "Zoom, from 0 to 18.",
            "x": "Column, from the west.",
            "y": "Row, from the north.",
        },
        query=NoParameters,
        answers={MEDIA_TYPE: {"type": "string", "format": "binary"}},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag="tiles",
    )
)
def tile(layer: str, z: str, x: str, y: str) -> Response:
    """Return a Mapbox Vector Tile 2.1 with one layer, of the layer's name; 204 if it is empty."""
    params.read_query(NoParameters)
    return tile_answer(layer, z, x, y)


@blueprint.get("/<layer>.json")
@describes(
    Operation(
        summary="What a map needs to know of a layer of tiles",
        path={"layer": _LAYER},
        query=NoParameters,
        answers={JSON: TileJson},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag="tiles",
    )
)
def describe(layer: str) -> Response:
    """Describe a layer as TileJSON 3.0: address, zooms, bounds, properties."""
    params.read_query(NoParameters)
    check_layer(layer)
    response = json_answer(tile_json(layer, runtime.register()))
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


@blueprint.get("/example")
def example() -> Response:
    """Show a map that is drawn from vector tiles alone."""
    language = language_asked(params.read_query(LanguageParameters).lang)
    register = runtime.register()
    text = render_template(
        "tiles/example.html",
        **page_context(register, language),
        own=WORDS[language],
        layers={name: words[language] for name, words in LAYERS.items()},
        bounds=_corners(register.bounds),
    )
    return Response(text, mimetype="text/html")


def _corners(bounds: Bounds | None) -> list[float]:
    return [] if bounds is None else [bounds.west, bounds.south, bounds.east, bounds.north]
