"""One database: how it is reached, how long it is waited for, and transactions on it."""

import re
import select
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import Ready
from sqlalchemy import Engine, NullPool, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from geo_service.domain.errors import (
    GeoServiceError,
    RegisterNotWritableError,
    RegisterUnavailableError,
)

T = TypeVar("T")

# How long a server may say nothing before it is asked, by another connection, whether it lives.
# With that connection's own two seconds, nobody waits three for a server that is frozen.
_SILENCE_S: Final = 0.75
# A server that is well cancels a late statement itself; this is for one that does not.
_GRACE_S: Final = 1.0

# A connection to a machine that vanished is noticed by the kernel: it says nothing of its own.
_NOTICES_LOSS: Final = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
}

_READ_ONLY: Final = "25006"
_REASONS: Final = {
    "53100": "the database's disk is full",
    "53300": "the database has no connection left",
    "57014": "the database took too long",
    _READ_ONLY: "this database takes no writes: it is a standby, or was made read-only",
}
_WRITES: Final = "writes"


class Database:
    """Hands out transactions; commits on a clean exit and rolls back on any error.

    A database that is lost is told in words of the domain: RegisterUnavailableError, or
    RegisterNotWritableError where the transaction was one that writes.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sessions = sessionmaker(engine, expire_on_commit=False)

    @classmethod
    def connect(
        cls,
        url: str,
        *,
        connect_timeout_s: int = 2,
        statement_timeout_ms: int = 0,
        read_only: bool = False,
        kept: int = 0,
    ) -> "Database":
        """Open a database by its URL; nothing is sent until first use.

        Each transaction has a connection of its own, but for as many as are ``kept``.

        A server that cannot be reached is given up on after ``connect_timeout_s``; a statement
        after ``statement_timeout_ms`` (0: never). One that is frozen is found out by itself.
        """
        engine = create_engine(
            psycopg_url(url),
            # Most reads are answered from memory and writes are rare: a connection kept for them
            # would be one more that can go stale, and one less for others.
            **({"poolclass": QueuePool, "pool_size": kept} if kept else {"poolclass": NullPool}),
            hide_parameters=True,  # an error's text goes to the log; positions do not
            connect_args={
                "connect_timeout": connect_timeout_s,
                "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC"
                + (" -c default_transaction_read_only=on" if read_only else ""),
                "application_name": "geo_service",
                **_NOTICES_LOSS,
            },
        )
        longest_s = statement_timeout_ms / 1000 + _GRACE_S if statement_timeout_ms else None

        @event.listens_for(engine, "do_connect")
        def connect(_dialect: Any, _record: Any, given: list[Any], named: dict[str, Any]) -> Any:
            connection = _WatchfulConnection.connect(*given, **named)
            connection.watch(named, longest_s)
            return connection

        if kept:
            event.listen(engine, "checkout", _let_go_of_the_dead)
        return cls(engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open one unit of work."""
        committing = False
        with self._sessions() as session:
            try:
                yield session
                committing = True
                session.commit()
            except DBAPIError as error:
                if not _is_lost(error):
                    raise
                raise _in_words(
                    error, writes=_WRITES in session.info, committing=committing
                ) from error

    @contextmanager
    def told_of_loss(self) -> Iterator[None]:
        """Tell in words of the domain that the database is lost, to who reads by the engine."""
        try:
            yield
        except DBAPIError as error:
            if not _is_lost(error):
                raise
            raise _in_words(error, writes=False, committing=False) from error

    def listening(self, *, patience_s: float) -> psycopg.Connection[Any]:
        """Open a connection of one's own, outside all transactions, to one who asks often.

        A server that says nothing for ``patience_s`` is taken for lost: psycopg.OperationalError.
        """
        _, named = self.engine.dialect.create_connect_args(self.engine.url)
        given: dict[str, Any] = {
            **named,
            **_NOTICES_LOSS,
            "connect_timeout": 2,
            "application_name": "geo_service watch",
        }
        connection = _StrictConnection.connect(**given, autocommit=True)
        connection.patience_s = patience_s
        return connection


def will_write(session: Session) -> None:
    """Mark a transaction as one that writes: what stops it is then told as such."""
    session.info[_WRITES] = True


def _is_lost(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError | InterfaceError) or _state(error) == _READ_ONLY


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _in_words(error: DBAPIError, *, writes: bool, committing: bool) -> GeoServiceError:
    state = _state(error)
    reason = _REASONS.get(state or "", "the database does not answer")
    if not writes:
        return RegisterUnavailableError(reason)
    # Without a word from the server, a commit that was sent may or may not have been made.
    outcome = (
        "whether the change was made is not known: look at the revision before you try again"
        if committing and state is None
        else "nothing was changed"
    )
    return RegisterNotWritableError(f"the register cannot be changed now: {reason}; {outcome}")


class _StrictConnection(psycopg.Connection[Any]):
    """A connection that is closed when the server says nothing for too long."""

    patience_s: float | None = None

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        try:
            return super().wait(gen, interval, self.patience_s if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:  # noqa: SLF001 - what wait() is documented to raise
            self.pgconn.finish()
            raise psycopg.OperationalError("the database gives no answer") from None


class _WatchfulConnection(psycopg.Connection[Any]):
    """A connection that tells a server at work from one that is frozen.

    The statement timeout is the server's to keep; one that is frozen keeps no promise. So whenever
    nothing was heard for a while, another connection finds out whether the server still lives.
    """

    _address: Mapping[str, Any] = {}
    _longest_s: float | None = None

    def watch(self, address: Mapping[str, Any], longest_s: float | None) -> None:
        """Begin to watch: how the server is reached, and how long anything may take."""
        # Of several hosts, the one that was reached.
        self._address = {**address, "host": self.info.host, "port": self.info.port}
        self._longest_s = longest_s

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        if timeout is not None or not self._address:
            return super().wait(gen, interval, timeout)
        began, resumable = monotonic(), _resumable(gen)
        while True:
            try:
                return super().wait(resumable, interval, _SILENCE_S)
            except psycopg.errors._WaitTimeout:  # noqa: SLF001 - documented, as above
                late = self._longest_s is not None and monotonic() - began > self._longest_s
                if late or not self._server_lives():
                    self.pgconn.finish()
                    raise psycopg.OperationalError("the database gives no answer") from None

    def _server_lives(self) -> bool:
        try:
            psycopg.connect(**self._address).close()
        except psycopg.errors.ConnectionTimeout:
            return False
        except psycopg.Error:
            pass  # it refuses, so it lives; if it died, this connection hears of that by itself
        return True


def _let_go_of_the_dead(connection: Any, _record: Any, _proxy: Any) -> None:
    """Have another connection opened in the place of one whose server went meanwhile.

    A server has nothing to say to who asks nothing, but that it ends the connection.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        raise DisconnectionError


def _resumable(gen: PQGen[T]) -> PQGen[T]:
    """Let a generator that was not done be taken up again where it stood.

    psycopg takes one up by ``next``, which brings it nothing; in the middle of sending it wants to
    hear what the connection is ready for. "For nothing yet" makes it try, and ask again.
    """
    try:
        state = next(gen)
        while True:
            ready = yield state
            state = gen.send(Ready.NONE if ready is None else ready)
    except StopIteration as done:
        result: T = done.value
        return result


def psycopg_url(url: str) -> str:
    """Return a PostgreSQL URL, libpq's of several hosts too, as one for the driver used here."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        scheme = "postgresql+psycopg"
    authority, slash, path = rest.partition("/")
    user, at, hosts = authority.rpartition("@")
    if "," in hosts:
        name, _, query = path.partition("?")
        listed = "&".join(f"host={_host(each)}" for each in hosts.split(","))
        authority, slash, path = user + at, "/", f"{name}?{'&'.join(filter(None, [listed, query]))}"
    made = make_url(f"{scheme}{separator}{authority}{slash}{path}")
    return made.render_as_string(hide_password=False)


def _host(given: str) -> str:
    """Return one of several hosts with its port: SQLAlchemy mixes none with some."""
    return given if re.search(r":[0-9]+$", given) else f"{given}:5432"
