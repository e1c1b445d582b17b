"""What the phone keeps, and what it does with it when the server is gone."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from geo_service import create_app, runtime
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.settings import Settings
from tests.conftest import MONDAY_AT_FIVE
from tests.support import hostile
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.pages import Watch, opened
from tests.support.pocket import ASK, milliseconds, questions, told_by_phone, told_by_server
from tests.support.register import a_dataset, a_station
from tests.support.server import running

pytestmark = pytest.mark.browser

KEEP = """async (modules) => {
  const { keepOffline } = await import(modules + 'pocket.js');
  const kept = await keepOffline();
  await navigator.serviceWorker.ready;
  return kept;
}"""
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


def visited(page: Page, base: str) -> None:
    """Open the service as a phone does the first time; it keeps what it shall."""
    page.goto(f"{base}/coverage?lang=zh")
    assert page.evaluate(KEEP, f"{base}/static/pocket/")
    page.wait_for_function(CONTROLLED)


@pytest.fixture
def phone(browser: Browser) -> Iterator[tuple[Page, Watch]]:
    """A phone that has never been here."""
    with opened(browser, width=360, height=640) as opened_page:
        yield opened_page


@pytest.fixture
def stopped(app: Flask, phone: tuple[Page, Watch]) -> str:
    """The address of a service that was visited once, and is gone."""
    with running(app) as address:
        visited(phone[0], address)
    return address


# -- the server is gone ------------------------------------------------------------------------


def test_without_the_server_the_phone_answers_as_the_server_would(
    stopped: str, phone: tuple[Page, Watch], client: FlaskClient
) -> None:
    page, _ = phone
    asked = questions(200, seed=17)

    page.goto(f"{stopped}/?lang=zh")
    found = page.evaluate(ASK, [milliseconds(MONDAY_AT_FIVE), asked])

    for question, answer in zip(asked, found, strict=True):
        assert told_by_phone(answer) == told_by_server(client, question), question


@pytest.mark.parametrize("address", ["/", "/?lang=zh", "/?lang=en"])
def test_without_the_server_the_page_opens(
    stopped: str, phone: tuple[Page, Watch], address: str, client: FlaskClient
) -> None:
    page, watch = phone

    page.goto(stopped + address)

    english = {"Accept-Language": "en-US"}  # as Chromium asks
    assert page.title() in client.get(address, headers=english).get_data(as_text=True)
    assert [each for each in watch.errors if "ERR_" not in each] == []
    assert page.evaluate("window.violations") == []


def test_without_the_server_another_page_says_so_and_leads_to_the_one_that_works(
    stopped: str, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone

    page.goto(f"{stopped}/maps/coverage?lang=zh")
    expect(page.get_by_role("heading", level=1)).to_have_text("现在没有信号")
    page.get_by_role("link", name="查附近驿站").click()

    page.wait_for_url(f"{stopped}/?lang=zh")


def test_without_the_server_the_page_of_a_station_shows_what_the_phone_knows(
    stopped: str, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone

    page.goto(f"{stopped}/s/LH-004?lang=zh")

    card = page.locator("#station")
    expect(card).to_contain_text("演示站点-004")
    expect(card).to_contain_text("爱心早餐")
    expect(card).to_contain_text("手机里的数据")


def test_a_position_asked_for_by_form_is_not_kept(app: Flask, phone: tuple[Page, Watch]) -> None:
    page, _ = phone
    with running(app) as address:
        visited(page, address)
        page.goto(f"{address}/?lang=zh&lon=114.03&lat=33.57")
        page.goto(f"{address}/coverage?lang=zh&radius=1500")
        page.evaluate("fetch('/api/v1/stations/nearest?lon=114.03&lat=33.57')")
        kept = page.evaluate(
            """async () => {
              const found = [];
              for (const name of await caches.keys()) {
                const requests = await (await caches.open(name)).keys();
                found.push(...requests.map((request) => request.url));
              }
              return found;
            }"""
        )

    paths = [each.removeprefix(address) for each in kept]
    assert {"/", "/?lang=zh", "/?lang=en", "/pocket/register.json"} <= set(paths)
    assert [each for each in paths if each.startswith(("/api", "/coverage", "/maps"))] == []


# -- the server is slow, or out of order ---------------------------------------------------------


class Ailing:
    """A service that can be made to do worse."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.patience_s = 0.0
        self.fails = False
        self.version: str | None = None
        self.answered: list[tuple[str, str]] = []

    def __call__(self, environ: Any, start: Any) -> Any:
        """Answer as the service does, or late, or with a failure; note what was answered."""

        def start_noted(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            self.answered.append((environ["PATH_INFO"], status[:3]))
            if self.version is not None:
                headers = [each for each in headers if each[0] != "Pocket-Version"]
                headers.append(("Pocket-Version", self.version))
            return start(status, headers, *rest)

        sleep(self.patience_s)
        if self.fails:
            start_noted("502 Bad Gateway", [("Content-Type", "text/plain")])
            return [b"out of order"]
        return self._app.wsgi_app(environ, start_noted)


@pytest.fixture
def ailing(app: Flask) -> Ailing:
    """The service, well at first."""
    return Ailing(app)


def test_a_page_that_takes_too_long_is_shown_as_it_is_kept(
    ailing: Ailing, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone
    with running(ailing) as address:  # type: ignore[arg-type]
        visited(page, address)
        ailing.patience_s = 6.0
        began = monotonic()
        page.goto(f"{address}/?lang=zh", wait_until="commit")
        took = monotonic() - began

    assert 1.5 < took < 5.0


def test_a_page_that_fails_is_shown_as_it_is_kept(
    ailing: Ailing, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone
    with running(ailing) as address:  # type: ignore[arg-type]
        visited(page, address)
        ailing.fails = True
        page.goto(f"{address}/?lang=zh")
        answers = page.evaluate(ASK, [milliseconds(MONDAY_AT_FIVE), questions(1)])

    assert "漯河" in page.title()
    assert len(answers[0]) == 5


# -- the server changes ------------------------------------------------------------------------


@pytest.fixture
def changing(scratch: Database, tmp_path: Path) -> Iterator[Flask]:
    """A service whose register the test replaces."""
    load(scratch, "A-1")
    settings = Settings(home=tmp_path, log_level="error")
    with closing(create_app(settings, database=scratch)) as app:
        yield app


def load(database: Database, identifier: str, name: str = "一") -> int:
    with database.transaction() as session:
        return RegisterStore(session).replace(
            a_dataset([a_station(identifier, name=name)]), author="a test", reason="a test"
        )


OPEN_AND_LISTEN = """async () => {
  const { openPocket } = await import('/static/pocket/pocket.js');
  window.pocket = await openPocket({ watch: false });
  window.told = [];
  window.pocket.addEventListener('pocket-updated', (event) => window.told.push(event.detail));
  return window.pocket.stations.map((each) => each.id);
}"""
REFRESH = """async () => {
  const before = window.pocket.checkedAt;
  const newer = await window.pocket.refresh();
  return [newer, window.pocket.stations.map((each) => each.id), window.told.length,
    window.pocket.checkedAt > before];
}"""


@pytest.mark.parametrize("kept", [False, True], ids=["no worker", "worker"])
def test_a_new_revision_takes_the_place_of_the_old(
    changing: Flask, scratch: Database, phone: tuple[Page, Watch], *, kept: bool
) -> None:
    page, _ = phone
    with running(changing) as address:
        page.goto(f"{address}/coverage")
        if kept:
            visited(page, address)
        assert page.evaluate(OPEN_AND_LISTEN) == ["A-1"]
        page.wait_for_timeout(1100)  # the moment of the last look is told in whole seconds
        assert page.evaluate(REFRESH) == [False, ["A-1"], 0, True]

        number = load(scratch, "B-1")
        with changing.app_context():
            runtime.snapshots().wait_for(number)

        assert page.evaluate(REFRESH)[:3] == [True, ["B-1"], 1]
        assert page.evaluate(OPEN_AND_LISTEN) == ["B-1"]
    # And that is what is kept, where anything is.
    if kept:
        page.goto(f"{address}/?lang=en")
        assert page.evaluate(OPEN_AND_LISTEN) == ["B-1"]
        assert page.evaluate(REFRESH)[:3] == [False, ["B-1"], 0]


def test_the_register_that_has_not_changed_is_not_sent_again(
    ailing: Ailing, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone
    with running(ailing) as address:  # type: ignore[arg-type]
        visited(page, address)
        page.evaluate(OPEN_AND_LISTEN)
        ailing.answered.clear()
        page.evaluate(REFRESH)

    assert ailing.answered == [("/pocket/register.json", "304")]


def test_when_there_is_signal_again_an_old_copy_is_renewed_by_itself(
    changing: Flask, scratch: Database, phone: tuple[Page, Watch]
) -> None:
    page, _ = phone
    with running(changing) as address:
        visited(page, address)
        page.evaluate(OPEN_AND_LISTEN)
        number = load(scratch, "B-1")
        with changing.app_context():
            runtime.snapshots().wait_for(number)

        page.evaluate(
            """() => {
              window.pocket.watch();
              window.pocket.checkedAt = new Date(Date.now() - 3600000);
              window.dispatchEvent(new Event('online'));
            }"""
        )
        page.wait_for_function("() => window.told.length > 0")

    assert page.evaluate("window.pocket.stations.map((each) => each.id)") == ["B-1"]


@pytest.mark.parametrize("version", [None, "newer"])
def test_a_page_gets_the_files_of_its_own_version(
    ailing: Ailing, phone: tuple[Page, Watch], version: str | None
) -> None:
    page, _ = phone
    with running(ailing) as address:  # type: ignore[arg-type]
        visited(page, address)
        ailing.version = version
        ailing.answered.clear()
        page.goto(f"{address}/?lang=zh", wait_until="networkidle")

    fetched = {path for path, _ in ailing.answered}
    assert ("/static/tokens.css" in fetched) == (version is not None)


def test_a_new_version_drops_what_the_old_one_kept(app: Flask, phone: tuple[Page, Watch]) -> None:
    page, _ = phone
    names = """async (made) => {
      for (const each of made) await caches.open(each);
      return (await caches.keys()).sort();
    }"""
    with running(app) as address:
        page.goto(f"{address}/coverage")
        page.evaluate(names, ["pocket / shell old", "another's"])
        visited(page, address)
        found = page.evaluate(names, [])

    assert "pocket / shell old" not in found
    assert "another's" in found
    assert len([each for each in found if each.startswith("pocket / shell")]) == 1


# -- elsewhere, and by others ------------------------------------------------------------------


def test_under_a_prefix_all_of_it_lies_under_the_prefix(
    app: Flask, phone: tuple[Page, Watch], client: FlaskClient
) -> None:
    page, watch = phone
    mounted = DispatcherMiddleware(NotFound(), {"/geo": app})
    asked = questions(9)
    with running(mounted) as address:  # type: ignore[arg-type]
        visited(page, f"{address}/geo")
        scope = page.evaluate("navigator.serviceWorker.ready.then((each) => each.scope)")

    page.goto(f"{address}/geo/?lang=en")
    page.evaluate("window.pocketModules = '/geo/static/pocket/'")
    found = page.evaluate(ASK, [milliseconds(MONDAY_AT_FIVE), asked])

    assert scope == f"{address}/geo/"
    assert [told_by_phone(each) for each in found] == [told_by_server(client, q) for q in asked]
    assert [url for url in watch.requests if not url.startswith(f"{address}/geo/")] == []


def test_no_name_of_a_station_runs(
    scratch: Database, tmp_path: Path, phone: tuple[Page, Watch]
) -> None:
    page, watch = phone
    stations = [
        a_station(f"X-{number}", name=text, address=text, telephone=text)
        for number, text in enumerate(hostile.TEXTS)
    ]
    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset(stations), author="a test", reason="a test")
    settings, clock = Settings(home=tmp_path, log_level="error"), StoppedClock(MONDAY_AT_FIVE)
    with ExitStack() as stack:
        app = stack.enter_context(closing(create_app(settings, database=scratch, clock=clock)))
        address = stack.enter_context(running(app))
        visited(page, address)

    for number, text in enumerate(hostile.TEXTS):
        page.goto(f"{address}/s/X-{number}?lang=zh")
        page.locator("#station h2").wait_for()
        assert page.locator("#station h2").evaluate("node => node.textContent") == text
        assert page.evaluate("window.ran") is None
    assert watch.dialogs == []


def test_a_phone_can_put_the_page_on_its_home_screen(app: Flask, phone: tuple[Page, Watch]) -> None:
    page, _ = phone
    with running(app) as address:
        page.goto(f"{address}/coverage")
        page.evaluate(
            """() => {
              const link = document.createElement('link');
              link.rel = 'manifest';
              link.href = '/manifest.webmanifest?lang=zh';
              document.head.append(link);
            }"""
        )
        session = page.context.new_cdp_session(page)
        found = session.send("Page.getAppManifest")
        errors = session.send("Page.getInstallabilityErrors")

    assert found["errors"] == []
    assert '"漯河' in found["data"]
    # The tests' browser keeps nothing, which is its one objection.
    assert {each["errorId"] for each in errors["installabilityErrors"]} <= {"in-incognito"}
