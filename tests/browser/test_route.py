"""The page `/route` in Chromium, on a phone."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser

LINE = "113.95,33.55\n114.0163,33.5814\n114.05,33.6"


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


def _find(page: Page, line: str) -> None:
    page.locator("#text").fill(line)
    page.get_by_role("button", name="查找").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_pasted_route_shows_its_stations(browser: Browser, address: str, *, dark: bool) -> None:
    with opened(browser, width=360, height=640, dark=dark) as (page, watch):
        page.goto(f"{address}/route?lang=zh")
        assert serious_findings(page) == []
        _find(page, LINE)

        expect(page.locator(".stop-card").first).to_contain_text("右边")
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/route?lang=zh")

    expect(page.get_by_role("button", name="在地图上画")).to_be_hidden()
    _find(page, LINE)

    expect(page.locator(".stop-card").first).to_be_visible()
    context.close()


def test_a_route_is_drawn_by_taps(browser: Browser, address: str) -> None:
    with opened(browser, width=360, height=740, touch=True) as (page, watch):
        page.goto(f"{address}/route?lang=zh")
        page.get_by_role("button", name="在地图上画").click()
        drawn = page.locator("[data-map]")
        expect(drawn.locator("path.ground-county").first).to_be_attached()
        for x in (120, 200):
            drawn.click(position={"x": x, "y": 160})
            page.wait_for_timeout(350)  # two taps at once zoom

        expect(page.locator("[data-told]")).to_contain_text("2")
        assert serious_findings(page) == []
        page.get_by_role("button", name="查找").click()
        expect(page.locator(".result h2, .fault")).to_be_visible()
        assert watch.errors == []
        assert page.locator(".fault").count() == 0


def test_a_route_is_drawn_with_the_keyboard_alone(browser: Browser, address: str) -> None:
    with opened(browser, width=360, height=740) as (page, _):
        page.goto(f"{address}/route?lang=zh")
        page.get_by_role("button", name="在地图上画").press("Enter")
        expect(page.locator("path.ground-county").first).to_be_attached()
        page.get_by_role("button", name="加入地图中心").press("Enter")
        page.locator("[data-map]").focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(400)
        page.get_by_role("button", name="加入地图中心").press("Enter")

        lines = page.locator("#text").input_value().splitlines()
        assert len(lines) == 2
        assert lines[0] != lines[1]
