"""A vector tile as an answer: cut once a revision, and sent to whoever does not have it yet."""

from __future__ import annotations

import threading
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from cachetools import LRUCache
from flask import Response, current_app, request

from geo_service import runtime
from geo_service.domain.errors import TileNotFoundError
from geo_service.domain.tile import Tile
from geo_service.services.published_coverage import publish_coverage
from geo_service.version import VERSION
from geo_service.web.tiles.words import LAYERS

if TYPE_CHECKING:
    from flask import Flask

MEDIA_TYPE: Final = "application/vnd.mapbox-vector-tile"
# Within it a map that is moved about asks for nothing twice; then it asks whether there is more.
_FRESH_S: Final = 60
_COVERAGE: Final = "coverage"
_KEPT: Final = "geo_service.web.tiles"
_BYTES_KEPT: Final = 8 * 1024 * 1024
_lock = threading.Lock()


def register(app: Flask) -> None:
    """Give an app a place for the tiles that were cut."""
    app.extensions[_KEPT] = LRUCache(_BYTES_KEPT, getsizeof=lambda cut: len(cut) + 256)


def check_layer(name: str) -> None:
    """Raise TileNotFoundError where there is no such layer."""
    if name not in LAYERS:
        raise TileNotFoundError(f"there are no tiles but of {', '.join(LAYERS)}")


def tile_answer(layer: str, z: str, x: str, y: str) -> Response:
    """Answer with a tile; with nothing (204) where it shows nothing, or (304) what is known."""
    check_layer(layer)
    key = _key(layer, Tile.named(z, x, y))
    etag = "-".join(map(str, key))
    if request.if_none_match.contains_weak(etag):
        response = Response(status=HTTPStatus.NOT_MODIFIED, mimetype=MEDIA_TYPE)
    else:
        cut = _cut(key)
        status = HTTPStatus.OK if cut else HTTPStatus.NO_CONTENT
        response = Response(cut, status=status, mimetype=MEDIA_TYPE)
    response.set_etag(etag, weak=True)  # weak: it may travel compressed
    response.cache_control.public = True
    response.cache_control.max_age = _FRESH_S
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _key(layer: str, tile: Tile) -> tuple[Any, ...]:
    """Name all that a tile depends on; coverage is that of stations in being on one day."""
    register = runtime.register()
    day = runtime.now().astimezone(register.place.zone).date() if layer == _COVERAGE else ""
    return (VERSION, register.revision.number, day, layer, tile.z, tile.x, tile.y)


def _cut(key: tuple[Any, ...]) -> bytes:
    kept: LRUCache[tuple[Any, ...], bytes] = current_app.extensions[_KEPT]
    with _lock:
        found = kept.get(key)
    if found is not None:
        return found
    # Brings GeoAlchemy2 along, which only who asks for tiles has a use for.
    from geo_service.persistence.tiles import vector_tile  # noqa: PLC0415

    *_, layer, z, x, y = key
    if layer == _COVERAGE:
        publish_coverage(runtime.database(), runtime.register(), runtime.now())
    cut = vector_tile(runtime.published(), layer, Tile(z=z, x=x, y=y))
    with _lock:
        kept[key] = cut
    return cut
