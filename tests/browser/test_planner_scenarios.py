"""The pages of scenarios in Chromium: filled in, watched, cancelled, compared."""

import fcntl
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the service."""
    return Path(tmp_path_factory.mktemp("scenarios"))


@pytest.fixture(scope="module")
def address(scratch: Database, home: Path) -> Iterator[str]:
    """A service over the shipped register, listening, with a queue of its own."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM scenario"))
    settings = Settings(home=home, log_level="error")
    with closing(create_app(settings, database=scratch)) as app, running(app) as address:
        yield address


def ask_for_sites(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/planner/scenarios?lang=zh")
    page.get_by_label("名称", exact=True).fill(name)
    page.get_by_label("目标").select_option("mclp")
    page.get_by_label("新增几站").fill("3")
    page.get_by_label("再算 1、2").check()
    page.get_by_label("最多算多少秒").fill("20")
    page.get_by_role("button", name="保存并计算").click()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_form_is_fit_for_everybody(
    browser: Browser, address: str, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=800, dark=dark) as (page, watch):
        page.goto(f"{address}/planner/scenarios?lang=zh")
        page.get_by_text("自己改动").click()

        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_sites_are_chosen_while_the_page_watches(
    browser: Browser, address: str, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=800, dark=dark) as (page, watch):
        ask_for_sites(page, address, "下一批")

        expect(page.get_by_role("heading", name="选址结果")).to_be_visible(timeout=60_000)
        expect(page.get_by_text("已证明最优").first).to_be_visible()
        expect(page.locator("svg.map")).to_have_count(2)
        expect(page.locator("svg.map .added")).to_have_count(3)
        expect(page.locator(".curve circle")).to_have_count(4)
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []


def test_what_waits_is_cancelled_and_deleted_by_its_maker(
    browser: Browser, address: str, home: Path
) -> None:
    with ExitStack() as held, opened(browser) as (page, _):
        for number in range(2):
            file = held.enter_context((home / f"solving-{number}.lock").open("w"))
            fcntl.flock(file, fcntl.LOCK_EX)
        ask_for_sites(page, address, "不要了")
        expect(page.get_by_text("排队等待求解")).to_be_visible()
        assert serious_findings(page) == []

        page.get_by_role("button", name="停止求解").click()
        expect(page.get_by_text("已取消")).to_be_visible()
        page.get_by_role("button", name="删除这个方案").click()

        expect(page).to_have_url(re.compile(r"/planner/scenarios\?lang=zh$"))
        expect(page.get_by_text("不要了")).to_have_count(0)


def test_it_works_without_javascript(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    ask_for_sites(page, address, "没有脚本")

    # The page asks for itself anew.
    expect(page.get_by_role("heading", name="选址结果")).to_be_visible(timeout=60_000)
    context.close()
