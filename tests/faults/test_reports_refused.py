"""Reports while the database is away: refused in words, in time, and the page goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

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


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with throw_away_home() as home, Cluster(home) as running:
        migrate.upgrade(running.owner_url)
        yield running


@pytest.fixture(scope="module")
def client(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    database = Database.connect(cluster.service_url, statement_timeout_ms=3000)
    load_folder(database, SHIPPED, author="a test", reason="a test")
    settings = Settings(home=Path(tmp_path_factory.mktemp("refused")), log_level="error")
    with closing(create_app(settings, database=database)) as app:
        client = app.test_client()
        assert client.get("/s/LH-001").status_code == 200
        yield client
    database.engine.dispose()


@pytest.mark.parametrize("fault", ["stopped", "frozen"])
def test_a_report_is_refused_in_words_within_three_seconds_and_taken_afterwards(
    client: FlaskClient, cluster: Cluster, fault: str
) -> None:
    with stopped(cluster) if fault == "stopped" else frozen(cluster.folder):
        began = time.monotonic()
        answer = client.post(
            "/s/LH-001/reports?lang=zh", data={"kind": "moved"}, headers={"Accept": "text/html"}
        )
        took = time.monotonic() - began
        program = client.post("/api/v1/stations/LH-002/reports", json={"kind": "moved"})
        page = client.get("/s/LH-001?lang=zh")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert "现在存不了" in answer.text
    assert took <= REFUSED_WITHIN_S
    assert program.get_json(force=True)["type"] == "/problems/register-not-writable"
    assert page.status_code == 200
    assert client.post("/s/LH-003/reports", data={"kind": "moved"}).status_code == 303
