"""A vector tile of the stations, the townships, the counties or their coverage."""

from datetime import datetime
from typing import Final

from geo_service.domain.register import Register
from geo_service.domain.tile import Tile
from geo_service.persistence.database import Database
from geo_service.persistence.tiles import vector_tile
from geo_service.services.published_coverage import publish_coverage

COVERAGE: Final = "coverage"


def cut_tile(
    layer: str,
    tile: Tile,
    *,
    published: Database,
    database: Database,
    register: Register,
    now: datetime,
) -> bytes:
    """Return a tile of a layer, as Mapbox Vector Tile 2.1; no bytes where it shows nothing.

    Raises RegisterUnavailableError or RegisterNotWritableError where the database is lost.
    """
    if layer == COVERAGE:
        publish_coverage(database, register, now)
    return vector_tile(published, layer, tile)
