"""Demand layers over HTTP."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum
from geo_service.domain.demand import DemandLabel, DemandLayerId
from geo_service.domain.register import Register
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import DataStatus
from geo_service.persistence.database import Database
from geo_service.services.demand import load_layer, remove_layer
from tests.support.hostile import TEXTS
from tests.support.schema import assert_as_described

LINES = ("lon,lat,weight,name", *(f"114.0{n},33.6,{n}.5,点{n}" for n in range(1, 6)))


@pytest.fixture(scope="module", autouse=True)
def _loaded(
    shipped: Database, register: Register, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """A layer of five points, called as badly as can be."""
    file = tmp_path_factory.mktemp("demand") / "five.csv"
    Path(file).write_text("\n".join(LINES), encoding="utf-8")
    label = DemandLabel(
        id=DemandLayerId("five"),
        name=TEXTS[0],
        unit="班",
        source="a test",
        datum=Datum.GCJ02,
        data_status=DataStatus.DEMONSTRATION,
    )
    load_layer(register, shipped, file, label, served=ServedArea(margin=Metres(50_000)))
    yield
    remove_layer(shipped, "five")


def asked(client: FlaskClient, path: str) -> Any:
    return client.get(f"/api/v1/demand{path}").get_json()


def test_layers_are_listed_without_points(client: FlaskClient) -> None:
    answer = asked(client, "")

    assert_as_described(client, "/api/v1/demand", "get", answer, "application/json")
    residents, five = answer["layers"]
    assert (residents["id"], residents["loaded_at"]) == ("population", None)
    assert (five["id"], five["points"], five["total"], five["datum_given"]) == (
        "five",
        5,
        17.5,
        "gcj02",
    )


def test_totals_without_a_place_are_claims(client: FlaskClient) -> None:
    claims = asked(client, "")["claims"]

    assert [(each["value"], each["unit"]) for each in claims] == [("550", "人"), (">2900", "人")]


def test_points_come_back_as_they_were_given(client: FlaskClient) -> None:
    answer = asked(client, "/five?datum=gcj02")

    path = "/api/v1/demand/{layer_id}"
    assert_as_described(client, path, "get", answer, "application/geo+json")
    assert [
        (*each["geometry"]["coordinates"], each["properties"]["weight"], each["properties"]["name"])
        for each in answer["features"]
    ] == [(114 + n / 100, 33.6, n + 0.5, f"点{n}") for n in range(1, 6)]


def test_a_page_leads_to_the_next_until_there_is_none(client: FlaskClient) -> None:
    numbers, path = [], "/api/v1/demand/five?limit=2"
    while path:
        answer = client.get(path).get_json()
        numbers.append([each["id"] for each in answer["features"]])
        path = next((each["href"] for each in answer["links"] if each["rel"] == "next"), "")

    assert numbers == [[1, 2], [3, 4], [5]]


def test_a_made_up_layer_says_so(client: FlaskClient) -> None:
    notes = asked(client, "/five")["notes"]

    assert any(note.startswith("演示数据 · Demonstration data") for note in notes)


def test_residents_say_that_they_are_an_estimate(client: FlaskClient) -> None:
    answer = asked(client, "/population?limit=1")

    notes = " ".join(answer["notes"])
    assert "not where people live" in notes
    assert "2,367,490" in notes
    assert answer["numberMatched"] > 5_000


@pytest.mark.parametrize("layer", ["nowhere", "'; DROP TABLE demand_layer; --", "%00", "é"])
def test_a_layer_that_is_not_there_is_a_problem(client: FlaskClient, layer: str) -> None:
    response = client.get(f"/api/v1/demand/{layer}")

    assert response.status_code == 404
    assert response.get_json()["type"] == "/problems/demand-layer-not-found"


@pytest.mark.parametrize("query", ["limit=0", "limit=10001", "after=-1", "after=x", "f=csv"])
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/v1/demand/five?{query}").status_code == 400
