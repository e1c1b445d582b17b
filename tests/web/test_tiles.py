"""Vector tiles, decoded by another library and held against the register."""

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mapbox_vector_tile  # type: ignore[import-untyped]
import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import shape

from geo_service import create_app
from geo_service.domain.register import Register
from geo_service.persistence.database import Database
from geo_service.persistence.published_views import VIEWS
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from geo_service.web.tiles.tilejson import DIMENSIONS
from geo_service.web.tiles.words import LAYERS
from tests.support.app import closing
from tests.support.clock import StoppedClock

SIZES = {"stations": 203, "townships": 49, "counties": 5, "coverage": 49}
MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
EXTENT = 4096
HALF = 20_037_508.342789244
TO_METRES = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
CITY = "/tiles/stations/7/104/51.mvt"  # all of Luohe
PACIFIC = "/tiles/stations/7/10/51.mvt"


def on_the_square(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return coordinates in metres."""
    return np.column_stack(TO_METRES.transform(degrees[:, 0], degrees[:, 1]))


def decoded(body: bytes) -> list[dict[str, Any]]:
    """Return the features of a tile with one layer, in steps from its north-west corner."""
    (layer,) = mapbox_vector_tile.decode(body, default_options={"y_coord_down": True}).values()
    assert layer["extent"] == EXTENT
    return list(layer["features"])


def metres(z: int, x: int, y: int, steps: tuple[float, float]) -> tuple[float, float]:
    """Return where a place of a tile is on the square, in metres."""
    step = 2 * HALF / 2**z / EXTENT
    return (x * EXTENT + steps[0]) * step - HALF, HALF - (y * EXTENT + steps[1]) * step


def tiles_over(register: Register, zoom: int) -> list[tuple[int, int]]:
    """Return the columns and rows that the register's stations are in."""
    length = 2 * HALF / 2**zoom
    found = set()
    for station in register.stations:
        x, y = TO_METRES.transform(station.coordinate.longitude, station.coordinate.latitude)
        found.add((int((x + HALF) // length), int((HALF - y) // length)))
    return sorted(found)


def test_every_station_stands_once_where_the_register_has_it(
    client: FlaskClient, register: Register
) -> None:
    zoom, seen = 10, {}
    for x, y in tiles_over(register, zoom):
        for feature in decoded(client.get(f"/tiles/stations/{zoom}/{x}/{y}.mvt").data):
            steps = feature["geometry"]["coordinates"]
            if 0 <= steps[0] < EXTENT and 0 <= steps[1] < EXTENT:
                identifier = feature["properties"]["id"]
                assert identifier not in seen
                seen[identifier] = metres(zoom, x, y, steps)

    step = 2 * HALF / 2**zoom / EXTENT
    assert set(seen) == {station.id for station in register.stations}
    for station in register.stations:
        expected = TO_METRES.transform(station.coordinate.longitude, station.coordinate.latitude)
        assert seen[station.id] == pytest.approx(expected, abs=step)


def test_a_station_beside_the_edge_is_drawn_into_both_tiles(
    client: FlaskClient, register: Register
) -> None:
    outside = [
        feature
        for x, y in tiles_over(register, 12)
        for feature in decoded(client.get(f"/tiles/stations/12/{x}/{y}.mvt").data)
        if not all(0 <= step < EXTENT for step in feature["geometry"]["coordinates"])
    ]

    assert outside


def test_townships_are_as_large_as_the_register_has_them(
    client: FlaskClient, register: Register
) -> None:
    step = 2 * HALF / 2**7 / EXTENT
    found = {
        feature["properties"]["code"]: shape(feature["geometry"]).area * step**2
        for feature in decoded(client.get("/tiles/townships/7/104/51.mvt").data)
    }

    known = {each.code: each.boundary for each in register.townships if each.boundary is not None}
    assert set(found) == set(known)
    for code, boundary in known.items():
        area = shapely.transform(boundary, on_the_square).area
        assert found[code] == pytest.approx(area, rel=0.05)


@pytest.mark.parametrize("layer", SIZES)
def test_all_of_a_layer_is_in_the_tile_that_holds_the_city(client: FlaskClient, layer: str) -> None:
    response = client.get(f"/tiles/{layer}/7/104/51.mvt")

    assert response.mimetype == MEDIA_TYPE
    assert len(decoded(response.data)) == SIZES[layer]


def test_properties_are_those_of_the_items_and_what_is_unknown_is_left_out(
    client: FlaskClient,
) -> None:
    item = client.get("/ogc/collections/stations/items/LH-001?f=json").get_json()["properties"]

    (found,) = (
        feature["properties"]
        for feature in decoded(client.get(CITY).data)
        if feature["properties"]["id"] == "LH-001"
    )

    assert found == {name: value for name, value in item.items() if value is not None}


def test_where_there_is_nothing_the_answer_is_empty_and_kept_like_others(
    client: FlaskClient,
) -> None:
    response = client.get(PACIFIC)

    assert (response.status_code, response.data) == (204, b"")
    assert response.headers["ETag"]


@pytest.mark.parametrize("path", [CITY, PACIFIC, "/tiles/coverage/7/104/51.mvt"])
def test_who_has_a_tile_of_this_revision_is_not_sent_it_again(
    client: FlaskClient, path: str
) -> None:
    etag = client.get(path).headers["ETag"]

    response = client.get(path, headers={"If-None-Match": etag})

    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag


def test_what_is_known_of_one_tile_says_nothing_of_another(client: FlaskClient) -> None:
    etags = {
        client.get(f"/tiles/{layer}/7/{x}/51.mvt").headers["ETag"]
        for layer in SIZES
        for x in (103, 104)
    }

    assert len(etags) == 8


def test_coverage_of_another_day_is_another_tile(
    shipped: Database, settings: Settings, client: FlaskClient, clock: StoppedClock
) -> None:
    path = "/tiles/coverage/7/104/51.mvt"
    today = client.get(path).headers["ETag"]
    tomorrow = StoppedClock(clock.now().replace(day=16))

    with closing(create_app(settings, database=shipped, clock=tomorrow)) as app:
        other = app.test_client().get(path, headers={"If-None-Match": today})

    assert other.status_code == 200
    assert {each["properties"]["measured_on"] for each in decoded(other.data)} == {"2026-11-17"}


def test_a_new_revision_is_a_new_tile(scratch: Database, tmp_path: Path) -> None:
    etags: list[str] = []
    for revision in ("first", "second"):
        load_folder(scratch, PROJECT / "data" / "stations", author="a test", reason=revision)
        settings = Settings(home=tmp_path / revision, log_level="error")
        with closing(create_app(settings, database=scratch)) as app:
            given = {"If-None-Match": ", ".join(etags)}
            response = app.test_client().get(CITY, headers=given)
        assert response.status_code == 200
        etags.append(response.headers["ETag"])

    assert etags[0] != etags[1]


def test_a_tile_travels_compressed_to_whoever_reads_that(client: FlaskClient) -> None:
    plain = client.get(CITY)
    packed = client.get(CITY, headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    again = client.get(
        CITY, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path",
    [
        *("stations/19/0/0", "stations/3/8/0", "stations/3/0/8", "stations/-1/0/0"),
        *("stations/x/0/0", "stations/1e1/0/0", "stations/01/0/0", "stations/１/0/0"),
        *("nothing/0/0/0", "ogc_station/0/0/0", "station;DROP TABLE station/0/0/0"),
        *("stations'--/0/0/0", "stations/0/0/0'", "stations/999999999999999999999/0/0"),
    ],
)
def test_what_is_no_tile_is_not_found(client: FlaskClient, path: str) -> None:
    response = client.get(f"/tiles/{path}.mvt")

    assert response.status_code == 404
    assert response.get_json()["type"] == "/problems/tile-not-found"


def test_a_tile_takes_no_parameters(client: FlaskClient) -> None:
    assert client.get(f"{CITY}?fields=id").status_code == 400


@pytest.mark.parametrize("path", [CITY, "/tiles/stations.json"])
def test_pages_of_others_may_read_tiles_and_what_describes_them(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path).headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("layer", SIZES)
def test_tilejson_leads_to_the_tiles_and_names_what_they_have(
    client: FlaskClient, layer: str
) -> None:
    described = client.get(f"/tiles/{layer}.json").get_json()

    assert described["tilejson"] == "3.0.0"
    (address,) = described["tiles"]
    path = urlsplit(address.format(z=7, x=104, y=51)).path
    features = decoded(client.get(path).data)
    (only,) = described["vector_layers"]
    assert only["id"] == layer
    assert {name for each in features for name in each["properties"]} <= set(only["fields"])
    west, south, east, north = described["bounds"]
    assert west < described["center"][0] < east
    assert south < described["center"][1] < north


def test_tilejson_has_the_public_address(
    shipped: Database, settings: Settings, clock: StoppedClock
) -> None:
    public = replace(settings, public_url="https://example.org/stations")

    with closing(create_app(public, database=shipped, clock=clock)) as app:
        described = app.test_client().get("/tiles/townships.json").get_json()

    assert described["tiles"] == ["https://example.org/stations/tiles/townships/{z}/{x}/{y}.mvt"]


def test_there_is_no_description_of_a_layer_that_there_is_not(client: FlaskClient) -> None:
    assert client.get("/tiles/nothing.json").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nothing_is_written_to_a_tile(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)(CITY).status_code == 405


def test_every_published_view_is_a_layer_in_both_languages() -> None:
    assert set(LAYERS) == set(VIEWS) == set(DIMENSIONS)
    assert all(set(words) == {"zh", "en"} for words in LAYERS.values())
