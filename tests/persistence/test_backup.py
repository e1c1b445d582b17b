"""Backup and restore: a drill that compares everything, and what may go wrong on the way."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.station import StationId
from geo_service.persistence import migrate, postgresql
from geo_service.persistence.backup import back_up, restore
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.persistence.postgresql_clients import address_of
from geo_service.persistence.roles import READER, arrange
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT
from tests.conftest import SHIPPED
from tests.support.drill import portrait
from tests.support.postgis import PostGIS, throw_away_home


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster with databases of these tests' own."""
    with throw_away_home() as home, Cluster(home) as running:
        yield running


@pytest.fixture(scope="module")
def full(cluster: Cluster) -> PostGIS:
    """A database in which something of everything is kept."""
    migrate.upgrade(cluster.owner_url)
    database = Database.connect(cluster.service_url)
    load_folder(database, SHIPPED, author="tests", reason="the shipped register")
    with database.transaction() as session:
        store = ChangeStore(session)
        station = store.recorded(StationId("LH-001")).station
        store.apply(
            [replace(station, name='‘新’ \\ 站\t"点"', verified_on=date(2026, 11, 1))],
            note=RevisionNote(author="甲", reason="核实", kind=ChangeKind.EDIT),
        )
        for words in ("门锁了", None):
            session.execute(
                text(
                    "INSERT INTO station_report (station_id, kind, words, revision)"
                    " VALUES ('LH-001', 'closed', :words, 1)"
                ),
                {"words": words},
            )
        session.execute(
            text(
                "INSERT INTO route (id, name, note, datum, line) VALUES ('r', 'r', '', 'wgs84',"
                " ST_GeomFromText('LINESTRING(114 33.5, 114.1 33.6)', 4326))"
            )
        )
    database.engine.dispose()
    return PostGIS(cluster.owner_url, cluster.service_url, cluster.reader_url)


@pytest.fixture(scope="module")
def backup(full: PostGIS, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    file = tmp_path_factory.mktemp("backup") / "stations.backup"
    back_up(full.owner_url, file)
    return file


@pytest.fixture
def make_empty(cluster: Cluster) -> Iterator[Callable[[str, str], PostGIS]]:
    """Make an empty database whose roles have these names; it is dropped afterwards."""
    name = f"empty_{time.monotonic_ns()}"

    def make(owner: str = "geo_owner", service: str = "geo_service") -> PostGIS:
        with superuser(cluster) as connection:
            roles = {each for (each,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role, member in ((owner, "geo_owner"), (service, "geo_service")):
                if role not in roles:
                    run(connection, "CREATE ROLE {}", role)
                    run(connection, "GRANT {} TO {}", role, member)
            run(connection, "CREATE DATABASE {} OWNER {}", name, owner)
            run(connection, "GRANT CONNECT ON DATABASE {} TO geo_owner, geo_service", name)
        with superuser(cluster, name) as connection:
            arrange(connection, owner=owner, service=service, reader=READER, database=name)
            run(connection, "GRANT CONNECT ON DATABASE {} TO geo_owner, geo_service", name)
        return PostGIS(
            owner_url=_as(cluster.owner_url, name, owner),
            service_url=_as(cluster.service_url, name, service),
            reader_url=_as(cluster.reader_url, name, READER),
        )

    yield make
    with superuser(cluster) as connection:
        run(connection, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def superuser(cluster: Cluster, database: str = "postgres") -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=str(cluster.socket_folder), user="postgres", dbname=database, autocommit=True
    )


def run(connection: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _as(url: str, database: str, role: str) -> str:
    made = make_url(url).set(database=database).update_query_dict({"options": f"-crole={role}"})
    return made.render_as_string(hide_password=False)


def is_empty(server: PostGIS) -> bool:
    drawn = portrait(server.owner_url, server.service_url)
    return not (drawn["functions"] or drawn["sequences"] or drawn["owners"])


# -- the drill -----------------------------------------------------------------------------


def test_what_comes_back_is_all_that_was_there(
    full: PostGIS, backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty()

    held = restore(target.owner_url, target.service_url, backup)

    before, after = (
        portrait(full.owner_url, full.service_url),
        portrait(target.owner_url, target.service_url),
    )
    assert {name for name in before if before[name] != after[name]} == set()
    assert after.keys() == before.keys()
    assert (held.revision, held.stations) == (2, 203)
    assert len(after["rows of station_report"]) == 2


def test_the_reader_may_read_there_what_is_published(
    backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty()

    restore(target.owner_url, target.service_url, backup)

    reader = Database.connect(target.reader_url)
    with reader.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM ogc_station")) == 203


def test_roles_of_other_names_may_do_there_what_they_could_here(
    full: PostGIS, backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty("keeper", "desk-2")

    restore(target.owner_url, target.service_url, backup)

    before, after = (
        portrait(full.owner_url, full.service_url),
        portrait(target.owner_url, target.service_url),
    )
    assert {name for name in before if before[name] != after[name]} == set()
    # The queue of reports is the table that the service's role may not do all with.
    assert ("station_report", "DELETE") not in after["privileges"]
    assert ("station_report", "INSERT") in after["privileges"]


def test_what_was_restored_is_served_edited_and_still_never_altered(
    backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty()
    restore(target.owner_url, target.service_url, backup)

    migrate.check(target.owner_url)
    number = _close_a_station(target.service_url)

    assert number == 3
    with (
        psycopg.connect(
            make_url(target.owner_url).set(drivername="postgresql").render_as_string()
        ) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="never altered"),
    ):
        connection.execute("DELETE FROM station_history")


def _close_a_station(url: str) -> int:
    database = Database.connect(url)
    with database.transaction() as session:
        store = ChangeStore(session)
        station = store.recorded(StationId("LH-002")).station
        number = store.apply(
            [replace(station, closed_on=date(2026, 12, 1))],
            note=RevisionNote(author="乙", reason="停用", kind=ChangeKind.EDIT),
        )
    database.engine.dispose()
    return number


def test_one_role_may_own_all_where_it_goes(
    full: PostGIS, backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty()

    restore(target.owner_url, target.owner_url, backup)

    rows = portrait(target.owner_url, target.owner_url)["rows of station"]
    assert rows == portrait(full.owner_url, full.service_url)["rows of station"]


# -- the file ------------------------------------------------------------------------------


def test_a_backup_is_for_its_owner_alone(backup: Path) -> None:
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in backup.parent.iterdir()] == [backup.name]


def test_an_older_file_stays_where_a_backup_fails(
    make_empty: Callable[..., PostGIS], tmp_path: Path
) -> None:
    file = tmp_path / "stations.backup"
    file.write_text("older")

    with pytest.raises(GeoServiceError, match="holds no register"):
        back_up(make_empty().owner_url, file)

    assert file.read_text() == "older"
    assert list(tmp_path.iterdir()) == [file]


# -- what is refused -----------------------------------------------------------------------


def test_a_database_that_is_not_empty_is_refused_and_stays_as_it_is(
    full: PostGIS, backup: Path
) -> None:
    before = portrait(full.owner_url, full.service_url)

    with pytest.raises(GeoServiceError, match="is not empty"):
        restore(full.owner_url, full.service_url, backup)

    assert portrait(full.owner_url, full.service_url) == before


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.999])
def test_a_file_that_is_cut_off_leaves_the_database_empty(
    backup: Path, make_empty: Callable[..., PostGIS], tmp_path: Path, kept: float
) -> None:
    whole, target = backup.read_bytes(), make_empty()
    file = tmp_path / "cut.backup"
    file.write_bytes(whole[: int(len(whole) * kept)])

    with pytest.raises(GeoServiceError):
        restore(target.owner_url, target.service_url, file)

    assert is_empty(target)


def test_a_file_that_is_no_backup_is_refused(
    make_empty: Callable[..., PostGIS], tmp_path: Path
) -> None:
    target = make_empty()
    (tmp_path / "x").write_bytes(b"a picture of a cat")

    with pytest.raises(GeoServiceError, match="pg_restore failed"):
        restore(target.owner_url, target.service_url, tmp_path / "x")

    assert is_empty(target)


def test_an_archive_of_another_database_is_refused(
    cluster: Cluster, make_empty: Callable[..., PostGIS], tmp_path: Path
) -> None:
    target, programs = make_empty(), postgresql.clients(15)
    assert programs is not None
    where = f"host={cluster.socket_folder} user=postgres dbname=postgres"
    with superuser(cluster) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS station (id text)")
    file = tmp_path / "other.backup"
    subprocess.run([programs / "pg_dump", "-Fc", f"-f{file}", where], check=True)

    with pytest.raises(GeoServiceError, match="is not a backup of this service"):
        restore(target.owner_url, target.service_url, file)


def test_a_backup_of_a_newer_release_is_refused(
    backup: Path, make_empty: Callable[..., PostGIS], tmp_path: Path
) -> None:
    newer, target = make_empty(), tmp_path / "newer.backup"
    restore(newer.owner_url, newer.service_url, backup)
    with psycopg.connect(**address_of(newer.owner_url)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    back_up(newer.owner_url, target)

    with pytest.raises(GeoServiceError, match="by a newer release, whose schema is at 9999"):
        restore(newer.owner_url, newer.service_url, target)


def test_a_role_that_would_be_let_to_nothing_is_found_out_before(
    cluster: Cluster, backup: Path, make_empty: Callable[..., PostGIS]
) -> None:
    target = make_empty()
    name = make_url(target.owner_url).database
    assert name is not None
    with superuser(cluster, name) as connection:
        connection.execute(
            "ALTER DEFAULT PRIVILEGES FOR ROLE geo_owner IN SCHEMA public"
            " REVOKE ALL ON TABLES FROM geo_service"
        )

    with pytest.raises(GeoServiceError, match="role geo_service would not be let to the tables"):
        restore(target.owner_url, target.service_url, backup)

    assert is_empty(target)


# -- killed --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "killed",
    [
        ("CREATE TABLE", False),  # most of the backup is not handed on yet
        ("CREATE TRIGGER", True),  # every row is in
    ],
)
def test_a_restore_that_is_killed_leaves_the_database_empty(
    cluster: Cluster,
    backup: Path,
    make_empty: Callable[..., PostGIS],
    killed: tuple[str, bool],
) -> None:
    at, all_of_it = killed
    target = make_empty()
    name = make_url(target.owner_url).database
    assert name is not None
    with superuser(cluster, name) as holder:
        _stop_at(at, holder)
        restoring = subprocess.Popen(
            [sys.executable, "-m", "geo_service", "restore", str(backup)],
            cwd=PROJECT,
            env={
                **os.environ,
                "GEO_SERVICE_DATABASE_URL": target.service_url,
                "GEO_SERVICE_OWNER_DATABASE_URL": target.owner_url,
                "GEO_SERVICE_HOME": str(backup.parent),
            },
            start_new_session=True,
        )
        _until(lambda: _waiting(holder) == 1)
        if all_of_it:
            os.killpg(restoring.pid, signal.SIGKILL)
        else:
            restoring.kill()
        restoring.wait()
        holder.execute("SELECT pg_advisory_unlock(1)")
        _until(lambda: _others(holder) == 0)

    assert is_empty(target)


def _stop_at(tag: str, holder: psycopg.Connection[Any]) -> None:
    """Make whoever runs such a command wait for what is held here."""
    holder.execute("CREATE SCHEMA tests; GRANT USAGE ON SCHEMA tests TO PUBLIC")
    holder.execute(
        "CREATE FUNCTION tests.wait() RETURNS event_trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_advisory_lock(1); END $$"
    )
    holder.execute(
        sql.SQL(
            "CREATE EVENT TRIGGER wait ON ddl_command_end WHEN TAG IN ({})"
            " EXECUTE FUNCTION tests.wait()"
        ).format(tag)
    )
    holder.execute("SELECT pg_advisory_lock(1)")


def _waiting(holder: psycopg.Connection[Any]) -> int:
    return holder.execute(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    ).rowcount


def _others(holder: psycopg.Connection[Any]) -> int:
    return holder.execute(
        "SELECT 1 FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ).rowcount


def _until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.05)
