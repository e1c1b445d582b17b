"""Is it alive, can it serve, how is it doing?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from tests.support.app import closing

NOWHERE = "postgresql+psycopg://nobody@127.0.0.1:9/none"


@pytest.fixture
def without_database(tmp_path: Path) -> Iterator[Flask]:
    """A service whose database never answered, and that has no copy."""
    settings = Settings(home=tmp_path, log_level="error")
    with closing(create_app(settings, database=Database.connect(NOWHERE))) as app:
        yield app


def test_a_process_that_answers_is_alive(without_database: Flask) -> None:
    assert without_database.test_client().get("/healthz").status_code == 200


def test_a_service_with_its_register_is_ready(connected: FlaskClient) -> None:
    answer = connected.get("/readyz").get_json()

    assert (answer["status"], answer["database"]) == ("ready", True)


def test_a_service_that_never_saw_its_register_is_not_ready(without_database: Flask) -> None:
    response = without_database.test_client().get("/readyz")

    assert (response.status_code, response.get_json()["status"]) == (503, "cannot serve")


def test_without_a_register_a_question_gets_a_problem_and_when_to_ask_again(
    without_database: Flask,
) -> None:
    response = without_database.test_client().get("/api/v1/stations")

    assert (response.status_code, response.mimetype) == (503, "application/problem+json")
    assert response.get_json()["type"] == "/problems/register-unavailable"
    assert int(response.headers["Retry-After"]) > 0


def test_without_a_register_a_person_gets_a_page(without_database: Flask) -> None:
    response = without_database.test_client().get("/", headers={"Accept": "text/html"})

    assert (response.status_code, response.mimetype) == (503, "text/html")


def test_metrics_count_requests_by_route_and_never_by_address(client: FlaskClient) -> None:
    client.get("/api/v1/stations/LH-001")
    client.get("/secret/address")

    text = client.get("/metrics").text

    assert 'route="/api/v1/stations/<station_id>"' in text
    assert "LH-001" not in text
    assert "secret" not in text


def test_a_method_that_somebody_made_up_is_no_series_of_its_own(client: FlaskClient) -> None:
    client.open("/", method="BREW")

    assert "BREW" not in client.get("/metrics").text
