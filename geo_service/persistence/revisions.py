"""Which revision a database holds: asked often, and heard of at once."""

import selectors
import socket
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple, Self

import psycopg

from geo_service.domain.place import Revision
from geo_service.persistence.database import Database

_LISTEN: Final = "LISTEN geo_service_revision"  # migration 0002 has the trigger that tells
_QUESTION: Final = """
    SELECT pg_is_in_recovery(), number, committed_at
    FROM (VALUES (1)) AS always
    LEFT JOIN (SELECT number, committed_at FROM revision ORDER BY number DESC LIMIT 1) AS present
        ON true
"""
_PATIENCE_S: Final = 1.0


class RevisionKey(NamedTuple):
    """Which revision: a database restored from a backup gives the same number to another."""

    number: int
    committed_at: datetime

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """Return the key of a revision."""
        return cls(revision.number, revision.committed_at)


class Present(NamedTuple):
    """What a server says its present revision is: None before the first load.

    A standby cannot know whether its primary has moved on; its word is not certain.
    """

    key: RevisionKey | None
    is_certain: bool


class RevisionWatch:
    """One connection that asks a server for its present revision, and hears when that moves."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._listens = False

    def ask(self) -> Present:
        """Ask, or raise psycopg.Error within a few seconds."""
        try:
            connection = self._opened()
            row = connection.execute(_QUESTION).fetchone()
            assert row is not None
            in_recovery, number, committed_at = row
            if not in_recovery and not self._listens:  # a standby cannot; it may be promoted
                connection.execute(_LISTEN)
                self._listens = True
                return self.ask()  # what came between the question and the listening
        except psycopg.Error:
            self.close()
            raise
        key = None if number is None else RevisionKey(number, committed_at.astimezone(UTC))
        return Present(key, is_certain=not in_recovery)

    def rest(self, seconds: float, wake: socket.socket) -> None:
        """Wait until the server has something to say, or somebody to ``wake``, or time is over."""
        with selectors.DefaultSelector() as selector:
            selector.register(wake, selectors.EVENT_READ)
            if self._connection is not None:
                selector.register(self._connection.fileno(), selectors.EVENT_READ)
            selector.select(seconds)

    def close(self) -> None:
        """Let go of the connection; the next question opens another."""
        connection, self._connection, self._listens = self._connection, None, False
        if connection is not None:
            connection.close()

    def _opened(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            self._connection = self._database.listening(patience_s=_PATIENCE_S)
            # Heard is enough: a notification wakes `rest`, and the next question has the answer.
            self._connection.add_notify_handler(lambda _: None)
        return self._connection
