"""POST /api/v1/stations/along."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from geo_service.domain.datum import Datum, from_wgs84
from tests.support.schema import assert_as_described

ALONG = "/api/v1/stations/along"
LINE = [[114.0, 33.55], [114.0163, 33.5814], [114.05, 33.6]]


def _asked(client: FlaskClient, **body: Any) -> Any:
    return client.post(ALONG, json={"line": LINE} | body).get_json()


def test_the_answer_is_as_described_and_in_order_of_travel(client: FlaskClient) -> None:
    answer = _asked(client, within=800, limit=200)

    assert_as_described(client, ALONG, "post", answer, "application/geo+json")
    along = [each["properties"]["along_m"] for each in answer["features"]]
    assert answer["numberMatched"] == answer["numberReturned"] == len(along) > 5
    assert along == sorted(along)
    assert max(along) <= answer["line_length_m"]
    assert {each["properties"]["passed_at"] for each in answer["features"]} == {None}


@pytest.mark.parametrize(
    "line",
    [
        {"type": "LineString", "coordinates": LINE},
        {"type": "Feature", "properties": {}, "geometry": {"type": "LineString",
                                                          "coordinates": LINE}},
        [[*each, 61.5] for each in LINE],
    ],
)  # fmt: skip
def test_a_line_may_come_in_several_forms(client: FlaskClient, line: object) -> None:
    assert _asked(client, line=line)["features"] == _asked(client)["features"]


def test_a_line_in_another_datum_passes_the_same_stations(client: FlaskClient) -> None:
    x, y = from_wgs84([x for x, _ in LINE], [y for _, y in LINE], Datum.GCJ02)
    shifted = [[a, b] for a, b in zip(x.tolist(), y.tolist(), strict=True)]

    there = _asked(client, line=shifted, datum="gcj02")

    assert [each["id"] for each in there["features"]] == [
        each["id"] for each in _asked(client)["features"]
    ]


def test_with_a_departure_openness_is_told_for_the_time_of_passing(client: FlaskClient) -> None:
    answer = _asked(client, departure="2026-11-16T05:00:00+08:00", speed=18, within=800)

    last = answer["features"][-1]["properties"]
    assert answer["instant"] == "2026-11-16T05:00:00+08:00"
    assert last["passed_at"] > answer["instant"]
    assert last["services"][0]["openness"]["at"] == last["passed_at"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"line": []}, 400, "two different"),
        ({"line": [[114, 33]]}, 400, "two different"),
        ({"line": [[114, 33], [114, "x"]]}, 400, "line.1.1"),
        ({"line": [[114, 33], [114]]}, 400, "line.1"),
        ({"line": [[114, 33], [114, 93]]}, 400, "at most 90"),
        ({"line": "114,33"}, 400, "list of"),
        ({"line": {"type": "Polygon", "coordinates": []}}, 400, "LineString"),
        ({"line": [[114.0, 33.5]] * 5001}, 400, "5,000"),
        ({"line": [[33.5, 114.0], [33.6, 114.0]]}, 400, "swapped"),
        ({"line": [[116.3, 39.9], [116.4, 39.9]]}, 422, "position 1 of the line"),
        ({"within": 0}, 400, "within"),
        ({"within": 10001}, 400, "within"),
        ({"open": "now", "speed": 20}, 400, "time of passing"),
        ({"departure": "tomorrow"}, 400, "departure"),
        ({"speed": 0}, 400, "speed"),
        ({"lines": []}, 400, "did you mean line?"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_words(
    client: FlaskClient, body: dict[str, Any], status: int, said: str
) -> None:
    response = client.post(ALONG, json={"line": LINE} | body)

    assert response.status_code == status
    assert said in response.get_data(as_text=True)
