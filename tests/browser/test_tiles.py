"""The example of a map drawn from vector tiles, in Chromium."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser

PAINTED = """
() => [...document.querySelectorAll("#map canvas")].map((canvas) => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let seen = 0;
  for (let place = 3; place < pixels.length; place += 4) if (pixels[place]) seen += 1;
  return seen;
}).reduce((sum, each) => sum + each, 0)
"""


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


def show(page: Page, address: str, language: str = "zh") -> None:
    page.goto(f"{address}/tiles/example?lang={language}")
    page.wait_for_selector("#map canvas")
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_example_works_without_a_fault_and_without_another_host(
    browser: Browser, address: str, language: str, width: int
) -> None:
    with opened(browser, width=width, height=640) as (page, watch):
        show(page, address, language)

        assert watch.errors == []
        assert page.evaluate("window.violations") == []
        assert watch.failures == []
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_map_is_painted_from_tiles_of_both_layers(browser: Browser, address: str) -> None:
    with opened(browser, width=1280, height=800) as (page, watch):
        show(page, address)
        page.wait_for_function(f"({PAINTED})() > 10000")

        asked = [url for url in watch.requests if url.endswith(".mvt")]
        assert {url.split("/tiles/")[1].split("/")[0] for url in asked} == {"stations", "coverage"}


def test_a_press_on_the_map_tells_the_township_in_words(browser: Browser, address: str) -> None:
    with opened(browser, width=1280, height=800) as (page, _):
        show(page, address)
        page.wait_for_function(f"({PAINTED})() > 10000")

        page.locator("#map").click()

        expect(page.locator("#said")).to_contain_text("乡镇")


def test_the_keyboard_tells_what_is_at_the_centre(browser: Browser, address: str) -> None:
    with opened(browser, width=1280, height=800) as (page, _):
        show(page, address, "en")
        page.wait_for_function(f"({PAINTED})() > 10000")

        page.locator("#map").focus()
        page.keyboard.press("Enter")

        expect(page.locator("#said")).to_contain_text("% of the ground within 1000 m")


@pytest.mark.parametrize("dark", [False, True])
def test_the_example_is_accessible(browser: Browser, address: str, *, dark: bool) -> None:
    with opened(browser, width=360, height=640, dark=dark) as (page, _):
        show(page, address)

        assert serious_findings(page) == []
