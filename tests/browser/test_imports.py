"""Imports in Chromium: a file sent, looked at, written."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, coordinate_in
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.pages import opened
from tests.support.server import running
from tests.support.staff import Staff, signed_in

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
HEADER = "编号,名称,服务,休息时间,经度,纬度,座位数\n"
NEW = "LH-301,人民公园驿站,休息,周一至周五 8:00-18:00,114.0163,33.5814,12\n"


@pytest.fixture(scope="module")
def app(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over the shipped register."""
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM station_import"))
    settings = Settings(home=Path(tmp_path_factory.mktemp("imports")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Its address."""
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def editor(app: Flask) -> Staff:
    """Somebody who may import."""
    return signed_in(app, Role.EDITOR, name="李梅")


def a_file(folder: Path, lines: str) -> Path:
    file = folder / "站点.csv"
    file.write_text(HEADER + lines, encoding="gb18030")
    return file


def mixed(scratch: Database) -> str:
    """A new row, some moved, one like another, and two that are wrong."""
    with scratch.transaction() as session:
        _, dataset = RegisterStore(session).load()
    lines = [
        NEW,
        "LH-302,<b>名称</b>,休息,8-6点,114.02,33.58,多\n",
        "LH-303,南门,早餐,,33.58,114.02,\n",
    ]
    for station in list(dataset.stations)[:40]:
        at = Coordinate(
            longitude=station.coordinate.longitude, latitude=station.coordinate.latitude
        )
        x, y = coordinate_in(at, Datum.GCJ02)
        kinds = "、".join({"rest": "休息"}.get(each.kind, "早餐") for each in station.services)
        lines.append(f"{station.id},{station.name},{kinds},,{x:.6f},{y:.6f},30\n")
    return "".join(lines)


@pytest.fixture
def mixed_file(scratch: Database, tmp_path: Path) -> Path:
    """A file of such rows."""
    return a_file(tmp_path, mixed(scratch))


def come_in(page: Page, address: str, staff: Staff) -> None:
    page.context.add_cookies(
        [{"name": access.COOKIE, "value": staff.session_token, "url": address}]
    )


def send(page: Page, address: str, file: Path) -> None:
    page.goto(f"{address}/register/imports?lang=zh")
    page.get_by_label("文件（").set_input_files(file)
    page.get_by_label("文件里的坐标是哪个坐标系").select_option("wgs84")
    page.get_by_role("button", name="上传并试算").click()
    expect(page.get_by_role("heading", name="逐行")).to_be_visible(timeout=PATIENCE_MS)


def shoot(page: Page, name: str) -> None:
    """Keep a picture to look at, where somebody wants any."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize(("width", "dark"), [(390, False), (1280, True)])
def test_the_form_is_fit_for_everybody(
    browser: Browser, address: str, editor: Staff, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=800, dark=dark) as (page, watch):
        come_in(page, address, editor)
        page.goto(f"{address}/register/imports?lang=zh")
        page.get_by_text("更多选项").click()
        shoot(page, f"imports-form-{width}")

        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.failures) == ([], [])


@pytest.mark.parametrize(("width", "dark"), [(390, True), (1280, False)])
def test_what_is_wrong_is_seen_at_a_glance(  # noqa: PLR0913  two of them say how it is seen
    browser: Browser, address: str, mixed_file: Path, editor: Staff, width: int, *, dark: bool
) -> None:
    with opened(browser, width=width, height=800, dark=dark) as (page, watch):
        come_in(page, address, editor)
        send(page, address, mixed_file)
        shoot(page, f"imports-wrong-{width}")

        expect(page.get_by_text("这批坐标像是 GCJ-02，不是 WGS 84")).to_be_visible()
        expect(page.get_by_text("有 2 行有错")).to_be_visible()
        expect(page.get_by_role("button", name="写入")).to_have_count(0)
        assert page.locator("svg.map use").count() > 40
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("window.violations") == []
        assert (watch.errors, watch.dialogs) == ([], [])


def test_a_sound_file_is_written_by_one_button(
    browser: Browser, address: str, editor: Staff, scratch: Database, tmp_path: Path
) -> None:
    with opened(browser, width=390, height=800) as (page, watch):
        come_in(page, address, editor)
        send(page, address, a_file(tmp_path, NEW))

        page.get_by_role("button", name="写入 1 个站点").click()

        expect(page.get_by_text("已写入登记册")).to_be_visible(timeout=PATIENCE_MS)
        shoot(page, "imports-applied-390")
        assert watch.errors == []
    with scratch.transaction() as session:
        hours = session.scalar(
            text("SELECT opening_hours FROM station_service WHERE station_id = 'LH-301'")
        )
    assert hours == "Mo-Fr 08:00-18:00"
