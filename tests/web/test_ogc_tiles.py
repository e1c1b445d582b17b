"""OGC API – Tiles, part 1, and Two Dimensional Tile Matrix Set: tests named after requirements."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from pygeoapi.models.provider.base import TileMatrixSetEnum

COLLECTIONS = ("stations", "townships", "counties", "coverage")
OF_ONE = "/ogc/collections/stations/tiles/WebMercatorQuad"
REL = "http://www.opengis.net/def/rel/ogc/1.0"


def ask(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    response = client.get(path, query_string={"f": "json", **query})
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def path_of(href: str) -> str:
    parts = urlsplit(href)
    return f"{parts.path}?{parts.query}"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_req_geodata_tilesets_desc_links(client: FlaskClient, name: str) -> None:
    links = ask(client, f"/ogc/collections/{name}")["links"]

    (link,) = [
        each
        for each in links
        if each["rel"] == f"{REL}/tilesets-vector" and each["type"] == "application/json"
    ]
    assert client.get(path_of(link["href"])).status_code == 200


@pytest.mark.parametrize("name", COLLECTIONS)
def test_req_tilesets_list_tileset_links(client: FlaskClient, name: str) -> None:
    (one,) = ask(client, f"/ogc/collections/{name}/tiles")["tilesets"]

    assert one["dataType"] == "vector"
    assert one["crs"] == "http://www.opengis.net/def/crs/EPSG/0/3857"
    for link in one["links"]:
        if not link.get("templated"):
            assert client.get(path_of(link["href"])).status_code == 200, link


@pytest.mark.parametrize("name", COLLECTIONS)
def test_req_tileset_tileset_template(client: FlaskClient, name: str) -> None:
    described = ask(client, f"/ogc/collections/{name}/tiles/WebMercatorQuad")
    (link,) = [each for each in described["links"] if each["rel"] == "item"]

    address = link["href"].format(tileMatrix=7, tileRow=51, tileCol=104)
    response = client.get(path_of(address))

    assert response.status_code == 200
    assert response.mimetype == link["type"] == "application/vnd.mapbox-vector-tile"


def test_req_core_tc_success_is_the_same_tile_as_without_ogc(client: FlaskClient) -> None:
    assert client.get(f"{OF_ONE}/7/51/104").data == client.get("/tiles/stations/7/104/51.mvt").data


@pytest.mark.parametrize(
    "place", ["19/0/0", "3/8/0", "3/0/8", "a/0/0", "1/-1/0", "1.0/0/0", "0/0/0'"]
)
def test_req_core_tc_error(client: FlaskClient, place: str) -> None:
    assert client.get(f"{OF_ONE}/{place}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/ogc/TileMatrixSets/nothing", "/ogc/collections/nothing/tiles"),
        *("/ogc/collections/stations/tiles/WorldCRS84Quad", "/ogc/collections/nothing/tiles/x"),
        "/ogc/collections/stations/tiles/WorldCRS84Quad/0/0/0",
    ],
)
def test_what_there_is_not_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_req_tilematrixsetlimits_hold_every_tile_that_shows_something(client: FlaskClient) -> None:
    limits = ask(client, OF_ONE)["tileMatrixSetLimits"]

    of_eleven = limits[11]
    for row in range(of_eleven["minTileRow"] - 1, of_eleven["maxTileRow"] + 2):
        for column in (of_eleven["minTileCol"] - 2, of_eleven["maxTileCol"] + 2):
            assert client.get(f"{OF_ONE}/11/{row}/{column}").status_code == 204
    assert limits[0] == dict.fromkeys(limits[0], 0) | {"tileMatrix": "0"}


def test_tms_tilematrixset_is_that_of_the_standard(client: FlaskClient) -> None:
    """The matrices of pygeoapi's table were written down from the standard by others."""
    found = ask(client, "/ogc/TileMatrixSets/WebMercatorQuad")

    expected = TileMatrixSetEnum.WEBMERCATORQUAD.value
    assert found["crs"] == expected.crs
    for ours, theirs in zip(found["tileMatrices"], expected.tileMatrices, strict=False):
        assert ours["id"] == theirs["id"]
        assert ours["matrixWidth"] == theirs["matrixWidth"]
        assert ours["scaleDenominator"] == pytest.approx(theirs["scaleDenominator"], rel=1e-9)
        assert ours["cellSize"] == pytest.approx(theirs["cellSize"], rel=1e-9)
        assert ours["pointOfOrigin"] == pytest.approx(theirs["pointOfOrigin"], abs=1e-3)


def test_the_list_of_matrix_sets_leads_to_the_one(client: FlaskClient) -> None:
    (one,) = ask(client, "/ogc/TileMatrixSets")["tileMatrixSets"]

    assert ask(client, urlsplit(one["links"][0]["href"]).path)["id"] == one["id"]


@pytest.mark.parametrize(
    "path",
    [
        *("/ogc/TileMatrixSets", "/ogc/TileMatrixSets/WebMercatorQuad", OF_ONE),
        "/ogc/collections/townships/tiles",
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_is_a_page_too(client: FlaskClient, path: str, language: str) -> None:
    response = client.get(path, query_string={"f": "html", "lang": language})

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert "WebMercatorQuad" in response.text


@pytest.mark.parametrize("query", ["f=xml", "f=png", "f=csv", "unknown=1", "f=json&f=json"])
def test_what_is_not_known_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{OF_ONE}?{query}").status_code == 400
    assert client.get(f"{OF_ONE}/0/0/0?{query}").status_code == 400


def test_the_description_of_the_api_has_tiles_and_no_jobs(client: FlaskClient) -> None:
    paths = ask(client, "/ogc/openapi")["paths"]

    tile = "/collections/stations/tiles/{tileMatrixSetId}/{tileMatrix}/{tileRow}/{tileCol}"
    assert tile in paths
    assert {"/TileMatrixSets", "/processes", "/processes/nearest/execution"} <= set(paths)
    assert [path for path in paths if "jobs" in path] == []


def test_links_have_the_address_that_people_reach_the_service_under(client: FlaskClient) -> None:
    described = client.get(f"{OF_ONE}?f=json", base_url="https://example.org/prefix").get_json()

    assert [
        link["href"]
        for link in described["links"]
        if not link["href"].startswith("https://example.org/prefix/")
    ] == []
