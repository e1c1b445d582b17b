"""The history while the database is away: refused in words, in time, however many ask at once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask

from geo_service import create_app
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from tests.conftest import SHIPPED
from tests.support.app import closing
from tests.support.faults import frozen, stopped
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

REFUSED_WITHIN_S = 3.0
PATHS = (
    "/api/v1/changes?since=0",
    "/api/v1/revisions",
    "/api/v1/stations/LH-001/history",
    "/api/v1/stations/LH-001/as-of?revision=1",
)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture(scope="module")
def app(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    database = Database.connect(cluster.service_url, statement_timeout_ms=3000)
    load_folder(database, SHIPPED, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("refused")), log_level="error")
    with closing(create_app(settings, database=database)) as app:
        assert app.test_client().get("/s/LH-001").status_code == 200
        yield app
    database.engine.dispose()


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_the_history_is_refused_within_three_seconds_to_all_who_ask_at_once(
    app: Flask, cluster: Cluster, fault: str
) -> None:
    def ask(path: str) -> tuple[int, str | None, float]:
        began = time.monotonic()
        answer = app.test_client().get(path)
        return answer.status_code, answer.headers.get("Retry-After"), time.monotonic() - began

    with stopped(cluster) if fault == "stopped" else frozen(cluster.folder):
        with ThreadPoolExecutor(2 * len(PATHS)) as pool:
            answers = list(pool.map(ask, PATHS * 2))
        page = app.test_client().get("/s/LH-001?lang=zh")

    assert {answer[:2] for answer in answers} == {(503, "3")}
    assert max(took for *_, took in answers) <= REFUSED_WITHIN_S
    assert page.status_code == 200
    assert app.test_client().get(PATHS[0]).status_code == 200
