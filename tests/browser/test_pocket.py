"""The phone's own answers, in Chromium, against the server's."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from pyproj import Geod

from tests.conftest import MONDAY_AT_FIVE
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser

NOW_MS = round(MONDAY_AT_FIVE.timestamp() * 1000)
FILTERS: list[dict[str, Any]] = [
    {},
    {"service": "breakfast"},
    {"service": "rest", "group": "bus_driver"},
    {"group": "sanitation", "amenities": ["water", "heating"]},
    {"amenities": ["toilet"], "limit": 12},
    {"open": "now"},
    {"open": "arrival"},
    {"open": "arrival", "certain": True, "service": "breakfast"},
    {"open": "now", "certain": True, "group": "bus_driver", "limit": 3},
]

ASK = """async ([at, questions]) => {
  const { openPocket } = await import('/static/pocket/pocket.js');
  const pocket = await openPocket({ watch: false });
  return questions.map((question) => pocket.nearest({ ...question, at: new Date(at) }));
}"""


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page of the service, whose modules can be imported."""
    with opened(browser, width=360, height=640) as (page, _):
        page.goto(f"{address}/coverage")
        yield page


def questions(count: int) -> list[dict[str, Any]]:
    """Ask from all over the place served, each time with another filter."""
    dice = random.Random(41)  # noqa: S311  nothing secret is drawn
    return [
        {
            "lon": dice.uniform(113.4, 114.3),
            "lat": dice.uniform(33.4, 34.0),
            **FILTERS[number % len(FILTERS)],
        }
        for number in range(count)
    ]


def told_by_server(client: FlaskClient, question: dict[str, Any]) -> list[Any]:
    """Ask the API what the phone is asked, and keep what both tell."""
    query = {
        "amenity" if name == "amenities" else "open_only" if name == "certain" else name: value
        for name, value in question.items()
    }
    query = {k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()}
    answer = client.get("/api/v1/stations/nearest", query_string=query).get_json()
    return [
        (
            feature["id"],
            feature["properties"]["walk_minutes"],
            [
                (
                    each["kind"],
                    each["groups"],
                    each["openness"]["state"],
                    each["openness"]["next_change"],
                    each["openness"]["next_state"],
                    each["openness"]["at"],
                )
                for each in feature["properties"]["services"]
            ],
            pytest.approx(feature["properties"]["distance_m"], abs=0.0101),
        )
        for feature in answer["features"]
    ]


def told_by_phone(found: list[dict[str, Any]]) -> list[Any]:
    """Bring the phone's answer to the same form."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    def text(moment: Any) -> str | None:
        if moment is None:
            return None
        return moment.astimezone(ZoneInfo("Asia/Shanghai")).isoformat(timespec="seconds")

    return [
        (
            each["station"]["id"],
            each["walkMinutes"],
            [
                (
                    service["kind"],
                    service["groups"],
                    service["state"],
                    text(service["nextChange"]),
                    service["nextState"],
                    text(each["at"]),
                )
                for service in each["services"]
            ],
            each["distanceM"],
        )
        for each in found
    ]


def test_the_phone_answers_as_the_server_does(page: Page, client: FlaskClient) -> None:
    asked = questions(200)

    found = page.evaluate(ASK, [NOW_MS, asked])

    for question, answer in zip(asked, found, strict=True):
        assert told_by_phone(answer) == told_by_server(client, question), question


def test_the_phone_measures_as_proj_does(page: Page) -> None:
    dice, geod = random.Random(7), Geod(ellps="WGS84")  # noqa: S311
    ways = []
    for _ in range(2000):
        lon, lat = dice.uniform(-180, 180), dice.uniform(-89, 89)
        reach = 10 ** dice.uniform(-6, 1)
        ways.append((lon, lat, lon + reach * dice.uniform(-1, 1), lat + dice.uniform(-1, 1)))
    ways = [way for way in ways if abs(way[2]) <= 180 and abs(way[3]) <= 90]

    metres = page.evaluate(
        """async (ways) => {
          const { geodesicMetres } = await import('/static/pocket/geodesic.js');
          return ways.map((way) => geodesicMetres(...way));
        }""",
        ways,
    )

    assert metres == pytest.approx([geod.inv(*way)[2] for way in ways], abs=1e-6, rel=0)
