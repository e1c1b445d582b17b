"""The worker's page on a phone: one tap, and what happens where that fails."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, expect

from tests.conftest import MONDAY_AT_FIVE
from tests.support.axe import serious_findings
from tests.support.phone import WECHAT, phone
from tests.support.server import running

pytestmark = pytest.mark.browser

HERE = (114.0352, 33.5682)
# What is spoken of as a target: everything to tap but links in the middle of sentences.
TARGETS = "button, select, input[type=search], .chip, summary, .acts a, .apps a, .foot nav a, h3 a"


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service, listening."""
    with running(app) as address:
        yield address


def nearby(client: FlaskClient, **question: Any) -> list[dict[str, Any]]:
    asked = {"lon": HERE[0], "lat": HERE[1], **question}
    answer = client.get("/api/v1/stations/nearest", query_string=asked).get_json()
    features: list[dict[str, Any]] = answer["features"]
    return features


def cards(page: Page) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        ".card", "nodes => nodes.map(({ id }) => id.replace('station-', ''))"
    )
    return found


def tap_near_me(page: Page, address: str, language: str = "zh") -> Locator:
    page.goto(f"{address}/?lang={language}")
    page.locator("#near").tap()
    first = page.locator(".card").first
    first.wait_for()
    return first


# -- one tap -------------------------------------------------------------------------------


def test_one_tap_shows_what_the_service_finds_nearest(
    browser: Browser, address: str, client: FlaskClient
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        first = tap_near_me(page, address)
        told = nearby(client)

        assert cards(page) == [each["id"] for each in told]
        expect(page.locator("#results-heading")).to_have_text("离你最近的 5 个")
        expect(page.locator("#results-heading")).to_be_focused()
        expect(page.locator("#results-heading")).to_be_in_viewport()
        expect(first).to_contain_text(
            f"走路约 {told[0]['properties']['walk_minutes']} 分钟（估算）"
        )


def test_a_position_is_sent_to_nobody(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        tap_near_me(page, address)
        page.locator("#map-switch").tap()
        page.locator(".pin").first.wait_for()

        assert [url for url in asked if not url.startswith(address)] == []
        assert [url for url in asked if "114.0" in url or "33.5" in url or "/api/" in url] == []


def test_an_answer_takes_less_than_a_tenth_of_a_second(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE) as page:
        tap_near_me(page, address)

        took = page.evaluate(
            """async () => {
              const cards = document.getElementById("cards");
              const times = [];
              for (const chip of document.querySelectorAll("[name=amenity]")) {
                const begun = performance.now();
                const done = new Promise((resolve) => {
                  new MutationObserver((_, watcher) => { watcher.disconnect(); resolve(); })
                    .observe(cards, { childList: true });
                });
                chip.click();
                await done;
                times.push(performance.now() - begun);
                chip.click();
                await new Promise((resolve) => setTimeout(resolve, 30));
              }
              return times.sort((one, other) => one - other)[Math.floor(times.length / 2)];
            }"""
        )

        assert took < 100


@pytest.mark.parametrize(
    ("chips", "question"),
    [
        (["爱心早餐"], {"service": "breakfast"}),
        (["休息", "厕所"], {"service": "rest", "amenity": "toilet"}),
        (["到时开着"], {"open": "arrival"}),
        (["公交司机", "爱心早餐"], {"group": "bus_driver", "service": "breakfast"}),
        (["喝水", "热饭", "取暖"], {"amenity": ["water", "meal_heating", "heating"]}),
    ],
    ids=str,
)
def test_chips_answer_again_at_once_as_the_service_would(
    browser: Browser, address: str, client: FlaskClient, chips: list[str], question: dict[str, Any]
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        tap_near_me(page, address)
        for chip in chips:
            page.locator("#ask > .chips > .chip", has_text=chip).tap()
        page.wait_for_timeout(100)

        assert cards(page) == [each["id"] for each in nearby(client, **question)]
        expect(page.locator("#said")).to_have_text(page.locator("#results-heading").inner_text())


def test_ones_group_is_kept_on_the_phone_and_taken_back_by_a_second_tap(
    browser: Browser, address: str
) -> None:
    with phone(browser) as page:
        page.goto(f"{address}/?lang=zh")
        driver = page.get_by_role("radio", name="公交司机")
        driver.check()
        page.reload()
        expect(driver).to_be_checked()

        driver.click()
        expect(driver).not_to_be_checked()
        page.reload()
        expect(driver).not_to_be_checked()
        assert page.context.cookies() == []


def test_conditions_that_nothing_meets_are_dropped_in_one_tap(
    browser: Browser, address: str
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        tap_near_me(page, address)
        page.locator("summary", has_text="更多设施").tap()
        for box in page.locator("[name=amenity]").all():
            box.check()
        page.locator(".chip", has_text="爱心早餐").tap()
        expect(page.locator("#results-heading")).to_have_text("没有找到合适的")
        page.get_by_role("button", name="去掉条件").tap()

        expect(page.locator(".card")).to_have_count(5)


def test_a_register_too_large_for_a_phone_is_asked_for_over_the_network(
    browser: Browser, address: str, client: FlaskClient
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        page.route("**/pocket/register.json", lambda route: route.fulfill(status=404))
        tap_near_me(page, address)
        assert cards(page) == [each["id"] for each in nearby(client)]
        expect(page.locator("#age")).to_be_hidden()

        page.locator("#q").fill("站点-004")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=**")
        expect(page.locator(".card").first).to_contain_text("演示站点-004")


@pytest.mark.parametrize("text", ["malujie", "mljjd", "马路街", "malujei"])
def test_pinyin_initials_and_slips_find_a_township(
    browser: Browser, address: str, client: FlaskClient, text: str
) -> None:
    by_server = client.get("/", query_string={"q": text, "lang": "zh"}).text
    assert "离马路街街道最近的 5 个" in by_server
    with phone(browser, moment=MONDAY_AT_FIVE) as page:
        page.goto(f"{address}/?lang=zh")
        page.locator("#q").fill(text)
        page.keyboard.press("Enter")

        expect(page.locator("#results-heading")).to_have_text("离马路街街道最近的 5 个")


# -- without a position ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failure", "heading"),
    [(1, "手机没有允许定位"), (2, "手机现在定不了位"), (3, "等了很久，没有定到位")],
)
def test_without_a_position_the_page_says_why_and_offers_another_way(
    browser: Browser, address: str, failure: int, heading: str
) -> None:
    with phone(browser, failure=failure, moment=MONDAY_AT_FIVE) as page:
        page.goto(f"{address}/?lang=zh")
        page.locator("#near").tap()

        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        expect(page.locator("#help")).to_be_focused()
        expect(page.locator("#help-text")).to_contain_text("选乡镇")
        page.locator("#choose-below").tap()
        expect(page.locator("#township")).to_be_focused()
        page.locator("#township").select_option(label="马路街街道")
        page.get_by_role("button", name="查找").tap()

        expect(page.locator("#results-heading")).to_have_text("离马路街街道最近的 5 个")
        expect(page.locator("#help")).to_be_hidden()


def test_a_browser_that_refuses_by_itself_is_understood(browser: Browser, address: str) -> None:
    with phone(browser, permissions=[]) as page:
        page.goto(f"{address}/?lang=en")
        page.locator("#near").tap()

        expect(page.locator("#help-heading")).to_have_text("The phone did not allow the position")


def test_without_https_the_page_says_that_there_is_no_position(
    browser: Browser, address: str
) -> None:
    with phone(browser) as page:
        page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
        page.goto(f"{address}/?lang=zh")
        page.locator("#near").tap()

        expect(page.locator("#help-heading")).to_have_text("这个网址不能用定位")
        expect(page.locator("#retry")).to_be_hidden()


def test_a_wait_can_be_ended(browser: Browser, address: str) -> None:
    with phone(browser) as page:
        page.add_init_script("navigator.geolocation.getCurrentPosition = () => {}")
        page.goto(f"{address}/?lang=zh")
        page.locator("#near").tap()
        expect(page.get_by_text("正在定位")).to_be_visible()
        page.get_by_role("button", name="不等了").tap()

        expect(page.locator("#waiting")).to_be_hidden()
        expect(page.locator("#near")).to_be_focused()


def test_far_away_the_page_says_so(browser: Browser, address: str) -> None:
    with phone(browser, at=(2.35, 48.85)) as page:
        page.goto(f"{address}/?lang=zh")
        page.locator("#near").tap()

        expect(page.locator("#help-heading")).to_have_text("你不在服务范围里")


def test_a_name_is_found_and_the_address_stays(browser: Browser, address: str) -> None:
    with phone(browser) as page:
        page.goto(f"{address}/?lang=zh")
        page.locator("#q").fill("站点-004")
        page.keyboard.press("Enter")

        expect(page.locator(".card").first).to_contain_text("演示站点-004")
        assert page.url == f"{address}/?lang=zh"


def test_inside_wechat_the_page_says_how_to_get_out(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE, user_agent=WECHAT) as page:
        tap_near_me(page, address)
        expect(page.locator("#wechat")).to_contain_text("在浏览器打开")
    with phone(browser, failure=1, user_agent=WECHAT) as page:
        page.goto(f"{address}/?lang=zh")
        page.locator("#near").tap()
        expect(page.locator("#help-text")).to_contain_text("允许微信")


def test_outside_wechat_nobody_speaks_of_it(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE) as page:
        tap_near_me(page, address)

        expect(page.locator("#wechat")).to_be_hidden()


# -- without JavaScript, without hands on glass ------------------------------------------------


def test_without_javascript_the_form_answers(browser: Browser, address: str) -> None:
    with phone(browser, java_script_enabled=False) as page:
        page.goto(f"{address}/?lang=zh")
        expect(page.locator("#near")).to_be_hidden()
        page.locator(".chip", has_text="爱心早餐").click()
        page.locator("#township").select_option(label="马路街街道")
        page.get_by_role("button", name="查找").click()

        expect(page.locator(".card")).to_have_count(5)
        expect(page.locator(".card .kind", has_text="爱心早餐")).to_have_count(5)
        expect(page.locator("#results-heading")).to_be_in_viewport()


def test_without_javascript_a_name_answers(browser: Browser, address: str) -> None:
    with phone(browser, java_script_enabled=False) as page:
        page.goto(f"{address}/?lang=en")
        page.locator("#q").fill("site 004")
        page.keyboard.press("Enter")

        expect(page.locator(".card h3")).to_contain_text("Demonstration site 004")


def test_a_keyboard_is_enough(browser: Browser, address: str) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        page.goto(f"{address}/?lang=zh")

        def tab_to(selector: str) -> None:
            for _ in range(40):
                page.keyboard.press("Tab")
                if page.evaluate("s => document.activeElement.matches(s)", selector):
                    return
            raise AssertionError(f"no way by Tab to {selector}")

        tab_to("#near")
        page.keyboard.press("Enter")
        expect(page.locator("#results-heading")).to_be_focused()
        tab_to("#map-switch")
        page.keyboard.press("Enter")
        expect(page.locator(".pin")).to_have_count(5)
        tab_to(".sheet")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        tab_to(".pin")
        page.keyboard.press("Enter")
        expect(page.locator(".card.chosen")).to_have_count(1)
        tab_to(".card h3 a")
        tab_to(".card .go")
        tab_to(".card summary")
        page.keyboard.press("Enter")
        expect(page.locator(".apps[open] a")).to_have_count(4)


# -- how it looks ------------------------------------------------------------------------------


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_nothing_serious_anywhere(
    browser: Browser, address: str, language: str, *, dark: bool
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE, dark=dark) as page:
        tap_near_me(page, address, language)
        assert serious_findings(page) == []
        for summary in page.locator("summary").all():
            summary.click()
        page.locator("#map-switch").tap()
        page.locator(".pin").first.click()
        assert serious_findings(page) == []
    with phone(browser, failure=1, dark=dark, user_agent=WECHAT) as page:
        page.goto(f"{address}/?lang={language}")
        page.locator("#near").tap()
        page.locator("#help").wait_for()
        assert serious_findings(page) == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("large", [False, True])
def test_every_target_is_wide_enough_for_a_cold_finger(
    browser: Browser, address: str, language: str, *, large: bool
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE) as page:
        page.goto(f"{address}/?lang={language}")
        if large:
            page.locator("#larger").tap()
        page.locator("#near").tap()
        page.locator(".card").first.wait_for()
        for summary in page.locator("summary").all():
            summary.click()
        page.locator("#map-switch").tap()
        page.locator(".pin").first.wait_for()

        small = page.eval_on_selector_all(
            TARGETS,
            """nodes => nodes.map((node) => [node.outerHTML.slice(0, 80), node.getClientRects()])
                 .filter(([, [box]]) => box && (box.height < 43.9 || box.width < 43.9))
                 .map(([text]) => text)""",
        )
        assert small == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_theme_and_type_size_are_kept_and_there_before_the_first_paint(
    browser: Browser, address: str
) -> None:
    with phone(browser) as page:
        page.goto(f"{address}/?lang=zh")
        before = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.locator("#dark").tap()
        page.locator("#larger").tap()
        page.goto(f"{address}/about?lang=zh")
        page.goto(f"{address}/?lang=zh", wait_until="commit")
        page.locator("h1").wait_for()

        assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "22px"
        expect(page.locator("#dark")).to_have_attribute("aria-pressed", "true")


def test_nothing_jumps_while_the_page_loads(browser: Browser, address: str) -> None:
    with phone(browser) as page:
        page.goto(f"{address}/?lang=zh", wait_until="networkidle")

        shift = page.evaluate(
            """() => new Promise((resolve) => {
              let sum = 0;
              new PerformanceObserver((list) => {
                for (const { value } of list.getEntries()) sum += value;
              }).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => resolve(sum), 200);
            })"""
        )
        assert shift < 0.01


def test_the_first_load_is_within_its_budget(browser: Browser, address: str) -> None:
    with phone(browser) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[float] = []
        session.on("Network.loadingFinished", lambda got: sizes.append(got["encodedDataLength"]))
        page.goto(f"{address}/?lang=zh", wait_until="networkidle")

        assert len(sizes) > 10
        assert sum(sizes) <= 150_000


# -- without signal ----------------------------------------------------------------------------


def test_without_signal_one_tap_finds_the_same_on_the_page_and_its_map(
    browser: Browser, address: str, client: FlaskClient
) -> None:
    with phone(browser, at=HERE, moment=MONDAY_AT_FIVE, service_workers="allow") as page:
        page.goto(f"{address}/?lang=zh", wait_until="networkidle")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
        page.reload(wait_until="networkidle")
        page.context.set_offline(True)
        tap_near_me(page, address)

        assert cards(page) == [each["id"] for each in nearby(client)]
        expect(page.locator("#age")).to_contain_text("手机里存的站点")
        page.locator("#map-switch").tap()
        expect(page.locator(".pin")).to_have_count(5)
        expect(page.locator(".map .township").first).to_be_attached()
        assert serious_findings(page) == []
