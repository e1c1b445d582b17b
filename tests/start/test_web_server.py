"""The web server under strain: slow and greedy callers, an end and a reload at work."""

import http.client
import json
import re
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from threading import Event

import pytest

from tests.support.service import PATIENCE_S, Running, wait_for

pytestmark = pytest.mark.slow

SECONDS_FOR_A_HEADER = 10
LAST = {"Connection": "close"}
QUESTION = json.dumps({"origins": [{"lon": 114.0163, "lat": 33.5814}]}).encode()
POST = (
    b"POST /api/v1/stations/nearest HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(QUESTION)
)


@contextmanager
def connected(running: Running) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", running.port), timeout=PATIENCE_S) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


def status_of(running: Running, sent: bytes) -> int:
    with connected(running) as connection:
        connection.sendall(sent)
        return int(connection.recv(64).split()[1])


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 200_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 200 + b"\r\n", 431),
        (b"\x16\x03\x01 this is not HTTP\r\n\r\n", 400),
        (POST.replace(b"Length: %d" % len(QUESTION), b"Length: 9999999"), 413),
    ],
    ids=["long address", "long header", "many headers", "not HTTP", "long body"],
)
def test_what_is_too_large_or_no_request_is_refused(
    two_workers: Running, sent: bytes, status: int
) -> None:
    workers = two_workers.workers()

    assert status_of(two_workers, sent) == status
    assert two_workers.answers()
    assert two_workers.workers() == workers


def test_slow_headers_and_idle_connections_are_closed_and_bodies_leave_room_for_others(
    two_workers: Running,
) -> None:
    with ExitStack() as stack:
        slow_headers, idle = (stack.enter_context(connected(two_workers)) for _ in range(2))
        slow_headers.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ")
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        began = time.monotonic()
        for _ in range(40):  # more than there are threads
            stack.enter_context(connected(two_workers)).sendall(POST + QUESTION[:5])

        assert all(two_workers.answers() for _ in range(10))

        assert everything(slow_headers) == b""
        assert everything(idle).endswith(b"ok\n")
        assert SECONDS_FOR_A_HEADER - 1 < time.monotonic() - began < SECONDS_FOR_A_HEADER + 5


def test_hundreds_of_idle_connections_shut_nobody_out(two_workers: Running) -> None:
    with ExitStack() as stack:
        for _ in range(1500):  # more than granian's own limit
            idle = stack.enter_context(connected(two_workers))
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")

        assert all(two_workers.answers() for _ in range(10))


def test_a_request_under_way_is_answered_before_the_end(to_be_ended: Running) -> None:
    with connected(to_be_ended) as connection:
        connection.sendall(POST + QUESTION[:5])
        time.sleep(1)
        to_be_ended.process.send_signal(signal.SIGTERM)
        time.sleep(1)
        connection.sendall(QUESTION[5:])
        answer = everything(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["origins"]
    assert to_be_ended.process.wait(PATIENCE_S) == 0


def test_a_reload_replaces_every_worker_and_answers_every_request(two_workers: Running) -> None:
    before, ended = two_workers.workers(), Event()
    with ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask_until, ended, two_workers) for _ in range(4)]
        try:
            time.sleep(1)
            two_workers.process.send_signal(signal.SIGHUP)
            wait_for(lambda: not before & two_workers.workers(), two_workers)
            time.sleep(1)
        finally:
            ended.set()
    answers = sum((each.result() for each in asking), Counter[str]())

    assert set(answers) <= {"200", "asked again"}
    assert answers["200"] > 100
    assert answers["asked again"] < answers["200"] / 100
    assert len(two_workers.workers()) == 2
    assert "Replacing the workers" in two_workers.said


def ask_until(ended: Event, running: Running) -> Counter[str]:
    """Ask, and ask again where a connection was closed unanswered, as browsers do.

    A server that goes may close a connection on which a request just arrives (RFC 9110, 9.2.2).
    """
    seen = Counter[str]()
    while not ended.is_set():
        try:
            status = ask(running)
        except (ConnectionResetError, http.client.RemoteDisconnected):
            seen["asked again"] += 1
            status = ask(running)
        seen[str(status)] += 1
    return seen


def ask(running: Running) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("GET", "/problems/invalid-query", headers=LAST)
        return connection.getresponse().status


def test_counts_are_summed_over_all_workers(two_workers: Running) -> None:
    def count() -> float:
        with closing(http.client.HTTPConnection("127.0.0.1", two_workers.port)) as connection:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        pattern = r'^geo_service_requests_total\{[^}]*route="/healthz"[^}]*\} (\S+)$'
        return sum(map(float, re.findall(pattern, text, re.MULTILINE)))

    before = count()
    for _ in range(30):  # each on a connection of its own: the kernel deals them out
        assert two_workers.answers()

    assert {count() - before for _ in range(10)} == {30}
