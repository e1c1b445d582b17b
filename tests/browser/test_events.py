"""A browser's own EventSource, at a service with two workers."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from geo_service.persistence.database import Database
from geo_service.web.api.events import LONGEST_S, RETRY_MS
from tests.faults.deployment import commit
from tests.support.postgis import PostGIS, throw_away_home
from tests.support.service import PATIENCE_S, Running, launch, urls, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LISTEN = """() => {
    window.told = [];
    window.opened = 0;
    const source = new EventSource("/api/v1/events");
    source.onopen = () => { window.opened += 1; };
    source.addEventListener("revision", (event) => {
        window.told.push([event.lastEventId, JSON.parse(event.data)]);
    });
}"""
COME_AGAIN_MS = 2 * RETRY_MS + 2000


@pytest.fixture(scope="module")
def service(scratch: Database, scratch_postgis: PostGIS) -> Iterator[Running]:
    """The service with two workers, over a register that the tests change."""
    commit(scratch)
    with throw_away_home("events-") as home:
        running = launch(home, GEO_SERVICE_WORKERS="2", **urls(scratch_postgis))
        try:
            wait_for(lambda: "Ready." in running.said, running)
            wait_for(lambda: len(running.workers()) == 2, running)
            yield running
        finally:
            running.process.terminate()
            running.process.wait(PATIENCE_S)


def listening(browser: Browser, service: Running) -> Page:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{service.port}/about")
    page.evaluate(LISTEN)
    heard(page, 0, COME_AGAIN_MS)
    return page


def heard(page: Page, number: int, within_ms: int) -> None:
    """Wait until a page was told of a revision, or a later one."""
    end = time.monotonic() + within_ms / 1000
    while not any(int(each) >= number for each, _ in told(page)):
        assert time.monotonic() < end, told(page)
        page.wait_for_timeout(100)


def told(page: Page) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = page.evaluate("window.told")
    return found


def test_a_browser_hears_of_each_commit_once_and_comes_again_when_the_stream_ended(
    browser: Browser, service: Running, scratch: Database
) -> None:
    page = listening(browser, service)
    numbers = []

    for pause_ms in (500, (LONGEST_S + 3) * 1000):
        page.wait_for_timeout(pause_ms)
        numbers.append(commit(scratch))
        heard(page, numbers[-1], COME_AGAIN_MS)
    page.wait_for_timeout(2000)

    assert [int(number) for number, _ in told(page)][1:] == numbers
    assert page.evaluate("window.opened") >= 2
    assert told(page)[-1][1]["changes"].endswith(f"/api/v1/changes?since={numbers[0]}")
    page.close()


def test_more_browsers_than_are_held_open_all_hear_of_a_commit_within_seconds(
    browser: Browser, service: Running, scratch: Database
) -> None:
    pages = [listening(browser, service) for _ in range(5)]

    number = commit(scratch)

    for page in pages:
        heard(page, number, COME_AGAIN_MS)
        page.close()
    assert service.answers()
