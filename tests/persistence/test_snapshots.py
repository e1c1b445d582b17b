"""Snapshots: the register stays at hand whatever becomes of the database."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.register import Overrides
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.snapshots import Snapshots
from tests.support.postgis import throw_away_home
from tests.support.register import a_dataset, a_station

ENDED = 2  # the longest a trial after a loss is put off, in seconds
A_FEW_SECONDS = 8.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster that the tests of this module stop and freeze."""
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A register of one station, asked with little patience."""
    cluster.start()
    connected = Database.connect(cluster.service_url, connect_timeout_s=1, statement_timeout_ms=500)
    replace(connected, "A-1")
    yield connected
    connected.engine.dispose()


def replace(database: Database, identifier: str) -> int:
    with database.transaction() as session:
        return RegisterStore(session).replace(
            a_dataset([a_station(identifier)]), author="a test", reason="a test"
        )


@contextmanager
def frozen(cluster: Cluster) -> Iterator[None]:
    """Stop every process of the server where it stands."""
    lines = (cluster.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    postmaster = int(lines[0])
    family = [postmaster, *children(postmaster)]
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(family):
            os.kill(pid, signal.SIGCONT)


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


@contextmanager
def stopped(cluster: Cluster, database: Database) -> Iterator[None]:
    """Shut the server down, and start it again afterwards."""
    cluster.stop()
    try:
        yield
    finally:
        database.engine.dispose()
        cluster.start()


def test_the_same_register_is_handed_out_while_its_revision_stands(database: Database) -> None:
    snapshots = Snapshots(database, Overrides())

    assert snapshots.current() is snapshots.current()


def test_a_new_revision_brings_a_new_register(database: Database) -> None:
    snapshots = Snapshots(database, Overrides())
    old = snapshots.current()

    number = replace(database, "B-1")

    assert snapshots.current().revision.number == number
    assert [station.id for station in snapshots.current().stations] == ["B-1"]
    assert [station.id for station in old.stations] == ["A-1"]


def test_threads_that_come_at_once_share_one_register(database: Database) -> None:
    snapshots = Snapshots(database, Overrides())
    at_once = threading.Barrier(8)

    def ask(_: int) -> int:
        at_once.wait()
        return id(snapshots.current())

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_lost_database_leaves_the_last_register(cluster: Cluster, database: Database) -> None:
    snapshots = Snapshots(database, Overrides())
    held = snapshots.current()

    with stopped(cluster, database):
        assert snapshots.current() is held
        assert not snapshots.database_answers()


def test_the_register_moves_on_soon_after_the_database_is_back(
    cluster: Cluster, database: Database
) -> None:
    snapshots = Snapshots(database, Overrides())
    snapshots.current()
    with stopped(cluster, database):
        snapshots.current()

    number = replace(database, "B-1")
    time.sleep(ENDED)

    assert snapshots.current().revision.number == number


def test_without_any_register_a_lost_database_is_said_to_be_lost(
    cluster: Cluster, database: Database
) -> None:
    snapshots = Snapshots(database, Overrides())

    with stopped(cluster, database), pytest.raises(RegisterUnavailableError, match="no copy"):
        snapshots.current()


def test_a_register_can_be_had_at_once_when_a_database_first_answers(
    cluster: Cluster, database: Database
) -> None:
    snapshots = Snapshots(database, Overrides())
    with stopped(cluster, database), pytest.raises(RegisterUnavailableError):
        snapshots.current()

    assert [station.id for station in snapshots.current().stations] == ["A-1"]


def test_a_frozen_database_is_not_waited_for_long(cluster: Cluster, database: Database) -> None:
    snapshots = Snapshots(database, Overrides())
    held = snapshots.current()

    with frozen(cluster):
        began = time.monotonic()
        assert snapshots.current() is held
        first = time.monotonic() - began
        assert snapshots.current() is held
        second = time.monotonic() - began - first

    assert first < A_FEW_SECONDS
    assert second < 0.5


def test_many_who_ask_a_frozen_database_first_wait_together(
    cluster: Cluster, database: Database
) -> None:
    with database.transaction() as session:
        RegisterStore(session).revision_number()
    snapshots = Snapshots(database, Overrides())

    def ask(_: int) -> str:
        with pytest.raises(RegisterUnavailableError) as refusal:
            snapshots.current()
        return str(refusal.value)

    with frozen(cluster), ThreadPoolExecutor(6) as pool:
        began = time.monotonic()
        said = set(pool.map(ask, range(6)))
        took = time.monotonic() - began

    assert said == {"the database does not answer, and no copy of the register is held yet"}
    assert took < A_FEW_SECONDS


def test_after_a_frozen_database_thaws_its_connections_serve_again(
    cluster: Cluster, database: Database
) -> None:
    snapshots = Snapshots(database, Overrides())
    snapshots.current()
    with frozen(cluster):
        snapshots.current()

    number = replace(database, "C-1")
    time.sleep(ENDED)

    assert snapshots.current().revision.number == number
