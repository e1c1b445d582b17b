"""The register held in memory, replaced as a whole when its revision moves."""

import threading
import time
from typing import Final

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.register import Overrides, Register
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore

_LOG: Final = structlog.get_logger()
_LOST: Final = (DBAPIError, PoolTimeoutError)

# A database that does not answer costs each question seconds: it is not asked more often.
_SECONDS_BETWEEN_TRIALS: Final = 2.0


class Snapshots:
    """Hands out the register at its present revision, loading it only when that has moved.

    Where the database does not answer, the last revision read goes on being handed out.
    """

    def __init__(self, database: Database, overrides: Overrides) -> None:
        self._database = database
        self._overrides = overrides
        self._held: Register | None = None
        self._loading = threading.Lock()
        self._trying = threading.Lock()
        self._lost = False
        self._next_trial = 0.0  # by the monotonic clock
        self._failed_at = 0.0  # likewise

    def current(self) -> Register:
        """Return the register; raises RegisterUnavailableError where none could ever be read."""
        held = self._held
        if held is not None and not self._may_ask():
            return held
        try:
            register = self._up_to_date(held)
        except _LOST as error:
            self._failed_at, self._lost = time.monotonic(), True
            if held is None:
                raise _unavailable() from error
            _LOG.warning("register.serving_from_memory", revision=held.revision.number)
            return held
        self._lost = False
        return register

    def database_answers(self) -> bool:
        """Say whether the database can be asked just now."""
        try:
            self._number()
        except _LOST:
            return False
        return True

    def _may_ask(self) -> bool:
        """Say whether to ask the database; where it was lost, one thread at a time tries."""
        if not self._lost:
            return True
        with self._trying:
            now = time.monotonic()
            if now < max(self._next_trial, self._failed_at + _SECONDS_BETWEEN_TRIALS):
                return False
            self._next_trial = now + _SECONDS_BETWEEN_TRIALS
            return True

    def _up_to_date(self, held: Register | None) -> Register:
        if held is not None and held.revision.number == self._number():
            return held
        return self._reload()

    def _number(self) -> int | None:
        with self._database.transaction() as session:
            return RegisterStore(session).revision_number()

    def _reload(self) -> Register:
        came = time.monotonic()
        with self._loading:
            held = self._held
            if held is None and self._failed_at > came:
                raise _unavailable()  # as another thread found while this one waited for it
            if held is not None and held.revision.number == self._number():
                return held  # another thread was faster
            try:
                with self._database.transaction() as session:
                    revision, dataset = RegisterStore(session).load()
            except _LOST:
                self._failed_at = time.monotonic()
                raise
            register = Register(revision, dataset, self._overrides)
            self._held = register
            _LOG.info("register.loaded", revision=revision.number, stations=len(register.stations))
            return register


def _unavailable() -> RegisterUnavailableError:
    return RegisterUnavailableError(
        "the database does not answer, and no copy of the register is held yet"
    )
