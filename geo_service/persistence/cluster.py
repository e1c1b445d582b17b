"""A private PostGIS: one cluster in one folder, reached over a unix socket by one OS user.

Who may connect is decided by the kernel: ``peer`` authentication compares the caller's OS user
with a list of the user who started the cluster and the user it runs as. There is no password
that could be read, guessed or left in a backup, and no TCP port.
"""

import fcntl
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Self

import psycopg
from psycopg import sql
from sqlalchemy import URL

from geo_service.persistence import postgresql
from geo_service.persistence.roles import OWNER, READER, SERVICE, arrange
from geo_service.persistence.server_user import (
    ClusterError,
    is_private,
    make_private,
    name_of,
    reaches,
    server_user,
    works_in,
)

DATABASE = "geo_service"
_SUPERUSER = "postgres"

_PORT = 5432  # no port at all: it only names the socket's file
_SOCKET_LENGTH = 107  # sockaddr_un.sun_path, less its closing zero
_RELOCATED = Path("/var/lib/geo-service")
_SECONDS_TO_START = 60
_SECONDS_TO_STOP = 60

_CONFIGURATION = """\
# Written at every start; what is changed in postgresql.conf below the include wins.
listen_addresses = ''
port = {port}
unix_socket_directories = {sockets}
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 128MB
jit = off                       # the queries are short: compiling them costs more than it saves
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on   # one week is kept
log_min_error_statement = panic # a statement may hold a worker's position: never log it
log_parameter_max_length = 0
{extra}
"""


class Cluster:
    """The private PostGIS of one home folder, shared by all who start it.

    The first to start it runs the server and the last to stop it stops the server; a user who was
    killed counts as gone, because the kernel drops their lock. ``configuration`` is for tests.
    """

    def __init__(self, home: Path, *, configuration: str = "") -> None:
        self.home = home.absolute()
        self._configuration = configuration
        self._in_use: IO[bytes] | None = None
        self._programs = Path()
        self._runner = server_user(self.home / "cluster")

    @property
    def owner_url(self) -> str:
        """The SQLAlchemy URL of the role that owns the tables."""
        return self._url(OWNER)

    @property
    def service_url(self) -> str:
        """The SQLAlchemy URL of the role that owns nothing."""
        return self._url(SERVICE)

    @property
    def reader_url(self) -> str:
        """The SQLAlchemy URL of the role that reads what is published as OGC API."""
        return self._url(READER)

    @property
    def socket_folder(self) -> Path:
        """Where the running server's socket is."""
        return Path(self._postmaster_file()[4])

    def start(self) -> None:
        """Run the server, or join the one that runs already; then make what is missing in it."""
        self._programs = self._find_programs()
        self._make_home()
        with self._guard():
            if self._in_use is None:
                self._in_use = (self.home / "run" / "cluster.users").open("ab")
                # Nobody holds more than a shared lock but under the guard: this never waits.
                fcntl.flock(self._in_use, fcntl.LOCK_SH)
            try:
                if not self.is_alive():
                    self._start_server()
                self._wait_until_ready()
                self._make_database()
            except BaseException:
                self._leave()
                raise

    def stop(self) -> None:
        """Leave the cluster; the last one out shuts the server down and waits for it."""
        if self._in_use is not None:
            with self._guard():
                self._leave()

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()

    def is_alive(self) -> bool:
        """Say whether a server runs on this folder, whoever started it."""
        pid = self._postmaster()
        return pid is not None and works_in(pid, self.folder)

    @property
    def folder(self) -> Path:
        """The data folder itself, which is not under the home when that is closed to the server."""
        return (self.home / "cluster").resolve()

    def _url(self, role: str) -> str:
        where = {"host": str(self.socket_folder), "port": str(_PORT)}
        made = URL.create("postgresql+psycopg", username=role, database=DATABASE, query=where)
        return made.render_as_string(hide_password=False)

    # -- the users of the cluster ----------------------------------------------------------

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Let one process at a time start or stop the server."""
        with (self.home / "run" / "cluster.guard").open("ab") as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            yield

    def _leave(self) -> None:
        assert self._in_use is not None
        try:
            with suppress(BlockingIOError):  # somebody else still uses it
                fcntl.flock(self._in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if self.is_alive():
                    self._pg_ctl("stop", "-m", "fast", "-t", str(_SECONDS_TO_STOP))
                self._remove_short_sockets()
        finally:
            self._in_use.close()
            self._in_use = None

    # -- folders ---------------------------------------------------------------------------

    def _make_home(self) -> None:
        try:
            if not self.home.exists():
                self.home.mkdir(parents=True)
                self.home.chmod(0o755)  # whatever the umask: the server's user has to pass
            (self.home / "run").mkdir(mode=0o755, exist_ok=True)
            with (self.home / "run" / "cluster.guard").open("ab"):
                pass
        except OSError as error:
            raise ClusterError(
                f"{self.home} cannot be written by {name_of(os.geteuid())} ({error.strerror}). "
                "Run as the user it belongs to, or name another folder in GEO_SERVICE_HOME."
            ) from None

    def _find_programs(self) -> Path:
        version = self.home / "cluster" / "PG_VERSION"
        try:
            major = version.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            major = None
        except PermissionError:
            raise ClusterError(
                f"The database in {self.home / 'cluster'} belongs to {self._runner.pw_name}. "
                f"Run as {self._runner.pw_name} or as root, or name another GEO_SERVICE_HOME."
            ) from None
        if found := postgresql.with_postgis(major):
            return found
        if major and (other := postgresql.with_postgis()):
            raise ClusterError(
                f"The database in {self.home / 'cluster'} was made by PostgreSQL {major}, but only "
                f"PostgreSQL {postgresql.major_version(other)} is here. Install PostgreSQL {major} "
                f"with PostGIS beside it (Debian: postgresql-{major}-postgis-3), or bring the "
                "folder over with pg_upgrade, or export the register and start with a new home."
            )
        raise ClusterError(
            "No PostgreSQL with PostGIS was found. Debian: apt-get install postgresql-postgis."
        )

    def _sockets(self) -> Path:
        """Return a folder for the socket that only the server's user may enter."""
        wanted, kept = self.home / "run" / "postgresql", self.home / "run" / "postgresql.short"
        if _fits(wanted) and reaches(self._runner, self.home / "run"):
            make_private(wanted, self._runner)
            return wanted
        with suppress(FileNotFoundError):
            short = Path(kept.read_text(encoding="utf-8"))
            if is_private(short, self._runner):
                return short
        short = Path(tempfile.mkdtemp(prefix="geo-service-", dir="/tmp"))
        make_private(short, self._runner)
        kept.write_text(str(short), encoding="utf-8")
        return short

    def _remove_short_sockets(self) -> None:
        kept = self.home / "run" / "postgresql.short"
        with suppress(FileNotFoundError):
            shutil.rmtree(kept.read_text(encoding="utf-8"), ignore_errors=True)
            kept.unlink()

    # -- the server ------------------------------------------------------------------------

    def _start_server(self) -> None:
        if not (self.home / "cluster" / "PG_VERSION").exists():
            self._initdb()
        if not reaches(self._runner, self.folder):
            raise ClusterError(
                f"User {self._runner.pw_name}, who runs the database, may not enter "
                f"{self.folder}. Let them pass (chmod o+x on the folders above it), or name "
                "another folder in GEO_SERVICE_HOME."
            )
        self._forget_dead_postmaster()
        self._configure()
        self._pg_ctl("start", "-l", "startup.log", "-t", str(_SECONDS_TO_START))

    def _initdb(self) -> None:
        """Make the cluster aside and move it into place whole: a start cut short leaves nothing."""
        home, link = self.home, self.home / "cluster"
        if link.is_symlink():  # to a place that was removed
            link.unlink()
        if not reaches(self._runner, home):
            # The home is closed to the server's user (a project in /root, say). Opening other
            # people's folders is not ours to do, so the database gets a place of its own.
            _RELOCATED.mkdir(exist_ok=True)
            _RELOCATED.chmod(0o711)
            home = Path(tempfile.mkdtemp(prefix="home-", dir=_RELOCATED))
            home.chmod(0o711)
        draft, data = home / "cluster.draft", home / "cluster"
        shutil.rmtree(draft, ignore_errors=True)
        make_private(draft, self._runner)
        self._run(
            draft, "initdb", "--pgdata=.", f"--username={_SUPERUSER}", "--encoding=UTF8",
            "--locale=C.UTF-8", "--auth=peer", "--data-checksums",
        )  # fmt: skip
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude_if_exists = 'geo_service.conf'\n")
        draft.rename(data)
        if home != self.home:
            link.symlink_to(data)

    def _configure(self) -> None:
        sockets = str(self._sockets())
        quoted = "'\"" + sockets.replace('"', '""').replace("'", "''") + "\"'"
        users = sorted({pwd.getpwuid(os.geteuid()).pw_name, self._runner.pw_name})
        roles = (_SUPERUSER, OWNER, SERVICE, READER)
        written = {
            "geo_service.conf": _CONFIGURATION.format(
                port=_PORT, sockets=quoted, extra=self._configuration
            ),
            "pg_hba.conf": "local all all peer map=geo_service\n",
            "pg_ident.conf": "".join(
                f'geo_service "{user}" {role}\n' for user in users for role in roles
            ),
        }
        for name, text in written.items():
            path = self.folder / name
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
            os.chown(path, self._runner.pw_uid, self._runner.pw_gid)

    def _pg_ctl(self, *arguments: str) -> None:
        self._run(self.folder, "pg_ctl", "-D", ".", "-w", "-s", *arguments)

    def _run(self, folder: Path, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs in a folder, as the server's user.

        In, not on: pg_ctl puts paths into a shell's command line, where some names are commands.
        """
        runner = self._runner
        drop: dict[str, Any] = {}
        if os.geteuid() == 0:  # PostgreSQL refuses root
            groups = os.getgrouplist(runner.pw_name, runner.pw_gid)
            drop = {"user": runner.pw_uid, "group": runner.pw_gid, "extra_groups": groups}
        environ = {key: os.environ[key] for key in ("PATH", "TZDIR") if key in os.environ}
        with tempfile.TemporaryFile() as said:  # a pipe would stay open in the server
            ran = subprocess.run(  # noqa: S603  PostgreSQL's own programs, no shell
                [self._programs / program, *arguments],
                check=False, cwd=folder, umask=0o077, env={**environ, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL, stdout=said, stderr=said, **drop,
            )  # fmt: skip
            if ran.returncode:
                said.seek(0)
                text = said.read().decode(errors="replace").strip()
                raise ClusterError(f"{program} failed: {text}\n{self._last_words()}".rstrip())

    def _last_words(self) -> str:
        """Return the end of what the server logged last."""
        logs = [*self.folder.glob("startup.log"), *self.folder.glob("log/*.log")]
        newest = sorted(logs, key=lambda path: path.stat().st_mtime)[-1:]
        return "\n".join(
            line
            for log in newest
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        )

    def _wait_until_ready(self) -> None:
        """Wait for a server that somebody else started a moment ago."""
        deadline = time.monotonic() + _SECONDS_TO_START
        while self.is_alive() and time.monotonic() < deadline:
            if self._postmaster_file()[7:8] and self._postmaster_file()[7].strip() == "ready":
                return
            time.sleep(0.1)
        raise ClusterError(f"The database does not become ready.\n{self._last_words()}".rstrip())

    # -- postmaster.pid --------------------------------------------------------------------

    def _postmaster_file(self) -> Sequence[str]:
        # pid, data folder, start time, port, socket folder, listen address, memory key, state
        return (self.folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()

    def _postmaster(self) -> int | None:
        try:
            return int(self._postmaster_file()[0])
        except (FileNotFoundError, PermissionError, ValueError, IndexError):
            return None

    def _forget_dead_postmaster(self) -> None:
        """Remove the lock files of a server that was killed.

        PostgreSQL takes the number in them for a server that runs whenever any process has that
        number: after a reboot, in a new container, or while the dead one waits for its parent.
        The files stay while any process works in the folder: they guard its memory.
        """
        deadline = time.monotonic() + _SECONDS_TO_STOP
        while any(works_in(int(each.name), self.folder) for each in Path("/proc").glob("[0-9]*")):
            if time.monotonic() > deadline:
                raise ClusterError(f"An earlier PostgreSQL does not let go of {self.folder}.")
            time.sleep(0.1)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        for left in self._sockets().glob(".s.PGSQL.*"):
            left.unlink()

    # -- what the server holds -------------------------------------------------------------

    def _make_database(self) -> None:
        """Make the roles, the database and PostGIS, as far as they are missing."""
        with self._superuser("postgres") as connection:
            roles = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in {OWNER, SERVICE, READER} - roles:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)
            ).fetchone()
            if not found:
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(OWNER)
                    )
                )
        with self._superuser(DATABASE) as connection, connection.transaction():
            arrange(connection, owner=OWNER, service=SERVICE, reader=READER, database=DATABASE)

    def _superuser(self, database: str) -> psycopg.Connection:
        try:
            return psycopg.connect(
                host=str(self.socket_folder),
                port=_PORT,
                user=_SUPERUSER,
                dbname=database,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            raise ClusterError(
                f"The database in {self.folder} refuses {name_of(os.geteuid())}: {error}"
            ) from None


def _fits(folder: Path) -> bool:
    """Say whether libpq can name a socket in this folder: length, and no sign it would split at."""
    path = f"{folder}/.s.PGSQL.{_PORT}"
    return len(os.fsencode(path)) <= _SOCKET_LENGTH and not set(path) & set(",:\\\n")
