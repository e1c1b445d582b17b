"""The role that reads what is published can read that, and nothing else."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from geo_service.persistence.database import Database
from geo_service.persistence.published_views import VIEWS
from tests.support.postgis import PostGIS


@pytest.fixture
def reader(scratch_postgis: PostGIS) -> Iterator[Database]:
    """The scratch database as the role that reads what is published."""
    database = Database.connect(scratch_postgis.reader_url)
    yield database
    database.engine.dispose()


def test_the_reader_reads_every_view_with_all_its_columns(reader: Database) -> None:
    for view in VIEWS.values():
        columns = ", ".join(each.name for each in view.__table__.columns)
        with reader.transaction() as session:
            session.execute(text(f"SELECT {columns} FROM {view.__tablename__} LIMIT 1"))  # noqa: S608


def test_the_reader_reads_nothing_else(reader: Database, scratch: Database) -> None:
    with scratch.transaction() as session:
        tables = session.scalars(
            text(
                """SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                   WHERE nspname = 'public' AND relkind IN ('r', 'v', 'm', 'p')
                       AND relname NOT LIKE 'ogc\\_%'
                       AND relname NOT IN ('geometry_columns', 'geography_columns',
                           'spatial_ref_sys')"""
            )
        ).all()

    assert "station" in tables
    for table in tables:
        with pytest.raises(DBAPIError, match="permission denied"), reader.transaction() as session:
            session.execute(text(f"SELECT 1 FROM {table} LIMIT 1"))  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO ogc_county (code) VALUES ('x')",
        "UPDATE ogc_county SET name = 'x'",
        "DELETE FROM ogc_county",
        "CREATE TABLE mine (x int)",
        "CREATE TEMPORARY TABLE mine (x int)",
        "SET ROLE geo_service",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_reader_can_do_nothing(reader: Database, statement: str) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), reader.transaction() as session:
        session.execute(text(statement))
