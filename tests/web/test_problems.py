"""Every failure is a problem document that says what is wrong and how to put it right."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.errors import GeoServiceError, OutsideServedAreaError
from geo_service.domain.served_area import ServedArea
from geo_service.persistence.database import Database
from geo_service.settings import Settings
from geo_service.web.problems import PROBLEM_TYPES
from tests.support.register import a_register, a_station

NEAREST = "/api/v1/stations/nearest"


def _leaves(of: type[GeoServiceError]) -> Iterator[type[GeoServiceError]]:
    for each in of.__subclasses__():
        yield each
        yield from _leaves(each)


def test_every_failure_the_domain_foresees_has_a_problem_type() -> None:
    of_the_domain = {
        each
        for each in _leaves(GeoServiceError)
        if each.__module__.startswith("geo_service.domain")
    }

    assert of_the_domain == set(PROBLEM_TYPES)


@pytest.mark.parametrize(
    ("query", "parameter", "says"),
    [
        ("lat=33.58", "lon", "is required"),
        ("lon=&lat=33.58", "lon", "is not a number"),
        ("lon=114&lat=north", "lat", "is not a number"),
        ("lon=nan&lat=33", "lon", "is not a number"),
        ("lon=inf&lat=33", "lon", "is not a number"),
        ("lon=1_1_4&lat=33", "lon", "is not a number"),
        ("lon=１１４&lat=33", "lon", "is not a number"),
        ("lon=1e999&lat=33", "lon", "at most 180"),
        ("lon=114&lat=33&lat=34", "lat", "more than once"),
        ("lon=33.58&lat=114.01", "lat", "swapped"),
        ("lon=114&lat=33&limit=0", "limit", "at least 1"),
        ("lon=114&lat=33&limit=51", "limit", "at most 50"),
        ("lon=114&lat=33&limit=5.0", "limit", "whole number"),
        ("lon=114&lat=33&limit=-1", "limit", "at least 1"),
        ("lon=114&lat=33&within=0", "within", "more than 0"),
        ("lon=114&lat=33&within=-5", "within", "more than 0"),
        ("lon=114&lat=33&datum=wgs-84", "datum", "'wgs84', 'gcj02' or 'bd09'"),
        ("lon=114&lat=33&service=lunch", "service", "'rest' or 'breakfast'"),
        ("lon=114&lat=33&group=police", "group", "'sanitation' or 'bus_driver'"),
        ("lon=114&lat=33&amenity=water&amenity=pool", "amenity.1", "'water', 'seating'"),
        ("lon=114&lat=33&open=tomorrow", "open", "RFC 3339"),
        ("lon=114&lat=33&open=2026-11-23T05:00:00", "open", "RFC 3339"),
        ("lon=114&lat=33&open=2026-13-40T05:00:00Z", "open", "RFC 3339"),
        ("lon=114&lat=33&open=9999-01-01T05:00:00Z", "open", "1970 to 2100"),
        ("lon=114&lat=33&open_only=true", "open_only", "needs open=now"),
        ("lon=114&lat=33&open=now&open_only=yes", "open_only", "true or false"),
        ("lon=114&lat=33&limt=3", "limt", "did you mean limit?"),
        ("lon=114&lat=33&zzz=3", "zzz", "known are"),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_what_to_change(
    client: FlaskClient, query: str, parameter: str, says: str
) -> None:
    response = client.get(f"{NEAREST}?{query}")

    assert (response.status_code, response.mimetype) == (400, "application/problem+json")
    problem = response.get_json()
    assert problem["type"] == "/problems/invalid-query"
    told = {error["parameter"]: error["detail"] for error in problem["errors"]}
    assert says in told[parameter]


def test_all_faults_of_a_question_are_told_at_once(client: FlaskClient) -> None:
    problem = client.get(f"{NEAREST}?lat=x&limit=0&foo=1").get_json()

    assert {error["parameter"] for error in problem["errors"]} == {"lon", "lat", "limit", "foo"}


def test_a_position_outside_the_served_area_is_told_how_far_it_is(client: FlaskClient) -> None:
    problem = client.get(f"{NEAREST}?lon=116.4&lat=39.9").get_json()

    assert (problem["status"], problem["type"]) == (422, "/problems/outside-served-area")
    assert "683 km outside" in problem["detail"]  # Beijing


def test_swapped_degrees_that_are_degrees_are_recognised() -> None:
    # Luohe's longitude is no latitude; a place whose degrees can be swapped shows the hint.
    register = a_register([a_station("1", -73.6, 45.5)])

    with pytest.raises(OutsideServedAreaError, match=r"swapped: try lon=-73\.6&lat=45\.5"):
        ServedArea(margin=Metres(20_000)).check(
            register, Coordinate(longitude=45.5, latitude=-73.6)
        )


def test_an_unknown_station_is_not_found(client: FlaskClient) -> None:
    problem = client.get("/api/v1/stations/nobody").get_json()

    assert (problem["status"], problem["type"]) == (404, "/problems/station-not-found")
    assert "nobody" in problem["detail"]


def test_an_unknown_path_is_a_problem_document(client: FlaskClient) -> None:
    response = client.get("/api/v1/nowhere")

    assert (response.status_code, response.mimetype) == (404, "application/problem+json")


def test_a_wrong_method_is_told_the_right_ones(client: FlaskClient) -> None:
    response = client.delete(NEAREST)

    assert response.status_code == 405
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))
    assert response.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"null", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"origins": []}', "application/json", 400),
        (b'{"origins": [{"lon": NaN, "lat": 1}]}', "application/json", 400),
        (b'{"origins": [{"lon": 114, "lat": 33.5}], "limit": true}', "application/json", 400),
        (b'{"origins": "all"}', "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(
    client: FlaskClient, body: bytes, kind: str, status: int
) -> None:
    response = client.post(NEAREST, data=body, content_type=kind)

    assert (response.status_code, response.mimetype) == (status, "application/problem+json")


def test_more_than_a_thousand_origins_are_refused(client: FlaskClient) -> None:
    origins = [{"lon": 114.0, "lat": 33.5}] * 1001

    problem = client.post(NEAREST, json={"origins": origins}).get_json()

    assert "at most 1000" in problem["detail"]


def test_a_body_that_is_too_large_is_refused(client: FlaskClient) -> None:
    response = client.post(NEAREST, data=b" " * 2_000_000, content_type="application/json")

    assert response.status_code == 413


@pytest.fixture
def broken(shipped: Database, settings: Settings) -> Flask:
    """A service with a route that fails as nobody foresaw."""
    app = create_app(settings, database=shipped)

    @app.get("/api/broken")
    def broken() -> str:
        raise RuntimeError("postgresql://user:secret@host failed on row 7")

    return app


def test_a_failure_nobody_foresaw_tells_nothing_of_itself(broken: Flask) -> None:
    response = broken.test_client().get("/api/broken")

    assert (response.status_code, response.mimetype) == (500, "application/problem+json")
    assert "secret" not in response.text


def test_a_browser_is_told_in_a_page(client: FlaskClient) -> None:
    response = client.get("/maps/coverage?radius=zero", headers={"Accept": "text/html"})

    assert (response.status_code, response.mimetype) == (400, "text/html")
    assert "is not a number" in response.text


def test_hostile_text_in_a_question_is_text_in_its_problem(client: FlaskClient) -> None:
    hostile = "<script>alert(1)</script>"

    page = client.get(f"/maps/coverage?{hostile}=1", headers={"Accept": "text/html"}).text

    assert hostile not in page


def test_the_type_of_a_problem_leads_to_what_it_means(client: FlaskClient) -> None:
    problem = client.get(f"{NEAREST}?lon=x&lat=y").get_json()

    meaning = client.get(problem["type"]).get_json()

    assert (meaning["title"], meaning["status"]) == (problem["title"], problem["status"])
    assert "errors" in meaning["remedy"]


def test_a_problem_type_that_is_none_is_not_found(client: FlaskClient) -> None:
    assert client.get("/problems/nothing").status_code == 404
