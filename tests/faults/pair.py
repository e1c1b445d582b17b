"""A primary and a streaming replica: two clusters on one machine, over unix sockets."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from geo_service.persistence import postgresql
from geo_service.persistence.roles import OWNER, READER, SERVICE, arrange
from geo_service.persistence.server_user import make_private, server_user
from tests.support.postgis import throw_away_home

DATABASE = "geo_service"
# Only its user may enter the sockets' folders: whoever is in is let in.
_HBA = "local all all trust\nlocal replication all trust\n"


class Server:
    """One PostgreSQL, with its data and its socket in folders of its own."""

    def __init__(self, home: Path) -> None:
        self.data = home / "data"
        self.sockets = home / "sockets"
        self._user = server_user(self.data)
        programs = postgresql.with_postgis()
        assert programs is not None
        self._programs = programs
        home.mkdir()
        home.chmod(0o755)
        make_private(self.data, self._user)
        make_private(self.sockets, self._user)

    def initialise(self) -> None:
        """Make an empty cluster that commits only what its replica, if named, has too."""
        self._run("initdb", "-D", ".", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8")
        self._configure()

    def follow(self, primary: "Server", name: str) -> None:
        """Become a replica of another server."""
        self._run(
            "pg_basebackup", "-D", ".", "-R", "-X", "stream", "-c", "fast",
            "-d", f"host={primary.sockets} user=postgres application_name={name}",
        )  # fmt: skip
        # What came with the copy: after a promotion it would wait for a replica it has not.
        (self.data / "postgresql.auto.conf").write_text(
            f"primary_conninfo = 'host={primary.sockets} user=postgres application_name={name}'\n"
        )
        self._configure()

    def start(self) -> None:
        """Start, and wait until it answers."""
        self._run("pg_ctl", "-D", ".", "-w", "-s", "-l", "log", "start")

    def stop(self) -> None:
        """Stop at once, if it runs."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-D", ".", "-w", "-s", "-m", "immediate", "stop")

    def promote(self) -> None:
        """End being a replica."""
        self._run("pg_ctl", "-D", ".", "-w", "-s", "promote")

    def superuser(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as who may do anything."""
        return psycopg.connect(
            host=str(self.sockets), user="postgres", dbname=database, autocommit=True
        )

    def url(self, role: str) -> str:
        """Return the address of the service's database."""
        return f"postgresql://{role}@/{DATABASE}?host={self.sockets}&port=5432"

    def _configure(self) -> None:
        (self.data / "pg_hba.conf").write_text(_HBA)
        (self.data / "postgresql.conf").write_text(
            "listen_addresses = ''\n"
            f"unix_socket_directories = '{self.sockets}'\n"
            "shared_buffers = 32MB\n"
            "fsync = off\n"  # the machine stays on: what a killed server wrote is kept
            "max_connections = 60\n"
        )

    def _run(self, program: str, *arguments: str) -> None:
        drop: dict[str, Any] = (
            {"user": self._user.pw_uid, "group": self._user.pw_gid} if os.geteuid() == 0 else {}
        )
        with (self.data.parent / "said").open("ab") as said:
            subprocess.run(
                [self._programs / program, *arguments], check=True, cwd=self.data, stdout=said,
                stderr=said, umask=0o077, env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]},
                **drop,
            )  # fmt: skip


@contextmanager
def primary_and_replica() -> Iterator[tuple[Server, Server]]:
    """Yield a primary with the service's database, and a replica that every commit waits for."""
    with throw_away_home("pair-") as home, ExitStack() as stack:
        home.mkdir()
        home.chmod(0o755)
        primary, replica = Server(home / "a"), Server(home / "b")
        primary.initialise()
        stack.callback(primary.stop)
        primary.start()
        with primary.superuser() as connection:
            for role in (OWNER, SERVICE, READER):
                connection.execute(f"CREATE ROLE {role} LOGIN")
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        with primary.superuser(DATABASE) as connection:
            arrange(connection, owner=OWNER, service=SERVICE, reader=READER, database=DATABASE)
        stack.callback(replica.stop)
        replica.follow(primary, "replica")
        replica.start()
        with primary.superuser() as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'replica'")
            connection.execute("SELECT pg_reload_conf()")
            _wait_until_synchronous(connection)
        yield primary, replica


def _wait_until_synchronous(connection: psycopg.Connection) -> None:
    deadline = time.monotonic() + 30
    question = "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"
    while connection.execute(question).fetchone() != (1,):
        assert time.monotonic() < deadline
        time.sleep(0.05)
