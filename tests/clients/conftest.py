"""A service over a register of its own, which may be changed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT, Settings
from tests.support.app import closing
from tests.support.postgis import postgis
from tests.support.staff import bearer


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A service over a register that may be changed, behind a proxy that names the senders."""
    home = Path(tmp_path_factory.mktemp("clients"))
    options = Settings(home=home, log_level="error", trusted_proxies=1)
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        shipped = PROJECT / "data" / "stations"
        load_folder(database, shipped, author="tests", reason="the shipped register")
        with closing(create_app(options, database=database)) as app:
            yield app
        database.engine.dispose()


@pytest.fixture(scope="module")
def token(service: Flask) -> dict[str, str]:
    """The head of an administrator's program."""
    return bearer(service)
