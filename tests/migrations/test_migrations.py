"""Migrations: they make what tables.py says, go back, and cannot meet each other half-way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database, psycopg_url
from geo_service.services.setup import load_folder
from tests.conftest import SHIPPED
from tests.support.postgis import throw_away_home


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """A cluster whose schema comes and goes."""
    with throw_away_home() as home, Cluster(home) as running:
        yield running


@pytest.fixture
def empty(cluster: Cluster) -> str:
    """An empty database, as its owner."""
    migrate.upgrade(cluster.owner_url)
    migrate.downgrade(cluster.owner_url, "base")
    return cluster.owner_url


def tables(url: str) -> set[str]:
    engine = create_engine(psycopg_url(url))
    try:
        return set(inspect(engine).get_table_names())
    finally:
        engine.dispose()


def test_the_migrations_make_what_the_tables_say(empty: str) -> None:
    migrate.upgrade(empty)

    migrate.check(empty)


def test_the_way_back_leaves_nothing(empty: str) -> None:
    migrate.upgrade(empty)

    migrate.downgrade(empty, "base")

    assert tables(empty) <= {"alembic_version", "spatial_ref_sys"}


def test_down_and_up_again_gives_a_database_that_takes_a_register(
    empty: str, cluster: Cluster
) -> None:
    migrate.upgrade(empty)
    migrate.downgrade(empty, "base")
    migrate.upgrade(empty)

    database = Database.connect(cluster.service_url)
    number, stations = load_folder(database, SHIPPED, author="a test", reason="a test")
    database.engine.dispose()

    assert (number, stations) == (1, 203)


def test_a_schema_behind_the_migrations_is_pending(empty: str) -> None:
    assert migrate.pending(empty)

    migrate.upgrade(empty)

    assert not migrate.pending(empty)


def test_an_upgrade_of_what_is_up_to_date_does_nothing(empty: str) -> None:
    migrate.upgrade(empty)
    before = tables(empty)

    migrate.upgrade(empty)

    assert tables(empty) == before


def test_upgrades_that_meet_on_an_empty_database_all_end_well(empty: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(migrate.upgrade, [empty] * 3))

    assert not migrate.pending(empty)
    migrate.check(empty)


def test_a_migration_that_does_not_exist_is_refused_in_words(empty: str) -> None:
    with pytest.raises(migrate.MigrationError, match="nowhere"):
        migrate.upgrade(empty, "nowhere")


def test_a_database_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(migrate.MigrationError, match="cannot be used"):
        migrate.upgrade("postgresql://nobody@127.0.0.1:1/nothing")


def test_a_password_is_in_no_refusal() -> None:
    with pytest.raises(migrate.MigrationError) as refusal:
        migrate.upgrade("postgresql://nobody:hunter2@127.0.0.1:1/nothing")

    assert "hunter2" not in str(refusal.value)


def test_a_table_in_use_is_not_waited_for_forever(empty: str) -> None:
    migrate.upgrade(empty)
    engine = create_engine(psycopg_url(empty))

    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE station IN ACCESS SHARE MODE"))
        with pytest.raises(migrate.MigrationError, match="lock timeout"):
            migrate.downgrade(empty, "base")

    engine.dispose()
    assert "station" in tables(empty)


def test_every_migration_can_be_found_from_any_folder(
    empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    migrate.upgrade(empty)

    assert "station" in tables(empty)
