"""What becomes of a search for sites whose program, or whose worker, is killed."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from geo_service.domain.register import Overrides, Register
from geo_service.domain.scenario import ScenarioState
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.scenarios import SILENT_AFTER_S
from geo_service.persistence.snapshots import load_register
from geo_service.services.scenarios import Kept, cancel_scenario, saved_scenario
from geo_service.services.siting import Goal
from geo_service.services.wish import Wish
from geo_service.settings import PROJECT
from tests.services.solving_cases import PATIENCE_S, over, save, solvers_at
from tests.support.register import a_dataset
from tests.support.scenarios import TOWNSHIPS, a_town

pytestmark = pytest.mark.slow

# Nobody proves this within minutes.
LONG = Wish(goal=Goal.SECOND_COVER, sites=40, seconds=300)
SHORT = Wish(sites=1)

# A worker as far as the queue goes.
WORKER = """
import sys, time
from pathlib import Path
from geo_service.persistence.database import Database
from tests.services.solving_cases import solvers_at
solvers_at(Path(sys.argv[1]), Database.connect(sys.stdin.readline().strip())).wake()
time.sleep(600)
"""


@pytest.fixture(scope="module")
def town(scratch: Database) -> Register:
    """The register of a town of three stations."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM scenario"))
    return load_register(scratch, Overrides())


@pytest.fixture(autouse=True)
def nobody_else() -> None:
    """Wait until whoever saw to the queue before has found it empty."""
    until(lambda: all(each.name != "scenarios" for each in threading.enumerate()))


@contextmanager
def worker(home: Path, database: Database) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(home)], cwd=PROJECT, stdin=subprocess.PIPE, text=True
    )
    try:
        assert process.stdin is not None
        process.stdin.write(database.engine.url.render_as_string(hide_password=False) + "\n")
        process.stdin.close()
        yield process
    finally:
        process.kill()
        process.wait()


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def under_way(database: Database, kept: Kept) -> bool:
    """Say whether a search has told that it has an answer, if not the best."""
    found = saved_scenario(database, kept.id)
    assert not found.state.is_over, found
    return bool(found.progress and found.progress["best"] is not None)


def program_of(worker_id: int) -> int:
    """Return the process that searches for a worker."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            if int(status.rpartition(")")[2].split()[1]) == worker_id:
                command = (entry / "cmdline").read_bytes()
                found += [int(entry.name)] * (b"solving_child.py" in command)
    (only,) = found
    return only


def is_gone(process_id: int) -> bool:
    """Say whether a process has ended, be it that nobody has asked how."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return True
    return status.rpartition(")")[2].split()[0] in {"Z", "X"}


def test_a_program_that_is_killed_is_told_of_and_the_next_search_begins(
    scratch: Database, town: Register, tmp_path: Path
) -> None:
    kept = save(scratch, town, LONG)
    following = save(scratch, town, SHORT)
    solvers_at(tmp_path, scratch).wake()
    until(lambda: under_way(scratch, kept))

    os.kill(program_of(os.getpid()), signal.SIGKILL)

    found = over(scratch, kept)
    assert (found.state, found.failure) == (
        ScenarioState.FAILED,
        "the search ended by a fault; the log of the service says more",
    )
    assert over(scratch, following).state is ScenarioState.READY


def test_a_search_outlives_its_worker_and_still_hears_that_it_is_cancelled(
    scratch: Database, town: Register, tmp_path: Path
) -> None:
    kept = save(scratch, town, LONG)
    with worker(tmp_path, scratch) as process:
        until(lambda: under_way(scratch, kept))
        program = program_of(process.pid)

    assert saved_scenario(scratch, kept.id).state is ScenarioState.SOLVING
    cancel_scenario(scratch, kept.id, kept.token)

    found = over(scratch, kept)
    assert found.state is ScenarioState.CANCELLED
    assert found.result is not None  # the best until then
    assert found.result["status"] == "cancelled"
    assert found.result["sites"]
    until(lambda: is_gone(program))


def test_another_worker_takes_the_next_search_once_the_program_of_a_dead_one_has_ended(
    scratch: Database, town: Register, tmp_path: Path
) -> None:
    kept = save(scratch, town, LONG)
    with worker(tmp_path, scratch) as process:
        until(lambda: under_way(scratch, kept))
        program = program_of(process.pid)
    following = save(scratch, town, SHORT)

    solvers_at(tmp_path, scratch).wake()
    cancel_scenario(scratch, kept.id, kept.token)

    assert over(scratch, following).state is ScenarioState.READY
    assert over(scratch, kept).state is ScenarioState.CANCELLED
    until(lambda: is_gone(program))


def test_a_search_whose_machine_stops_is_interrupted_and_does_not_hold_up_the_next(
    scratch: Database, town: Register, tmp_path: Path
) -> None:
    kept = save(scratch, town, LONG)
    with worker(tmp_path, scratch) as process:
        until(lambda: under_way(scratch, kept))
        program = program_of(process.pid)
    os.kill(program, signal.SIGKILL)
    until(lambda: is_gone(program))
    with scratch.transaction() as session:  # nobody beats any more: the same as waiting
        session.execute(
            text("UPDATE scenario SET heartbeat_at = heartbeat_at - make_interval(secs => :s)"
                 " WHERE id = :id"),
            {"id": kept.id, "s": SILENT_AFTER_S},
        )  # fmt: skip
    following = save(scratch, town, SHORT)

    solvers_at(tmp_path, scratch).wake()

    assert over(scratch, following).state is ScenarioState.READY
    assert saved_scenario(scratch, kept.id).state is ScenarioState.INTERRUPTED
