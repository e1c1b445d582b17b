"""Snapshots: the register stays at hand whatever becomes of the database."""

import gc
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import text

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.register import Overrides
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.snapshots import Snapshots
from tests.support.faults import frozen, kill, stopped
from tests.support.postgis import history_altered, throw_away_home
from tests.support.register import a_dataset, a_station

A_SECOND = 1.0
A_FEW_SECONDS = 8.0
AT_ONCE = 0.25


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster that the tests of this module stop and freeze."""
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture
def database(cluster: Cluster) -> Iterator[Database]:
    """A register of one station."""
    cluster.start()
    connected = Database.connect(cluster.service_url, statement_timeout_ms=3000)
    replace(connected, "A-1")
    yield connected
    connected.engine.dispose()


@pytest.fixture
def snapshots(database: Database) -> Iterator[Snapshots]:
    """The snapshots of it."""
    made = Snapshots(database, Overrides())
    yield made
    made.close()


@contextmanager
def watching(database: Database) -> Iterator[Snapshots]:
    made = Snapshots(database, Overrides())
    try:
        yield made
    finally:
        made.close()


def replace(database: Database, identifier: str) -> int:
    with database.transaction() as session:
        return RegisterStore(session).replace(
            a_dataset([a_station(identifier)]), author="a test", reason="a test"
        )


def until(condition: Callable[[], bool], seconds: float = A_FEW_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def stations_in(snapshots: Snapshots) -> list[str]:
    return [station.id for station in snapshots.current().register.stations]


# -- the present revision ------------------------------------------------------------------


def test_the_same_register_is_handed_out_while_its_revision_stands(snapshots: Snapshots) -> None:
    first = snapshots.current()
    until(lambda: snapshots.current().checked_at > first.checked_at)

    assert snapshots.current().register is first.register


def test_a_new_revision_brings_a_new_register_within_a_second(
    snapshots: Snapshots, database: Database
) -> None:
    old = snapshots.current().register

    number = replace(database, "B-1")

    assert snapshots.wait_for(number, A_SECOND).register.revision.number == number
    assert stations_in(snapshots) == ["B-1"]
    assert [station.id for station in old.stations] == ["A-1"]


def test_a_revision_that_is_told_of_is_not_waited_for_until_the_next_poll(
    snapshots: Snapshots, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("geo_service.persistence.snapshots._POLL_S", 3600.0)
    snapshots.current()
    time.sleep(AT_ONCE)  # let it come to rest

    snapshots.wait_for(replace(database, "B-1"))

    assert stations_in(snapshots) == ["B-1"]


def test_a_restored_database_is_noticed_though_its_revision_has_the_same_number(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    before = snapshots.current().register.revision
    owner = Database.connect(cluster.owner_url)

    with owner.transaction() as session, history_altered(session):
        session.execute(
            text("UPDATE revision SET committed_at = now() WHERE number = :n"), {"n": before.number}
        )
        session.execute(text("UPDATE station SET name = 'restored'"))

    until(lambda: snapshots.current().register.stations[0].name == "restored")
    assert snapshots.current().register.revision.number == before.number


def test_an_emptied_database_leaves_the_last_register(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    snapshots.current()
    owner = Database.connect(cluster.owner_url)

    with owner.transaction() as session, history_altered(session):
        session.execute(text("TRUNCATE revision CASCADE"))

    until(lambda: not snapshots.database_answers())
    assert stations_in(snapshots) == ["A-1"]


def test_threads_that_come_at_once_share_one_register(snapshots: Snapshots) -> None:
    at_once = threading.Barrier(8)

    def ask(_: int) -> int:
        at_once.wait()
        return id(snapshots.current().register)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_a_register_goes_as_soon_as_nobody_uses_it(
    snapshots: Snapshots, database: Database
) -> None:
    old = weakref.ref(snapshots.current().register)
    gc.disable()  # it is not to wait for the collector
    try:
        snapshots.wait_for(replace(database, "B-1"))
        until(lambda: old() is None)
    finally:
        gc.enable()


def test_snapshots_that_nobody_holds_end_their_watching(database: Database) -> None:
    made = Snapshots(database, Overrides())
    made.current()
    before = threading.active_count()

    del made
    gc.collect()

    until(lambda: threading.active_count() < before)


# -- a database that is lost ---------------------------------------------------------------


def test_a_lost_database_leaves_the_last_register_and_its_age_is_known(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    held = snapshots.current().register

    with stopped(cluster):
        until(lambda: snapshots.current().is_stale)
        assert snapshots.current().register is held
        assert not snapshots.database_answers()


def test_a_register_that_was_just_checked_is_not_stale(snapshots: Snapshots) -> None:
    assert not snapshots.current().is_stale
    assert snapshots.database_answers()


def test_the_register_moves_on_soon_after_the_database_is_back(
    snapshots: Snapshots, cluster: Cluster, database: Database
) -> None:
    snapshots.current()
    with stopped(cluster):
        until(lambda: not snapshots.database_answers())

    snapshots.wait_for(replace(database, "B-1"))

    assert stations_in(snapshots) == ["B-1"]
    until(snapshots.database_answers)
    assert not snapshots.current().is_stale


def test_without_any_register_a_lost_database_is_said_to_be_lost(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    with stopped(cluster), pytest.raises(RegisterUnavailableError, match="no copy"):
        snapshots.current()


def test_a_register_can_be_had_soon_after_a_database_first_answers(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    with stopped(cluster), pytest.raises(RegisterUnavailableError):
        snapshots.current()

    snapshots.wait_for(1)
    assert stations_in(snapshots) == ["A-1"]


def test_a_frozen_database_is_not_waited_for_at_all(snapshots: Snapshots, cluster: Cluster) -> None:
    held = snapshots.current().register

    with frozen(cluster.folder):
        until(lambda: not snapshots.database_answers(), seconds=5)
        longest = 0.0
        for _ in range(200):
            began = time.monotonic()
            assert snapshots.current().register is held
            snapshots.database_answers()
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.01)

    assert longest < AT_ONCE


@pytest.mark.parametrize("fault", ["frozen", "killed"])
def test_a_database_lost_in_the_midst_of_a_load_is_given_up_on(
    cluster: Cluster, database: Database, fault: str
) -> None:
    many = a_dataset(a_station(f"A-{number:05}", name="站" * 100) for number in range(6000))
    with database.transaction() as session:
        RegisterStore(session).replace(many, author="a test", reason="a test")
    lost = ExitStack()
    moments: list[float] = []

    def lose_it() -> None:
        if not moments:
            if fault == "frozen":
                lost.enter_context(frozen(cluster.folder))
            else:
                kill(cluster.folder)
            moments.append(time.monotonic())

    def load() -> None:
        with database.transaction() as session:
            RegisterStore(session, lose_it).load()

    with lost, pytest.raises(RegisterUnavailableError, match="the database does not answer"):
        load()

    assert time.monotonic() - moments[0] < A_FEW_SECONDS


def test_many_who_ask_a_frozen_database_first_wait_together(
    snapshots: Snapshots, cluster: Cluster
) -> None:
    def ask(_: int) -> str:
        with pytest.raises(RegisterUnavailableError) as refusal:
            snapshots.current()
        return str(refusal.value)

    with frozen(cluster.folder), ThreadPoolExecutor(6) as pool:
        began = time.monotonic()
        said = set(pool.map(ask, range(6)))
        took = time.monotonic() - began

    assert said == {"the database does not answer; no copy of the register is held yet"}
    assert took < A_FEW_SECONDS


def test_after_a_frozen_database_thaws_the_register_moves_on(
    snapshots: Snapshots, cluster: Cluster, database: Database
) -> None:
    snapshots.current()
    with frozen(cluster.folder):
        until(lambda: not snapshots.database_answers())

    snapshots.wait_for(replace(database, "C-1"))

    assert stations_in(snapshots) == ["C-1"]


def test_closing_ends_the_watching_and_leaves_what_is_held(database: Database) -> None:
    threads = threading.active_count()
    with watching(database) as snapshots:
        snapshots.current()

    assert threading.active_count() <= threads
    assert stations_in(snapshots) == ["A-1"]


def test_one_can_wait_in_vain_for_a_revision_that_does_not_come(snapshots: Snapshots) -> None:
    number = snapshots.current().register.revision.number

    with pytest.raises(TimeoutError):
        snapshots.wait_for(number + 1, 0.1)
