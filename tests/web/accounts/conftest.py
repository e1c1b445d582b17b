"""A service with a database of its own, whose clock tests can move."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.runtime import Clock
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import MONDAY_AT_FIVE, SHIPPED
from tests.support.app import closing
from tests.support.postgis import postgis


class MovableClock(Clock):
    """Shows the instant it was last moved to."""

    def __init__(self) -> None:
        self.instant = MONDAY_AT_FIVE

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.instant += by


@pytest.fixture(scope="package")
def database() -> Iterator[Database]:
    """The shipped register, and accounts that tests make and break."""
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load_folder(database, SHIPPED, author="tests", reason="the shipped register")
        yield database
        database.engine.dispose()


@pytest.fixture
def clock() -> MovableClock:
    """A clock that stands at Monday, 05:00, until it is moved."""
    return MovableClock()


@pytest.fixture
def app(database: Database, clock: MovableClock, tmp_path: Path) -> Iterator[Flask]:
    """The service, new for each test: nobody has tried to sign in yet."""
    settings = Settings(home=tmp_path, log_level="error", secret_key="k" * 32)
    with closing(create_app(settings, database=database, clock=clock)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody is signed in with."""
    return app.test_client()
