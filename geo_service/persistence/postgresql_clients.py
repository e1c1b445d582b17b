"""PostgreSQL's own client programs, run on one database."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

import psycopg
from psycopg import conninfo
from sqlalchemy import make_url

from geo_service.domain.errors import GeoServiceError
from geo_service.persistence import postgresql
from geo_service.persistence.database import psycopg_url

_PATIENCE_S: Final = 10


class ClientError(GeoServiceError):
    """A program of PostgreSQL's is not there, or could not do its work; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """pg_dump, pg_restore and psql of the version that fits a server, and how it is reached."""

    programs: Path
    address: str
    secrets: Mapping[str, str]

    @classmethod
    def of(cls, url: str) -> Self:
        """Find those for the server of a database; raises ClientError."""
        given = address_of(url)
        try:
            with psycopg.connect(**given, connect_timeout=_PATIENCE_S) as connection:
                major = connection.info.server_version // 10_000
        except psycopg.Error as error:
            raise ClientError(f"the database cannot be used: {error}") from None
        programs = postgresql.clients(major)
        if programs is None:
            raise ClientError(
                f"the database is PostgreSQL {major}, and no pg_dump of that version or a newer "
                f"one is on this machine. Debian: apt-get install postgresql-client-{major}."
            )
        # A command line is everybody's to read; an environment is not.
        password = given.pop("password", None)
        return cls(
            programs=programs,
            address=conninfo.make_conninfo(**given, connect_timeout=_PATIENCE_S),
            secrets={} if password is None else {"PGPASSWORD": str(password)},
        )

    def run(self, program: str, *arguments: str | Path) -> str:
        """Run a program to its end; return what it says, or raise ClientError with its words."""
        ran = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, no shell
            [self.programs / program, *arguments],
            check=False, capture_output=True, stdin=subprocess.DEVNULL, env=self._environment(),
        )  # fmt: skip
        if ran.returncode:
            raise ClientError(failure(program, ran.stderr))
        return ran.stdout.decode(errors="replace")

    def start(
        self, program: str, *arguments: str | Path, said: IO[bytes], **streams: Any
    ) -> "subprocess.Popen[bytes]":
        """Start a program whose streams are the caller's; what it complains of goes to ``said``."""
        return subprocess.Popen(  # noqa: S603 - as above
            [self.programs / program, *arguments],
            stderr=said, env=self._environment(), **streams,
        )  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.secrets, "LC_ALL": "C.UTF-8"}


def address_of(url: str) -> dict[str, Any]:
    """Return how the driver reaches the database of a URL, libpq's of several hosts too."""
    parsed = make_url(psycopg_url(url))
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    return dict(given)


def failure(program: str, said: bytes) -> str:
    """Return the first complaint of a program that failed."""
    lines = said.decode(errors="replace").splitlines()
    complaints: Sequence[str] = [line for line in lines if "error" in line.lower()] or lines
    first = complaints[0] if complaints else "it says nothing of why"
    return f"{program} failed: {first.strip()}"
