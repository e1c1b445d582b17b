"""The running service: it says where it is, ends in order, and comes back from mishaps."""

import fcntl
import os
import re
import signal
import socket
import subprocess
import termios
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from geo_service.persistence.cluster import Cluster
from tests.support.postgis import PostGIS, throw_away_home
from tests.support.service import (
    PATIENCE_S,
    PROGRAM,
    Running,
    launch,
    numbers,
    stop,
    urls,
    wait_for,
)

pytestmark = pytest.mark.slow


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


def test_the_addresses_it_prints_answer(running: Running) -> None:
    printed = re.findall(r"http://\S+", running.said)
    assert f"http://127.0.0.1:{running.port}/" in printed
    assert running.answers()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_in_order(running: Running, number: signal.Signals) -> None:
    children = running.descendants()
    running.process.send_signal(number)
    assert running.process.wait(PATIENCE_S) == 0
    assert running.said.endswith("Stopping the database …\nStopped.\n")
    assert not running.cluster.is_alive()
    assert not children & numbers()
    assert "Traceback" not in running.said


def test_a_terminal_that_is_closed_ends_it_in_order(
    home: Path, shipped_postgis: PostGIS, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "Popen", partial(subprocess.Popen, start_new_session=True))
    controller, terminal = os.openpty()
    hung = partial(fcntl.ioctl, terminal, termios.TIOCSCTTY, 0)
    monkeypatch.setattr(subprocess, "Popen", partial(subprocess.Popen, preexec_fn=hung))
    started = launch(home, **urls(shipped_postgis))
    wait_for(lambda: "Ready." in started.said, started)
    os.close(controller)
    assert started.process.wait(PATIENCE_S) == 0
    os.close(terminal)


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
    started = launch(home, **urls(used_elsewhere))
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
    os.kill(max(running.workers()), signal.SIGKILL)
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
