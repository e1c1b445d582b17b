"""`python -m tests.screenshots`: make the pictures of docs/worker.md and docs/planner.md anew."""

import json
import tempfile
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, sync_playwright

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from tests.support.app import closing
from tests.support.chromium import ARGUMENTS, CHROMIUM
from tests.support.clock import StoppedClock
from tests.support.phone import WECHAT, phone
from tests.support.postgis import postgis
from tests.support.server import running

FOLDER: Final = PROJECT / "docs" / "screenshots"
MOMENT: Final = datetime(2026, 11, 15, 21, 5, tzinfo=UTC)  # Monday, 05:05 in Luohe
HERE: Final = (114.0352, 33.5682)

# Name of the picture: language, dark, what the phone is like, what is done.
PICTURES: Final[dict[str, tuple[str, bool, dict[str, Any], str]]] = {
    "start-zh-light": ("zh", False, {}, ""),
    "start-en-dark": ("en", True, {}, ""),
    "answer-zh-light": ("zh", False, {"at": HERE}, "near"),
    "answer-zh-dark": ("zh", True, {"at": HERE}, "near"),
    "answer-en-light": ("en", False, {"at": HERE}, "near"),
    "map-zh-light": ("zh", False, {"at": HERE}, "near map"),
    "map-en-dark": ("en", True, {"at": HERE}, "near map"),
    "denied-zh-light": ("zh", False, {"failure": 1}, "near"),
    "wechat-zh-dark": ("zh", True, {"failure": 1, "user_agent": WECHAT}, "near"),
    "large-zh-light": ("zh", False, {"at": HERE}, "larger near"),
}

# Name of the picture of the planner's desk: the page's address and whether it is dark.
DESKS: Final = {
    "planner-zh-light": ("/planner?lang=zh", False),
    "planner-en-dark": ("/planner?lang=en&radius=1500", True),
    "scenario-zh-light": ("{scenario}?lang=zh", False),
}
SCENARIO: Final = {
    "name": "向阳路增设两站",
    "demand": "population",
    "edits": [
        {"kind": "add", "lon": 113.93, "lat": 33.47, "name": "设想一站"},
        {"kind": "add", "lon": 113.96, "lat": 33.53, "name": "设想二站"},
    ],
}


def take(page: Page, deeds: str, file: Path) -> None:
    """Do what is to be seen, and take the picture."""
    if "larger" in deeds:
        page.locator("#larger").tap()
    if "near" in deeds:
        page.locator("#near").tap()
        page.locator(".card, #help:not([hidden])").first.wait_for()
    if "map" in deeds:
        page.locator("#map-switch").tap()
        page.locator(".pin").first.wait_for()
    page.wait_for_timeout(300)
    page.screenshot(path=file)


def take_desks(browser: Browser, address: str) -> None:
    """Take the pictures of the planner's desk, whole pages."""
    request = urllib.request.Request(  # noqa: S310  our own server
        f"{address}/api/v1/scenarios",
        data=json.dumps(SCENARIO).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        scenario = f"/planner/scenarios/{json.load(answer)['id']}"
    for name, (path, dark) in DESKS.items():
        context = browser.new_context(
            viewport={"width": 1280, "height": 900}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        page.goto(address + path.format(scenario=scenario), wait_until="networkidle")
        height = int(page.evaluate("document.documentElement.scrollHeight"))
        page.set_viewport_size({"width": 1280, "height": height})  # so that late parts come
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
        context.close()


def main() -> None:
    """Take all pictures of the shipped register."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with postgis() as server, tempfile.TemporaryDirectory() as home:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        folder = PROJECT / "data" / "stations"
        load_folder(database, folder, author="screenshots", reason="the shipped register")
        settings = Settings(home=Path(home), log_level="error")
        app = create_app(settings, database=database, clock=StoppedClock(MOMENT))
        with closing(app), running(app) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
            for name, (language, dark, given, deeds) in PICTURES.items():
                with phone(browser, moment=MOMENT, dark=dark, **given) as page:
                    page.goto(f"{address}/?lang={language}", wait_until="networkidle")
                    take(page, deeds, FOLDER / f"{name}.png")
            take_desks(browser, address)
            browser.close()
        database.engine.dispose()


if __name__ == "__main__":
    main()
