"""The planner's page in Chromium: at a desk, on a phone, with and without its script."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


@pytest.fixture
def desk(browser: Browser, address: str) -> Iterator[Page]:
    """The page on a wide screen."""
    with opened(browser, width=1440, height=900) as (page, watch):
        page.goto(f"{address}/planner?lang=zh", wait_until="networkidle")
        yield page
        assert watch.errors == []


def query(page: Page) -> dict[str, str]:
    """What the address asks."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def to_the_end(page: Page) -> None:
    """Scroll until every part has come."""
    for part in page.locator("[data-later]").all():
        part.scroll_into_view_if_needed()
    expect(page.locator(".hours li")).to_have_count(48)
    expect(page.locator(".six li")).to_have_count(6)
    page.evaluate("window.scrollTo(0, 0)")


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_asks_no_other_host_and_fits_its_screen(
    browser: Browser, address: str, language: str, width: int
) -> None:
    with opened(browser, width=width, height=800) as (page, watch):
        page.goto(f"{address}/planner?lang={language}", wait_until="networkidle")
        to_the_end(page)

        assert watch.errors == []
        assert watch.failures == []
        assert page.evaluate("window.violations") == []
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_axe_finds_nothing_serious(
    browser: Browser, address: str, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=900, dark=dark) as (page, _):
        page.goto(f"{address}/planner?lang=zh&unit=411121102", wait_until="networkidle")
        to_the_end(page)
        if width < 640:
            page.get_by_role("button", name="更改条件").click()

        assert serious_findings(page) == []


def test_another_radius_is_answered_in_place(desk: Page) -> None:
    desk.evaluate("window.scrollTo(0, 300)")

    desk.locator(".presets a[href*='radius=2000']").click()

    expect(desk.locator("h1")).to_contain_text("2\u202f公里")
    assert query(desk)["radius"] == "2000"
    assert query(desk)["demand"] == "population"
    assert desk.evaluate("window.scrollY") == 300


def test_the_slider_draws_catchments_before_it_asks(desk: Page) -> None:
    before = float(desk.locator(".catchments circle").first.get_attribute("r") or 0)

    desk.locator(".slide").evaluate(
        "node => { node.value = 3000; node.dispatchEvent(new Event('input', {bubbles: true})); }"
    )

    after = float(desk.locator(".catchments circle").first.get_attribute("r") or 0)
    assert after == pytest.approx(3 * before, rel=0.01)
    assert desk.locator("input[name=radius]").input_value() == "3000"


def test_an_address_brings_back_all_that_was_seen(browser: Browser, address: str) -> None:
    asked = "lang=zh&radius=1500&level=county&measure=nearest_mean_m&sort=stations&order=desc"
    with opened(browser, width=1440, height=900) as (page, _):
        page.goto(f"{address}/planner?{asked}&unit=411121", wait_until="networkidle")

        expect(page.locator("input[name=radius]")).to_have_value("1500")
        expect(page.locator("select[name=measure]")).to_have_value("nearest_mean_m")
        expect(page.locator("#rows tr.chosen")).to_have_attribute("data-unit", "411121")
        expect(page.locator("path.unit.chosen")).to_have_attribute("data-unit", "411121")
        expect(page.locator("#card h3")).to_have_text("舞阳县")


def test_a_row_chooses_its_unit_on_the_map(desk: Page) -> None:
    desk.locator("#rows tr[data-unit='411121102'] a").click()

    expect(desk.locator("path.unit.chosen")).to_have_attribute("data-unit", "411121102")
    expect(desk.locator("#card h3")).to_have_text("北舞渡镇")
    assert query(desk)["unit"] == "411121102"

    desk.get_by_role("button", name="关闭").click()

    expect(desk.locator("path.unit.chosen")).to_have_count(0)
    assert "unit" not in query(desk)


def test_a_unit_on_the_map_chooses_its_row_and_brings_it_into_view(desk: Page) -> None:
    desk.locator("path.unit[data-unit='411104001']").dispatch_event("click")

    row = desk.locator("#rows tr.chosen")
    expect(row).to_have_attribute("data-unit", "411104001")
    expect(row).to_be_in_viewport()


def test_a_head_sorts_and_the_address_follows(desk: Page) -> None:
    head = desk.locator("#rows th", has=desk.locator("[data-sort=stations]"))

    head.locator("a").click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    head.locator("a").click()

    expect(head).to_have_attribute("aria-sort", "descending")
    expect(desk.locator("#rows tbody tr").first).to_have_attribute("data-unit", "411103001")
    assert (query(desk)["sort"], query(desk)["order"]) == ("stations", "desc")


def test_the_table_narrows_while_one_types(desk: Page) -> None:
    desk.locator("input[name=find]").fill("北舞")

    expect(desk.locator("#rows tbody tr:visible")).to_have_count(1)
    expect(desk.locator("#shown")).to_have_text("显示 1 / 58")
    assert query(desk)["find"] == "北舞"


def test_a_gap_is_looked_at_from_nearer(desk: Page) -> None:
    before = desk.evaluate("document.getElementById('map').viewBox.baseVal.width")

    desk.locator(".gaps a").first.click()

    after = desk.evaluate("document.getElementById('map').viewBox.baseVal.width")
    assert after == pytest.approx(before / 4, rel=0.1)
    expect(desk.locator("#rows tr.chosen")).to_have_count(1)


def test_the_map_is_moved_from_the_keyboard_too(desk: Page) -> None:
    desk.get_by_role("button", name="放大").press("Enter")
    near = desk.evaluate("document.getElementById('map').viewBox.baseVal.width")
    desk.get_by_role("button", name="看全部").press("Enter")
    whole = desk.evaluate("document.getElementById('map').viewBox.baseVal.width")

    assert whole / near == pytest.approx(1.6, rel=0.01)


def test_what_is_looked_at_stays_when_the_question_changes(desk: Page) -> None:
    desk.get_by_role("button", name="放大").click()
    seen = desk.locator("#map").get_attribute("viewBox")

    desk.locator("select[name=service]").select_option("breakfast")

    expect(desk.locator("h1")).to_contain_text("30 个站点")
    assert desk.locator("#map").get_attribute("viewBox") == seen


def test_layers_come_and_go(desk: Page) -> None:
    desk.locator("[data-shows=catchments]").uncheck()

    expect(desk.locator(".catchments")).to_be_hidden()


def test_an_hour_turns_the_page_to_it(desk: Page) -> None:
    to_the_end(desk)

    desk.locator(".hours a").nth(5).click()

    expect(desk.locator("input[name=open]")).to_have_value(re.compile("T05:00$"))
    expect(desk.locator(".take .basis")).to_contain_text("05:00 开放")


def test_on_a_phone_the_question_folds_away(browser: Browser, address: str) -> None:
    with opened(browser, width=390, height=844, touch=True) as (page, _):
        page.goto(f"{address}/planner?lang=zh", wait_until="networkidle")
        expect(page.locator("select[name=level]")).to_be_hidden()

        page.get_by_role("button", name="更改条件").tap()

        expect(page.locator("select[name=level]")).to_be_visible()


def test_without_a_script_the_page_is_a_form(browser: Browser, address: str) -> None:
    context = browser.new_context(
        java_script_enabled=False, viewport={"width": 1280, "height": 800}
    )
    try:
        page = context.new_page()
        page.goto(f"{address}/planner?lang=zh")
        page.locator("input[name=radius]").fill("1500")
        page.locator("select[name=level]").select_option("county")
        page.get_by_role("button", name="计算").click()

        expect(page.locator("h1")).to_contain_text("1.5\u202f公里")
        expect(page.locator("#rows tbody tr")).to_have_count(5)
        page.locator("[data-later] a").first.click()
        expect(page.locator(".hours li")).to_have_count(48)
    finally:
        context.close()


def test_a_refusal_is_said_and_the_answer_stays(browser: Browser, address: str) -> None:
    with opened(browser, width=1440, height=900) as (page, _):
        page.goto(f"{address}/planner?lang=zh", wait_until="networkidle")
        heading = page.locator("h1").inner_text()
        page.route("**/planner?*", lambda route: route.abort())

        page.locator("select[name=service]").select_option("rest")

        expect(page.locator("#said")).to_be_visible()
        assert page.locator("h1").inner_text() == heading
