"""An archive of pg_dump's: what it lists, and what of that goes into another database."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import psycopg
from psycopg import sql

from geo_service.persistence.postgresql_clients import Clients
from geo_service.persistence.roles import READER

# A line of the list: 3821; 0 16412 TABLE DATA public station geo_owner
_ENTRY: Final = re.compile(r"[0-9]+; [0-9]+ [0-9]+ (?P<what>.+)")
_TABLE: Final = re.compile(r"TABLE DATA public (?P<name>\S+) ")
# The schema and the extension are there already, and privileges are given by the names of here.
_LEFT_OUT: Final = ("SCHEMA ", "EXTENSION ", "COMMENT - ", "ACL ", "DEFAULT ACL ")
_PRIVILEGES: Final = ("ACL ", "DEFAULT ACL ")

_BY_DEFAULT: Final = re.compile(
    r"ALTER DEFAULT PRIVILEGES .* GRANT .* ON TABLES\s+TO (?P<role>.+);"
)
_GRANT: Final = re.compile(
    r"GRANT (?P<what>.+) ON (?P<kind>TABLE|SEQUENCE) (?P<thing>.+) TO (?P<role>.+);"
)
# Where somebody calls that role otherwise, or does without it, there is nothing to grant.
_FOR_READER: Final = (
    f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{READER}') THEN "
    f"GRANT {{what}} ON {{thing}} TO {READER}; END IF; END $$;\n"
)
_MIGRATION: Final = re.compile(r"^COPY public\.alembic_version .*\n(?P<number>.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One file, and the programs that read it."""

    file: Path
    entries: tuple[str, ...]
    clients: Clients

    @classmethod
    def of(cls, file: Path, clients: Clients) -> Self:
        """Read the list of a file; raises ClientError where it is no archive."""
        listed = clients.run("pg_restore", "--list", file).splitlines()
        entries = tuple(line for line in listed if _ENTRY.fullmatch(line))
        return cls(file=file, entries=entries, clients=clients)

    def tables(self) -> set[str]:
        """Return the tables whose rows it holds."""
        found = (_TABLE.match(_what(entry)) for entry in self.entries)
        return {each["name"].strip('"') for each in found if each}

    def migration(self) -> str | None:
        """Return the migration its schema is at; None where it is no database of ours."""
        if not {"alembic_version", "revision", "station"} <= self.tables():
            return None
        said = self.clients.run(
            "pg_restore", "--data-only", "--table=alembic_version", "--file=-", self.file
        )
        found = _MIGRATION.search(said)
        return found["number"] if found else None

    @contextmanager
    def listed(self) -> Iterator[Path]:
        """Yield a list, as pg_restore takes it, of what goes into another database."""
        with self._list(e for e in self.entries if not _what(e).startswith(_LEFT_OUT)) as file:
            yield file

    def grants_to(self, role: str, connection: psycopg.Connection[Any]) -> Iterator[str]:
        """Write as SQL what the service may do with each table, for the role that it is here.

        And what the role may read that reads what is published, which goes by one name everywhere.

        Where one role owned all, nothing says so; then what is granted by default stays.
        """
        with self._list(e for e in self.entries if _what(e).startswith(_PRIVILEGES)) as file:
            said = self.clients.run("pg_restore", f"--use-list={file}", "--file=-", self.file)
        services = set(_BY_DEFAULT.findall(said))
        name = sql.Identifier(role).as_string(connection)
        begun = set()
        for found in _GRANT.finditer(said):
            if found["role"] == READER:
                yield _FOR_READER.format(what=found["what"], thing=found["thing"])
            if found["role"] not in services:
                continue
            thing = f"{found['kind']} {found['thing']}"
            if thing not in begun:
                begun.add(thing)
                yield f"REVOKE ALL ON {thing} FROM {name};\n"
            yield f"GRANT {found['what']} ON {thing} TO {name};\n"

    @contextmanager
    def _list(self, entries: Iterator[str]) -> Iterator[Path]:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="geo-service-") as file:
            file.writelines(f"{entry}\n" for entry in entries)
            file.flush()
            yield Path(file.name)


def _what(entry: str) -> str:
    return entry.split(" ", 3)[3]
