"""A database: its transactions, its limits on time, and what its errors say."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo_service.domain.errors import RegisterNotWritableError, RegisterUnavailableError
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database, psycopg_url, will_write
from tests.support.faults import frozen, kill, stopped
from tests.support.postgis import PostGIS, throw_away_home


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_scheme_means_the_one_driver(scheme: str) -> None:
    assert psycopg_url(f"{scheme}://a:s%40cret@b:5/c") == "postgresql+psycopg://a:s%40cret@b:5/c"


def test_what_was_written_before_an_error_is_undone(scratch: Database) -> None:
    def write_half() -> None:
        with scratch.transaction() as session:
            session.execute(text("INSERT INTO claim VALUES ('half', '', '', '', '', '', '', '')"))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        write_half()

    with scratch.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM claim WHERE key = 'half'")) == 0


def test_a_statement_that_is_long_in_sending_arrives_whole(scratch: Database) -> None:
    with scratch.transaction() as session:
        backend = session.scalar(text("SELECT pg_backend_pid()"))
        assert backend is not None
        os.kill(backend, signal.SIGSTOP)
        threading.Timer(1.5, os.kill, (backend, signal.SIGCONT)).start()

        # More than the socket's buffers hold: the rest is sent when the server goes on.
        length = session.scalar(text("SELECT length(:long)"), {"long": "x" * 20_000_000})

    assert length == 20_000_000


def test_a_statement_that_takes_too_long_is_cancelled(scratch_postgis: PostGIS) -> None:
    database = Database.connect(scratch_postgis.service_url, statement_timeout_ms=200)
    began = time.monotonic()

    with (
        pytest.raises(RegisterUnavailableError, match="took too long"),
        database.transaction() as ours,
    ):
        ours.execute(text("SELECT pg_sleep(30)"))

    assert time.monotonic() - began < 5


def test_a_statement_may_take_its_time_where_no_limit_is_set(scratch: Database) -> None:
    with scratch.transaction() as session:
        session.execute(text("SELECT pg_sleep(2)"))  # longer than a silence that is looked into


def test_a_connection_that_was_cut_stops_nobody_else(
    scratch: Database, scratch_postgis: PostGIS
) -> None:
    another = Database.connect(scratch_postgis.service_url)
    with scratch.transaction() as session:
        cut = session.scalar(text("SELECT pg_backend_pid()"))
    with another.transaction() as session:
        session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": cut})
    another.engine.dispose()

    with scratch.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != cut


def test_an_error_keeps_the_values_of_a_statement_to_itself(scratch: Database) -> None:
    with pytest.raises(ProgrammingError) as refusal, scratch.transaction() as session:
        session.execute(text("SELECT :position FROM nowhere"), {"position": "114.0212 33.5799"})

    assert "114.0212" not in str(refusal.value)


def test_instants_are_exchanged_in_utc(scratch: Database) -> None:
    with scratch.transaction() as session:
        assert session.scalar(text("SHOW timezone")) == "UTC"


# -- addresses -----------------------------------------------------------------------------


def test_libpqs_way_to_name_several_hosts_is_understood() -> None:
    url = "postgresql://a:s%40cret@one.example:5433,two.example/c?target_session_attrs=read-write"

    assert psycopg_url(url) == (
        "postgresql+psycopg://a:s%40cret@/c"
        "?host=one.example%3A5433&host=two.example%3A5432&target_session_attrs=read-write"
    )


def test_the_first_of_several_hosts_that_answers_is_used(cluster: Cluster) -> None:
    cluster.start()
    nowhere = cluster.home / "nowhere"
    url = (
        f"postgresql://geo_service@/geo_service?host={nowhere},{cluster.socket_folder}"
        "&port=5432,5432&target_session_attrs=read-write"
    )

    with Database.connect(url).transaction() as session:
        assert session.scalar(text("SELECT current_user")) == "geo_service"


# -- a database that is lost ---------------------------------------------------------------

PATIENCE_S = 3.0


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster that tests stop, freeze and kill."""
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture
def fragile(cluster: Cluster) -> Database:
    """A database on it, without any limit on the time of a statement."""
    cluster.start()
    return Database.connect(cluster.service_url)


@contextmanager
def in_time() -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began <= PATIENCE_S


def write(database: Database) -> None:
    with database.transaction() as session:
        will_write(session)
        session.execute(text("INSERT INTO claim VALUES ('x', '', '', '', '', '', '', '')"))


def test_a_write_to_a_database_that_is_down_is_refused_in_words(
    fragile: Database, cluster: Cluster
) -> None:
    refused = pytest.raises(RegisterNotWritableError, match="does not answer; nothing was changed")

    with stopped(cluster), in_time(), refused:
        write(fragile)


def test_a_write_to_a_frozen_database_is_refused_in_time(
    fragile: Database, cluster: Cluster
) -> None:
    with frozen(cluster.folder), in_time(), pytest.raises(RegisterNotWritableError):
        write(fragile)


def test_a_write_that_a_freeze_meets_half_way_is_refused_in_time(
    fragile: Database, cluster: Cluster
) -> None:
    def write_half() -> None:
        with fragile.transaction() as session:
            will_write(session)
            session.execute(text("SELECT 1"))
            with frozen(cluster.folder), in_time():
                session.execute(text("SELECT 2"))

    with pytest.raises(RegisterNotWritableError, match="nothing was changed"):
        write_half()


def test_of_a_commit_that_a_freeze_meets_nobody_says_what_became_of_it(
    fragile: Database, cluster: Cluster
) -> None:
    def commit_into_ice() -> None:
        transaction = fragile.transaction()
        session = transaction.__enter__()
        will_write(session)
        session.execute(text("SELECT 1"))
        with frozen(cluster.folder), in_time():
            transaction.__exit__(None, None, None)

    with pytest.raises(RegisterNotWritableError, match="is not known: look at the revision"):
        commit_into_ice()


def test_a_write_that_a_kill_meets_half_way_is_refused_in_time(
    fragile: Database, cluster: Cluster
) -> None:
    def write_half() -> None:
        with fragile.transaction() as session:
            will_write(session)
            session.execute(text("SELECT 1"))
            kill(cluster.folder)
            with in_time():
                session.execute(text("SELECT 2"))

    with pytest.raises(RegisterNotWritableError, match="nothing was changed"):
        write_half()


def test_a_write_to_a_database_that_takes_none_is_refused_with_the_reason(
    fragile: Database,
) -> None:
    def write_nevertheless() -> None:
        with fragile.transaction() as session:
            session.execute(text("SET TRANSACTION READ ONLY"))
            will_write(session)
            session.execute(text("DELETE FROM claim"))

    with pytest.raises(RegisterNotWritableError, match="takes no writes"):
        write_nevertheless()


def test_a_read_from_a_database_that_is_down_is_refused_as_a_read(
    fragile: Database, cluster: Cluster
) -> None:
    refused = pytest.raises(RegisterUnavailableError, match="the database does not answer")

    with stopped(cluster), in_time(), refused, fragile.transaction() as session:
        session.execute(text("SELECT 1"))
