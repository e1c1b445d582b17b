"""One PostGIS a session, brought to its schema by the migrations, with the shipped register."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.register import Overrides, Register
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.persistence.snapshots import load_register
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from tests.support.app import closing
from tests.support.chromium import ARGUMENTS, CHROMIUM
from tests.support.clock import StoppedClock
from tests.support.postgis import PostGIS, postgis

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHIPPED = PROJECT / "data" / "stations"

# A Monday before dawn, in the week before the day of this register: 05:00 in Luohe.
MONDAY_AT_FIVE = datetime(2026, 11, 15, 21, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def shipped_postgis() -> Iterator[PostGIS]:
    """A PostGIS that came to its schema by the migrations, and holds the shipped register."""
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load_folder(database, SHIPPED, author="tests", reason="the shipped register")
        database.engine.dispose()
        yield server


@pytest.fixture(scope="session")
def shipped(shipped_postgis: PostGIS) -> Iterator[Database]:
    """The shipped register, to read only."""
    database = Database.connect(shipped_postgis.service_url)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def register(shipped: Database) -> Register:
    """The shipped register as every worker holds it."""
    return load_register(shipped, Overrides())


@pytest.fixture(scope="session")
def scratch_postgis() -> Iterator[PostGIS]:
    """Another PostGIS with the schema, whose register tests replace as they like."""
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        yield server


@pytest.fixture(scope="session")
def scratch(scratch_postgis: PostGIS) -> Iterator[Database]:
    """A database whose register tests replace as they like."""
    database = Database.connect(scratch_postgis.service_url)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The default settings, with a home of the tests' own."""
    return Settings(home=Path(tmp_path_factory.mktemp("home")), log_level="error")


@pytest.fixture(scope="session")
def clock() -> StoppedClock:
    """A clock that stands at Monday, 05:00."""
    return StoppedClock(MONDAY_AT_FIVE)


@pytest.fixture(scope="session")
def app(shipped: Database, settings: Settings, clock: StoppedClock) -> Iterator[Flask]:
    """The service over the shipped register, at Monday, 05:00."""
    with closing(create_app(settings, database=shipped, clock=clock)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """An HTTP client of it."""
    return app.test_client()


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Start Debian's Chromium, which can reach no host but this one: one for all that drive it."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  most tests need none

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
