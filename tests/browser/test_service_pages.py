"""The pages as the service serves them, over the shipped register, in Chromium."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser

PAGES = ["/", "/about", "/coverage", "/maps/stations", "/maps/coverage", "/maps/demand"]


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page_path", PAGES)
def test_a_page_works_without_a_fault_and_without_another_host(
    browser: Browser, address: str, page_path: str, language: str, width: int
) -> None:
    with opened(browser, width=width, height=640) as (page, watch):
        page.goto(f"{address}{page_path}?lang={language}", wait_until="networkidle")

        assert watch.errors == []
        assert page.evaluate("window.violations") == []
        assert watch.failures == []
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("page_path", PAGES)
def test_a_page_is_accessible(
    browser: Browser, address: str, page_path: str, *, dark: bool
) -> None:
    with opened(browser, width=360, height=640, dark=dark) as (page, _):
        page.goto(f"{address}{page_path}?lang=zh", wait_until="networkidle")

        assert serious_findings(page) == []


def test_swagger_ui_shows_the_api_from_this_host_alone(browser: Browser, address: str) -> None:
    with opened(browser) as (page, watch):
        page.goto(f"{address}/api/docs", wait_until="networkidle")

        expect(page.get_by_text("/api/v1/stations/nearest").first).to_be_visible()
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []
        assert watch.errors == []


def test_a_reader_finds_a_station_and_its_card_on_the_map(browser: Browser, address: str) -> None:
    with opened(browser, width=360, height=640, touch=True) as (page, _):
        page.goto(f"{address}/maps/stations?lang=zh", wait_until="networkidle")

        page.get_by_role("combobox").fill("LH-004")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")

        card = page.locator(".leaflet-popup")
        expect(card).to_contain_text("演示站点-004")
        expect(card).to_contain_text("演示数据")
        expect(card).to_contain_text("公交司机")


def test_a_planner_asks_the_coverage_map_again_with_its_form(
    browser: Browser, address: str
) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/maps/coverage?lang=zh", wait_until="networkidle")

        page.locator("input[name=radius]").fill("2000")
        page.get_by_role("button", name="显示").click()
        page.wait_for_url("**radius=2000**")

        expect(page.locator(".basis")).to_contain_text("2000")


def test_the_switch_of_language_keeps_the_question(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/coverage?radius=1500&level=county&lang=zh")

        page.get_by_role("link", name="English").click()

        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("input[name=radius]")).to_have_value("1500")
