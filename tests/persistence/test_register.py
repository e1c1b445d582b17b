"""The register in PostGIS: replaced whole, read whole, and in nobody else's power."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import ProgrammingError

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.register import Dataset, Overrides
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.snapshots import load_register
from tests.support.postgis import PostGIS, history_altered
from tests.support.register import a_dataset, a_station

EMPTY_TABLES = "TRUNCATE revision, place, station, station_service, township, county CASCADE"


@pytest.fixture
def owner(scratch_postgis: PostGIS) -> Iterator[Database]:
    """The scratch database as the role that owns its tables."""
    database = Database.connect(scratch_postgis.owner_url)
    yield database
    database.engine.dispose()


def replace(database: Database, dataset: Dataset, *, author: str = "a test") -> int:
    with database.transaction() as session:
        return RegisterStore(session).replace(dataset, author=author, reason="a test")


def identifiers(database: Database) -> list[str]:
    with database.transaction() as session:
        _, dataset = RegisterStore(session).load()
    return [station.id for station in dataset.stations]


def test_each_replacement_makes_the_next_revision(scratch: Database) -> None:
    first = replace(scratch, a_dataset([a_station("A-1")]))
    second = replace(scratch, a_dataset([a_station("A-2")]))

    assert second == first + 1
    assert identifiers(scratch) == ["A-2"]


def test_a_revision_remembers_who_made_it_and_why(scratch: Database) -> None:
    with scratch.transaction() as session:
        number = RegisterStore(session).replace(
            a_dataset([]), author="王女士", reason="six stations moved"
        )

    with scratch.transaction() as session:
        revision, _ = RegisterStore(session).load()
        history = session.execute(
            text("SELECT author, reason FROM revision WHERE number = :number"), {"number": number}
        ).one()

    assert (revision.number, revision.author, revision.reason) == (number, *history)
    assert tuple(history) == ("王女士", "six stations moved")
    assert revision.committed_at.tzinfo is not None


def test_writers_take_turns_and_each_gets_a_number_of_its_own(scratch: Database) -> None:
    before = replace(scratch, a_dataset([]))
    writers = 6
    at_once = threading.Barrier(writers)

    def write(number: int) -> int:
        at_once.wait()
        return replace(scratch, a_dataset([a_station(f"W-{number}")]))

    with ThreadPoolExecutor(writers) as pool:
        numbers = list(pool.map(write, range(writers)))

    assert sorted(numbers) == list(range(before + 1, before + 1 + writers))
    last = numbers.index(max(numbers))
    assert identifiers(scratch) == [f"W-{last}"]


def test_a_transaction_that_breaks_off_leaves_the_old_register_whole(scratch: Database) -> None:
    before = replace(scratch, a_dataset([a_station("A-1"), a_station("A-2")]))

    class PowerCutError(Exception):
        pass

    def break_off() -> None:
        with scratch.transaction() as session:
            RegisterStore(session).replace(a_dataset([]), author="a test", reason="a test")
            raise PowerCutError

    with pytest.raises(PowerCutError):
        break_off()

    with scratch.transaction() as session:
        assert RegisterStore(session).revision_number() == before
    assert identifiers(scratch) == ["A-1", "A-2"]


def test_a_load_sees_one_revision_though_another_is_committed_meanwhile(
    scratch: Database,
) -> None:
    old = replace(scratch, a_dataset([a_station("OLD-1"), a_station("OLD-2")]))
    written: list[int] = []

    def commit_another(*_: object) -> None:
        if not written:
            written.append(0)
            written[0] = replace(scratch, a_dataset([a_station("NEW-1")]))

    event.listen(scratch.engine, "after_cursor_execute", commit_another)
    try:
        with scratch.transaction() as session:
            revision, dataset = RegisterStore(session).load()
    finally:
        event.remove(scratch.engine, "after_cursor_execute", commit_another)

    assert written == [old + 1]
    assert revision.number == old
    assert [station.id for station in dataset.stations] == ["OLD-1", "OLD-2"]


def test_a_register_never_loaded_says_so(scratch: Database, owner: Database) -> None:
    with owner.transaction() as session, history_altered(session):
        session.execute(text(EMPTY_TABLES))

    with pytest.raises(RegisterUnavailableError, match="load a data folder"):
        load_register(scratch, Overrides())


def test_readers_go_on_while_a_writer_is_at_work(scratch: Database) -> None:
    replace(scratch, a_dataset([a_station("A-1")]))

    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset([]), author="a test", reason="a test")
        seen_by_others = identifiers(scratch)
        session.rollback()

    assert seen_by_others == ["A-1"]


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE station",
        "ALTER TABLE station ADD COLUMN mine text",
        "TRUNCATE station CASCADE",
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE EXTENSION dblink",
        "CREATE ROLE mine",
        "CREATE DATABASE mine",
        "SELECT * FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY station TO PROGRAM 'cat'",
        "ALTER TABLE station OWNER TO geo_service",
        "SET ROLE geo_owner",
    ],
)
def test_the_service_has_no_power_over_the_schema(scratch: Database, statement: str) -> None:
    connection = scratch.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    with connection, pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        connection.execute(text(statement))


def test_the_service_owns_nothing(scratch: Database) -> None:
    with scratch.transaction() as session:
        owned = session.scalar(
            text(
                "SELECT count(*) FROM pg_class JOIN pg_roles r ON relowner = r.oid "
                "WHERE r.rolname = current_user"
            )
        )

    assert owned == 0
