"""The worker's page as the server makes it: complete without JavaScript."""

import re
from collections.abc import Iterator
from html import unescape
from string import Formatter
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from shapely import Point

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity
from geo_service.persistence.database import Database
from geo_service.services.whereabouts import centre_of
from geo_service.settings import Settings
from geo_service.web.worker.words import WORDS
from tests.support import hostile
from tests.support.clock import StoppedClock
from tests.support.hostile_service import hostile_service

MALUJIE = "411102002"
UNPLACED = "411102001"
HERE = {"lon": "114.0352", "lat": "33.5682"}
QUESTIONS: list[dict[str, Any]] = [
    {},
    {"service": "breakfast"},
    {"service": "rest", "amenity": ["water", "toilet"]},
    {"group": "sanitation"},
    {"group": "bus_driver", "service": "breakfast"},
    {"open": "arrival"},
    {"open": "arrival", "service": "breakfast", "group": "sanitation"},
]


def ids(page: str) -> list[str]:
    return re.findall(r'<li class="card" id="station-([^"]+)">', page)


def shown(page: str, name: str) -> list[str]:
    return [unescape(each) for each in re.findall(rf'<p class="{name}"><b>([^<]+)</b>', page)]


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# -- the form and its answers --------------------------------------------------------------


def test_the_first_page_asks_and_answers_nothing(client: FlaskClient) -> None:
    page = client.get("/?lang=zh").text

    assert 'action="/#results" method="get"' in page
    assert "附近驿站" in page
    assert ids(page) == []


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_the_page_shows_the_stations_that_the_api_names(
    client: FlaskClient, question: dict[str, Any]
) -> None:
    page = client.get("/", query_string={**HERE, **question}).text
    api = client.get("/api/v1/stations/nearest", query_string={**HERE, **question}).get_json()

    assert ids(page) == [each["id"] for each in api["features"]]


def test_a_card_rounds_the_distance_and_tells_the_minutes_that_the_api_tells(
    client: FlaskClient,
) -> None:
    page = client.get("/", query_string={**HERE, "lang": "zh"}).text
    api = client.get("/api/v1/stations/nearest", query_string=HERE).get_json()

    told = [each["properties"] for each in api["features"]]
    numbers = [int(each.removesuffix(" 米")) for each in shown(page, "way")]
    assert numbers == [pytest.approx(each["distance_m"], abs=5) for each in told]
    assert re.findall(r"走路约 (\d+) 分钟（估算）", page) == [
        str(each["walk_minutes"]) for each in told
    ]


def test_a_township_is_looked_from_its_middle(client: FlaskClient, register: Register) -> None:
    centre = centre_of(register, register.townships_by_code[MALUJIE])
    assert centre is not None

    page = client.get(f"/?lang=zh&township={MALUJIE}").text
    there = {"lon": str(centre.longitude), "lat": str(centre.latitude)}
    api = client.get("/api/v1/stations/nearest", query_string=there).get_json()

    assert ids(page) == [each["id"] for each in api["features"]]
    assert "离马路街街道最近的 5 个" in page
    assert "距离从马路街街道中间算起" in page


def test_every_middle_lies_in_its_township_and_is_not_guessed(register: Register) -> None:
    for township in register.townships:
        centre = centre_of(register, township)
        if township.boundary is not None:
            assert centre is not None
            # Rounded to a metre, which an outline that thin would not survive anyway.
            assert township.boundary.buffer(2e-5).contains(_point(centre)), township.name
        elif centre is not None:
            assert township.seat is not None or any(
                each.township_code == township.code for each in register.stations
            )


def _point(at: Coordinate) -> Point:
    return Point(at.longitude, at.latitude)


def test_a_township_that_nobody_can_place_cannot_be_chosen(client: FlaskClient) -> None:
    page = client.get("/?lang=zh").text

    assert re.search(rf'<option value="{UNPLACED}" disabled>[^<]*位置不详', page)


def test_whoever_asks_from_there_all_the_same_is_told_why_not(client: FlaskClient) -> None:
    page = client.get(f"/?lang=zh&township={UNPLACED}").text

    assert "不知道老街街道在哪里" in page
    assert ids(page) == []


def test_a_name_finds_its_station_without_a_distance(client: FlaskClient) -> None:
    page = client.get("/?lang=zh&q=站点-004").text

    assert ids(page) == ["LH-004"]
    assert shown(page, "way") == []


def test_a_name_wins_over_a_township_left_chosen(client: FlaskClient) -> None:
    assert ids(client.get(f"/?q=lh-203&township={MALUJIE}").text) == ["LH-203"]


def test_a_name_of_nothing_says_what_to_try(client: FlaskClient) -> None:
    page = client.get("/?lang=zh&q=没有这个").text

    assert "没有找到合适的" in page
    assert 'value="没有这个"' in page


def test_a_form_sent_empty_is_told_what_is_missing(client: FlaskClient) -> None:
    page = client.get("/?lang=zh&township=").text

    assert "从哪里找起？" in page


def test_what_was_asked_stays_chosen(client: FlaskClient) -> None:
    page = client.get(
        f"/?township={MALUJIE}&service=rest&group=other&open=arrival&amenity=reading"
    ).text

    for chosen in (
        'name="service" value="rest" checked',
        'name="group" value="other" checked',
        'name="open" value="arrival" checked',
        'name="amenity" value="reading" checked',
        f'value="{MALUJIE}" selected',
        "<details open>",
    ):
        assert chosen in page


def test_others_are_sent_to_what_is_for_anyone_alone(client: FlaskClient) -> None:
    page = client.get("/", query_string={**HERE, "group": "other"}).text

    found = ids(page)
    assert len(found) == 5
    for each in found:
        services = client.get(f"/api/v1/stations/{each}").get_json()["properties"]["services"]
        assert any(service["groups"] == ["anyone"] for service in services)


def test_conditions_that_nothing_meets_can_be_dropped_in_one_tap(client: FlaskClient) -> None:
    asked = {"amenity": list(Amenity), "service": "breakfast"}
    page = client.get("/", query_string={**HERE, **asked, "lang": "zh"}).text

    (widened,) = re.findall(r'<a class="plain unscripted" href="([^"]+)"', page)
    assert len(ids(client.get(unescape(widened)).text)) == 5


def test_far_away_is_said_in_words(client: FlaskClient) -> None:
    response = client.get("/?lang=zh&lon=2.35&lat=48.85")

    assert response.status_code == 200
    assert "你离漯河市太远了" in response.text


@pytest.mark.parametrize("query", ["lon=400&lat=1", "group=nobody", "colour=red", "open=now"])
def test_what_no_form_sends_is_refused_in_a_page(client: FlaskClient, query: str) -> None:
    response = client.get(f"/?{query}", headers={"Accept": "text/html"})

    assert response.status_code == 400
    assert "请检查下面的参数" in response.text


# -- what the page says and keeps ----------------------------------------------------------


def test_no_parameter_name_or_empty_value_reaches_the_reader(client: FlaskClient) -> None:
    for language in ("zh", "en"):
        page = client.get("/", query_string={**HERE, "lang": language}).text
        text = text_of(page.partition("<main>")[2].partition("</main>")[0])
        assert not re.search(r"None|null|N/A|distance_m|_|\{|\}", text)


def test_the_page_sets_no_cookie(client: FlaskClient) -> None:
    assert "Set-Cookie" not in client.get("/", query_string=HERE).headers


def test_every_card_says_that_its_data_is_a_demonstration(client: FlaskClient) -> None:
    page = client.get("/", query_string={**HERE, "lang": "zh"}).text

    assert len(re.findall(r'class="warning">.*?演示数据，请勿前往', page)) == 5


def test_the_foot_leads_on_to_everything_else(client: FlaskClient) -> None:
    foot = client.get("/?lang=zh").text.partition("<footer")[2]

    for path in ("/route", "/maps/stations", "/maps/coverage", "/planner", "/api/docs", "/about"):
        assert re.search(rf'href="{path}["?]', foot), path


def test_every_page_leads_back_to_this_one(client: FlaskClient) -> None:
    for path in ("/about", "/coverage"):
        assert 'class="home" href="/?lang=' in client.get(path).text


@pytest.mark.parametrize("key", WORDS["zh"])
def test_a_sentence_has_the_same_places_in_both_languages(key: str) -> None:
    def places(sentence: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(sentence) if name}

    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert WORDS["zh"][key]
    assert WORDS["en"][key]
    if key != "date":  # where English has a month's name, Chinese has its number
        assert places(WORDS["zh"][key]) == places(WORDS["en"][key])


# -- a register of hostile texts -------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_client(
    scratch: Database, settings: Settings, clock: StoppedClock
) -> Iterator[FlaskClient]:
    """The service over stations whose every text would run."""
    with hostile_service(scratch, settings, clock) as app:
        yield app.test_client()


def test_hostile_texts_stay_text(hostile_client: FlaskClient) -> None:
    for number, text in enumerate(hostile.TEXTS):
        page = hostile_client.get(f"/?q=H-{number:02}&lang=en").text

        body = page.partition("<main>")[2]
        assert f">{_escaped(text)}</a></h3>" in body
        assert "<img" not in body
        assert body.count("<script") == 1  # what the page's own script has to know


def _escaped(text: str) -> str:
    return str(escape(text))


def test_a_hostile_question_stays_text(hostile_client: FlaskClient) -> None:
    for text in hostile.TEXTS:
        page = hostile_client.get("/", query_string={"q": text}).text
        assert "<img" not in page
        assert f'value="{_escaped(text)}"' in page


def test_a_place_without_townships_or_outlines_has_a_page(hostile_client: FlaskClient) -> None:
    assert hostile_client.get("/").status_code == 200


def test_the_app_serves_two_registers_side_by_side(app: Flask, hostile_client: FlaskClient) -> None:
    assert ids(app.test_client().get("/?q=LH-001").text) == ["LH-001"]
    assert ids(hostile_client.get("/?q=LH-001").text) == []
