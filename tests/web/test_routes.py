"""Saved routes over HTTP, and the page `/route`."""

import html
import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_service.domain.datum import Datum
from geo_service.persistence.database import Database
from geo_service.services.route_text import REASONS
from geo_service.services.routes import Label, remove_route, route_from, save_route
from geo_service.web.route.words import WORDS
from tests.support.hostile import TEXTS
from tests.support.schema import assert_as_described

LINE = "114.0,33.55\n114.0163,33.5814\n114.05,33.6"
GPX = (
    '<gpx><trk><name>三路 &lt;b&gt;</name><trkseg><trkpt lat="33.55" lon="114.0"/>'
    '<trkpt lat="33.5814" lon="114.0163"/><trkpt lat="33.6" lon="114.05"/></trkseg></trk></gpx>'
)


@pytest.fixture(scope="module", autouse=True)
def saved(shipped: Database) -> Iterator[None]:
    """One saved route, called as badly as can be."""
    label = Label(identifier="bus-3", name=TEXTS[0], note=TEXTS[1])
    save_route(shipped, route_from(LINE.encode(), stem="x", datum=Datum.GCJ02, label=label))
    yield
    remove_route(shipped, "bus-3")


# -- the API -------------------------------------------------------------------------------


def test_saved_routes_are_listed(client: FlaskClient) -> None:
    answer = client.get("/api/v1/routes").get_json()

    assert_as_described(client, "/api/v1/routes", "get", answer, "application/json")
    (listed,) = answer["routes"]
    assert (listed["id"], listed["datum_given"], listed["positions"]) == ("bus-3", "gcj02", 3)


def test_a_saved_route_comes_back_as_it_was_given(client: FlaskClient) -> None:
    answer = client.get("/api/v1/routes/bus-3?datum=gcj02").get_json()

    assert_as_described(client, "/api/v1/routes/{route_id}", "get", answer, "application/geo+json")
    assert answer["geometry"]["coordinates"] == [
        [114.0, 33.55],
        [114.0163, 33.5814],
        [114.05, 33.6],
    ]


def test_a_saved_route_can_be_asked_about(client: FlaskClient) -> None:
    route = client.get("/api/v1/routes/bus-3").get_json()

    answer = client.post("/api/v1/stations/along", json={"line": route["geometry"]})

    assert answer.get_json()["numberMatched"] > 0


@pytest.mark.parametrize("route_id", ["nowhere", "'; DROP TABLE route; --", "%00", "é"])
def test_a_route_that_is_not_there_is_a_problem(client: FlaskClient, route_id: str) -> None:
    response = client.get(f"/api/v1/routes/{route_id}")

    assert (response.status_code, response.get_json()["type"]) == (404, "/problems/route-not-found")


# -- the page ------------------------------------------------------------------------------


def _posted(client: FlaskClient, **form: Any) -> tuple[int, str]:
    response = client.post("/route", data={"lang": "zh"} | form)
    return response.status_code, html.unescape(response.get_data(as_text=True))


def _stations(page: str) -> list[str]:
    return re.findall(r'href="/s/([^"?]+)\?', page)


def test_the_page_tells_what_the_api_tells(client: FlaskClient) -> None:
    line = [[*map(float, each.split(","))] for each in LINE.splitlines()]

    status, page = _posted(client, text=LINE, within="500")
    answer = client.post("/api/v1/stations/along", json={"line": line, "within": 500}).get_json()

    assert status == 200
    assert _stations(page) == [each["id"] for each in answer["features"]]


def test_a_file_is_read_and_stands_in_the_form_afterwards(client: FlaskClient) -> None:
    _, pasted = _posted(client, text=LINE)

    status, page = _posted(client, file=(io.BytesIO(GPX.encode()), "三路.gpx"))

    assert status == 200
    assert _stations(page) == _stations(pasted)
    assert "三路 <b>" in page
    assert ">114.0,33.55\n114.0163,33.5814\n114.05,33.6</textarea>" in page


def test_with_a_pace_the_page_says_when_each_is_passed(client: FlaskClient) -> None:
    _, page = _posted(client, text=LINE, speed="20", departure="2026-11-16T05:00", within="1000")

    assert re.findall(r"约 (05:\d\d)，", page)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "还没有路线"),
        ({"text": "114.0,33.5\nabc"}, "第 2 行“abc”不是坐标"),
        ({"text": "33.5,114.0\n33.6,114.0"}, "写反了"),
        ({"text": "116.3,39.9\n116.4,39.9"}, "服务范围以外"),
        ({"text": "114,33.5\n-60,-33"}, "最多 2,000 公里"),
        ({"text": LINE, "departure": "soon"}, "出发时间"),
        ({"text": '<!DOCTYPE a [<!ENTITY b "c">]><gpx/>'}, "实体"),
        ({"text": TEXTS[2]}, "GPX 的写法不对"),
    ],
)
def test_what_cannot_be_used_is_said_in_words(
    client: FlaskClient, form: dict[str, str], said: str
) -> None:
    status, page = _posted(client, **form)

    assert status == 400
    assert said in page


def test_what_was_written_is_still_there_after_a_fault(client: FlaskClient) -> None:
    _, page = _posted(client, text="114.0,33.5\nabc")

    assert ">114.0,33.5\nabc</textarea>" in page


def test_too_large_a_file_is_refused(client: FlaskClient) -> None:
    body = b"--x\r\n" + b"114.0,33.5\n" * 400_000

    response = client.post("/route", data=body, content_type="multipart/form-data; boundary=x")

    assert response.status_code == 413


def test_a_saved_route_is_one_link_away(client: FlaskClient) -> None:
    page = client.get("/route?lang=zh").get_data(as_text=True)
    answer = client.get("/route?lang=zh&saved=bus-3")

    assert 'href="/route?saved=bus-3&amp;lang=zh"' in page
    assert answer.status_code == 200
    assert "<img src=x" not in answer.get_data(as_text=True)
    assert _stations(answer.get_data(as_text=True))


def test_a_saved_route_that_is_gone_is_said_to_be(client: FlaskClient) -> None:
    answer = client.get("/route?lang=zh&saved=nowhere")

    assert answer.status_code == 404
    assert "没有这条存好的路线" in answer.get_data(as_text=True)


def test_the_ground_to_draw_on_is_light(client: FlaskClient) -> None:
    response = client.get("/route/ground.json", headers={"Accept-Encoding": "br"})

    assert response.status_code == 200
    assert len(response.get_data()) < 20_000


def test_both_languages_have_the_same_words_and_one_for_every_fault() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert {f"fault_{key}" for key in REASONS} <= WORDS["zh"].keys()
