"""The station map, as a worker and a planner use it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from maps.rendering import render
from tests.support.map_samples import a_station_map
from tests.support.pages import NONCE, opened, served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    pages = {
        "/zh": render(a_station_map(), title="地图", lang="zh-Hans", nonce=NONCE),
        "/en": render(a_station_map(language="en"), title="Map", lang="en", nonce=NONCE),
    }
    with served(pages) as at:
        yield at


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser) as (page, _):
        page.goto(f"{address}/zh")
        yield page


@pytest.fixture
def phone(browser: Browser, address: str) -> Iterator[Page]:
    with opened(browser, width=360, height=640, touch=True) as (page, _):
        page.goto(f"{address}/zh")
        yield page


def test_a_page_asks_only_this_host_and_breaks_no_policy(browser: Browser, address: str) -> None:
    with opened(browser) as (page, watch):
        page.goto(f"{address}/zh")
        page.wait_for_load_state("networkidle")

        assert all(each.startswith((address, "data:")) for each in watch.requests)
        assert watch.failures == []
        assert watch.errors == []
        assert page.evaluate("window.violations") == []


def test_a_cluster_says_how_many_stations_it_holds(desk: Page) -> None:
    cluster = desk.get_by_role("button", name="3 个站点，放大")

    expect(cluster).to_be_visible()


def test_a_sign_shows_its_services_by_shape_and_word(desk: Page) -> None:
    expect(desk.locator(".leaflet-marker-pane .pin-breakfast")).to_have_text("餐站点 4 · 爱心早餐")
    expect(desk.locator(".leaflet-marker-pane .pin-both")).to_have_text(
        "驿餐站点 5 · 驿站 · 爱心早餐"
    )


def test_a_card_is_opened_from_the_keyboard(desk: Page) -> None:
    desk.locator(".leaflet-marker-icon", has=desk.locator(".pin-both")).press("Enter")

    expect(desk.locator(".card h2")).to_have_text("站点 5")
    expect(desk.locator(".card")).to_contain_text("未核实")
    expect(desk.locator(".card .ribbon")).to_have_text("演示数据，请勿前往")


def test_a_cluster_is_opened_from_the_keyboard(desk: Page) -> None:
    desk.get_by_role("button", name="3 个站点，放大").press("Enter")

    expect(desk.locator(".leaflet-marker-pane .pin-rest")).to_have_count(3)


def test_navigation_leads_out_of_the_page_and_tells_nothing_about_it(desk: Page) -> None:
    desk.locator(".leaflet-marker-icon", has=desk.locator(".pin-both")).click()

    way = desk.get_by_role("link", name="高德地图")
    expect(way).to_have_attribute(
        "href", "https://uri.amap.com/navigation?to=114.05,33.55,x&mode=walk"
    )
    expect(way).to_have_attribute("rel", "noopener noreferrer")


def test_a_layer_taken_off_hides_the_stations_that_offer_nothing_else(desk: Page) -> None:
    desk.get_by_role("checkbox", name="爱心早餐").uncheck()

    expect(desk.locator(".leaflet-marker-pane .pin-breakfast")).to_have_count(0)
    expect(desk.locator(".leaflet-marker-pane .pin-both")).to_have_count(1)


def test_closed_stations_can_be_hidden(desk: Page) -> None:
    desk.get_by_role("checkbox", name="不显示现在没开的").check()

    expect(desk.locator(".leaflet-marker-pane .pin-breakfast")).to_have_count(0)
    expect(desk.locator(".leaflet-marker-pane .pin-both")).to_have_count(1)


def test_a_station_is_found_by_its_number_with_the_keyboard_alone(desk: Page) -> None:
    field = desk.get_by_role("combobox")
    field.fill("T-5")
    field.press("Enter")

    expect(desk.locator(".card h2")).to_have_text("站点 5")


def test_a_station_whose_layer_is_off_is_still_found(desk: Page) -> None:
    desk.get_by_role("checkbox", name="爱心早餐").uncheck()
    desk.get_by_role("combobox").fill("站点 4")
    desk.get_by_role("option", name="站点 4").click()

    expect(desk.locator(".card h2")).to_have_text("站点 4")
    expect(desk.get_by_role("checkbox", name="爱心早餐")).to_be_checked()


def test_a_slow_press_on_a_station_found_leaves_its_card_open(desk: Page) -> None:
    desk.get_by_role("combobox").fill("站点 5")
    desk.get_by_role("option", name="站点 5").hover()
    desk.mouse.down()
    desk.wait_for_timeout(600)
    desk.mouse.up()

    expect(desk.locator(".card h2")).to_have_text("站点 5")
    desk.wait_for_timeout(300)
    expect(desk.locator(".card h2")).to_have_text("站点 5")


def test_a_search_without_an_answer_says_what_to_do(desk: Page) -> None:
    desk.get_by_role("combobox").fill("nowhere")

    expect(desk.get_by_text("没有找到。换个名称、编号或乡镇试试。")).to_be_visible()


def test_outlines_can_be_taken_off(desk: Page) -> None:
    desk.get_by_role("checkbox", name="区县、乡镇界线").uncheck()

    expect(desk.locator("path.township")).to_have_count(0)


def test_a_worker_sees_where_he_is(browser: Browser, address: str) -> None:
    with opened(browser) as (page, watch):
        page.context.grant_permissions(["geolocation"], origin=address)
        page.context.set_geolocation({"longitude": 114.1, "latitude": 33.55, "accuracy": 20})
        page.goto(f"{address}/zh")
        before = len(watch.requests)
        page.get_by_role("button", name="定位").click()

        expect(page.get_by_role("status").filter(has_text="已标出你的位置")).to_be_visible()
        expect(page.locator("path.here")).to_have_count(1)
        assert len(watch.requests) == before


def test_a_position_that_is_refused_is_said_in_words(desk: Page) -> None:
    desk.get_by_role("button", name="定位").click()

    expect(desk.get_by_text("没能得到你的位置")).to_be_visible()


def test_the_map_fills_the_screen_and_comes_back(desk: Page) -> None:
    desk.get_by_role("button", name="全屏").click()
    desk.wait_for_function("document.fullscreenElement !== null")

    desk.get_by_role("button", name="退出").click()
    desk.wait_for_function("document.fullscreenElement === null")


def test_the_map_has_scale_north_ribbon_and_imprint_and_no_flag(desk: Page) -> None:
    expect(desk.locator(".leaflet-control-scale")).to_contain_text("km")
    expect(desk.locator(".north")).to_have_text("北")
    expect(desk.locator(".bar .ribbon")).to_have_text("演示数据 · Demonstration data")
    expect(desk.locator(".imprint")).to_contain_text("数据版本 7")
    expect(desk.locator(".leaflet-control-attribution")).to_have_count(0)


def test_each_name_stands_on_the_map_once(desk: Page) -> None:
    names = desk.locator(".place span").all_text_contents()

    assert len(names) == len(set(names))
    assert {"西区", "东区"} <= set(names)


def test_the_page_speaks_english(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/en")
        expect(page.get_by_role("checkbox", name="Free breakfast")).to_be_checked()
        page.locator(".leaflet-marker-icon", has=page.locator(".pin-both")).click()

        expect(page.locator(".card")).to_contain_text("Not verified")
        assert page.locator("html").get_attribute("lang") == "en"


def test_nothing_overflows_a_phone(phone: Page) -> None:
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    assert phone.evaluate("document.documentElement.scrollHeight") == 640


def test_the_legend_folds_away_on_a_phone_and_opens_again(phone: Page) -> None:
    box = phone.get_by_role("checkbox", name="爱心早餐")
    expect(box).to_be_hidden()

    phone.get_by_text("图例").click()
    expect(box).to_be_visible()


def test_a_card_fits_a_phone(phone: Page) -> None:
    phone.locator(".leaflet-marker-icon", has=phone.locator(".pin-both")).click()
    phone.locator(".card").wait_for()
    phone.wait_for_timeout(400)  # the map moves to make room

    card = phone.locator(".leaflet-popup-content-wrapper").bounding_box()
    stage = phone.locator(".stage").bounding_box()
    tools = phone.locator(".tools").bounding_box()
    assert card
    assert stage
    assert tools
    assert card["x"] >= 0
    assert card["x"] + card["width"] <= tools["x"]
    assert card["y"] >= stage["y"]
    assert card["y"] + card["height"] <= stage["y"] + stage["height"]


def test_what_a_finger_must_hit_is_44_pixels_large(phone: Page) -> None:
    phone.locator(".leaflet-marker-icon", has=phone.locator(".pin-both")).click()
    phone.locator(".card").wait_for()
    small = phone.evaluate(
        """() => Array.from(document.querySelectorAll(
               "a, button, summary, input[type=search], label.row, .leaflet-marker-icon"))
             .filter((each) => each.checkVisibility() && !each.matches(".place"))
             .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
             .filter(([, box]) => box.width < 43.99 || box.height < 43.99)  // Chromium rounds
             .map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
    )

    assert small == []
