"""The running service: it says where it is, ends in order, and comes back from mishaps."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from geo_service.persistence.cluster import Cluster
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

PROGRAM = [sys.executable, "-c", "from geo_service.cli import main; main()", "serve"]
PATIENCE_S = 60.0


class Running(NamedTuple):
    """A service that was started by its command."""

    process: subprocess.Popen[str]
    home: Path
    port: int
    log: Path

    @property
    def said(self) -> str:
        """All that it has printed so far."""
        return self.log.read_text(encoding="utf-8")

    @property
    def cluster(self) -> Cluster:
        """Its private database."""
        return Cluster(self.home)

    def answers(self) -> bool:
        """Say whether it answers now."""
        with suppress(OSError):
            address = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        return False

    def descendants(self) -> set[int]:
        """Return the processes it started, and those they started."""
        found = {self.process.pid}
        while more := {pid for pid in numbers() - found if parent(pid) in found}:
            found |= more
        return found - {self.process.pid}


@pytest.fixture
def home() -> Iterator[Path]:
    """A home that no test before has used."""
    with throw_away_home("serve-") as home:
        yield home


@pytest.fixture
def running(home: Path) -> Iterator[Running]:
    """The service, ready, with a private database of its own."""
    started = launch(home)
    try:
        wait_for(lambda: "Ready." in started.said, started)
        yield started
    finally:
        stop(started)


@pytest.fixture
def used_elsewhere() -> Iterator[Cluster]:
    """A PostGIS that is not the service's own."""
    with throw_away_home() as home, Cluster(home) as cluster:
        yield cluster


def launch(home: Path, **more: str) -> Running:
    port, log = free_port(), home.parent / "said"
    settings = {"GEO_SERVICE_HOME": str(home), "GEO_SERVICE_WORKERS": "1"}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    with log.open("w") as written:
        process = subprocess.Popen(
            [*PROGRAM, f"--port={port}"],
            stdout=written,
            stderr=written,
            text=True,
            env={**kept, **settings, **more},
        )
    return Running(process, home, port, log)


def stop(running: Running) -> None:
    running.process.terminate()
    running.process.wait(PATIENCE_S)
    with running.cluster:  # the last to leave stops a server that was left behind
        pass


def wait_for(condition: Callable[[], bool], running: Running) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, running.said
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def numbers() -> set[int]:
    return {int(each.name) for each in Path("/proc").glob("[0-9]*")}


def parent(pid: int) -> int:
    try:
        status = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def test_the_addresses_it_prints_answer(running: Running) -> None:
    printed = re.findall(r"http://\S+", running.said)
    assert f"http://127.0.0.1:{running.port}/" in printed
    assert running.answers()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order(running: Running, number: signal.Signals) -> None:
    children = running.descendants()
    running.process.send_signal(number)
    assert running.process.wait(PATIENCE_S) == 0
    assert running.said.endswith("Stopping the database …\nStopped.\n")
    assert not running.cluster.is_alive()
    assert not children & numbers()
    assert "Traceback" not in running.said


def test_a_taken_port_is_refused_before_anything_is_started(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = subprocess.run(
            [*PROGRAM, f"--port={port}"],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "GEO_SERVICE_HOME": str(home)},
        )
    assert ran.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in ran.stderr
    assert not home.exists()


def test_what_answers_requests_does_not_know_the_owners_database(
    home: Path, used_elsewhere: Cluster
) -> None:
    started = launch(
        home,
        GEO_SERVICE_DATABASE_URL=used_elsewhere.service_url,
        GEO_SERVICE_OWNER_DATABASE_URL=used_elsewhere.owner_url,
    )
    try:
        wait_for(lambda: "Ready." in started.said, started)
        environments = {
            Path("/proc", str(pid), "environ").read_bytes() for pid in started.descendants()
        }
        assert environments
        assert not [each for each in environments if b"geo_owner" in each]
        assert not (home / "cluster").exists()
    finally:
        started.process.terminate()
        started.process.wait(PATIENCE_S)


def test_a_database_that_is_killed_comes_back(running: Running) -> None:
    before = int((running.cluster.folder / "postmaster.pid").read_text().splitlines()[0])
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: "starting it again" in running.said, running)
    wait_for(running.cluster.is_alive, running)
    assert running.answers()


def test_a_worker_that_is_killed_is_replaced(running: Running) -> None:
    granian = {pid for pid in running.descendants() if parent(pid) == running.process.pid}
    workers = {pid for pid in running.descendants() if parent(pid) in granian}
    os.kill(max(workers), signal.SIGKILL)
    wait_for(running.answers, running)
    assert running.process.poll() is None


def test_when_it_is_killed_its_port_is_free_again_and_the_next_joins(running: Running) -> None:
    children = running.descendants()
    running.process.kill()
    running.process.wait()
    wait_for(lambda: not children & numbers(), running)
    following = launch(running.home)
    try:
        wait_for(lambda: "Ready." in following.said, following)
    finally:
        stop(following)
    assert not following.cluster.is_alive()
