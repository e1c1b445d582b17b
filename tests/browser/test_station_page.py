"""A station's page, its sign and a township's list, on a phone, in Chromium."""

from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from geo_service import create_app
from geo_service.domain.station import Amenity, Service, ServiceKind
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.reports import ReportStore
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.hostile import TEXTS
from tests.support.pages import opened
from tests.support.register import a_dataset, a_station
from tests.support.server import running

pytestmark = pytest.mark.browser

SHEETS = ["/s/LH-004/sign", "/print/411103001", "/print"]
PAGES = ["/s/LH-004", "/s/LH-004?reported=yes", *SHEETS]
SMALLEST_TARGET = 44


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """The service over the shipped register, listening."""
    with running(app) as address:
        yield address


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A service over stations with names that would run something, and whose queue may grow."""
    rest = Service(kind=ServiceKind.REST, opening_hours="Mo-Su 06:00-22:00")
    stations = [
        replace(
            a_station(f"H-{number}", 114.0 + number / 1000, 33.5, rest),
            name=text,
            address=text,
            telephone=text,
            source=text,
            amenities=frozenset({Amenity.TOILET}),
        )
        for number, text in enumerate(TEXTS)
    ]
    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("own")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app, running(app) as address:
        yield address


def localised(path: str, language: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_works_without_a_fault_and_without_another_host(
    browser: Browser, address: str, path: str, language: str
) -> None:
    with opened(browser, width=360, height=640) as (page, watch):
        page.goto(address + localised(path, language), wait_until="networkidle")

        assert watch.errors == []
        assert page.evaluate("window.violations") == []
        assert watch.failures == []
        assert [url for url in watch.requests if not url.startswith((address, "data:"))] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(
    browser: Browser, address: str, path: str, *, dark: bool
) -> None:
    with opened(browser, width=360, height=640, dark=dark) as (page, _):
        page.goto(address + localised(path, "zh"), wait_until="networkidle")
        for summary in page.locator("summary").all():
            summary.click()

        assert serious_findings(page) == []


def test_what_is_tapped_is_large_enough_for_cold_hands(browser: Browser, address: str) -> None:
    with opened(browser, width=360, height=640, touch=True) as (page, _):
        page.goto(f"{address}/s/LH-004?lang=zh")
        for summary in page.locator("summary").all():
            summary.click()
        heights = page.evaluate(
            """() => [...document.querySelectorAll(
                 "main a, main button, main summary, main select, main textarea")]
               .map((each) => [each.textContent.trim(), each.getBoundingClientRect().height])"""
        )

    assert [each for each in heights if each[1] < SMALLEST_TARGET] == []


def code_on(page: Page, selector: str) -> list[str]:
    picture = Image.open(BytesIO(page.locator(selector).screenshot()))
    return [each.text for each in zxingcpp.read_barcodes(picture)]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_code_on_the_page_can_be_scanned_in_either_theme(
    browser: Browser, address: str, *, dark: bool
) -> None:
    with opened(browser, width=360, height=640, dark=dark) as (page, _):
        page.goto(f"{address}/s/LH-004")
        page.locator(".share img").scroll_into_view_if_needed()
        page.wait_for_load_state("networkidle")

        assert code_on(page, ".share img") == [f"{address}/s/LH-004"]


def test_the_codes_on_a_sign_and_a_list_can_be_scanned(browser: Browser, address: str) -> None:
    with opened(browser, width=1000, height=1400) as (page, _):
        page.goto(f"{address}/s/LH-004/sign")
        assert code_on(page, ".qr svg") == [f"{address}/s/LH-004"]

        page.goto(f"{address}/print/411103001")
        assert code_on(page, ".qr svg") == [f"{address}/print/411103001"]


def test_a_sheet_is_printed_without_its_tools(browser: Browser, address: str) -> None:
    with opened(browser) as (page, _):
        page.goto(f"{address}/s/LH-004/sign")
        expect(page.locator("#print")).to_be_visible()

        page.emulate_media(media="print")

        expect(page.locator(".tools")).to_be_hidden()
        expect(page.locator(".ribbon")).to_be_visible()


def test_without_javascript_one_tap_reports_and_says_thanks(
    browser: Browser, own: str, scratch: Database
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640}, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{own}/s/H-1?lang=zh")
    page.get_by_role("button", name="该开没开").click()

    expect(page.get_by_role("status")).to_have_text("收到了，谢谢！会有人去核实。")
    expect(page.get_by_role("status")).to_be_in_viewport()
    context.close()
    with scratch.transaction() as session:
        (kept,) = [
            each.report
            for each in ReportStore(session).newest(limit=1000)
            if each.report.station_id == "H-1"
        ]
    assert (kept.kind, kept.words) == ("closed", None)


def test_with_the_keyboard_alone_a_word_is_added_to_a_report(
    browser: Browser, own: str, scratch: Database
) -> None:
    with opened(browser, width=360, height=640) as (page, watch):
        page.goto(f"{own}/s/H-2?lang=en")
        page.locator(".wrong summary").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("no paper")
        page.keyboard.press("Tab")
        page.keyboard.type("Toi")
        button = page.get_by_role("button", name="Something is missing")
        button.focus()
        page.keyboard.press("Enter")

        expect(page.get_by_role("status")).to_be_visible()
        assert watch.errors == []
    with scratch.transaction() as session:
        kept = [
            each.report
            for each in ReportStore(session).newest(limit=1000)
            if each.report.station_id == "H-2"
        ]
    assert [(each.kind, each.amenity, each.words) for each in kept] == [
        ("amenity_missing", "toilet", "no paper")
    ]


def test_names_that_would_run_something_run_nothing(browser: Browser, own: str) -> None:
    with opened(browser, width=360, height=640) as (page, watch):
        for number in range(len(TEXTS)):
            for path in (f"/s/H-{number}", f"/s/H-{number}/sign"):
                page.goto(own + path)
                assert page.evaluate("window.ran") is None
        assert watch.dialogs == []
        assert page.evaluate("window.violations") == []
