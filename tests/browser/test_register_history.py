"""The history at the desk in Chromium: fit for everybody, and undone in two presses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from geo_service import create_app
from geo_service.domain.account import Role
from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.station import Reading, Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.axe import serious_findings
from tests.support.pages import Watch, opened
from tests.support.server import running
from tests.support.staff import signed_in

pytestmark = pytest.mark.browser

LONGEST = "河南省漯河市源汇区老街街道受降路与人民路交叉口东北角环卫工人之家暨户外劳动者爱心驿站" * 2


@dataclass(frozen=True)
class Desk:
    """A service that somebody is signed in to, and changes of its register."""

    address: str
    session: str
    database: Database
    imported: int
    edited: int


@pytest.fixture(scope="module")
def desk(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A history of an import, and of a later edit that is in the way of undoing it."""
    for _ in range(2):
        load_folder(scratch, SHIPPED, author="tests", reason="the shipped register")
    at = Coordinate(longitude=114.03, latitude=33.58)
    imported = made(
        scratch,
        ChangeKind.IMPORT,
        replace(
            station(scratch, "LH-001"),
            name=LONGEST,
            coordinate=at,
            reading=Reading(x=at.longitude, y=at.latitude, datum=Datum.WGS84),
        ),
        replace(station(scratch, "LH-002"), amenities=frozenset(), capacity=77),
        replace(station(scratch, "LH-003"), id=StationId("NEW-1")),
    )
    edited = made(
        scratch, ChangeKind.EDIT, replace(station(scratch, "LH-002"), capacity=88, address=LONGEST)
    )
    settings = Settings(home=Path(tmp_path_factory.mktemp("home")), log_level="error")
    with closing(create_app(settings, database=scratch)) as app, running(app) as address:
        session = signed_in(app, Role.ADMINISTRATOR).session_token
        yield Desk(address, session, scratch, imported, edited)


def station(database: Database, identifier: str) -> Station:
    with database.transaction() as session:
        return ChangeStore(session).recorded(StationId(identifier)).station


def made(database: Database, kind: ChangeKind, *stations: Station) -> int:
    note = RevisionNote(author="王女士 (wang.fang)", reason="五月的名单，见邮件", kind=kind)
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, note=note)


@contextmanager
def at_the_desk(
    browser: Browser, desk: Desk, *, width: int = 1280, dark: bool = False
) -> Iterator[tuple[Page, Watch]]:
    with opened(browser, width=width, height=800, dark=dark) as (page, watch):
        host = urlsplit(desk.address).hostname
        page.context.add_cookies(
            [{"name": access.COOKIE, "value": desk.session, "domain": str(host), "path": "/"}]
        )
        yield page, watch


def paths(desk: Desk) -> list[str]:
    return [
        "?lang=zh",
        "?lang=en&on=2100-01-01",
        f"/{desk.imported}?lang=zh",
        f"/{desk.imported}/undo?lang=zh",
        "/stations/LH-002?lang=zh",
        f"/stations/LH-002/as-of?lang=en&revision={desk.imported - 1}",
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_are_fit_for_everybody(
    browser: Browser, desk: Desk, width: int, *, dark: bool
) -> None:
    with at_the_desk(browser, desk, width=width, dark=dark) as (page, watch):
        for path in paths(desk):
            page.goto(f"{desk.address}/register/history{path}")

            assert serious_findings(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert watch.errors == []


def test_an_import_is_undone_in_two_presses_and_the_later_edit_kept(
    browser: Browser, desk: Desk
) -> None:
    before = station(desk.database, "LH-002")
    with at_the_desk(browser, desk, width=390) as (page, watch):
        page.goto(f"{desk.address}/register/history/{desk.imported}?lang=zh")
        page.get_by_role("link", name="撤销这次修订…").click()
        expect(page.get_by_role("heading", name="1 个站点后来又改过")).to_be_visible()
        page.get_by_role("button", name="保留后来的改动，撤销其余").click()

        expect(page.get_by_role("status").first).to_contain_text("已撤销")
        assert watch.errors == []

    after = station(desk.database, "LH-002")
    assert station(desk.database, "LH-001").name != LONGEST
    assert (after.capacity, after.address) == (88, LONGEST)
    assert after.amenities > before.amenities
