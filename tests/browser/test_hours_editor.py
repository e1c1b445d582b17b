"""The editor of opening hours in Chromium: filled in, watched, sent; with and without a script."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from geo_service.web import access
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.hours_page import add_hours_page
from tests.support.pages import opened
from tests.support.register import a_dataset
from tests.support.scenarios import TOWNSHIPS, a_town
from tests.support.server import running
from tests.support.staff import Staff, signed_in

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Service:
    """A service that listens, and somebody's session with it."""

    address: str
    staff: Staff

    def open(self, page: Page, **hours: str) -> None:
        """Open the page with the editors, signed in, filled in so."""
        cookie = {
            "name": access.COOKIE,
            "value": self.staff.session_token,
            "url": self.address,
        }
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        page.goto(f"{self.address}/hours-page?{urlencode({'lang': 'zh', **hours})}")


@pytest.fixture(scope="module")
def service(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with a page that has the editor, listening."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("hours")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        add_hours_page(app)
        with running(app) as address:
            yield Service(address, signed_in(app, Role.VIEWER))


def saved(page: Page) -> Any:
    page.locator("#save").click()
    page.wait_for_load_state()
    return json.loads(page.locator("body").inner_text())


def rest(page: Page) -> Any:
    return page.get_by_role("group", name="休息的开放时间")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("hours", ["Mo-Fr 22:00-06:00; PH off", "Jun Mo 08:00-09:00"])
def test_the_editor_is_fit_for_everybody(
    browser: Browser, service: Service, width: int, hours: str, *, dark: bool
) -> None:
    with opened(browser, width=width, height=900, dark=dark) as (page, watch):
        service.open(page, rest_hours=hours)
        expect(rest(page).locator(".hours-week")).to_be_visible()

        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])


def test_rows_filled_in_are_previewed_and_kept(browser: Browser, service: Service) -> None:
    with opened(browser) as (page, watch):
        service.open(page)
        rest(page).get_by_label("按星期填").check()
        first = rest(page).get_by_role("group", name="第 1 行")
        first.get_by_role("button", name="周一至周五").click()
        first.get_by_label("从").nth(0).fill("08:00")
        first.get_by_label("到", exact=True).nth(0).fill("12:00")
        first.get_by_label("从").nth(1).fill("14:30")
        first.get_by_label("到", exact=True).nth(1).fill("18:00")
        second = rest(page).get_by_role("group", name="第 2 行")
        second.get_by_label("法定节假日").check()
        second.get_by_label("这些天").select_option("closed")

        expect(rest(page).locator(".hours-said")).to_contain_text(
            "周一至周五 08:00–12:00、14:30–18:00；节假日 休息"
        )
        assert saved(page) == {
            "rest_hours": "Mo-Fr 08:00-12:00,14:30-18:00; PH off",
            "breakfast_hours": None,
        }
        assert (watch.errors, watch.failures) == ([], [])


def test_words_typed_are_read_back_at_once_or_told_to_be_unclear(
    browser: Browser, service: Service
) -> None:
    with opened(browser, width=390, touch=True) as (page, _):
        service.open(page)
        rest(page).get_by_label("用文字写").check()
        words = rest(page).get_by_role("textbox")
        words.fill("每天8-6点")
        expect(rest(page).get_by_text("说不准是 6:00 还是 18:00")).to_be_visible()

        words.fill("每天早8点到晚6点")
        expect(rest(page).locator(".hours-said")).to_contain_text("每天 08:00–18:00")

        assert saved(page)["rest_hours"] == "Mo-Su 08:00-18:00"


def test_a_day_chosen_by_button_leaves_the_other_rows(browser: Browser, service: Service) -> None:
    with opened(browser) as (page, _):
        service.open(page, rest_hours="Mo-Su 08:00-18:00")
        rows = [rest(page).get_by_role("group", name=f"第 {n} 行") for n in (1, 2)]

        rows[1].get_by_role("button", name="周末").click()

        expect(rows[0].get_by_label("周六")).not_to_be_checked()
        expect(rows[0].get_by_label("周五")).to_be_checked()
        expect(rows[1].get_by_label("周日")).to_be_checked()


def test_what_is_typed_runs_nowhere(browser: Browser, service: Service) -> None:
    with opened(browser) as (page, watch):
        service.open(page)
        rest(page).get_by_label("用文字写").check()
        rest(page).get_by_role("textbox").fill("<img/src=x/onerror=alert(1)>8点")

        expect(rest(page).get_by_text("<img/src=x")).to_be_visible()
        assert (watch.dialogs, watch.failures) == ([], [])


def test_the_preview_of_a_lost_service_says_so(browser: Browser, service: Service) -> None:
    with opened(browser) as (page, _):
        service.open(page)
        page.route("**/register/hours/preview*", lambda route: route.abort())
        rest(page).get_by_label("全天 24 小时").check()

        expect(rest(page).get_by_text("照样可以保存")).to_be_visible()


def test_without_a_script_the_form_is_filled_in_and_checked_all_the_same(
    browser: Browser, service: Service
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    page = context.new_page()
    service.open(page)
    rest(page).get_by_label("按星期填").check()
    row = rest(page).get_by_role("group", name="第 1 行")
    row.get_by_label("周六").check()
    row.get_by_label("这些天").select_option("all_day")
    with context.expect_page() as preview:
        rest(page).get_by_role("button", name="查看这样填的结果").click()

    expect(preview.value.locator(".hours-said")).to_contain_text("周六 全天")
    expect(row.locator(".hours-times")).to_be_hidden()
    page.locator("#save").click()
    expect(page.locator("body")).to_contain_text("Sa 00:00-24:00")
    context.close()
