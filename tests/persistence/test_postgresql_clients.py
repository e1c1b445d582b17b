"""Which pg_dump is taken for which server."""

from pathlib import Path

import pytest

from geo_service.persistence import postgresql
from geo_service.persistence.postgresql_clients import ClientError, Clients, address_of


@pytest.fixture
def debian(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Versions 13, 15 and 17 beside each other, and nothing on the PATH."""
    monkeypatch.setenv("PATH", "/nowhere")
    for version in (13, 15, 17):
        folder = tmp_path / str(version) / "bin"
        folder.mkdir(parents=True)
        for program in ("pg_dump", "pg_restore", "psql"):
            (folder / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) {version}.4'\n")
            (folder / program).chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(("server", "taken"), [(13, "13"), (14, "15"), (15, "15"), (16, "17")])
def test_those_of_the_servers_version_come_first_then_the_next_newer(
    debian: Path, server: int, taken: str
) -> None:
    assert postgresql.clients(server, debian=debian) == debian / taken / "bin"


def test_an_older_one_is_never_taken(debian: Path) -> None:
    assert postgresql.clients(18, debian=debian) is None


def test_a_database_that_cannot_be_reached_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(ClientError, match="the database cannot be used"):
        Clients.of(f"postgresql://nobody@/none?host={tmp_path}")


def test_all_hosts_of_an_address_are_kept() -> None:
    address = address_of("postgresql://a:b@one.example,two.example:6432/stations?sslmode=require")

    assert (address["host"], address["port"]) == ("one.example,two.example", "5432,6432")
    assert (address["password"], address["sslmode"]) == ("b", "require")
