"""A station's own page, and the code that leads to it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.coordinate import Metres
from geo_service.domain.station import Amenity, Group, Service, ServiceKind
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.hostile import TEXTS
from tests.support.register import a_dataset, a_station

BOTH = (
    Service(kind=ServiceKind.REST, opening_hours="Mo-Fr 08:00-18:00"),
    Service(
        kind=ServiceKind.BREAKFAST,
        opening_hours="Mo-Su 05:30-07:10",
        groups=frozenset({Group.BUS_DRIVER}),
    ),
)
FULL = a_station(
    "A-1",
    114.0,
    33.5,
    *BOTH,
    name_en="Station One",
    amenities=frozenset({Amenity.WATER, Amenity.TOILET}),
    address="人民路 1 号",
    telephone="0395-123 4567 转 8",
    capacity=6,
    accuracy_m=Metres(12.0),
    verified_on=date(2026, 11, 1),
)
BARE = a_station("B-1", 114.001, 33.5, Service(kind=ServiceKind.REST))
# Either side of the clock's day, the 16th.
ENDED = a_station("E-1", 114.0001, 33.5, *BOTH, closed_on=date(2026, 11, 16))
COMING = a_station("F-1", 114.0001, 33.5, *BOTH, opened_on=date(2026, 11, 17))
HOSTILE = [
    replace(a_station(f"H-{number}", 114.01, 33.5), name=text, address=text, telephone=text)
    for number, text in enumerate(TEXTS)
]


@pytest.fixture(scope="module")
def small(
    scratch: Database, clock: StoppedClock, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """A service over a handful of stations, at Monday, 05:00."""
    with scratch.transaction() as session:
        dataset = a_dataset([FULL, BARE, ENDED, COMING, *HOSTILE])
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("small")), log_level="error")
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        yield app


@pytest.fixture
def asked(small: Flask) -> FlaskClient:
    return small.test_client()


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Station A-1",
            "Station One",
            "人民路 1 号",
            "喝水",
            "厕所",
            "2026-11-01",
            "误差约 12 米",
        ),
        *("公交司机", "现在没开", "05:30 开", "08:00–18:00", "05:30–07:10", "A-1"),
        *("演示数据", "信息有误", "这一页的二维码"),
    ],
)
def test_the_page_says_what_the_register_knows(asked: FlaskClient, text: str) -> None:
    assert text in asked.get("/s/A-1?lang=zh").text


def test_the_page_says_what_nobody_knows_in_words(asked: FlaskClient) -> None:
    page = asked.get("/s/B-1?lang=en").text

    assert "Hours not known" in page
    assert "not recorded" in page
    assert "never yet" in page
    assert "None" not in page


@pytest.mark.parametrize(
    ("station", "language", "text"),
    [
        ("E-1", "zh", "已停用：自 2026-11-16 起不再开放"),
        ("E-1", "en", "Closed for good since 2026-11-16"),
        ("F-1", "zh", "将于 2026-11-17 启用"),
        ("F-1", "en", "Opens on 2026-11-17"),
    ],
)
def test_a_station_that_is_no_more_or_not_yet_says_so(
    asked: FlaskClient, station: str, language: str, text: str
) -> None:
    page = asked.get(f"/s/{station}?lang={language}").text

    assert text in page
    assert 'class="state open"' not in page


def test_a_station_that_is_no_more_or_not_yet_is_no_neighbour(asked: FlaskClient) -> None:
    page = asked.get("/s/A-1?lang=zh").text

    assert "已停用" not in page
    assert "/s/B-1?" in page
    assert "/s/E-1?" not in page
    assert "/s/F-1?" not in page


@pytest.mark.parametrize(
    ("station", "dates"), [("E-1", (None, "2026-11-16")), ("F-1", ("2026-11-17", None))]
)
def test_the_api_tells_from_when_to_when_there_is_a_station(
    asked: FlaskClient, station: str, dates: tuple[str | None, str | None]
) -> None:
    told = asked.get(f"/api/v1/stations/{station}").get_json(force=True)["properties"]

    assert (told["opened_on"], told["closed_on"]) == dates
    assert {each["openness"]["state"] for each in told["services"]} == {"closed"}


def test_the_telephone_can_be_dialled_and_no_other_scheme_gets_in(asked: FlaskClient) -> None:
    assert 'href="tel:039512345678"' in asked.get("/s/A-1").text
    for number in range(len(TEXTS)):
        links = re.findall('href="([a-z]+):', asked.get(f"/s/H-{number}").text)
        assert set(links) <= {"https", "http", "geo", "tel"}


def test_directions_lead_where_the_api_leads(asked: FlaskClient) -> None:
    page = asked.get("/s/A-1").text.replace("&amp;", "&")
    links = asked.get("/api/v1/stations/A-1").get_json(force=True)["properties"]["navigation"]

    assert [link for link in links.values() if f'href="{link}"' not in page] == []


def test_the_nearest_others_are_listed_and_not_the_station_itself(client: FlaskClient) -> None:
    here = client.get("/api/v1/stations/LH-004").get_json(force=True)["geometry"]["coordinates"]
    nearest = client.get(f"/api/v1/stations/nearest?lon={here[0]}&lat={here[1]}&limit=6")
    others = [each["id"] for each in nearest.get_json(force=True)["features"]][1:]

    page = client.get("/s/LH-004?lang=zh").text

    assert re.findall('href="/s/([^"?]+)[?]lang=zh"><strong>', page) == others


def test_inside_wechat_the_page_says_how_to_get_out(asked: FlaskClient) -> None:
    agent = "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0.40"

    assert "在浏览器打开" in asked.get("/s/A-1", headers={"User-Agent": agent}).text
    assert "在浏览器打开" not in asked.get("/s/A-1").text


def test_the_language_switch_stays_on_the_station(asked: FlaskClient) -> None:
    assert 'href="/s/A-1?lang=en"' in asked.get("/s/A-1?lang=zh").text


def test_a_station_that_is_not_there_is_said_so_in_the_browsers_language(
    asked: FlaskClient,
) -> None:
    answer = asked.get("/s/nobody?lang=zh", headers={"Accept": "text/html"})

    assert answer.status_code == 404
    assert "没有这个站点" in answer.text


@pytest.mark.parametrize("number", range(len(TEXTS)))
def test_hostile_text_stays_text(asked: FlaskClient, number: int) -> None:
    page = asked.get(f"/s/H-{number}").text

    assert "<script>window" not in page
    assert "<img src=x" not in page
    assert '" onmouseover="' not in page


def test_a_station_without_breakfast_is_not_asked_about_it(asked: FlaskClient) -> None:
    assert 'value="no_breakfast"' in asked.get("/s/A-1").text
    assert 'value="no_breakfast"' not in asked.get("/s/B-1").text


def test_the_code_is_an_svg_of_its_own(asked: FlaskClient) -> None:
    answer = asked.get("/s/A-1/qr.svg")

    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<?xml")
    assert asked.get("/s/nobody/qr.svg").status_code == 404
