"""The service with two workers, over a database that is there already."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.postgis import PostGIS, throw_away_home
from tests.support.service import PATIENCE_S, Running, launch, urls, wait_for


@pytest.fixture(scope="module")
def two_workers(shipped_postgis: PostGIS) -> Iterator[Running]:
    """The service, ready, with two workers, for a whole module."""
    with started(shipped_postgis) as running:
        yield running


@pytest.fixture
def to_be_ended(shipped_postgis: PostGIS) -> Iterator[Running]:
    """The service, ready, with two workers, for one test."""
    with started(shipped_postgis) as running:
        yield running


@contextmanager
def started(database: PostGIS) -> Iterator[Running]:
    with throw_away_home("server-") as home:
        running = launch(home, GEO_SERVICE_WORKERS="2", **urls(database))
        try:
            wait_for(lambda: "Ready." in running.said, running)
            wait_for(lambda: len(running.workers()) == 2, running)
            yield running
        finally:
            running.process.terminate()
            running.process.wait(PATIENCE_S)
