"""The register held in memory, replaced as a whole when its revision moves."""

import threading
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


class Snapshots:
    """Hands out the register at its present revision, loading it only when that has moved.

    Where the database does not answer, the last revision read goes on being handed out.
    """

    def __init__(self, database: Database, overrides: Overrides) -> None:
        self._database = database
        self._overrides = overrides
        self._held: Register | None = None
        self._loading = threading.Lock()

    def current(self) -> Register:
        """Return the register; raises RegisterUnavailableError where none could ever be read."""
        held = self._held
        try:
            if held is not None and held.revision.number == self._number():
                return held
            return self._reload()
        except _LOST as error:
            if held is None:
                raise RegisterUnavailableError(
                    "the database does not answer, and no copy of the register is held yet"
                ) from error
            _LOG.warning("register.serving_from_memory", revision=held.revision.number)
            return held

    def database_answers(self) -> bool:
        """Say whether the database can be asked just now."""
        try:
            self._number()
        except _LOST:
            return False
        return True

    def _number(self) -> int | None:
        with self._database.transaction() as session:
            return RegisterStore(session).revision_number()

    def _reload(self) -> Register:
        with self._loading:
            held = self._held
            if held is not None and held.revision.number == self._number():
                return held  # another thread was faster
            with self._database.transaction() as session:
                revision, dataset = RegisterStore(session).load()
            register = Register(revision, dataset, self._overrides)
            self._held = register
            _LOG.info("register.loaded", revision=revision.number, stations=len(register.stations))
            return register
