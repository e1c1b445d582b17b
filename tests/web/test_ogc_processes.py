"""OGC API – Processes, part 1: tests named after requirements, and hostile questions."""

import json
from typing import Any

import jsonschema
import pytest
from flask.testing import FlaskClient

from geo_service.services.nearest import MAX_LIMIT

HERE = {"lon": 114.0163, "lat": 33.5814}
NEAREST = "/ogc/processes/nearest/execution"
COVERAGE = "/ogc/processes/coverage/execution"
# What differs between two answers to the same question: when the register was last looked at.
LOOKED_AT = "register_checked_at"


def ask(client: FlaskClient, path: str, **query: str) -> dict[str, Any]:
    response = client.get(path, query_string={"f": "json", **query})
    assert response.status_code == 200, response.text
    return dict(response.get_json())


def execute(client: FlaskClient, path: str, status: int = 200, **body: Any) -> dict[str, Any]:
    response = client.post(path, json=body)
    assert response.status_code == status, response.text
    return dict(json.loads(response.data))


def test_req_core_process_list_success(client: FlaskClient) -> None:
    listed = ask(client, "/ogc/processes")["processes"]

    assert [each["id"] for each in listed] == ["nearest", "coverage"]
    for each in listed:
        assert each["jobControlOptions"] == ["sync-execute"]
        (execution,) = [link for link in each["links"] if link["rel"].endswith("/execute")]
        assert execution["href"].endswith(f"/ogc/processes/{each['id']}/execution")


@pytest.mark.parametrize("name", ["nearest", "coverage"])
def test_req_ogc_process_description_inputs_def(client: FlaskClient, name: str) -> None:
    inputs = ask(client, f"/ogc/processes/{name}")["inputs"]

    for described in inputs.values():
        jsonschema.Draft202012Validator.check_schema(described["schema"])
        assert "$ref" not in json.dumps(described)
        assert described["description"]
        assert 0 <= described["minOccurs"] <= described["maxOccurs"]


def test_an_input_is_described_as_it_is_taken(client: FlaskClient) -> None:
    inputs = ask(client, "/ogc/processes/nearest")["inputs"]

    assert {name for name, each in inputs.items() if each["minOccurs"]} == {"lon", "lat"}
    assert {name for name, each in inputs.items() if each["maxOccurs"] > 1} == {"amenity"}
    assert inputs["service"]["schema"]["enum"] == ["rest", "breakfast"]
    assert inputs["limit"]["schema"]["maximum"] == MAX_LIMIT


@pytest.mark.parametrize("path", ["/ogc/processes/nothing", "/ogc/processes/%00"])
def test_req_core_process_exception_no_such_process(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    problem = json.loads(response.data)
    assert response.status_code == 404
    assert response.mimetype == "application/problem+json"
    assert problem["type"].endswith("/ogcapi-processes-1/1.0/no-such-process")
    assert client.post(f"{path}/execution", json={}).status_code == 404


@pytest.mark.parametrize("path", ["/ogc/jobs/1", "/ogc/jobs/1/results"])
def test_req_core_job_exception_no_such_job(client: FlaskClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert json.loads(response.data)["type"].endswith("/no-such-job")


def test_req_core_process_execute_sync_raw_value_one(client: FlaskClient) -> None:
    inputs = {**HERE, "limit": 3, "service": "rest", "amenity": ["water", "toilet"]}

    response = client.post(NEAREST, json={"inputs": inputs})

    assert response.mimetype == "application/geo+json"
    expected = client.get("/api/v1/stations/nearest", query_string=inputs).get_json()
    assert response.get_json(force=True) | {LOOKED_AT: ""} == expected | {LOOKED_AT: ""}


def test_req_core_process_execute_sync_document(client: FlaskClient) -> None:
    raw = execute(client, NEAREST, inputs=HERE)

    document = execute(client, NEAREST, inputs=HERE, response="document")

    assert set(document) == {"stations"}
    assert document["stations"]["mediaType"] == "application/geo+json"
    assert document["stations"]["value"] | {LOOKED_AT: ""} == raw | {LOOKED_AT: ""}


@pytest.mark.parametrize("several", ["water", ["water"]])
def test_an_input_with_several_values_may_come_alone(client: FlaskClient, several: object) -> None:
    found = execute(client, NEAREST, inputs={**HERE, "amenity": several})

    assert all("water" in each["properties"]["amenities"] for each in found["features"])


@pytest.mark.parametrize(
    ("media_type", "f"), [("application/json", "json"), ("application/geo+json", "geojson")]
)
def test_coverage_comes_in_the_form_that_is_asked(
    client: FlaskClient, media_type: str, f: str
) -> None:
    response = client.post(
        COVERAGE,
        json={
            "inputs": {"radius": 1500, "level": "county"},
            "outputs": {"coverage": {"format": {"mediaType": media_type}}},
        },
    )

    asked = {"radius": "1500", "level": "county", "f": f}
    expected = client.get("/api/v1/coverage", query_string=asked).get_json(force=True)
    assert response.mimetype == media_type
    assert json.loads(response.data) | {LOOKED_AT: ""} == expected | {LOOKED_AT: ""}


def test_coverage_needs_no_input(client: FlaskClient) -> None:
    assert execute(client, COVERAGE)["radius_m"] == 1000


@pytest.mark.parametrize(
    ("path", "body", "fault"),
    [
        (NEAREST, {}, "lon"),
        (NEAREST, {"inputs": {"lon": "x", "lat": 33.5}}, "lon"),
        (NEAREST, {"inputs": {**HERE, "limit": 10**9}}, "limit"),
        (NEAREST, {"inputs": {**HERE, "limit": True}}, "limit"),
        (NEAREST, {"inputs": {**HERE, "amenity": [["water"]]}}, "amenity.0"),
        (NEAREST, {"inputs": {**HERE, "amenity": {"href": "file:///etc/passwd"}}}, "amenity.0"),
        (NEAREST, {"inputs": {**HERE, "open": "'; DROP TABLE station"}}, "open"),
        (NEAREST, {"inputs": {**HERE, "__class__": 1}}, "__class__"),
        (NEAREST, {"inputs": [HERE]}, "inputs"),
        (NEAREST, {"inputs": HERE, "outputs": {"other": {}}}, "outputs.other"),
        (NEAREST, {"inputs": HERE, "response": "html"}, "response"),
        (
            NEAREST,
            {"inputs": HERE, "outputs": {"stations": {"format": {"mediaType": "text/html"}}}},
            "outputs.stations.format.mediaType",
        ),
        (
            NEAREST,
            {"inputs": HERE, "outputs": {"stations": {"transmissionMode": "reference"}}},
            "outputs.stations.transmissionMode",
        ),
        (COVERAGE, {"inputs": {"f": "pdf"}}, "f"),
        (COVERAGE, {"inputs": {"lang": "zh"}}, "lang"),
        (COVERAGE, {"inputs": {"radius": 1e9}}, "radius"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(
    client: FlaskClient, path: str, body: dict[str, Any], fault: str
) -> None:
    problem = execute(client, path, 400, **body)

    assert problem["type"] == "/problems/invalid-query"
    assert fault in {each["parameter"] for each in problem["errors"]}


def test_nobody_is_called_back(client: FlaskClient) -> None:
    subscriber = {"successUri": "http://127.0.0.1:9/", "failedUri": "http://127.0.0.1:9/"}

    problem = execute(client, NEAREST, 400, inputs=HERE, subscriber=subscriber)

    assert [each["parameter"] for each in problem["errors"]] == ["subscriber"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "null", "[]", '"x"', "{", '{"inputs": {"lon": NaN, "lat": 1}}', "\udcff"),
        '{"inputs":' + "[" * 100_000,
    ],
)
def test_what_is_no_object_of_json_is_refused(client: FlaskClient, text: str) -> None:
    data = text.encode(errors="surrogateescape")

    response = client.post(NEAREST, data=data, content_type="application/json")

    assert response.status_code == 400
    assert response.mimetype == "application/problem+json"


def test_only_json_is_read_and_not_without_end(client: FlaskClient) -> None:
    text = json.dumps({"inputs": HERE})

    assert client.post(NEAREST, data=text, content_type="text/plain").status_code == 415
    huge = client.post(NEAREST, data=b" " * 2_000_000, content_type="application/json")
    assert huge.status_code == 413


def test_a_place_outside_is_refused_as_by_the_api(client: FlaskClient) -> None:
    problem = execute(client, NEAREST, 422, inputs={"lon": 116.4, "lat": 39.9})

    assert problem["type"] == "/problems/outside-served-area"


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_an_execution_is_posted(client: FlaskClient, method: str) -> None:
    assert getattr(client, method)(NEAREST).status_code == 405


@pytest.mark.parametrize("path", ["/ogc/processes", "/ogc/processes/nearest"])
@pytest.mark.parametrize(("language", "title"), [("zh", "最近的驿站"), ("en", "Nearest stations")])
def test_each_is_a_page_too(client: FlaskClient, path: str, language: str, title: str) -> None:
    response = client.get(path, query_string={"f": "html", "lang": language})

    assert (response.status_code, response.mimetype) == (200, "text/html")
    assert title in response.text
