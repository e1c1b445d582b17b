"""The primary dies under load and its replica is promoted: nothing acknowledged is lost."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from geo_service.domain.errors import RegisterNotWritableError
from geo_service.domain.register import Overrides
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.persistence.roles import OWNER, SERVICE
from geo_service.persistence.snapshots import Snapshots
from tests.faults.deployment import People, commit, serving
from tests.faults.pair import DATABASE, Server, primary_and_replica
from tests.support.faults import frozen, kill
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

BACK_WITHIN_S = 10.0
A_MOMENT = 2.0


@pytest.fixture
def pair() -> Iterator[tuple[Server, Server]]:
    """A primary with a first revision, and its replica."""
    with primary_and_replica() as servers:
        migrate.upgrade(servers[0].url(OWNER))
        commit(Database.connect(servers[0].url(SERVICE)))
        yield servers


def whichever_writes(role: str, *servers: Server) -> str:
    """Return libpq's address of several servers, of which the one that takes writes is meant."""
    hosts = ",".join(str(each.sockets) for each in servers)
    ports = ",".join("5432" for _ in servers)
    return (
        f"postgresql://{role}@/{DATABASE}?host={hosts}&port={ports}&target_session_attrs=read-write"
    )


@dataclass
class Writer:
    """Somebody who makes one revision after another, and keeps account."""

    database: Database
    acknowledged: list[tuple[float, int]] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    in_doubt: int = 0

    def write(self, over: threading.Event) -> None:
        """Write until it is over."""
        while not over.is_set():
            began = time.monotonic()
            try:
                number = commit(self.database)
            except RegisterNotWritableError as error:
                self.refused.append(time.monotonic() - began)
                self.in_doubt += "is not known" in str(error)
            else:
                self.acknowledged.append((time.monotonic(), number))
            time.sleep(0.05)


def reasons_in(database: Database) -> set[str]:
    with database.transaction() as session:
        return set(session.scalars(text("SELECT reason FROM revision")))


def test_a_promotion_under_load_loses_no_acknowledged_write_and_no_read(
    pair: tuple[Server, Server],
) -> None:
    primary, replica = pair
    url = whichever_writes(SERVICE, primary, replica)
    writer, over = Writer(Database.connect(url, statement_timeout_ms=3000)), threading.Event()
    writing = threading.Thread(target=writer.write, args=(over,))
    with (
        throw_away_home("serving-") as home,
        serving(
            home,
            GEO_SERVICE_DATABASE_URL=url,
            GEO_SERVICE_OWNER_DATABASE_URL=whichever_writes(OWNER, primary, replica),
            GEO_SERVICE_REPLICA_URLS=replica.url(SERVICE),
        ) as service,
        People(service) as people,
    ):
        writing.start()
        time.sleep(2)
        kill(primary.data)
        died = time.monotonic()
        time.sleep(3)
        replica.promote()
        promoted = time.monotonic()
        time.sleep(6)
        over.set()
        writing.join()
        last = max(number for _, number in writer.acknowledged)
        service.wait_until(
            lambda: service.all_workers_say(lambda answer: answer.revision >= last), BACK_WITHIN_S
        )
        service.wait_until(lambda: service.readiness()["status"] == "ready", BACK_WITHIN_S)

    kept = reasons_in(Database.connect(replica.url(SERVICE)))
    lost = [number for _, number in writer.acknowledged if f"revision {number}" not in kept]
    again = min(at for at, _ in writer.acknowledged if at > promoted)
    print(  # noqa: T201
        f"failover: {len(people.answers)} requests, {len(people.errors)} errors, "
        f"{len(writer.acknowledged)} acknowledged writes, {len(lost)} lost, "
        f"{len(writer.refused)} refused (longest {max(writer.refused):.1f} s), "
        f"{writer.in_doubt} in doubt; writes back {again - promoted:.1f} s after the promotion, "
        f"{again - died:.1f} s after the death"
    )
    assert lost == []
    assert (people.errors, people.mixtures) == ([], [])
    assert max(writer.refused) <= 3.5
    assert again - promoted < BACK_WITHIN_S
    before = [number for at, number in writer.acknowledged if at < died]
    assert before
    assert len(writer.acknowledged) > len(before)


# -- one process, a primary and a replica ---------------------------------------------------


@contextmanager
def watching(primary: Server, *replicas: Server) -> Iterator[Snapshots]:
    snapshots = Snapshots(
        Database.connect(primary.url(SERVICE)),
        Overrides(),
        replicas=[Database.connect(each.url(SERVICE)) for each in replicas],
    )
    try:
        yield snapshots
    finally:
        snapshots.close()


def times_read(server: Server) -> int:
    """Return how often the register was read, its one row of a place with it, since the start."""
    time.sleep(1)  # for the server to count what ended just now
    question = "SELECT seq_scan FROM pg_stat_user_tables WHERE relname = 'place'"
    with server.superuser(DATABASE) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return int(row[0])


def test_the_register_is_read_from_the_replica(pair: tuple[Server, Server]) -> None:
    primary, replica = pair
    commit(Database.connect(primary.url(SERVICE)))
    before = times_read(primary), times_read(replica)

    with watching(primary, replica) as snapshots:
        assert len(snapshots.current().register.stations) == 20

    assert (times_read(primary) - before[0], times_read(replica) - before[1]) == (0, 1)


def test_a_replica_that_lags_behind_is_passed_over(pair: tuple[Server, Server]) -> None:
    primary, replica = pair
    with watching(primary, replica) as snapshots, replica.superuser() as superuser:
        snapshots.current()
        superuser.execute("SELECT pg_wal_replay_pause()")

        snapshots.wait_for(commit(Database.connect(primary.url(SERVICE))), A_MOMENT)

        assert not snapshots.current().is_stale


def test_a_replica_that_is_frozen_holds_a_load_up_no_longer_than_it_is_waited_for(
    pair: tuple[Server, Server],
) -> None:
    primary, replica = pair
    with primary.superuser() as superuser:
        superuser.execute("ALTER SYSTEM RESET synchronous_standby_names")
        superuser.execute("SELECT pg_reload_conf()")
    with watching(primary, replica) as snapshots:
        snapshots.current()
        with frozen(replica.data):
            snapshots.wait_for(commit(Database.connect(primary.url(SERVICE))), BACK_WITHIN_S)


def test_where_the_primary_is_dead_a_new_process_reads_from_the_replica(
    pair: tuple[Server, Server],
) -> None:
    primary, replica = pair
    number = commit(Database.connect(primary.url(SERVICE)))
    kill(primary.data)

    with watching(primary, replica) as snapshots:
        assert snapshots.wait_for(number).register.revision.number == number
        assert not snapshots.database_answers()


def test_a_standby_takes_no_writes_and_says_so(pair: tuple[Server, Server]) -> None:
    with pytest.raises(RegisterNotWritableError, match="takes no writes"):
        commit(Database.connect(pair[1].url(SERVICE)))
