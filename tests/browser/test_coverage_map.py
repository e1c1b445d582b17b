"""The coverage map, as a planner uses it."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from maps.rendering import render
from tests.support.map_samples import a_coverage_map
from tests.support.pages import NONCE, opened, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    page = render(a_coverage_map(), title="覆盖", lang="zh-Hans", nonce=NONCE)
    with served({"/": page, "/maps/coverage": page}) as at:
        yield at


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser) as (page, _):
        page.goto(address)
        yield page


def test_a_page_asks_only_this_host_and_breaks_no_policy(browser: Browser, address: str) -> None:
    with opened(browser) as (page, watch):
        page.goto(address)
        for box in page.locator("[data-layer]").all():
            box.check()
        page.wait_for_load_state("networkidle")

        assert all(each.startswith((address, "data:")) for each in watch.requests)
        assert watch.errors == []
        assert page.evaluate("window.violations") == []


def test_a_unit_is_filled_with_the_colour_the_legend_gives_its_class(desk: Page) -> None:
    entry = desk.locator(".legend li", has_text="60\u202f% – 80\u202f%").locator(".swatch")
    shape = desk.locator("path.unit-shape").first

    colour = entry.evaluate("node => getComputedStyle(node).backgroundColor")
    assert shape.evaluate("node => getComputedStyle(node).fill") == colour == "rgb(44, 127, 184)"


def test_a_unit_without_a_value_is_hatched_and_never_white(desk: Page) -> None:
    fills = desk.locator("path.unit-shape").evaluate_all(
        "nodes => nodes.map(node => getComputedStyle(node).fill)"
    )

    assert 'url("#hatch")' in fills
    assert "rgb(255, 255, 255)" not in fills


def test_a_click_on_a_unit_shows_its_figures_and_what_they_rest_on(desk: Page) -> None:
    stage = desk.locator(".stage").bounding_box()
    assert stage
    desk.mouse.click(stage["x"] + stage["width"] * 0.35, stage["y"] + stage["height"] * 0.55)

    card = desk.locator(".card")
    expect(card.locator("h2")).to_have_text("单元 11")
    expect(card).to_contain_text("63.4\u202f%")
    expect(card).to_contain_text("按直线距离 1000 米计算")
    expect(card).to_contain_text("演示数据")
    expect(card).to_contain_text("近似边界")


def test_the_figures_of_a_unit_are_read_without_the_map(desk: Page) -> None:
    desk.locator("[data-unit='22'] summary").press("Enter")

    expect(desk.locator("[data-unit='22'] dl")).to_be_visible()


@pytest.mark.parametrize(
    ("layer", "drawn", "count"),
    [
        ("stations", "path.dot", 5),
        ("catchments", "path.catchment", 5),
        ("gaps", "path.gap", 1),
        ("worst", ".worst", 1),
    ],
)
def test_a_layer_comes_and_goes_with_its_box(
    desk: Page, layer: str, drawn: str, count: int
) -> None:
    desk.locator(f"[data-layer={layer}]").check()
    expect(desk.locator(drawn)).to_have_count(count)

    desk.locator(f"[data-layer={layer}]").uncheck()
    expect(desk.locator(drawn)).to_have_count(0)


def test_a_catchment_is_as_wide_as_the_service_radius(desk: Page) -> None:
    desk.locator("[data-layer=catchments]").check()
    width = desk.locator("path.catchment").first.evaluate("node => node.getBBox().width")
    metres = desk.evaluate(
        """() => { const size = map_coverage.getSize().divideBy(2);
                   return map_coverage.distance(
                     map_coverage.containerPointToLatLng(size),
                     map_coverage.containerPointToLatLng(size.add([1, 0]))); }"""
    )

    assert width * metres == pytest.approx(2000, rel=0.03)  # a pixel is some 20 m


def test_the_form_asks_what_was_chosen_and_nothing_that_was_left_empty(desk: Page) -> None:
    desk.get_by_label("服务半径（米）").fill("1500")
    desk.get_by_label("指标").select_option("nearest_mean_m")
    desk.get_by_role("button", name="显示").click()
    desk.wait_for_url("**/maps/coverage?**")

    assert parse_qs(urlsplit(desk.url).query, keep_blank_values=True) == {
        "lang": ["zh"],
        "measure": ["nearest_mean_m"],
        "radius": ["1500"],
        "level": ["township"],
    }


def test_nothing_overflows_a_phone_and_the_panel_folds(browser: Browser, address: str) -> None:
    with opened(browser, width=360, height=640, touch=True) as (page, _):
        page.goto(address)
        expect(page.get_by_role("button", name="显示")).to_be_hidden()
        page.get_by_text("条件与图例").click()

        expect(page.get_by_role("button", name="显示")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 360
