"""The register held in memory, replaced as a whole when its revision moves."""

import ctypes
import socket
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Final, Self

import psycopg
import structlog

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.register import Overrides, Register
from geo_service.domain.station import StationFilter
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.revisions import Present, RevisionKey
from geo_service.persistence.snapshot_files import SnapshotFiles
from geo_service.persistence.sources import Loaded, RegisterSources

_LOG: Final = structlog.get_logger()

_POLL_S: Final = 0.5
# So long before other stations are in being, what they need is made.
_BEFORE_MIDNIGHT: Final = timedelta(minutes=1)
_AFTER_A_FAULT_S: Final = 5.0  # a register that cannot be made sense of is not read again at once
_STALE_AFTER_S: Final = 3.0
_FIRST_LOAD_S: Final = 10.0  # how long a question waits for the first register of a process
_END_S: Final = 5.0

# Between two pieces of a long load, whoever waits to answer a request gets the interpreter.
_BREATH_S: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The register of one revision, and when that was last known to be the present one."""

    register: Register
    checked_at: datetime
    _checked_s: float  # the same moment by the monotonic clock, which nobody sets

    @classmethod
    def of(cls, register: Register, checked_at: datetime) -> Self:
        """Hold a register that was known to be the present one at an instant."""
        ago = (datetime.now(UTC) - checked_at).total_seconds()
        return cls(register, checked_at, monotonic() - max(0.0, ago))

    def checked(self, at: datetime) -> "Snapshot":
        """Return the same register, known to be the present one at a later instant."""
        return Snapshot.of(self.register, at)

    @property
    def age_s(self) -> float:
        """Seconds since the register was last known to be the present one."""
        return monotonic() - self._checked_s

    @property
    def is_stale(self) -> bool:
        """Say whether it is no longer known that this is the present register."""
        return self.age_s > _STALE_AFTER_S


def load_register(database: Database, overrides: Overrides) -> Register:
    """Read the present register once, or raise RegisterUnavailableError."""
    with database.transaction() as session:
        revision, dataset = RegisterStore(session).load()
    return Register(revision, dataset, overrides)


class Snapshots:
    """Hands out the present register; a thread of its own keeps it so.

    The thread asks the database which revision is present, twice a second and whenever it is
    told of another; then it loads that and puts it in the place of the old one. Where the database
    does not answer, the last revision goes on being handed out, and a process that has none yet
    takes one from a replica or from the files.
    """

    def __init__(
        self,
        database: Database,
        overrides: Overrides,
        *,
        replicas: Sequence[Database] = (),
        files: SnapshotFiles | None = None,
    ) -> None:
        self._sources = RegisterSources(database, replicas)
        self._overrides = overrides
        self._files = files
        self._held: Snapshot | None = None
        self._failure: str | None = None  # why nothing is held
        self._changed = threading.Condition()
        self._replaced = False  # a register that was held before, since the last look
        self._answers = False
        self._heard_s = 0.0  # when the database last said anything, by the monotonic clock
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        self._end: Callable[[], object] | None = None
        self._keeping: threading.Thread | None = None

    # -- for those who ask -----------------------------------------------------------------

    def current(self, patience_s: float = _FIRST_LOAD_S) -> Snapshot:
        """Return the snapshot; raises RegisterUnavailableError where none could ever be had."""
        return self._held or self._first(patience_s)

    def database_answers(self) -> bool:
        """Say whether the database could be asked just now; it is not asked for this."""
        return self._answers and monotonic() - self._heard_s < _STALE_AFTER_S

    def wait_for(self, revision: int, timeout_s: float = 10.0) -> Snapshot:
        """Return the snapshot once it is of this revision or a later one, or raise TimeoutError."""
        self.start()
        with self._changed:
            self._changed.wait_for(lambda: self._number() >= revision, timeout_s)
            if self._held is None or self._number() < revision:
                raise TimeoutError(f"revision {revision} did not come within {timeout_s:g} s")
            return self._held

    def other_than(self, seen: RevisionKey, timeout_s: float) -> Snapshot | None:
        """Return the snapshot once it is of another revision; None where that does not come."""
        with self._changed:
            self._changed.wait_for(lambda: self._held and _key(self._held) != seen, timeout_s)
            held = self._held
        return held if held is not None and _key(held) != seen else None

    def start(self) -> None:
        """Begin to load and to watch, in the background. The first question does so by itself."""
        with self._starting:
            if self._end is None:
                hearing, waking = socket.socketpair()
                thread = threading.Thread(
                    target=_look_after,
                    # No reference that would keep the snapshots alive when all others are gone.
                    args=(weakref.ref(self), self._sources, hearing, self._stopped),
                    name="register",
                    daemon=True,
                )
                self._end = weakref.finalize(self, _end, thread, waking, self._stopped)
                thread.start()

    def close(self) -> None:
        """End the watching; what is held goes on being handed out."""
        if self._end is not None:
            self._end()
        if self._keeping is not None:
            self._keeping.join(_END_S)

    def _first(self, patience_s: float) -> Snapshot:
        self.start()
        with self._changed:
            self._changed.wait_for(lambda: self._held or self._failure, patience_s)
        if self._held is None:
            raise RegisterUnavailableError(self._failure or "the register is still being loaded")
        return self._held

    def _number(self) -> int:
        return -1 if self._held is None else self._held.register.revision.number

    # -- in the thread ---------------------------------------------------------------------

    def look(self) -> float:
        """See to it that the present revision is held; return after how long to look again."""
        asked_at = datetime.now(UTC)
        if self._replaced:
            # Half a second after: no request holds the old register any more.
            self._replaced = False
            _give_memory_back()
        try:
            self._follow(self._sources.ask(), asked_at)
        except (psycopg.Error, RegisterUnavailableError) as error:
            self._do_without(error)
        except _StoppedError:
            pass
        except Exception as error:  # noqa: BLE001  without this thread nothing would ever be new
            _LOG.error("register.not_loaded", exc_info=error)
            self._fail("the register cannot be loaded; the log of the service says why")
            return _AFTER_A_FAULT_S
        return _POLL_S

    def _follow(self, present: Present, asked_at: datetime) -> None:
        if not self._answers and self._held is not None:
            _LOG.info("register.database_is_back")
        self._heard()
        held = self._held
        if present.key is None:
            raise RegisterUnavailableError("the register is empty: load a data folder first")
        if held is not None and present.is_certain and present.key == _key(held):
            self._held = held.checked(asked_at)
            _prepare(held.register)
        elif held is None or present.is_certain or present.key.number > self._number():
            self._hold(self._sources.load(present.key, self._hear_and_breathe), asked_at)

    def _do_without(self, error: Exception) -> None:
        """Go on while the database does not answer: with what is held, or what can be had."""
        held = self._held
        if self._answers and held is not None:
            _LOG.warning("register.serving_from_memory", revision=held.register.revision.number)
            if self._files is not None:
                self._files.note(held.register.revision, held.checked_at)
        self._answers = False
        with suppress(_StoppedError):
            number = None if held is None else self._number()
            if (loaded := self._sources.load_from_replica(number, self._breathe)) is not None:
                # A replica may lack what came after; this much was the present at its commit.
                self._hold(loaded, loaded[0].committed_at)
            elif held is None and self._files and (kept := self._files.newest()):
                self._hold((kept.revision, kept.dataset), kept.checked_at, keep=False)
                _LOG.warning("register.serving_from_disk", revision=kept.revision.number)
            elif held is None:
                known = isinstance(error, RegisterUnavailableError)
                reason = str(error) if known else "the database does not answer"
                self._fail(f"{reason}; no copy of the register is held yet")

    def _hold(self, loaded: Loaded, checked_at: datetime, *, keep: bool = True) -> None:
        register = Register(*loaded, self._overrides)
        if self._held is not None:
            register.follow(self._held.register)
        _prepare(register)
        self._replaced = self._held is not None
        with self._changed:
            self._held = Snapshot.of(register, checked_at)
            self._failure = None
            self._changed.notify_all()
        _LOG.info(
            "register.loaded", revision=register.revision.number, stations=len(register.stations)
        )
        if keep and self._files is not None:
            self._keep(self._files, loaded)

    def _keep(self, files: SnapshotFiles, loaded: Loaded) -> None:
        """Write a copy to disk, in a thread of its own: the next revision does not wait for it."""
        stopped = self._stopped

        def breathe() -> None:
            sleep(_BREATH_S)
            if stopped.is_set():
                raise _StoppedError

        def keep() -> None:
            with suppress(_StoppedError):
                files.keep(*loaded, breathe)

        self._keeping = threading.Thread(target=keep, name="register copy", daemon=True)
        self._keeping.start()

    def _fail(self, reason: str) -> None:
        with self._changed:
            if self._failure != reason and self._held is None:
                _LOG.warning("register.unavailable", reason=reason)
            self._failure = reason
            self._changed.notify_all()

    def _heard(self) -> None:
        self._answers, self._heard_s = True, monotonic()

    def _hear_and_breathe(self) -> None:
        self._heard()  # no other question is asked while a long load goes on
        self._breathe()

    def _breathe(self) -> None:
        sleep(_BREATH_S)
        if self._stopped.is_set():
            raise _StoppedError


class _StoppedError(Exception):
    """The process ends in the middle of a load."""


def _key(held: Snapshot) -> RevisionKey:
    return RevisionKey.of(held.register.revision)


def _prepare(register: Register) -> None:
    """Make what every question needs, before there are any: also what will need it soon."""
    now = datetime.now(UTC)
    for era in {register.eras.at(now), register.eras.at(now + _BEFORE_MIDNIGHT)}:
        _ = register.select(StationFilter(), era).index
    _ = register.bounds, register.data_status
    _ = register.townships_by_code, register.counties_by_code


def _give_memory_back() -> None:
    """Let the operating system have what the old register took.

    glibc keeps what is freed for later, and a worker with 200,000 stations would settle 60 MB
    higher after a few revisions. Other C libraries do without; it is then for them to decide.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _look_after(
    looked_after: "weakref.ref[Snapshots]",
    sources: RegisterSources,
    hearing: socket.socket,
    stopped: threading.Event,
) -> None:
    """Keep snapshots up to date for as long as somebody holds them."""
    with hearing:
        while not stopped.is_set() and (snapshots := looked_after()) is not None:
            seconds = snapshots.look()
            del snapshots
            sources.rest(seconds, hearing)
        sources.close()


def _end(thread: threading.Thread, waking: socket.socket, stopped: threading.Event) -> None:
    stopped.set()
    with waking, suppress(OSError):
        waking.send(b".")
    if thread is not threading.current_thread():  # where the last reference was the thread's own
        thread.join(_END_S)
