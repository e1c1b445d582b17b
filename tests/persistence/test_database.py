"""A database: its transactions, its limits on time, and what its errors say."""

import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from geo_service.persistence.database import Database, psycopg_url
from tests.support.postgis import PostGIS


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_way_to_write_the_scheme_means_the_one_driver(scheme: str) -> None:
    assert psycopg_url(f"{scheme}://a:s%40cret@b:5/c") == "postgresql+psycopg://a:s%40cret@b:5/c"


def test_what_was_written_before_an_error_is_undone(scratch: Database) -> None:
    with pytest.raises(ZeroDivisionError), scratch.transaction() as session:
        session.execute(text("INSERT INTO claim VALUES ('half', '', '', '', '', '', '', '')"))
        _ = 1 / 0

    with scratch.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM claim WHERE key = 'half'")) == 0


def test_a_statement_that_takes_too_long_is_cancelled(scratch_postgis: PostGIS) -> None:
    database = Database.connect(scratch_postgis.service_url, statement_timeout_ms=200)
    began = time.monotonic()

    with pytest.raises(OperationalError, match="statement timeout"), database.transaction() as ours:
        ours.execute(text("SELECT pg_sleep(30)"))

    database.engine.dispose()
    assert time.monotonic() - began < 5


def test_a_connection_that_was_cut_is_replaced_before_use(scratch: Database) -> None:
    with scratch.transaction() as session:
        session.execute(text("SELECT 1"))
    with scratch.transaction() as session:
        cut = session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE usename = current_user AND pid <> pg_backend_pid()"
            )
        ).rowcount
    assert cut >= 0

    with scratch.transaction() as session:
        assert session.scalar(text("SELECT 1")) == 1


def test_an_error_keeps_the_values_of_a_statement_to_itself(scratch: Database) -> None:
    with pytest.raises(ProgrammingError) as refusal, scratch.transaction() as session:
        session.execute(text("SELECT :position FROM nowhere"), {"position": "114.0212 33.5799"})

    assert "114.0212" not in str(refusal.value)


def test_instants_are_exchanged_in_utc(scratch: Database) -> None:
    with scratch.transaction() as session:
        assert session.scalar(text("SHOW timezone")) == "UTC"
