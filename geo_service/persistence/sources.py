"""Where the register can be read: the database, its replicas."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from time import monotonic, sleep
from typing import Final

import psycopg

from geo_service.domain.errors import RegisterUnavailableError
from geo_service.domain.place import Revision
from geo_service.domain.register import Dataset
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.revisions import Present, RevisionKey, RevisionWatch

_CATCHES_UP_S: Final = 0.3  # a replica is milliseconds behind; one that takes longer is passed over
_BETWEEN_LOOKS_S: Final = 0.02

Loaded = tuple[Revision, Dataset]


class RegisterSources:
    """A database that knows the present revision, and replicas that may have it too.

    Only the database is asked which revision is present: a replica cannot know what has not
    reached it. The register itself is read from the first replica that has the revision, so that
    many processes that read it at the same time are no burden to the database.
    """

    def __init__(self, database: Database, replicas: Sequence[Database] = ()) -> None:
        self._database = database
        self._watch = RevisionWatch(database)
        self._replicas = [(each, RevisionWatch(each)) for each in replicas]

    def ask(self) -> Present:
        """Ask the database for its revision, or raise psycopg.Error within a few seconds."""
        present = self._watch.ask()
        for _, watch in self._replicas:
            watch.close()
        return present

    def rest(self, seconds: float, wake: socket.socket) -> None:
        """Wait until the database tells of a revision, or somebody wakes, or time is over."""
        self._watch.rest(seconds, wake)

    def load(self, key: RevisionKey, between: Callable[[], None]) -> Loaded:
        """Read the register of a revision or a later one, or raise RegisterUnavailableError."""
        for replica in self._with_revision(key):
            with suppress(RegisterUnavailableError):
                return _load(replica, between)
        return _load(self._database, between)

    def load_from_replica(
        self, newer_than: int | None, between: Callable[[], None]
    ) -> Loaded | None:
        """Read from the first replica that answers and has more than a revision, if any."""
        for replica, watch in self._replicas:
            with suppress(psycopg.Error, RegisterUnavailableError):
                key = watch.ask().key
                if key is None:
                    continue
                if newer_than is not None and key.number <= newer_than:
                    return None
                return _load(replica, between)
        return None

    def close(self) -> None:
        """Let go of all connections."""
        self._watch.close()
        for _, watch in self._replicas:
            watch.close()

    def _with_revision(self, key: RevisionKey) -> Iterator[Database]:
        deadline = monotonic() + _CATCHES_UP_S
        for replica, watch in self._replicas:
            with suppress(psycopg.Error):
                while not (has := watch.ask().key == key) and monotonic() < deadline:
                    sleep(_BETWEEN_LOOKS_S)
                if has:
                    yield replica


def _load(database: Database, between: Callable[[], None]) -> Loaded:
    with database.transaction() as session:
        return RegisterStore(session, between).load()
