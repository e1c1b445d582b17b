"""Server-sent events: a revision is told as it is committed, and nobody is kept waiting for it."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app, runtime
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from geo_service.web.api.events import LONGEST_S, RETRY_HELD_MS, RETRY_MS
from tests.faults.deployment import commit
from tests.support import app as apps
from tests.support.server import running

EVENTS = "/api/v1/events"


class Event(NamedTuple):
    """One event, as it came."""

    id: int
    name: str
    body: Any


def events_of(text: str) -> list[Event]:
    """Read a stream as the HTML standard has it: blocks of fields, with blank lines between."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if line[:1] != ":")
        if "data" in fields:
            found.append(Event(int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


@pytest.fixture(scope="module")
def own(scratch: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The service over a register that the tests change."""
    commit(scratch)
    settings = Settings(home=Path(tmp_path_factory.mktemp("events")), log_level="error")
    with apps.closing(create_app(settings, database=scratch)) as app:
        yield app


@pytest.fixture
def visitor(own: Flask) -> FlaskClient:
    return own.test_client()


@pytest.fixture
def present(own: Flask, scratch: Database) -> int:
    """The number of a revision just made, which the service has."""
    number = commit(scratch)
    with own.app_context():
        runtime.snapshots().wait_for(number)
    return number


# -- what is told at once ------------------------------------------------------------------


def test_who_knows_nothing_is_told_of_the_present_revision(
    visitor: FlaskClient, present: int
) -> None:
    answer = visitor.get(f"{EVENTS}?wait=0")

    (event,) = events_of(answer.text)
    assert (event.id, event.name, event.body["revision"]) == (present, "revision", present)
    assert answer.content_type == "text/event-stream"


def test_an_event_says_where_to_read_what_changed(visitor: FlaskClient, present: int) -> None:
    (event,) = events_of(visitor.get(f"{EVENTS}?wait=0&since={present - 1}").text)

    changes = visitor.get(event.body["changes"]).get_json()
    assert (changes["since"], changes["revision"]) == (present - 1, present)
    assert changes["revisions"][0]["committed_at"] == event.body["committed_at"]


@pytest.mark.parametrize("how", ["header", "parameter"])
def test_who_has_the_present_revision_is_told_nothing(
    visitor: FlaskClient, present: int, how: str
) -> None:
    if how == "header":
        answer = visitor.get(f"{EVENTS}?wait=0", headers={"Last-Event-ID": str(present)})
    else:
        answer = visitor.get(f"{EVENTS}?wait=0&since={present}")

    assert events_of(answer.text) == []


def test_the_header_of_a_browser_wins_over_the_address_it_once_began_with(
    visitor: FlaskClient, present: int
) -> None:
    answer = visitor.get(f"{EVENTS}?wait=0&since=1", headers={"Last-Event-ID": str(present)})

    assert events_of(answer.text) == []


def test_a_number_that_is_to_come_is_told_what_is_present_and_where_to_learn_what_happened(
    visitor: FlaskClient, present: int
) -> None:
    (event,) = events_of(visitor.get(f"{EVENTS}?wait=0&since={present + 7}").text)

    assert event.id == present
    problem = visitor.get(event.body["changes"])
    assert problem.get_json(force=True)["type"] == "/problems/revision-not-found"


@pytest.mark.parametrize(
    "sent", ["", "x", "-1", "1.5", "１", "9" * 19, "1\r\n", "'; DROP TABLE revision", "\xff"]
)
def test_a_last_event_that_was_never_ours_counts_as_none(
    visitor: FlaskClient, present: int, sent: str
) -> None:
    environ = {"HTTP_LAST_EVENT_ID": sent.encode().decode("latin-1")}

    (event,) = events_of(visitor.get(f"{EVENTS}?wait=0", environ_overrides=environ).text)

    assert event.id == present


@pytest.mark.parametrize(
    "query", ["since=x", "since=-1", "wait=11", "wait=1.5", "wait=", "wait=1&wait=2", "what=1"]
)
def test_what_cannot_be_read_is_refused(visitor: FlaskClient, query: str) -> None:
    assert visitor.get(f"{EVENTS}?{query}").status_code == 400


def test_nothing_on_the_way_keeps_or_gathers_it(visitor: FlaskClient) -> None:
    answer = visitor.get(f"{EVENTS}?wait=0", headers={"Accept-Encoding": "gzip, br, zstd"})

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert "Content-Encoding" not in answer.headers


# -- what is held open ---------------------------------------------------------------------


class Stream:
    """A stream as it arrives, read piece by piece."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.text = ""

    def until(self, wanted: str, seconds: float) -> bool:
        """Read until something is there, or time is over, or the stream ends."""
        end = time.monotonic() + seconds
        while wanted not in self.text and time.monotonic() < end:
            if not (piece := self._response.read1(4096)):
                break
            self.text += piece.decode()
        return wanted in self.text


@contextmanager
def listening(address: str, query: str) -> Iterator[Stream]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=LONGEST_S + 5)
    with closing(connection):
        connection.request("GET", f"{EVENTS}?{query}", headers={"Accept-Encoding": "gzip"})
        with connection.getresponse() as response:
            yield Stream(response)


@pytest.fixture
def address(own: Flask) -> Iterator[str]:
    with running(own) as address:
        yield address


def test_who_is_held_open_is_told_of_a_commit_within_a_second(
    address: str, present: int, scratch: Database
) -> None:
    with listening(address, f"since={present}") as stream:
        assert stream.until(f"retry: {RETRY_HELD_MS}", 2)
        number = commit(scratch)
        assert stream.until(f"id: {number}", 1.5)

    (event,) = events_of(stream.text)
    assert event.body["changes"].endswith(f"/api/v1/changes?since={present}")


def test_of_several_commits_each_event_leads_on_from_the_one_before(
    address: str, present: int, scratch: Database
) -> None:
    with listening(address, f"since={present}") as stream:
        stream.until("retry", 2)
        for _ in range(3):
            number = commit(scratch)
            stream.until(f"id: {number}", 3)

    told = [present, *(event.id for event in events_of(stream.text))]
    assert [int(each.body["changes"].partition("=")[2]) for each in events_of(stream.text)] == told[
        :-1
    ]


def test_a_second_one_is_not_held_but_told_when_to_come_again(address: str, present: int) -> None:
    with listening(address, f"since={present}") as held, listening(address, "") as other:
        assert held.until(f"retry: {RETRY_HELD_MS}", 2)
        began = time.monotonic()
        assert not other.until("never", 5)

    assert time.monotonic() - began < 2
    assert f"retry: {RETRY_MS}" in other.text
    assert [each.id for each in events_of(other.text)] == [present]


def test_a_stream_ends_by_itself_with_signs_of_life_until_then(address: str, present: int) -> None:
    began = time.monotonic()
    with listening(address, f"since={present}&wait=4") as stream:
        stream.until("never", LONGEST_S)

    assert 3.5 < time.monotonic() - began < 6
    assert ": still here" in stream.text


@pytest.mark.parametrize("way", ["to the end", "left in the midst", "head"])
def test_a_place_is_free_again_however_a_stream_ended(address: str, present: int, way: str) -> None:
    if way == "head":
        connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=5)
        with closing(connection):
            connection.request("HEAD", EVENTS)
            assert connection.getresponse().read() == b""
    else:
        with listening(address, f"since={present}&wait=1") as stream:
            stream.until("never" if way == "to the end" else "retry", 3)

    end = time.monotonic() + LONGEST_S  # who left is found out by the signs of life
    text = ""
    while f"retry: {RETRY_HELD_MS}" not in text and time.monotonic() < end:
        with listening(address, f"since={present}&wait=1") as next_one:
            next_one.until("retry", 2)
        text = next_one.text
        time.sleep(0.2)
    assert f"retry: {RETRY_HELD_MS}" in text
