"""OGC API – Features, part 1: each test is named after the requirement that it holds to."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

COLLECTIONS = ("stations", "townships", "counties", "coverage")
SIZES = {"stations": 203, "townships": 58, "counties": 5, "coverage": 58}
ITEMS = "/ogc/collections/stations/items"


def ask(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    response = client.get(path, query_string={"f": "json", **query})
    assert response.status_code == 200, response.text
    return dict(response.json or {})


def status(client: FlaskClient, path: str, **query: str) -> int:
    return client.get(path, query_string={"f": "json", **query}).status_code


def links(answer: dict[str, Any]) -> dict[str, str]:
    return {link["rel"]: link["href"] for link in answer["links"]}


def follow(client: FlaskClient, href: str) -> dict[str, Any]:
    parts = urlsplit(href)
    return dict(client.get(f"{parts.path}?{parts.query}").json or {})


def test_req_core_root_op_and_success(client: FlaskClient) -> None:
    relations = links(ask(client, "/ogc/"))

    assert {"service-desc", "conformance", "data"} <= set(relations)


def test_every_link_of_the_landing_page_leads_somewhere(client: FlaskClient) -> None:
    for link in ask(client, "/ogc/")["links"]:
        parts = urlsplit(link["href"])
        response = client.get(f"{parts.path}?{parts.query}", follow_redirects=True)
        assert response.status_code == 200, link


def test_req_core_api_definition_success(client: FlaskClient) -> None:
    document = ask(client, "/ogc/openapi")

    assert document["openapi"].startswith("3.0")
    assert {f"/collections/{name}/items" for name in COLLECTIONS} <= set(document["paths"])


def test_req_core_conformance_success(client: FlaskClient) -> None:
    kept = ask(client, "/ogc/conformance")["conformsTo"]

    assert "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core" in kept
    assert len(kept) == len(set(kept))


def test_req_core_fc_md_success(client: FlaskClient) -> None:
    collections = ask(client, "/ogc/collections")["collections"]

    assert [each["id"] for each in collections] == list(COLLECTIONS)
    for each in collections:
        assert "items" in links(each)
        west, south, east, north = each["extent"]["spatial"]["bbox"][0]
        assert 113 < west < east < 115
        assert 33 < south < north < 35


@pytest.mark.parametrize("name", COLLECTIONS)
def test_req_core_sfc_md_success(client: FlaskClient, name: str) -> None:
    assert ask(client, f"/ogc/collections/{name}")["id"] == name


def test_a_collection_there_is_not_is_not_found(client: FlaskClient) -> None:
    assert status(client, "/ogc/collections/nope") == 404
    assert status(client, "/ogc/collections/nope/items") == 404


@pytest.mark.parametrize("name", COLLECTIONS)
def test_req_core_fc_op_and_response(client: FlaskClient, name: str) -> None:
    response = client.get(f"/ogc/collections/{name}/items", query_string={"limit": "1000"})

    assert response.mimetype == "application/geo+json"
    answer = response.json
    assert answer is not None
    assert answer["type"] == "FeatureCollection"
    assert answer["numberMatched"] == answer["numberReturned"] == SIZES[name]
    assert len({each["id"] for each in answer["features"]}) == SIZES[name]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "1.5", "１", "1_0", ""])
def test_req_core_fc_limit_definition(client: FlaskClient, asked: str) -> None:
    assert status(client, ITEMS, limit=asked) == 400


def test_req_core_fc_limit_response(client: FlaskClient) -> None:
    assert len(ask(client, ITEMS)["features"]) == 10
    assert len(ask(client, ITEMS, limit="7")["features"]) == 7


def test_req_core_fc_bbox_response(client: FlaskClient) -> None:
    inside = ask(client, ITEMS, bbox="114.0,33.5,114.1,33.6", limit="1000")
    everything = ask(client, ITEMS, limit="1000")

    expected = {
        each["id"]
        for each in everything["features"]
        if 114.0 <= each["geometry"]["coordinates"][0] <= 114.1
        and 33.5 <= each["geometry"]["coordinates"][1] <= 33.6
    }
    assert {each["id"] for each in inside["features"]} == expected
    assert 0 < len(expected) < 203


@pytest.mark.parametrize(
    "box", ["", "1", "1,2,3", "1,2,3,x", "nan,nan,nan,nan", "1,2,3,4,5", "114,34,115,33"]
)
def test_req_core_fc_bbox_definition(client: FlaskClient, box: str) -> None:
    assert status(client, ITEMS, bbox=box) == 400


def test_req_core_fc_time_response(client: FlaskClient) -> None:
    """A station is there from the day it opened."""
    before = ask(client, ITEMS, datetime="2017-01-01", limit="1000")

    assert 0 < before["numberMatched"] < 203
    assert all(each["properties"]["opened_on"] <= "2017-01-01" for each in before["features"])
    assert ask(client, ITEMS, datetime="../..")["numberMatched"] == 203


@pytest.mark.parametrize("when", ["yesterday", "2026", "2026-13-01", "2026-01-01/", ""])
def test_req_core_fc_time_definition(client: FlaskClient, when: str) -> None:
    assert status(client, ITEMS, datetime=when) == 400


def test_req_core_query_param_unknown(client: FlaskClient) -> None:
    assert status(client, ITEMS, limt="3") == 400
    assert status(client, "/ogc/collections", bbox="1,2,3,4") == 400


def test_a_parameter_given_twice_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{ITEMS}?f=json&limit=1&limit=2").status_code == 400


def test_req_core_fc_links_lead_through_every_page_once(client: FlaskClient) -> None:
    page = ask(client, ITEMS, limit="50", sortby="-capacity")
    seen: list[str] = []
    while True:
        seen += [each["id"] for each in page["features"]]
        if "next" not in links(page):
            break
        page = follow(client, links(page)["next"])

    assert len(seen) == 203
    assert len(set(seen)) == 203


def test_the_links_keep_the_filter(client: FlaskClient) -> None:
    page = ask(client, ITEMS, limit="3", filter="capacity > 10")
    page = follow(client, links(page)["next"])

    assert all(each["properties"]["capacity"] > 10 for each in page["features"])


def test_req_core_f_success(client: FlaskClient) -> None:
    feature = ask(client, f"{ITEMS}/LH-001")

    assert feature["id"] == "LH-001"
    assert feature["geometry"] == {"type": "Point", "coordinates": [114.034831, 33.569677]}
    assert feature["properties"]["data_status"] == "demonstration"
    assert {"self", "collection"} <= set(links(feature))


@pytest.mark.parametrize(
    "name", ["nope", "%00", "LH-001%00", "%ED%A0%80", "'", "..%2f..", "x" * 9000]
)
def test_an_item_there_is_not_is_not_found(client: FlaskClient, name: str) -> None:
    assert client.get(f"{ITEMS}/{name}?f=json").status_code == 404


def test_a_township_without_an_outline_is_listed_without_one(client: FlaskClient) -> None:
    townships = ask(client, "/ogc/collections/townships/items", limit="100")["features"]

    without = [each for each in townships if each["geometry"] is None]
    assert len(without) == 9
    assert {each["properties"]["boundary_status"] for each in without} == {"none"}


def test_coverage_is_that_of_the_api(client: FlaskClient) -> None:
    published = ask(client, "/ogc/collections/coverage/items", limit="100")["features"]
    ours = client.get("/api/v1/coverage?radius=1000").json
    assert ours is not None

    assert {each["id"]: each["properties"]["area_coverage"] for each in published} == {
        each["code"]: each["area_coverage"] for each in ours["units"]
    }


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", [ITEMS, f"{ITEMS}/LH-001", "/ogc/", "/ogc/collections"])
def test_nothing_can_be_written(client: FlaskClient, method: str, path: str) -> None:
    assert client.open(path, method=method, json={}).status_code == 405


@pytest.mark.parametrize("path", ["/ogc/admin", "/ogc/jobs", "/ogc/stac", "/ogc/admin/config"])
def test_what_is_not_offered_is_not_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("/ogc/", "/ogc/openapi", "/ogc/conformance", "/ogc/collections"),
        *("/ogc/collections/stations", "/ogc/collections/stations/schema"),
        *("/ogc/collections/stations/queryables", ITEMS, f"{ITEMS}/LH-001"),
        "/ogc/collections/townships/items",
    ],
)
def test_req_html_definition_without_anything_from_elsewhere(
    client: FlaskClient, path: str
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})

    assert response.mimetype == "text/html"
    for source in ("src=", "href="):
        for piece in response.text.split(source)[1:]:
            assert not piece.strip("\"'").startswith(("http:", "https:", "//")), piece[:80]
