"""How pages and programs come to the history: few at a time, for it is read from the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final

from geo_service import runtime
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.persistence.history import HistoryStore

# While the database says nothing each of these waits seconds for it: the other threads of the
# process go on answering questions.
_at_once = BoundedSemaphore(2)
_SECONDS_TO_WAIT: Final = 1.0


@contextmanager
def history() -> Iterator[HistoryStore]:
    """Open the history for one answer, or raise RegisterUnavailableError within seconds."""
    if not _at_once.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterUnavailableError("others are waiting for the database")
    try:
        with runtime.database().transaction() as session:
            yield HistoryStore(session)
    finally:
        _at_once.release()
