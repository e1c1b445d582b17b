"""The phone's own answers, in Chromium, against the server's."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from pyproj import Geod

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from tests.conftest import MONDAY_AT_FIVE
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.pages import opened
from tests.support.pocket import ASK, milliseconds, questions, told_by_phone, told_by_server
from tests.support.server import running

pytestmark = pytest.mark.browser


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


def test_the_phone_answers_as_the_server_does(page: Page, client: FlaskClient) -> None:
    asked = questions(200)

    found = page.evaluate(ASK, [milliseconds(MONDAY_AT_FIVE), asked])

    assert sum(map(len, found)) > 800
    for question, answer in zip(asked, found, strict=True):
        assert told_by_phone(answer) == told_by_server(client, question), question


# The shipped table of holidays has New Year within the 35 days of the later ones.
@pytest.mark.parametrize("days_later", [1, 6, 20, 33])
def test_a_copy_of_days_ago_answers_as_the_server_does_now(
    page: Page, shipped: Database, settings: Settings, days_later: int
) -> None:
    later = MONDAY_AT_FIVE + timedelta(days=days_later, hours=2, minutes=10, seconds=7)
    asked = questions(27, seed=days_later)

    found = page.evaluate(ASK, [milliseconds(later), asked])

    with closing(create_app(settings, database=shipped, clock=StoppedClock(later))) as then:
        for question, answer in zip(asked, found, strict=True):
            assert told_by_phone(answer) == told_by_server(then.test_client(), question), question


def test_beyond_its_hours_the_phone_says_that_it_does_not_know(page: Page) -> None:
    asked = [{"lon": 114.03, "lat": 33.57, "open": "now"}]

    (found,) = page.evaluate(ASK, [milliseconds(MONDAY_AT_FIVE + timedelta(days=36)), asked])

    services = [service for each in found for service in each["services"]]
    assert {each["state"] for each in services} == {"unknown"}
    assert any(each["beyondHours"] for each in services)


def test_an_origin_far_away_is_refused_as_the_server_refuses_it(
    page: Page, client: FlaskClient
) -> None:
    told = page.evaluate(
        """async () => {
          const { openPocket, OutsideServedArea } = await import('/static/pocket/pocket.js');
          const pocket = await openPocket({ watch: false });
          try { pocket.nearest({ lon: 33.57, lat: 84.03 }); } catch (error) {
            return [error instanceof OutsideServedArea, error.awayM];
          }
        }"""
    )

    detail = client.get("/api/v1/stations/nearest?lon=33.57&lat=84.03").get_json()["detail"]
    assert told[0]
    assert f"{told[1] / 1000:,.0f} km" in detail


@pytest.mark.parametrize("question", ["{lon: NaN, lat: 1}", "{lon: 114, lat: 33.5, limit: 51}"])
def test_a_question_that_makes_no_sense_is_refused(page: Page, question: str) -> None:
    refused = page.evaluate(
        f"""async () => {{
          const {{ openPocket }} = await import('/static/pocket/pocket.js');
          const pocket = await openPocket({{ watch: false }});
          try {{ pocket.nearest({question}); }} catch (error) {{ return error.name; }}
        }}"""
    )

    assert refused == "RangeError"


def test_an_answer_takes_the_phone_less_than_a_tenth_of_a_second(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 6})

    milliseconds_each = page.evaluate(
        """async () => {
          const { openPocket } = await import('/static/pocket/pocket.js');
          const pocket = await openPocket({ watch: false });
          const began = performance.now();
          for (let n = 0; n < 20; n += 1) {
            pocket.nearest({ lon: 114 + n / 100, lat: 33.57, open: 'arrival' });
          }
          return (performance.now() - began) / 20;
        }"""
    )

    assert milliseconds_each < 100


def test_the_phone_measures_as_proj_does(page: Page) -> None:
    dice, geod = random.Random(7), Geod(ellps="WGS84")  # noqa: S311  nothing secret is drawn
    ways = []
    for _ in range(3000):
        lon, lat, reach = dice.uniform(-180, 180), dice.uniform(-90, 90), 10 ** dice.uniform(-6, 1)
        to_lon, to_lat = lon + reach * dice.uniform(-1, 1), lat + reach * dice.uniform(-1, 1)
        ways.append((lon, lat, min(max(to_lon, -180), 180), min(max(to_lat, -90), 90)))
    ways += [(0, 0, 1, 0), (179.9, 5, -179.9, 5), (114, 33, 114, 33), (10, 90, 50, 80)]

    metres = page.evaluate(
        """async (ways) => {
          const { geodesicMetres } = await import('/static/pocket/geodesic.js');
          return ways.map((way) => geodesicMetres(...way));
        }""",
        ways,
    )

    assert metres == pytest.approx([geod.inv(*way)[2] for way in ways], abs=1e-6, rel=0)


def test_places_equally_far_come_in_the_order_of_their_identifiers(page: Page) -> None:
    ids = page.evaluate(
        """async () => {
          const { nearest } = await import('/static/pocket/nearest.js');
          const at = (id) => ({ id, lon: 114, lat: 33.5, amenities: [], services:
            [{ kind: 'rest', groups: ['anyone'], openingHours: null, timeline: null }] });
          const register = {
            served: { bounds: null, marginM: 0 },
            walking: { metresPerMinute: 60, detourFactor: 1.3 },
            stations: ['A', 'B', 'C', 'D', 'E'].map(at),
          };
          return nearest(register, { lon: 114.01, lat: 33.5, limit: 3 }).map((e) => e.station.id);
        }"""
    )

    assert ids == ["A", "B", "C"]


def test_the_age_of_the_copy_is_told(page: Page) -> None:
    age, checked = page.evaluate(
        """async () => {
          const { openPocket } = await import('/static/pocket/pocket.js');
          const pocket = await openPocket({ watch: false });
          return [pocket.ageSeconds, pocket.checkedAt];
        }"""
    )

    assert age < 60
    assert abs(datetime.now(UTC) - checked) < timedelta(minutes=1)
