"""The program that chooses the sites of one scenario, and ends.

What it works on comes in as JSON on the standard input; how far it is, and what it found, goes
into the scenario's row. It ends by itself when its time is over, when it is cancelled, and when
the database has not answered for a while: nobody could read what it finds.
"""

import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from time import monotonic
from typing import Any, Final, Self

OUT_OF_MEMORY: Final = 3
_NOBODY_LISTENS: Final = 4
CANCELLED: Final = 5

_MEMORY: Final = 3 * 1024**3  # of addresses: libraries map much that they never touch
_GRACE_S: Final = 60  # to load, and to put down what was found
_BETWEEN_BEATS_S: Final = 1.0
_PATIENCE_S: Final = 15.0  # with a database that does not answer
_LAST_WORDS_S: Final = 6.0  # from being cancelled to the best until then
_NICENESS: Final = 5


class Pulse:
    """Says every second that the search goes on and how far it is, and hears if it should not."""

    def __init__(self, beat: Callable[[Mapping[str, Any] | None], bool]) -> None:
        self._beat = beat
        self._progress: Mapping[str, Any] | None = None
        self._cancelled = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._over.set()
        self._thread.join(_PATIENCE_S)

    def note(self, progress: Mapping[str, Any]) -> bool:
        """Take note of how far the search is; return whether to go on."""
        self._progress = progress
        return not self._cancelled.is_set()

    def _go_on(self) -> None:
        end = monotonic() + _PATIENCE_S
        while not self._over.wait(_BETWEEN_BEATS_S):
            with suppress(Exception):  # whatever it was, nobody heard
                if self._beat(self._progress):
                    end = monotonic() + _PATIENCE_S
                elif not self._cancelled.is_set():
                    self._cancelled.set()
                    end = monotonic() + _LAST_WORDS_S
            if monotonic() > end:
                # The solver, deep in code of its own, may not ask whether to go on.
                os._exit(CANCELLED if self._cancelled.is_set() else _NOBODY_LISTENS)


def main() -> None:
    """Choose the sites of the scenario that the standard input names."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(_NICENESS)
    given = json.load(sys.stdin)
    try:
        _solve(given)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _solve(given: Mapping[str, Any]) -> None:
    # After the limits, and only here: the service itself imports this file for its exit codes.
    from geo_service.persistence.database import Database  # noqa: PLC0415
    from geo_service.persistence.scenarios import ScenarioStore  # noqa: PLC0415
    from geo_service.services import solving_job  # noqa: PLC0415

    database = Database.connect(given["database"], connect_timeout_s=3, statement_timeout_ms=5000)

    def beat(progress: Mapping[str, Any] | None) -> bool:
        with database.transaction() as session:
            return ScenarioStore(session).beat(given["scenario"], progress)

    with Pulse(beat) as pulse:
        job = solving_job.Job.of(database, given)
        limit = int(job.seconds) + _GRACE_S
        signal.alarm(limit)
        resource.setrlimit(resource.RLIMIT_CPU, (2 * limit, 2 * limit))
        outcome = job.outcome(pulse.note)
    with database.transaction() as session:
        ScenarioStore(session).end(given["scenario"], outcome)


if __name__ == "__main__":
    main()
