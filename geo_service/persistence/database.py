"""One database: an engine, and transactions on it."""

from contextlib import AbstractContextManager
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

T = TypeVar("T")

# A server that is well cancels a late statement itself; only one that is frozen gets so far.
_GRACE_S = 1.0


class Database:
    """Hands out transactions; commits on a clean exit and rolls back on any error."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def connect(
        cls, url: str, *, connect_timeout_s: int = 2, statement_timeout_ms: int = 0
    ) -> "Database":
        """Open a database by its URL; nothing is sent until first use.

        A server that cannot be reached is given up on after ``connect_timeout_s``; a statement
        after ``statement_timeout_ms`` (0: never), even by a server that is frozen.
        """
        engine = create_engine(
            psycopg_url(url),
            pool_pre_ping=True,
            hide_parameters=True,  # an error's text goes to the log; positions do not
            pool_timeout=connect_timeout_s,
            connect_args={
                "connect_timeout": connect_timeout_s,
                "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC",
                "application_name": "geo_service",
            },
        )
        if statement_timeout_ms:
            _lose_patience_after(engine, statement_timeout_ms / 1000 + _GRACE_S)
        return cls(engine)

    def transaction(self) -> AbstractContextManager[Session]:
        """Open one unit of work."""
        return self._sessions.begin()


class _ImpatientConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server says nothing for too long.

    The statement timeout is the server's to keep; one that is frozen keeps no promise.
    """

    patience_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, self.patience_s if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - what wait() is documented to raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database gives no answer") from None


def _lose_patience_after(engine: Engine, seconds: float) -> None:
    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, given: list[Any], named: dict[str, Any]) -> Any:
        connection = _ImpatientConnection.connect(*given, **named)
        connection.patience_s = seconds
        return connection


def psycopg_url(url: str) -> str:
    """Return a postgres:// or postgresql:// URL as one that means the driver used here."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        url = f"postgresql+psycopg{separator}{rest}"
    return make_url(url).render_as_string(hide_password=False)
