"""Vector tiles: cut by pygeoapi's provider and by the service's own SQL, and answered again."""

import time
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any, Final

from flask.testing import FlaskClient
from pygeoapi.provider.mvt_postgresql import MVTPostgreSQLProvider

from bench.contestants.service import ShiftedClock
from bench.database import Filled, filled
from bench.options import WORKSHOP, Options
from bench.questions import BEGINS
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise, ratio
from geo_service import create_app
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.tile import Tile
from geo_service.persistence.database import Database
from geo_service.persistence.published import PublishedView, reading
from geo_service.persistence.tiles import vector_tile
from geo_service.settings import Settings

LAYERS: Final = ("stations", "townships")
ZOOMS: Final = (8, 10, 12, 14)
_MIDDLE: Final = Coordinate(longitude=114.0163, latitude=33.5814)  # of Luohe's city
_PYGEOAPI: Final = "pygeoapi's provider"
_ANEW: Final = "own SQL, a connection each"
_CUT: Final = "own SQL, connections kept"
_AGAIN: Final = "answered again"
_KNOWN: Final = "known already (304)"

Seen = dict[str, float]  # seconds, by layer and zoom


class _TilesOfPygeoapi(MVTPostgreSQLProvider, PublishedView):  # type: ignore[misc]  # untyped
    """pygeoapi's own cutting of tiles, on the service's views and by its driver."""

    def __init__(self, layer: str) -> None:
        PublishedView.__init__(
            self,
            {
                "name": "bench",
                "type": "tile",
                "data": layer,
                "id_field": "id" if layer == "stations" else "code",
                "storage_crs": "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
            },
        )
        self._fields: dict[str, Any] = {}
        self._fields = super().get_fields()

    def get_fields(self) -> dict[str, Any]:
        return self._fields


def run(options: Options) -> int:
    """Measure every way; write the table."""
    tables, figures, calibrations = [], {}, []
    for size in options.sizes:
        with filled(size) as database:
            rounds = interleaved(_ways(database), options.rounds)
        tables.append(_table(size, rounds))
        figures[str(size)] = dict(rounds.seen)
        calibrations += rounds.calibrations
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _ways(database: Filled) -> dict[str, Callable[[], Seen]]:
    anew = Database.connect(database.service_url, read_only=True)
    kept = Database.connect(database.service_url, read_only=True, kept=1)
    client = _client(database)
    return {
        _PYGEOAPI: partial(_measured, partial(_by_pygeoapi, anew)),
        _ANEW: partial(_measured, partial(vector_tile, anew)),
        _CUT: partial(_measured, partial(vector_tile, kept)),
        _AGAIN: partial(_measured, partial(_answered, client, {}), 20),
        _KNOWN: partial(_measured, _Knowing(client), 20),
    }


def _client(database: Filled) -> FlaskClient:
    settings = Settings(
        home=WORKSHOP / "home-tiles", database_url=database.service_url, log_level="error"
    )
    return create_app(settings, clock=ShiftedClock.at(BEGINS)).test_client()


def _by_pygeoapi(database: Database, layer: str, tile: Tile) -> bytes:
    with reading(database):
        cut = _TilesOfPygeoapi(layer).get_tiles(
            layer, "WebMercatorQuad", z=tile.z, y=tile.y, x=tile.x
        )
    return bytes(cut or b"")


def _answered(client: FlaskClient, headers: dict[str, str], layer: str, tile: Tile) -> bytes:
    answer = client.get(f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt", headers=headers)
    assert answer.status_code == 200, answer.text
    return bytes(answer.data)


class _Knowing:
    """Somebody who has every tile, and asks whether there is a newer one."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self._etags: dict[str, str] = {}

    def __call__(self, layer: str, tile: Tile) -> bytes:
        path = f"/tiles/{layer}/{tile.z}/{tile.x}/{tile.y}.mvt"
        if path not in self._etags:
            self._etags[path] = self._client.get(path).headers["ETag"]
        answer = self._client.get(path, headers={"If-None-Match": self._etags[path]})
        assert answer.status_code == 304
        return bytes(answer.data)


def _measured(cut: Callable[[str, Tile], bytes], times: int = 1) -> Seen:
    found = {}
    for layer in LAYERS:
        for zoom in ZOOMS:
            tile = Tile.at(zoom, _MIDDLE)
            cut(layer, tile)  # what is made ready once
            began = time.perf_counter()
            for _ in range(times):
                cut(layer, tile)
            found[f"{layer} {zoom}"] = (time.perf_counter() - began) / times
    return found


def _table(size: int, rounds: Rounds[Seen]) -> Table:
    def per_second(way: str) -> float:
        return rounds.median(way, lambda seen: len(seen) / sum(seen.values()))

    columns = [f"{layer} {zoom}" for layer in LAYERS for zoom in ZOOMS]
    rows = [
        [
            way,
            f"{per_second(way):,.1f}",
            f"{ratio(per_second(way), per_second(_PYGEOAPI)):,.0f}",
            *(f"{rounds.median(way, itemgetter(at)) * 1000:,.2f}" for at in columns),
        ]
        for way in rounds.seen
    ]
    return Table(
        title=f"Vector tiles of Luohe's middle, {size:,} stations: ms a tile, by layer and zoom",
        columns=["way", "tiles/s", "times pygeoapi", *columns],
        rows=rows,
    )
