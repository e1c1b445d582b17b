"""The whole database as one file, and back into an empty one.

The file is an archive of PostgreSQL's own: tables, sequences, triggers, and who may do what. It
holds no name of a role that the database it goes into would have to have.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import psycopg

from geo_service.domain.errors import GeoServiceError
from geo_service.persistence import migrate
from geo_service.persistence.archive import Archive
from geo_service.persistence.postgresql_clients import (
    ClientError,
    Clients,
    address_of,
    failure,
)

_OWN_TABLES: Final = """
    SELECT c.relname FROM pg_class AS c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
    ORDER BY c.relname
"""
# Whatever stands in the schema and came with no extension.
_OWN_THINGS: Final = """
    SELECT thing.name FROM (
        SELECT oid, relname AS name, relnamespace AS place FROM pg_class
            WHERE relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        UNION ALL SELECT oid, proname, pronamespace FROM pg_proc
        UNION ALL SELECT oid, typname, typnamespace FROM pg_type WHERE typtype IN ('d', 'e')
    ) AS thing
    WHERE thing.place = 'public'::regnamespace
        AND NOT EXISTS (SELECT 1 FROM pg_depend AS d WHERE d.objid = thing.oid AND d.deptype = 'e')
    ORDER BY thing.name LIMIT 1
"""
_IS_GRANTED: Final = """
    SELECT EXISTS (
        SELECT 1 FROM pg_default_acl, aclexplode(defaclacl) AS entry
        WHERE defaclrole = current_user::regrole AND defaclobjtype = 'r'
            AND entry.grantee = (SELECT oid FROM pg_roles WHERE rolname = %s)
    )
"""
_HELD: Final = "SELECT (SELECT max(number) FROM revision), (SELECT count(*) FROM station)"

# pg_restore's output comes between the two: without the last word, nothing of it stays.
_BEGIN: Final = b"BEGIN;\n"
_COMMIT: Final = b"COMMIT;\n"


class BackupError(GeoServiceError):
    """No backup was made or restored, and nothing was changed; the text says why."""


class Held(NamedTuple):
    """What a backup holds: the last revision (None before the first load), and its stations."""

    revision: int | None
    stations: int


def back_up(url: str, file: Path) -> Held:
    """Write a database to a file, in the place of an older one, or leave that as it was.

    Raises:
        BackupError, ClientError: PostgreSQL refused, or what it wrote is not whole.
        OSError: the file cannot be written.
    """
    clients = Clients.of(url)
    with _connected(url) as connection:
        tables = {name for (name,) in connection.execute(_OWN_TABLES)}
        if not {"revision", "station"} <= tables:
            raise BackupError("the database holds no register: there is nothing to back up")
        held = Held(*_only(connection.execute(_HELD)))
    # Beside the file: only within one file system is it replaced in one step.
    with tempfile.TemporaryDirectory(prefix=".geo-service-", dir=file.absolute().parent) as folder:
        draft = Path(folder) / "draft.backup"
        draft.touch(mode=0o600)  # it holds what people may sign in with, if only as hashes
        clients.run(
            "pg_dump", "--format=custom", "--schema=public", "--lock-wait-timeout=10s",
            "--exclude-table=public.spatial_ref_sys",  # PostGIS brings it, and an owner may not
            "--no-password", f"--file={draft}", f"--dbname={clients.address}",
        )  # fmt: skip
        if missing := tables - Archive.of(draft, clients).tables():
            raise BackupError(f"the backup is not whole: it lacks {', '.join(sorted(missing))}")
        _read_through(draft, clients)
        draft.replace(file)
    return held


def restore(owner_url: str, service_url: str, file: Path) -> Held:
    """Put a backup into an empty database, all of it or nothing.

    What the service's role may do follows the backup, by whatever name the role goes here.

    Raises:
        BackupError, ClientError: the file is no backup, or the database is not empty, or lacks
            what the service needs of it.
    """
    clients = Clients.of(owner_url)
    archive = Archive.of(file, clients)
    _check_schema(archive)
    with _connected(service_url) as connection:
        (service,) = _only(connection.execute("SELECT current_user"))
    with _connected(owner_url) as connection:
        _check_target(connection, service)
        grants = [each.encode() for each in archive.grants_to(service, connection)]
    _pour(archive, clients, grants)
    with _connected(owner_url) as connection:
        connection.autocommit = True
        connection.execute("ANALYZE")  # a new database knows nothing of what it holds
        return Held(*_only(connection.execute(_HELD)))


def _read_through(file: Path, clients: Clients) -> None:
    """Have every byte read and unpacked: the list at its head tells of no damage further on."""
    clients.run("pg_restore", "--file=/dev/null", file)


def _check_schema(archive: Archive) -> None:
    migration = archive.migration()
    if migration is None:
        raise BackupError(f"{archive.file} is not a backup of this service's database")
    if not migrate.is_known(migration):
        raise BackupError(
            f"{archive.file} was made by a newer release, whose schema is at {migration}: restore "
            "it with that release"
        )


def _check_target(connection: psycopg.Connection[Any], service: str) -> None:
    if not connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'").fetchone():
        with _refused_in_words("the database lacks PostGIS, and its owner may not add it"):
            connection.execute("CREATE EXTENSION postgis")
            connection.commit()
    if found := connection.execute(_OWN_THINGS).fetchone():
        raise BackupError(
            f"the database is not empty (it has {found[0]}): restore into an empty one, such as "
            "that of a new GEO_SERVICE_HOME"
        )
    (owner,) = _only(connection.execute("SELECT current_user"))
    (is_granted,) = _only(connection.execute(_IS_GRANTED, (service,)))
    if owner != service and not is_granted:
        raise BackupError(
            f"role {service} would not be let to the tables of {owner}: set the default privileges "
            'first, as docs/operations.md has them under "A PostGIS of your own"'
        )


def _pour(archive: Archive, clients: Clients, grants: Iterable[bytes]) -> None:
    """Let psql run what pg_restore writes, as one transaction that ends with our own word.

    pg_restore's own transaction could not take the grants in. Should this process be killed, psql
    comes to the end of its input without a COMMIT, and the server forgets all of it.
    """
    with tempfile.TemporaryFile() as said, archive.listed() as contents:
        psql = clients.start(
            "psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1",
            f"--dbname={clients.address}", "--file=-",
            said=said, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert psql.stdin is not None
        try:
            with suppress(BrokenPipeError):  # psql has ended, and says why below
                psql.stdin.write(_BEGIN)
                if _written(archive, clients, contents, psql.stdin):
                    psql.stdin.writelines([*grants, _COMMIT])
                psql.stdin.close()
        finally:
            with suppress(BrokenPipeError):
                psql.stdin.close()
            code = psql.wait()
        if code:
            said.seek(0)
            raise ClientError(failure("psql", said.read()))


def _written(archive: Archive, clients: Clients, contents: Path, into: IO[bytes]) -> bool:
    """Write the archive as SQL; one that is cut off or altered raises before its end."""
    with tempfile.TemporaryFile() as said:
        pg_restore = clients.start(
            "pg_restore", "--no-owner", "--no-privileges", "--file=-",
            f"--use-list={contents}", archive.file,
            said=said, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert pg_restore.stdout is not None
        try:
            shutil.copyfileobj(pg_restore.stdout, into)
        finally:
            pg_restore.stdout.close()
            code = pg_restore.wait()
        if code:
            said.seek(0)
            raise BackupError(failure("pg_restore", said.read()))
    return True


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    with (
        _refused_in_words("the database cannot be used"),
        psycopg.connect(**address_of(url)) as connection,
    ):
        yield connection


@contextmanager
def _refused_in_words(words: str) -> Iterator[None]:
    try:
        yield
    except psycopg.Error as error:
        raise BackupError(f"{words}: {error}") from None


def _only(found: psycopg.Cursor[Any]) -> Any:
    row = found.fetchone()
    assert row is not None
    return row
