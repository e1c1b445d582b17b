"""Vector tiles of what is published: cut, clipped and encoded by PostGIS."""

from dataclasses import asdict
from typing import Final

from sqlalchemy import TextClause, text

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.tile import EXTENT, MARGIN, Tile
from geo_service.persistence.database import Database
from geo_service.persistence.published_views import VIEWS, columns_of


def _query(layer: str, view: str) -> TextClause:
    named = ", ".join(columns_of(layer))
    # The box is that of the tile with its margin, so that what lies just outside is drawn into it:
    # else a circle would be cut where two tiles meet. The text of a column that MVT has no type
    # for, such as a date, is what ST_AsMVT writes itself; nulls are left out by it.
    return text(
        f"""
        SELECT ST_AsMVT(cut, '{layer}', {EXTENT}, 'shape') FROM (
            SELECT
                ST_AsMVTGeom(
                    ST_Transform(geometry, 3857), ST_TileEnvelope(:z, :x, :y),
                    {EXTENT}, {MARGIN}, true
                ) AS shape,
                {named}
            FROM {view}
            WHERE geometry && ST_MakeEnvelope(:west, :south, :east, :north, {Coordinate.SRID})
        ) AS cut WHERE shape IS NOT NULL
        """  # noqa: S608  our own words alone
    )


_QUERIES: Final = {layer: _query(layer, view.__tablename__) for layer, view in VIEWS.items()}


def vector_tile(database: Database, layer: str, tile: Tile) -> bytes:
    """Return a tile of a layer as Mapbox Vector Tile; of one that shows nothing, no bytes."""
    given = asdict(tile) | asdict(tile.bounds_with_margin())
    with database.transaction() as session:
        found = session.execute(_QUERIES[layer], given).scalar_one()
    return bytes(found or b"")
