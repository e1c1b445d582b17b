"""What becomes of the register when the program that writes an import is killed."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from geo_service.domain.station_import import ImportState
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.services.import_jobs import Importers
from geo_service.services.imports import Approval, approve_import, saved_import
from tests.services.import_cases import importers_at, keep, over
from tests.support.register import a_dataset, a_station

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0
MANY = 3000


@pytest.fixture(autouse=True)
def town(scratch: Database) -> Iterator[None]:
    """A register of one station, no import, and no program that still works on one."""
    deadline = time.monotonic() + PATIENCE_S
    while program() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("A-1", 114.0, 33.5)])
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM station_import"))
    yield
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM station_import"))


@pytest.fixture
def importers(scratch: Database, tmp_path: Path) -> Importers:
    return importers_at(tmp_path, scratch)


def program() -> int | None:
    """Return the process that works on an import for this one, if there is one."""
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            of_ours = int(status.rpartition(")")[2].split()[1]) == os.getpid()
            if of_ours and b"import_child.py" in (entry / "cmdline").read_bytes():
                return int(entry.name)
    return None


def killed_when_writing(database: Database) -> None:
    """Kill the program while its transaction has written stations, and not committed."""
    query = text(
        """SELECT count(*) FROM pg_locks JOIN pg_class ON pg_class.oid = relation
           WHERE relname = 'station_history' AND mode = 'RowExclusiveLock'"""
    )
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with database.transaction() as session:
            if session.scalar(query) and (found := program()) is not None:
                os.kill(found, signal.SIGKILL)
                return
    raise AssertionError("nothing was written")


def register(database: Database) -> tuple[int | None, int, int]:
    """Return the revision, and how many stations and pieces of history there are."""
    with database.transaction() as session:
        stations = session.scalar(text("SELECT count(*) FROM station"))
        history = session.scalar(text("SELECT count(*) FROM station_history"))
        return RegisterStore(session).revision_number(), int(stations or 0), int(history or 0)


def test_killed_while_it_writes_it_has_written_nothing_and_the_file_can_come_again(
    scratch: Database, importers: Importers
) -> None:
    lines = [f"B-{n},站{n},休息,{114 + n * 5e-5:.5f},33.5,1" for n in range(MANY)]
    import_id = keep(scratch, *lines)
    importers.wake()
    planned = over(scratch, import_id)
    assert planned.revision is not None
    before = register(scratch)

    approve_import(scratch, import_id, Approval(approver="王芳", revision=planned.revision))
    importers.wake()
    killed_when_writing(scratch)

    found = over(scratch, import_id)
    assert (found.state, found.applied) == (ImportState.FAILED, None)
    assert register(scratch) == before
    again = keep(scratch, *lines)
    importers.wake()
    revision = over(scratch, again).revision
    assert revision is not None
    approve_import(scratch, again, Approval(approver="王芳", revision=revision))
    importers.wake()
    assert over(scratch, again).state is ImportState.APPLIED
    assert register(scratch)[1] == before[1] + MANY


def test_killed_while_it_looks_through_a_file_it_is_told_of(
    scratch: Database, importers: Importers
) -> None:
    import_id = keep(scratch, "B-1,站,休息,114,33.5,1")
    importers.wake()
    deadline = time.monotonic() + PATIENCE_S
    while (found := program()) is None:
        assert time.monotonic() < deadline
    os.kill(found, signal.SIGKILL)

    ended = over(scratch, import_id)

    assert ended.state is ImportState.FAILED
    assert saved_import(scratch, import_id).failure
