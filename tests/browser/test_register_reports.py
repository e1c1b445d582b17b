"""The queue of reports, data quality and a keeper's page in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy import text

from geo_service import create_app, runtime
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.clock import StoppedClock
from tests.support.pages import opened
from tests.support.postgis import PostGIS
from tests.support.server import running
from tests.support.staff import Staff, signed_in

pytestmark = pytest.mark.browser

STATION = "LH-002"


@pytest.fixture(scope="module")
def app(
    scratch: Database,
    scratch_postgis: PostGIS,
    clock: StoppedClock,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("TRUNCATE station_report"))
    owner.engine.dispose()
    load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    home = Path(tmp_path_factory.mktemp("desk"))
    settings = Settings(home=home, log_level="error", secret_key="k" * 32)
    with closing(create_app(settings, database=scratch, clock=clock)) as app:
        for number, (kind, words) in enumerate(
            [
                ("closed", "门锁着，八点半了还没人"),
                ("closed", "<img src=x onerror=alert(1)>"),
                ("closed", None),
                ("amenity_missing", None),
                ("moved", "搬到马路对面去了"),
            ]
        ):
            person = app.test_client()
            person.environ_base["REMOTE_ADDR"] = f"203.0.113.{number}"
            body = {"kind": kind, "words": words}
            sent = person.post(f"/api/v1/stations/{STATION}/reports", json=body)
            assert sent.status_code == 200
        person.post("/api/v1/stations/LH-005/reports", json={"kind": "no_breakfast"})
        with app.app_context():
            runtime.snapshots().wait_for(2)
        yield app


@pytest.fixture(scope="module")
def staff(app: Flask) -> Staff:
    return signed_in(app)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with running(app) as at:
        yield at


@pytest.fixture(scope="module")
def link(staff: Staff) -> str:
    made = staff.post(f"/register/stations/{STATION}/keeper", {"lang": "zh"})
    found = re.search(r"(/k/[\w-]+)", made.text)
    assert found is not None
    return found[1]


@contextmanager
def at_the_desk(browser: Browser, address: str, staff: Staff, **look: object) -> Iterator[Page]:
    """A page that somebody is signed in to."""
    with opened(browser, **look) as (page, _):  # type: ignore[arg-type]  # as opened takes them
        sign_in(page, address, staff)
        yield page


def sign_in(page: Page, address: str, staff: Staff) -> None:
    page.context.add_cookies(
        [{"name": access.COOKIE, "value": staff.session_token, "url": address}]
    )


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    "path",
    [
        "/register/reports?lang=zh",
        "/register/reports?lang=en&state=handled",
        "/register/quality?lang=zh",
        "/register/quality?lang=en&finding=unverified",
        f"/register/stations/{STATION}/keeper?lang=zh",
        "keeper",
    ],
)
def test_axe_finds_nothing_serious_and_nothing_runs_over_the_edge(  # noqa: PLR0913, PLR0917 - fixtures
    browser: Browser, address: str, staff: Staff, link: str, path: str, width: int, *, dark: bool
) -> None:
    with at_the_desk(browser, address, staff, width=width, height=844, dark=dark) as page:
        page.goto(address + (link if path == "keeper" else path))
        for summary in page.locator(".report-more > summary").all():
            summary.click()

        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_report_is_rejected_with_a_reason_without_a_script(
    browser: Browser, address: str, staff: Staff
) -> None:
    with at_the_desk(browser, address, staff) as page:
        page.goto(f"{address}/register/reports?lang=zh")
        group = page.locator("#station-LH-005 .report-groups > li").first
        group.get_by_text("驳回……").click()
        group.get_by_label("为什么").fill("打过电话，今天有早餐")
        group.get_by_role("button", name="驳回").click()

        assert "处理了 1 条上报" in page.locator(".desk-said").inner_text()
        page.get_by_role("link", name="已处理").click()
        row = page.locator("tbody tr", has_text="LH-005")
        assert "打过电话，今天有早餐" in row.inner_text()


def test_words_of_a_report_are_words(browser: Browser, address: str, staff: Staff) -> None:
    with opened(browser) as (page, watch):
        sign_in(page, address, staff)
        page.goto(f"{address}/register/reports?lang=zh")

        assert page.get_by_text("<img src=x onerror=alert(1)>").count() == 1
        assert watch.dialogs == []


def test_a_keeper_taps_once(browser: Browser, address: str, link: str, app: Flask) -> None:
    with opened(browser, width=390, height=844) as (page, _):
        page.goto(f"{address}{link}?lang=zh")
        page.get_by_role("button", name="都对").click()

        assert "已记下今天核实过" in page.get_by_role("status").inner_text()
    with app.app_context():
        assert app.test_client().get(link).status_code == 200
