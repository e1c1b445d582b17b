"""The desk's stations in Chromium: found, moved on the map, previewed, saved, and both versions."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.domain.change import Recorded
from geo_service.domain.station import StationId
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access, station_changes
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.pages import Watch, opened
from tests.support.server import running
from tests.support.staff import Staff, signed_in

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over a register that tests change."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    settings = Settings(home=Path(tmp_path_factory.mktemp("desk")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where it listens."""
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def editor(app: Flask) -> Staff:
    """Who is signed in."""
    return signed_in(app, Role.EDITOR)


@contextmanager
def desk(
    browser: Browser, address: str, staff: Staff, *, width: int = 1280, dark: bool = False
) -> Iterator[tuple[Page, Watch]]:
    """Open a tab in which somebody is signed in."""
    with opened(browser, width=width, dark=dark) as (page, watch):
        cookie = {"name": access.COOKIE, "value": staff.session_token, "url": address}
        page.context.add_cookies([cookie])  # type: ignore[list-item]
        yield page, watch


def recorded(app: Flask, name: str) -> Recorded:
    with app.test_request_context():
        return station_changes.recorded(StationId(name))


def edit(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/register/stations/{name}/edit?lang=zh")
    expect(page.locator(".station-pin")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_label("为什么改").first.fill("浏览器测试")
    page.get_by_role("button", name="保存", exact=True).click()


def is_fit(page: Page, watch: Watch, width: int) -> None:
    """Assert that a page is for everybody, and that nothing went wrong in it."""
    assert serious_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.violations") == []
    assert (watch.errors, watch.failures) == ([], [])


@pytest.mark.parametrize("look", [(390, False), (390, True), (1280, False), (1280, True)])
@pytest.mark.parametrize("path", ["", "/add", "/LH-001/edit"])
def test_the_pages_are_fit_for_everybody(
    browser: Browser, address: str, editor: Staff, path: str, look: tuple[int, bool]
) -> None:
    width, dark = look
    with desk(browser, address, editor, width=width, dark=dark) as (page, watch):
        page.goto(f"{address}/register/stations{path}?lang=zh", wait_until="networkidle")

        is_fit(page, watch, width)
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []


def test_a_station_is_found_and_changed(
    browser: Browser, address: str, editor: Staff, app: Flask
) -> None:
    with desk(browser, address, editor) as (page, _):
        page.goto(f"{address}/register/stations?lang=zh")
        page.get_by_label("名称、拼音").fill("演示站点-033")
        page.get_by_role("button", name="查找").click()
        page.get_by_role("link", name="演示站点-033", exact=True).click()
        page.get_by_label("座位数").fill("31")
        save(page)

        expect(page.get_by_role("status").first).to_contain_text("已保存")
    assert recorded(app, "LH-033").station.capacity == 31


def test_the_marker_is_dragged_and_the_township_follows(
    browser: Browser, address: str, editor: Staff, app: Flask
) -> None:
    before = recorded(app, "LH-004").station
    with desk(browser, address, editor) as (page, _):
        edit(page, address, "LH-004")
        page.locator(".station-pin").scroll_into_view_if_needed()
        box = page.locator(".station-pin").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 150, y - 20, steps=8)
        page.mouse.up()

        told = page.locator("[data-told]")
        expect(told).to_contain_text("距原位置")
        expect(told).to_contain_text("天桥街街道")
        save(page)
        expect(page.get_by_role("status").first).to_contain_text("已保存")
    after = recorded(app, "LH-004").station
    assert 600 < after.coordinate.distance_to(before.coordinate) < 1800
    assert after.coordinate.longitude > before.coordinate.longitude
    assert after.township_code != before.township_code


def test_the_marker_is_moved_with_the_arrow_keys(
    browser: Browser, address: str, editor: Staff
) -> None:
    with desk(browser, address, editor) as (page, _):
        edit(page, address, "LH-005")
        before = float(page.get_by_label("经度").input_value())
        page.locator(".station-pin").focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")

        expect(page.locator("[data-told]")).to_contain_text("距原位置")
        assert float(page.get_by_label("经度").input_value()) > before


def test_degrees_of_another_datum_put_the_marker_where_they_are(
    browser: Browser, address: str, editor: Staff
) -> None:
    with desk(browser, address, editor) as (page, _):
        edit(page, address, "LH-006")
        with page.expect_response(re.compile(r"datum=gcj02")) as answer:
            page.get_by_label("坐标系").select_option("gcj02")

        found = answer.value.json()
        typed = float(page.get_by_label("经度").input_value())
        assert 0.003 < typed - found["longitude"] < 0.01  # east of it, some 600 m
        expect(page.locator("[data-told]")).to_contain_text("距原位置")


def test_swapped_degrees_are_said_to_be_out_of_the_way(
    browser: Browser, address: str, editor: Staff
) -> None:
    with desk(browser, address, editor) as (page, _):
        edit(page, address, "LH-007")
        page.get_by_label("经度").fill("33.57")
        page.get_by_label("纬度").fill("84.03")

        expect(page.locator("[data-told]")).to_contain_text("不在服务范围内")


def test_the_preview_shows_the_workers_page_before_it_is_saved(
    browser: Browser, address: str, editor: Staff, app: Flask
) -> None:
    with desk(browser, address, editor) as (page, watch):
        edit(page, address, "LH-008")
        page.get_by_label("名称", exact=False).first.fill("预览的名字")
        page.get_by_role("button", name="预览公众页面").click()

        shown = page.frame_locator("iframe[name=preview]")
        expect(shown.get_by_role("heading", name="预览的名字")).to_be_visible()
        assert (watch.errors, watch.failures) == ([], [])
    assert recorded(app, "LH-008").station.name == "演示站点-008"


@pytest.mark.parametrize("look", [(390, True), (1280, False)])
def test_the_second_of_two_sees_both_versions_and_chooses(
    browser: Browser, address: str, editor: Staff, app: Flask, look: tuple[int, bool]
) -> None:
    width, dark = look
    name = f"LH-0{40 + dark}"
    colleague = signed_in(app, Role.EDITOR, name="李姐")
    with (
        desk(browser, address, colleague) as (first, _),
        desk(browser, address, editor, width=width, dark=dark) as (second, _),
    ):
        for page in (first, second):
            edit(page, address, name)
        first.get_by_label("名称").first.fill("李姐改的")
        first.get_by_label("电话").fill("0395-2222222")
        save(first)
        expect(first.get_by_role("status").first).to_contain_text("已保存")

        second.get_by_label("名称").first.fill("我改的")
        second.get_by_label("座位数").fill("9")
        save(second)

        expect(second.get_by_role("heading", name="别人刚刚改过这个站点")).to_be_visible()
        expect(second.get_by_role("alert")).to_contain_text("李姐")
        assert serious_findings(second) == []
        assert second.evaluate("document.documentElement.scrollWidth") <= width
        second.get_by_label("我改的").check()
        second.get_by_role("button", name="按所选保存").click()
        expect(second.get_by_role("status").first).to_contain_text("已保存")
    station = recorded(app, name).station
    assert (station.name, station.telephone, station.capacity) == ("我改的", "0395-2222222", 9)


def test_it_works_without_javascript(
    browser: Browser, address: str, editor: Staff, app: Flask
) -> None:
    context = browser.new_context(java_script_enabled=False)
    cookie = {"name": access.COOKIE, "value": editor.session_token, "url": address}
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(f"{address}/register/stations/add?lang=zh")
    page.get_by_label("名称").first.fill("没有脚本的站")
    page.get_by_label("经度").fill("114.0361")
    page.get_by_label("纬度").fill("33.5671")
    page.get_by_role("textbox", name="来源").fill("台账")
    page.get_by_role("button", name="预览公众页面").click()
    expect(
        page.frame_locator("iframe[name=preview]").get_by_role("heading", name="没有脚本的站")
    ).to_be_visible()
    save(page)

    expect(page.get_by_role("status").first).to_contain_text("已新增站点")
    added = re.search(r"stations/([^/]+)/edit", page.url)
    assert added is not None
    assert recorded(app, added[1]).station.name == "没有脚本的站"
    page.get_by_role("button", name="关闭", exact=True).click()
    expect(page.get_by_role("heading", name="重新启用")).to_be_visible()
    context.close()
