"""What axe finds on the maps, in both themes, open and closed."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from maps.rendering import render
from tests.support.axe import serious_findings
from tests.support.map_samples import a_coverage_map, a_station_map
from tests.support.pages import NONCE, opened, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {
        "/stations": render(a_station_map(), title="地图", lang="zh-Hans", nonce=NONCE),
        "/coverage": render(a_coverage_map(), title="覆盖", lang="zh-Hans", nonce=NONCE),
    }
    with served(pages) as at:
        yield at


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/stations", "/coverage"])
def test_axe_finds_nothing_serious(
    browser: Browser, address: str, path: str, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=740, dark=dark) as (page, _):
        page.goto(address + path)

        assert serious_findings(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_in_a_stations_card(
    browser: Browser, address: str, *, dark: bool
) -> None:
    with opened(browser, dark=dark) as (page, _):
        page.goto(f"{address}/stations")
        page.locator(".leaflet-marker-icon", has=page.locator(".pin-both")).click()
        page.locator(".card").wait_for()

        assert serious_findings(page) == []


def test_axe_finds_nothing_serious_in_the_answers_of_a_search(
    browser: Browser, address: str
) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/stations")
        page.get_by_role("combobox").fill("站点")
        page.locator("#found li").first.wait_for()

        assert serious_findings(page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_serious_in_a_units_figures_and_layers(
    browser: Browser, address: str, *, dark: bool
) -> None:
    with opened(browser, dark=dark) as (page, _):
        page.goto(f"{address}/coverage")
        for box in page.locator("[data-layer]").all():
            box.check()
        page.locator(".more > summary").click()
        page.locator("[data-unit='11'] summary").click()
        page.locator("[data-unit='22'] summary").click()

        assert serious_findings(page) == []
