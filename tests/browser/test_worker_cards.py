"""The phone's cards, links and map against the server's, and against other libraries."""

import random
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import geocoordinates_ffi as ffi
import prcoords
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from geo_service.domain.navigation import links_to
from geo_service.domain.register import Register
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from tests.conftest import MONDAY_AT_FIVE
from tests.support import hostile
from tests.support.clock import StoppedClock
from tests.support.hostile_service import FIRST, hostile_service
from tests.support.phone import phone
from tests.support.server import running

pytestmark = pytest.mark.browser

HERE = (114.0352, 33.5682)
READ = """() => [...document.querySelectorAll(".card")].map((card) => ({
  id: card.id,
  text: card.textContent.replace(/\\s+/g, " ").trim().replace(/ /g, ""),
  links: [...card.querySelectorAll("a")].map((each) =>
    [each.getAttribute("href"), each.getAttribute("aria-label")]),
  icons: [...card.querySelectorAll("svg")].map((each) =>
    [each.getAttribute("class"), each.firstElementChild.getAttribute("href")]),
  doors: [...card.querySelectorAll(".door")].map((each) => each.className),
}))"""
LINKS = """async () => {
  const { openPocket } = await import("/static/pocket/pocket.js");
  const { linksTo } = await import("/static/worker/navigation.js");
  const pocket = await openPocket({ watch: false });
  return Object.fromEntries(pocket.stations.map((each) =>
    [each.id, linksTo(each, pocket.place.name)]));
}"""


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def phones_links(browser: Browser, address: str) -> dict[str, dict[str, str]]:
    """The links that the phone makes to every station."""
    with phone(browser) as page:
        page.goto(f"{address}/about")
        links: dict[str, dict[str, str]] = page.evaluate(LINKS)
        return links


# -- cards -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "more", ["", "&service=breakfast", "&open=arrival", "&group=other", "&group=sanitation"]
)
def test_the_phones_cards_are_the_servers(
    browser: Browser, address: str, language: str, more: str
) -> None:
    dice = random.Random(more + language)  # noqa: S311  nothing secret is drawn
    places = [(dice.uniform(113.6, 114.2), dice.uniform(33.45, 33.8)) for _ in range(8)]
    with phone(browser, moment=MONDAY_AT_FIVE) as page:
        for lon, lat in [HERE, *places]:
            page.goto(f"{address}/?lang={language}&lon={lon}&lat={lat}{more}")
            by_server = page.evaluate(READ)
            page.evaluate("document.querySelector('.card').remove()")
            # Asking the same again makes the script answer in the server's stead.
            page.evaluate("document.getElementById('ask').dispatchEvent(new Event('change'))")
            expect(page.locator(".card")).to_have_count(len(by_server))

            assert page.evaluate(READ) == by_server


# -- ways to the station ---------------------------------------------------------------------


def test_the_phones_links_are_the_servers(
    phones_links: dict[str, dict[str, str]], register: Register
) -> None:
    expected = {
        each.id: dict(links_to(each.coordinate, each.name, place=register.place.name))
        for each in register.stations
    }

    assert phones_links == expected


def _numbers(link: str, parameter: str) -> tuple[float, float]:
    (value,) = parse_qs(urlsplit(link).query)[parameter]
    one, other = value.split(",")[:2]
    return float(one), float(other)


def test_every_link_leads_where_other_libraries_say(
    phones_links: dict[str, dict[str, str]], register: Register
) -> None:
    micro = 2e-6  # degrees: a fifth of a metre
    assert len(phones_links) == 203
    for station in register.stations:
        links, at = phones_links[station.id], station.coordinate
        gcj = prcoords.wgs_gcj((at.latitude, at.longitude))
        bd = prcoords.wgs_bd((at.latitude, at.longitude))
        theirs = ffi.wgs84_to_gcj02(ffi.Wgs84(lat=at.latitude, lon=at.longitude))
        amap = _numbers(links["amap"], "to")

        assert amap == pytest.approx((gcj.lon, gcj.lat), abs=micro)
        assert amap == pytest.approx((theirs.lon, theirs.lat), abs=micro)
        assert _numbers(links["tencent"], "tocoord") == pytest.approx((gcj.lat, gcj.lon), abs=micro)
        assert _numbers(links["apple"], "daddr") == pytest.approx((gcj.lat, gcj.lon), abs=micro)
        assert _numbers(links["baidu"], "location") == pytest.approx((bd.lat, bd.lon), abs=micro)
        found = re.fullmatch(r"geo:([\d.]+),([\d.]+)\?q=\1,\2\(.+\)", links["geo"])
        assert found is not None
        assert tuple(map(float, found.groups())) == pytest.approx(
            (at.latitude, at.longitude), abs=micro
        )


# -- hostile texts -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile_address(scratch: Database, settings: Settings, clock: StoppedClock) -> Iterator[str]:
    """The service over stations whose every text would run."""
    with hostile_service(scratch, settings, clock) as app, running(app) as address:
        yield address


def test_no_text_of_a_station_runs_on_the_phone(browser: Browser, hostile_address: str) -> None:
    errors: list[str] = []
    for number in range(0, len(hostile.TEXTS), 5):
        at = (FIRST[0] + (number + 2) / 1000, FIRST[1])
        with phone(browser, at=at, moment=MONDAY_AT_FIVE) as page:
            page.on("pageerror", lambda error: errors.append(error.message))
            page.on("dialog", lambda dialog: dialog.dismiss())
            page.goto(f"{hostile_address}/?lang=en")
            page.locator("#near").tap()
            page.locator(".card").first.wait_for()
            page.locator("#map-switch").tap()
            page.locator(".pin").first.click()

            assert page.evaluate("window.ran") is None
            assert errors == []
            assert page.locator("main img, main [onerror], main [onclick]").count() == 0
            shown = set(page.eval_on_selector_all("h3 a", "all => all.map(n => n.textContent)"))
            assert shown <= set(hostile.TEXTS)


def test_the_phones_links_to_hostile_names_are_the_servers(
    browser: Browser, hostile_address: str
) -> None:
    with phone(browser) as page:
        page.goto(f"{hostile_address}/about")
        links = page.evaluate(LINKS)
        stations = page.request.get(f"{hostile_address}/api/v1/stations").json()["features"]

    assert links == {each["id"]: each["properties"]["navigation"] for each in stations}


# -- the map -----------------------------------------------------------------------------------


def opened_map(page: Page, address: str, language: str = "zh") -> None:
    page.goto(f"{address}/?lang={language}")
    page.locator("#near").tap()
    page.locator(".card").first.wait_for()
    page.locator("#map-switch").tap()
    page.locator(".pin").first.wait_for()


def test_the_maps_script_comes_only_when_asked_for(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(urlsplit(request.url).path))
        page.goto(f"{address}/?lang=zh", wait_until="networkidle")
        assert "/static/worker/map.js" not in asked

        page.locator("#near").tap()
        page.locator("#map-switch").tap()
        page.locator(".pin").first.wait_for()
        assert "/static/worker/map.js" in asked


def test_map_and_list_keep_in_step(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        opened_map(page, address)
        expect(page.locator(".pin")).to_have_count(5)
        page.get_by_role("button", name=re.compile("^3 ")).click()
        expect(page.locator(".card").nth(2)).to_have_class("card chosen")

        page.locator(".card").nth(1).locator("h3 a").focus()
        expect(page.locator(".pin.chosen")).to_have_attribute("aria-label", re.compile("^2 "))

        page.locator(".chip", has_text="爱心早餐").tap()
        names = page.locator(".card h3").all_inner_texts()
        labels = [each.get_attribute("aria-label") or "" for each in page.locator(".pin").all()]
        assert sorted(label.split()[1] for label in labels) == sorted(
            name.removesuffix("›").strip() for name in names
        )


def test_a_pin_stands_where_its_station_is(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        opened_map(page, address)

        # Metres on the screen between the position and a pin, against the distance on its card.
        seen: list[list[Any]] = page.evaluate(
            """() => {
              const place = (node) => node.getAttribute("transform")
                .match(/translate\\(([-\\d.e]+) ([-\\d.e]+)\\)/).slice(1).map(Number);
              const [x, y] = place(document.querySelector(".me").parentNode);
              return [...document.querySelectorAll(".pin")].map((pin) => {
                const [px, py] = place(pin);
                return [pin.getAttribute("aria-label"), Math.hypot(px - x, py - y)];
              });
            }"""
        )
        assert len(seen) == 5
        for label, metres in seen:
            (told,) = re.findall(r"(\d+) 米", label)
            assert metres == pytest.approx(int(told), abs=7)


def test_a_point_on_the_map_is_looked_from(browser: Browser, address: str) -> None:
    with phone(browser, moment=MONDAY_AT_FIVE) as page:
        page.goto(f"{address}/?lang=zh")
        page.get_by_role("button", name="在地图上指一个位置").tap()
        expect(page.locator(".hint")).to_be_visible()
        expect(page.locator(".sheet")).to_be_focused()
        page.keyboard.press("Enter")  # the middle of all stations

        expect(page.locator("#results-heading")).to_have_text("离这个位置最近的 5 个")
        expect(page.locator(".pin")).to_have_count(5)
        mark = page.locator("g:has(> .me)")
        before = mark.get_attribute("transform") or ""
        page.locator(".sheet").tap(position={"x": 60, "y": 200})
        expect(mark).not_to_have_attribute("transform", before)
