"""Choose the sites of scenarios: in a process of its own each, one or two at a time a machine.

A search takes seconds or minutes of a processor and up to hundreds of megabytes, which a worker
that answers questions has not. The queue is the table of scenarios; whichever worker hears of one
that waits sees to the queue until it is empty. The process writes into its row how far it is, so
it outlives the worker that began it, and any worker can tell of it.
"""

import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
from typing import Any, Final

import structlog

from geo_service.domain.register import Overrides
from geo_service.domain.scenario import ScenarioState
from geo_service.domain.walking import Walking
from geo_service.persistence.database import Database
from geo_service.persistence.scenarios import Outcome, ScenarioStore
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.services.overrides import overrides_json
from geo_service.services.solving_child import CANCELLED, OUT_OF_MEMORY
from geo_service.services.wish import MOST_SECONDS

_LOG: Final = structlog.get_logger()

_PROGRAM: Final = Path(__file__).with_name("solving_child.py")
_ROOT: Final = Path(__file__).resolve().parents[2]
# Half the machine stays with those who ask.
_AT_ONCE: Final = max(1, min(2, (os.cpu_count() or 1) // 2))
_BETWEEN_LOOKS_S: Final = 0.5
_GRACE_S: Final = 120  # a program that ends itself in time is not ended here
_WHY: Final = {
    OUT_OF_MEMORY: "the search needs more memory than it may have; ask with fewer candidates, "
    "a smaller radius or less demand",
    -signal.SIGALRM: "the search did not end in its time",
}
_UNFORESEEN: Final = "the search ended by a fault; the log of the service says more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solvers:
    """What sees to the queue of one machine; ``home`` is where its workers meet."""

    database: Database
    home: Path
    overrides: Overrides
    walking: Walking
    streets: StreetNetworkFile
    _working: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def wake(self) -> None:
        """See to the queue in the background, unless that goes on already."""
        if self._working.acquire(blocking=False):
            threading.Thread(target=self._see_to_it, name="scenarios", daemon=True).start()

    def _see_to_it(self) -> None:
        try:
            while self._solve_next():
                pass
        except Exception as error:  # noqa: BLE001  the queue is looked at again by whoever asks
            _LOG.warning("scenarios.queue_left", exc_info=error)
        finally:
            self._working.release()

    def _solve_next(self) -> bool:
        """Solve what has waited longest; return whether there was anything."""
        with self._place() as place:
            with self.database.transaction() as session:
                scenario_id = ScenarioStore(session).claim()
            if scenario_id is None:
                return False
            outcome = self._solve(scenario_id, place)
        if outcome is not None:
            with self.database.transaction() as session:
                ScenarioStore(session).end(scenario_id, outcome)
        return True

    @contextmanager
    def _place(self) -> Iterator[int]:
        """Wait for one of the machine's places; whoever has a file of it open holds it."""
        self.home.mkdir(parents=True, exist_ok=True)
        files = [
            os.open(self.home / f"solving-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            for number in range(_AT_ONCE)
        ]
        try:
            while (place := next(filter(_is_free, files), None)) is None:
                sleep(_BETWEEN_LOOKS_S)
            yield place
        finally:
            for each in files:
                os.close(each)

    def _solve(self, scenario_id: str, place: int) -> Outcome | None:
        """Run the search to its end; return what became of it, where it could not say so itself."""
        try:
            ran = subprocess.run(  # noqa: S603 - our own program, and no argument from outside
                [sys.executable, "-P", str(_PROGRAM)],
                input=json.dumps(self._given(scenario_id)).encode(),
                capture_output=True,
                check=False,
                timeout=MOST_SECONDS + _GRACE_S,
                env=_environment(),
                pass_fds=(place,),  # the place is taken until that process ends, too
                start_new_session=True,  # what interrupts the service does not interrupt this
            )
        except subprocess.TimeoutExpired:
            return Outcome(state=ScenarioState.FAILED, failure=_WHY[-signal.SIGALRM])
        if ran.returncode == 0:
            return None
        if ran.returncode == CANCELLED:
            return Outcome(state=ScenarioState.CANCELLED)
        said = ran.stderr.decode(errors="replace")[-4000:]
        _LOG.error("scenario.not_solved", scenario=scenario_id, exit=ran.returncode, said=said)
        failure = _WHY.get(ran.returncode, _UNFORESEEN)
        return Outcome(state=ScenarioState.FAILED, failure=failure)

    def _given(self, scenario_id: str) -> Mapping[str, Any]:
        return {
            "scenario": scenario_id,
            # Not in the command line, nor in the environment: others may see those.
            "database": self.database.engine.url.render_as_string(hide_password=False),
            "place": overrides_json(self.overrides),
            "streets": str(self.streets.path),
            "walking": {
                "metres_per_minute": self.walking.metres_per_minute,
                "detour_factor": self.walking.detour_factor,
            },
        }


def _is_free(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    # Its threads would take each other's time, and each has an arena and a stack of its own.
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **alone, "PYTHONPATH": str(_ROOT)}
