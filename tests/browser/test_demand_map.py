"""The map of demand in a browser: circles and cells, their cards, and text that stays text."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from maps.demand_map import LayerChoice
from maps.rendering import render
from tests.maps.test_demand_map import a_map, even, points
from tests.support.axe import serious_findings
from tests.support.hostile import TEXTS
from tests.support.pages import NONCE, opened, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    count = len(TEXTS)
    hostile = points(
        [114 + 0.01 * n for n in range(count)], [33.5] * count, range(20, 20 + count), TEXTS
    )
    choice = LayerChoice(action="/maps/demand", layers=[(each, each) for each in TEXTS])
    maps = {
        "/circles": a_map(points([114.2, 114.0], [33.6, 33.5], [900, 100], ("东站", "西站"))),
        "/grid": a_map(even(), estimate="估算"),
        "/hostile": a_map(
            hostile, choice=choice, name=TEXTS[0], unit=TEXTS[7], note=TEXTS[2], source=TEXTS[13]
        ),
    }
    pages = {
        path: render(chart, title="需求", lang="zh-Hans", nonce=NONCE)
        for path, chart in maps.items()
    }
    with served(pages) as at:
        yield at


def test_a_circle_says_what_stands_there_and_how_many(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/circles")
        page.locator("path.demand-circle").nth(1).click()

        expect(page.locator(".card h2")).to_have_text("西站")
        expect(page.locator(".card")).to_contain_text("100 人")


def test_a_square_says_its_density_and_that_it_is_an_estimate(
    browser: Browser, address: str
) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/grid")
        page.locator("path.demand-cell").nth(100).click()

        expect(page.locator(".card")).to_contain_text("每平方公里")
        expect(page.locator(".card .note")).to_have_text("推算数据 · 估算")


def test_a_square_has_the_colour_of_its_class_in_the_legend(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/grid")
        swatches = page.locator(".legend .swatch").evaluate_all(
            "nodes => nodes.map(node => getComputedStyle(node).backgroundColor)"
        )
        fills = page.locator("path.demand-cell").evaluate_all(
            "nodes => nodes.map(node => getComputedStyle(node).fill)"
        )

    assert set(fills) <= set(swatches)


@pytest.mark.parametrize("path", ["/circles", "/grid", "/hostile"])
def test_a_page_asks_only_this_host_and_breaks_no_policy(
    browser: Browser, address: str, path: str
) -> None:
    with opened(browser) as (page, watch):
        page.goto(address + path, wait_until="networkidle")

        assert all(each.startswith((address, "data:")) for each in watch.requests)
        assert watch.errors == []
        assert page.evaluate("window.violations") == []


def test_no_text_of_a_layer_runs(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/hostile", wait_until="networkidle")
        for circle in page.locator("path.demand-circle").all():
            circle.dispatch_event("click")
            circle.dispatch_event("mouseover")

        assert page.evaluate("window.ran") is None
        assert page.locator("#layer").text_content() == TEXTS[0]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/circles", "/grid"])
def test_axe_finds_nothing_serious(
    browser: Browser, address: str, path: str, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=740, dark=dark) as (page, _):
        page.goto(address + path)

        assert serious_findings(page) == []
