"""One database: an engine, and transactions on it."""

from contextlib import AbstractContextManager

from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker


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

        A frozen server is given up on after ``connect_timeout_s``; a statement after
        ``statement_timeout_ms`` (0: never).
        """
        return cls(
            create_engine(
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
        )

    def transaction(self) -> AbstractContextManager[Session]:
        """Open one unit of work."""
        return self._sessions.begin()


def psycopg_url(url: str) -> str:
    """Return a postgres:// or postgresql:// URL as one that means the driver used here."""
    scheme, separator, rest = url.partition("://")
    if scheme in {"postgres", "postgresql"}:
        url = f"postgresql+psycopg{separator}{rest}"
    return make_url(url).render_as_string(hide_password=False)
