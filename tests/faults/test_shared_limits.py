"""Two workers count who comes too often together, and leave nothing behind."""

import http.client
import struct
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.postgis import PostGIS, throw_away_home
from tests.support.service import PATIENCE_S, Running, launch, urls, wait_for

pytestmark = pytest.mark.slow

QUOTA = 30
ASKED = 90
HEAD_BYTES = 64


@pytest.fixture(scope="module")
def service(shipped_postgis: PostGIS) -> Iterator[Running]:
    """Two workers behind what could be a proxy, with a low limit."""
    with throw_away_home("limits-") as home:
        running = launch(
            home,
            GEO_SERVICE_WORKERS="2",
            GEO_SERVICE_TRUSTED_PROXIES="1",
            GEO_SERVICE_READS_PER_MINUTE=str(QUOTA),
            **urls(shipped_postgis),
        )
        try:
            wait_for(lambda: "Ready." in running.said, running)
            wait_for(lambda: len(list(folder(running).glob("column-*"))) == 2, running)
            yield running
        finally:
            running.process.terminate()
            running.process.wait(PATIENCE_S)
        assert not folder(running).exists()


def folder(running: Running) -> Path:
    return running.home / "run" / f"limits-{running.port}"


def ask(running: Running, sender: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=PATIENCE_S)
    with closing(connection):
        connection.request("GET", "/problems/invalid-query", headers={"X-Forwarded-For": sender})
        return connection.getresponse().status


def counted_by_worker(running: Running) -> Counter[int]:
    """Read the table as it is: who came how often stands in it once for each of two rows."""
    table = (folder(running) / "table").read_bytes()
    columns = int.from_bytes(table[32:40], "little")
    found = Counter[int]()
    for place, (cell,) in enumerate(struct.iter_unpack("<Q", table[HEAD_BYTES:])):
        found[place % columns] += cell & 0xFFFFFFFF
    return found


def test_workers_let_through_together_what_one_sender_may_ask_however_fast_it_comes(
    service: Running,
) -> None:
    while time.monotonic() % 60 > 45:  # so that all of it is within one minute of theirs
        time.sleep(1)
    before = counted_by_worker(service)

    with ThreadPoolExecutor(8) as pool:
        codes = Counter(pool.map(lambda _: ask(service, "203.0.113.7"), range(ASKED)))

    came = counted_by_worker(service) - before
    assert codes == {200: QUOTA, 429: ASKED - QUOTA}
    assert len(+came) == 2, "a single worker got all of it"
    assert came.total() == 2 * ASKED
    assert ask(service, "203.0.113.8") == 200
