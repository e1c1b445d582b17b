"""Look through files of stations, and apply them: in a process of its own, one at a time a machine.

The queue is the table of imports; whichever worker hears of one that waits sees to the queue until
it is empty. The process writes into its row how far it is, so any worker can tell of it.
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
from typing import Any, Final

import structlog

from geo_service.domain.register import Overrides
from geo_service.domain.station_import import ImportState, StationImport
from geo_service.persistence.database import Database
from geo_service.persistence.imports import ImportStore
from geo_service.services.import_child import CANCELLED, OUT_OF_MEMORY
from geo_service.services.overrides import overrides_json

_LOG: Final = structlog.get_logger()

_PROGRAM: Final = Path(__file__).with_name("import_child.py")
_ROOT: Final = Path(__file__).resolve().parents[2]
_MOST_SECONDS: Final = 900
_WHY: Final = {
    OUT_OF_MEMORY: "the file needs more memory than it may have",
    -signal.SIGALRM: "the file took too long",
}
_UNFORESEEN: Final = "the import ended by a fault; the log of the service says more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Importers:
    """What sees to the imports of one machine; ``home`` is where its workers meet."""

    database: Database
    home: Path
    overrides: Overrides
    served_margin_m: float
    _working: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def wake(self) -> None:
        """See to the queue in the background, unless that goes on already."""
        if self._working.acquire(blocking=False):
            threading.Thread(target=self._see_to_it, name="imports", daemon=True).start()

    def _see_to_it(self) -> None:
        try:
            while self._do_next():
                pass
        except Exception as error:  # noqa: BLE001  the queue is looked at again by whoever asks
            _LOG.warning("imports.queue_left", exc_info=error)
        finally:
            self._working.release()

    def _do_next(self) -> bool:
        """Work on what has waited longest; return whether there was anything."""
        with self._place() as place:
            with self.database.transaction() as session:
                claimed = ImportStore(session).claim()
            if claimed is None:
                return False
            became = self._run(claimed, place)
        if became is not None:
            state, failure = became
            with self.database.transaction() as session:
                ImportStore(session).end(claimed.id, state, failure=failure)
        return True

    @contextmanager
    def _place(self) -> Iterator[int]:
        """Wait for the machine's one place; whoever has its file open and locked holds it."""
        self.home.mkdir(parents=True, exist_ok=True)
        place = os.open(self.home / "importing.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            yield place
        finally:
            os.close(place)

    def _run(self, claimed: StationImport, place: int) -> tuple[ImportState, str | None] | None:
        """Run the program to its end; return what became of it, where it could not say so."""
        try:
            ran = subprocess.run(  # noqa: S603 - our own program, and no argument from outside
                [sys.executable, "-P", str(_PROGRAM)],
                input=json.dumps(self._given(claimed.id)).encode(),
                capture_output=True,
                check=False,
                timeout=_MOST_SECONDS,
                env=_environment(),
                pass_fds=(place,),  # the place is taken until that process ends, too
                start_new_session=True,  # what interrupts the service does not interrupt this
            )
        except subprocess.TimeoutExpired:
            return ImportState.FAILED, _WHY[-signal.SIGALRM]
        if ran.returncode == 0:
            return None
        if ran.returncode == CANCELLED:
            return ImportState.DISCARDED, None
        said = ran.stderr.decode(errors="replace")[-4000:]
        _LOG.error("import.not_done", of=claimed.id, exit=ran.returncode, said=said)
        return ImportState.FAILED, _WHY.get(ran.returncode, _UNFORESEEN)

    def _given(self, import_id: str) -> Mapping[str, Any]:
        return {
            "import": import_id,
            # Not in the command line, nor in the environment: others may see those.
            "database": self.database.engine.url.render_as_string(hide_password=False),
            "place": overrides_json(self.overrides),
            "served_margin_m": self.served_margin_m,
        }


def _environment() -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    return {**kept, **alone, "PYTHONPATH": str(_ROOT)}
