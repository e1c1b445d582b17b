"""A running service, for the commands and examples of the documents."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from geo_service import create_app
from geo_service.domain.coordinate import Bounds
from geo_service.persistence.database import Database
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.settings import Settings
from tests.support.app import closing
from tests.support.clock import StoppedClock
from tests.support.streets import a_lattice

# Where the documents ask for walks.
MIDDLE = Bounds(west=113.98, south=33.55, east=114.06, north=33.61)


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  the base's name
        """Keep the tests' output clean."""


@contextmanager
def _served(app: Flask) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def address(app: Flask) -> Iterator[str]:
    """The address of a real HTTP server with the shipped register."""
    with _served(app) as address:
        yield address


@pytest.fixture
def walked_address(shipped: Database, clock: StoppedClock, tmp_path: Path) -> Iterator[str]:
    """The address of one that has streets loaded besides, over the middle of the city."""
    file = tmp_path / "streets.npz"
    StreetNetworkFile(file).replace(a_lattice(MIDDLE, 0.002))
    settings = Settings(home=tmp_path, network=file, log_level="error")
    with (
        closing(create_app(settings, database=shipped, clock=clock)) as app,
        _served(app) as served,
    ):
        yield served
