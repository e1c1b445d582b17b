"""POST /api/v1/stations/nearest."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.schema import assert_as_described

NEAREST = "/api/v1/stations/nearest"
ORIGINS: list[dict[str, Any]] = [
    {"id": "van 1", "lon": 114.0163, "lat": 33.5814},
    {"lon": 113.6, "lat": 33.44},
    {"id": "van 3", "lon": 113.95, "lat": 33.8},
]


def _asked(client: FlaskClient, **more: Any) -> dict[str, Any]:
    response = client.post(NEAREST, json={"origins": ORIGINS, **more})
    assert response.status_code == 200
    answer: dict[str, Any] = response.get_json()
    assert_as_described(client, NEAREST, "post", answer, "application/json")
    return answer


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"limit": 3, "service": "rest"},
        {"within": 2000},
        {"within": 50, "limit": 1},
        {"datum": "gcj02"},
        {"datum": "bd09", "limit": 50},
        {"open": "now"},
        {"open": "2026-11-18T12:00:00+08:00", "open_only": True},
        {"open": "arrival", "amenity": ["water"]},
        {"open": "arrival", "within": 20_000, "limit": 7},
    ],
    ids=str,
)
def test_many_origins_get_each_the_answer_they_would_get_alone(
    client: FlaskClient, more: dict[str, Any]
) -> None:
    answer = _asked(client, **more)

    stations = {each["id"]: each for each in answer["stations"]["features"]}
    for origin, found in zip(ORIGINS, answer["origins"], strict=True):
        query = {"lon": origin["lon"], "lat": origin["lat"], **more}
        if "open_only" in more:
            query["open_only"] = "true"
        alone = client.get(NEAREST, query_string=query).get_json()
        assert found["numberMatched"] == alone["numberMatched"]
        assert [_of_origin(each, stations) for each in found["nearest"]] == [
            _of_feature(each) for each in alone["features"]
        ]


def _of_origin(found: dict[str, Any], stations: dict[str, Any]) -> list[Any]:
    services = stations[found["id"]]["properties"]["services"]
    openness = found.get("openness", [each["openness"] for each in services])
    return [found["id"], found["distance_m"], found["walk_minutes"], openness]


def _of_feature(feature: dict[str, Any]) -> list[Any]:
    properties = feature["properties"]
    openness = [each["openness"] for each in properties["services"]]
    return [feature["id"], properties["distance_m"], properties["walk_minutes"], openness]


def test_an_origin_is_named_as_it_was_sent_or_by_its_place(client: FlaskClient) -> None:
    answer = _asked(client)

    assert [each["id"] for each in answer["origins"]] == ["van 1", "1", "van 3"]


def test_each_station_found_stands_once_by_identifier(client: FlaskClient) -> None:
    answer = _asked(client, limit=50)

    listed = [each["id"] for each in answer["stations"]["features"]]
    assert listed == sorted({each["id"] for one in answer["origins"] for each in one["nearest"]})


@pytest.mark.parametrize("asked", [{}, {"open": "now"}])
def test_openness_that_is_the_same_for_all_is_told_once(
    client: FlaskClient, asked: dict[str, Any]
) -> None:
    answer = _asked(client, **asked)

    entries = [entry for one in answer["origins"] for entry in one["nearest"]]
    assert entries
    assert not any("openness" in entry for entry in entries)


def test_openness_on_arrival_is_told_for_the_end_of_each_walk(client: FlaskClient) -> None:
    answer = _asked(client, open="arrival")

    for entry in (entry for one in answer["origins"] for entry in one["nearest"]):
        hours, minutes = divmod(entry["walk_minutes"], 60)
        at = f"2026-11-16T{5 + hours:02}:{minutes:02}:00+08:00"
        assert {each["at"] for each in entry["openness"]} == {at}


@pytest.mark.parametrize(
    ("beijing", "named"),
    [
        ({"lon": 116.4, "lat": 39.9}, "origins.3 lies 683 km outside"),
        ({"lon": 116.4, "lat": 39.9, "id": "van 7"}, "origins.3 (van 7) lies 683 km outside"),
    ],
)
def test_an_origin_outside_the_served_area_is_named(
    client: FlaskClient, beijing: dict[str, Any], named: str
) -> None:
    response = client.post(NEAREST, json={"origins": [*ORIGINS, beijing]})

    assert response.status_code == 422
    assert named in response.get_json()["detail"]


def test_each_fault_of_an_origin_is_named_by_its_place(client: FlaskClient) -> None:
    origins = [*ORIGINS, {"lon": "here", "lat": 33.5}, {"lon": 33.5, "lat": 114.0}]

    response = client.post(NEAREST, json={"origins": origins})

    assert response.status_code == 400
    assert response.get_json()["errors"] == [
        {"parameter": "origins.3.lon", "detail": "is not a number; write it like 114.0163"},
        {
            "parameter": "origins.4.lat",
            "detail": "must be at most 90, not 114; if lon and lat are swapped, "
            "longitude comes in lon",
        },
    ]


def test_a_thousand_origins_are_answered_at_once(client: FlaskClient) -> None:
    origins = [{"lon": 113.5 + n / 2000, "lat": 33.6} for n in range(1000)]

    answer = client.post(NEAREST, json={"origins": origins}).get_json()

    assert len(answer["origins"]) == 1000
    assert all(len(each["nearest"]) == 5 for each in answer["origins"])


def test_a_byte_order_mark_before_the_body_does_no_harm(client: FlaskClient) -> None:
    body = b"\xef\xbb\xbf" + json.dumps({"origins": ORIGINS}).encode()

    response = client.post(NEAREST, data=body, content_type="application/json")

    assert len(response.get_json()["origins"]) == len(ORIGINS)


@pytest.mark.parametrize(
    ("origin", "fault"),
    [
        ({"lon": 114}, {"parameter": "origins.0.lat", "detail": "is required"}),
        (
            {"lon": 114, "lat": 33.5, "id": "x" * 101},
            {
                "parameter": "origins.0.id",
                "detail": "cannot be used as given: String should have at most 100 characters",
            },
        ),
    ],
)
def test_an_origin_that_lacks_or_exceeds_something_is_refused_by_name(
    client: FlaskClient, origin: dict[str, Any], fault: dict[str, str]
) -> None:
    response = client.post(NEAREST, json={"origins": [origin]})

    assert response.get_json()["errors"] == [fault]


def test_an_origin_may_not_hold_what_is_not_known(client: FlaskClient) -> None:
    response = client.post(NEAREST, json={"origins": [{"lon": 114, "lat": 33.5, "long": 1}]})

    (fault,) = response.get_json()["errors"]
    assert fault["parameter"] == "origins.0.long"
    assert fault["detail"].startswith("is not known here")


@pytest.mark.parametrize("unnamed", [{}, {"id": None}, {"id": ""}])
def test_an_origin_without_a_name_gets_its_place(
    client: FlaskClient, unnamed: dict[str, Any]
) -> None:
    origin = {"lon": 114, "lat": 33.5, **unnamed}

    answer = client.post(NEAREST, json={"origins": [origin]}).get_json()

    assert [each["id"] for each in answer["origins"]] == ["0"]


@pytest.mark.parametrize("given", [{"within": None}, {"limit": 5.0}, {"open": None}], ids=str)
def test_null_is_nothing_and_five_point_nought_is_five(
    client: FlaskClient, given: dict[str, object]
) -> None:
    body = {"origins": [{"lon": 114.0163, "lat": 33.5814}]} | given

    answer = client.post("/api/v1/stations/nearest", json=body)

    assert answer.status_code == 200


@pytest.mark.parametrize("given", [{}, [], 1, "yes"], ids=str)
def test_what_is_neither_true_nor_false_is_refused(client: FlaskClient, given: object) -> None:
    body = {"origins": [{"lon": 114.0163, "lat": 33.5814}], "open_only": given}

    answer = client.post("/api/v1/stations/nearest", json=body)

    assert answer.get_json()["errors"] == [
        {"parameter": "open_only", "detail": "must be true or false"}
    ]
