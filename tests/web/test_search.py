"""GET /api/v1/search."""

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

SEARCH = "/api/v1/search"


def test_stations_and_townships_are_found_by_pinyin(client: FlaskClient) -> None:
    answer = client.get(f"{SEARCH}?q=mengmiao&limit=3").get_json()

    assert_as_described(client, SEARCH, "get", answer, "application/geo+json")
    assert [each["name"] for each in answer["townships"]] == ["孟庙镇"]
    assert answer["numberReturned"] == len(answer["features"]) == 3
    assert {each["properties"]["matched_by"] for each in answer["features"]} == {"address"}


def test_a_township_has_a_place_in_the_datum_asked_for(client: FlaskClient) -> None:
    places = [
        client.get(f"{SEARCH}?q=孟庙镇&datum={datum}").get_json()["townships"][0]["centre"]
        for datum in ("wgs84", "gcj02")
    ]

    assert 0.001 < abs(places[0][0] - places[1][0]) < 0.02


def test_a_station_is_found_by_its_identifier(client: FlaskClient) -> None:
    answer = client.get(f"{SEARCH}?q=lh-017").get_json()

    assert [each["id"] for each in answer["features"]] == ["LH-017"]


@pytest.mark.parametrize("query", ["", "q=", "q=站&limit=0", "q=站&limit=51", f"q={'站' * 101}"])
def test_what_cannot_be_searched_for_is_refused(client: FlaskClient, query: str) -> None:
    response = client.get(f"{SEARCH}?{query}")

    assert (response.status_code, response.mimetype) == (400, "application/problem+json")


def test_nothing_found_is_an_empty_answer(client: FlaskClient) -> None:
    answer = client.get(f"{SEARCH}?q=qqqqqq").get_json()

    assert (answer["features"], answer["townships"]) == ([], [])
