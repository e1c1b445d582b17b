"""A service that nothing else is asked of."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from tests.support.app import closing
from tests.support.postgis import postgis


@pytest.fixture(scope="package")
def connected(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A client of a service with a database of its own, which answers."""
    settings = Settings(home=Path(tmp_path_factory.mktemp("connected")), log_level="error")
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load_folder(
            database, PROJECT / "data" / "stations", author="tests", reason="the shipped register"
        )
        with closing(create_app(settings, database=database)) as app:
            yield app.test_client()
        database.engine.dispose()
