"""The one tile matrix set that there is: WebMercatorQuad, of OGC 17-083r4, annex D.1."""

from typing import Any, Final

from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.tile import DEEPEST, Tile

NAME: Final = "WebMercatorQuad"
URI: Final = f"http://www.opengis.net/def/tilematrixset/OGC/1.0/{NAME}"
CRS: Final = "http://www.opengis.net/def/crs/EPSG/0/3857"
_SCALE_OF_ALL: Final = 559_082_264.028_717_8  # of the world in one tile
_CELL_OF_ALL: Final = 156_543.033_928_041  # metres at the equator
_CORNER: Final = 20_037_508.342_789_244
_CELLS: Final = 256


def definition() -> dict[str, Any]:
    """Return the matrix set, as far as tiles are cut."""
    return {
        "id": NAME,
        "title": "Google Maps Compatible for the World",
        "uri": URI,
        "crs": CRS,
        "orderedAxes": ["X", "Y"],
        "wellKnownScaleSet": "http://www.opengis.net/def/wkss/OGC/1.0/GoogleMapsCompatible",
        "boundingBox": {
            "crs": CRS,
            "lowerLeft": [-_CORNER, -_CORNER],
            "upperRight": [_CORNER, _CORNER],
        },
        "tileMatrices": [_matrix(zoom) for zoom in range(DEEPEST + 1)],
    }


def _matrix(zoom: int) -> dict[str, Any]:
    return {
        "id": str(zoom),
        "scaleDenominator": _SCALE_OF_ALL / 2**zoom,
        "cellSize": _CELL_OF_ALL / 2**zoom,
        "cornerOfOrigin": "topLeft",
        "pointOfOrigin": [-_CORNER, _CORNER],
        "matrixWidth": 2**zoom,
        "matrixHeight": 2**zoom,
        "tileWidth": _CELLS,
        "tileHeight": _CELLS,
    }


def limits(around: Bounds) -> list[dict[str, Any]]:
    """Return, zoom by zoom, the rows and columns that touch a box."""
    north_west = Coordinate(longitude=around.west, latitude=around.north)
    south_east = Coordinate(longitude=around.east, latitude=around.south)
    found = []
    for zoom in range(DEEPEST + 1):
        first, last = Tile.at(zoom, north_west), Tile.at(zoom, south_east)
        found.append(
            {
                "tileMatrix": str(zoom),
                "minTileRow": first.y,
                "maxTileRow": last.y,
                "minTileCol": first.x,
                "maxTileCol": last.x,
            }
        )
    return found
