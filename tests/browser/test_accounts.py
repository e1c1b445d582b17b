"""The desk in Chromium: signed in to, left, and fit for everybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running
from tests.support.staff import PASSWORD, Staff, an_account, signed_in

pytestmark = pytest.mark.browser

LOGIN = "wang.fang"
ANOTHER = "battery staple horse"


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over the shipped register, with nobody on its staff yet."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM account"))
    settings = Settings(home=Path(tmp_path_factory.mktemp("desk")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Its address."""
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def administrator(app: Flask) -> Staff:
    """Somebody who sees every page of the desk, with tokens and colleagues."""
    staff = signed_in(app, Role.ADMINISTRATOR, name="王芳")
    an_account(app, Role.EDITOR, name="李强", login="li.qiang", counties={"411102"})
    staff.post("/register/tokens", {"name": "平台同步", "permission": ["look"], "days": "30"})
    return staff


@pytest.fixture(scope="module", autouse=True)
def person(app: Flask) -> None:
    """Somebody with a password."""
    an_account(app, Role.EDITOR, name="赵敏", login=LOGIN, password=PASSWORD)


def sign_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_link_into_the_desk_leads_there_by_way_of_the_form(
    browser: Browser, address: str, *, scripts: bool
) -> None:
    context = browser.new_context(locale="zh-CN", java_script_enabled=scripts)
    page = context.new_page()

    page.goto(f"{address}/register/account?lang=zh")
    sign_in(page, "not the password")
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(page.get_by_label("账号")).to_have_value(LOGIN)
    sign_in(page)

    expect(page).to_have_url(f"{address}/register/account?lang=zh")
    expect(page.get_by_role("heading", name="我的账号")).to_be_visible()
    context.close()


def test_whoever_has_left_shows_nothing_by_the_button_back(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/register?lang=zh")
    sign_in(page)
    expect(page.get_by_text("赵敏，您好")).to_be_visible()

    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("status")).to_have_text("已退出。")
    page.go_back()

    expect(page.get_by_text("赵敏，您好")).to_have_count(0)
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
    context.close()


def test_a_phone_that_keeps_the_workers_pages_leads_to_the_form_and_keeps_nothing_of_the_desk(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(locale="zh-CN", service_workers="allow")
    page = context.new_page()
    page.goto(f"{address}/?lang=zh")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")

    page.goto(f"{address}/register?lang=zh")
    sign_in(page)
    expect(page.get_by_text("赵敏，您好")).to_be_visible()
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
             (await (await caches.open(name)).keys()).map(({ url }) => url)))).flat()"""
    )

    assert kept
    assert not [each for each in kept if each.startswith(f"{address}/register")]
    context.close()


def test_no_script_reads_the_cookie_of_a_session(browser: Browser, address: str) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/register?lang=zh")
    sign_in(page)
    expect(page.get_by_text("赵敏，您好")).to_be_visible()

    assert page.evaluate("document.cookie") == ""
    assert [(each["name"], each["httpOnly"]) for each in context.cookies()] == [
        (access.COOKIE, True)
    ]
    context.close()


def test_a_page_of_another_site_cannot_send_a_form_with_the_session(
    browser: Browser, address: str
) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{address}/register?lang=zh")
    sign_in(page)
    expect(page.get_by_text("赵敏，您好")).to_be_visible()

    form = f'<form action="{address}/register/sign-out" method="post"><button>x</button></form>'
    page.goto(f"data:text/html,{form}")
    page.get_by_role("button").click()
    page.wait_for_url(f"{address}/register/sign-out")
    page.goto(f"{address}/register?lang=zh")

    expect(page.get_by_text("赵敏，您好")).to_be_visible()
    context.close()


def test_an_account_is_made_and_its_owner_chooses_a_password(
    browser: Browser, address: str, administrator: Staff
) -> None:
    with opened(browser, width=390, height=844) as (page, _):
        context = page.context
        context.add_cookies(
            [{"name": access.COOKIE, "value": administrator.session_token, "url": address}]
        )
        page.goto(f"{address}/register/accounts?lang=zh")
        page.get_by_label("姓名").fill("孙丽")
        page.get_by_role("textbox", name="账号").fill("sun.li")
        page.get_by_label("只能编辑勾选的县区").check()
        page.get_by_label("郾城区").check()
        page.get_by_role("button", name="新增").click()
        first = page.locator(".desk-secret").inner_text()
        context.clear_cookies()

        page.goto(f"{address}/register/sign-in?lang=zh")
        page.get_by_label("账号").fill("sun.li")
        page.get_by_label("密码").fill(first)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("现在的密码是别人设的")).to_be_visible()
        page.get_by_label("现在的密码").fill(first)
        page.get_by_label("新密码", exact=True).fill(ANOTHER)
        page.get_by_label("再输一次新密码").fill(ANOTHER)
        page.get_by_role("button", name="保存新密码").click()

        expect(page.get_by_role("status")).to_contain_text("密码已修改")
        expect(page.get_by_text("郾城区")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_accounts_are_fit_for_everybody(
    browser: Browser, address: str, administrator: Staff, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=844, dark=dark) as (page, watch):
        page.goto(f"{address}/register/sign-in?lang=zh")
        assert serious_findings(page) == []
        page.context.add_cookies(
            [{"name": access.COOKIE, "value": administrator.session_token, "url": address}]
        )
        for path in ("", "/tokens", "/accounts", "/accounts/li.qiang", "/account", "/password"):
            page.goto(f"{address}/register{path}?lang=zh")
            assert serious_findings(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])
