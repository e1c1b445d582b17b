"""The OpenAPI document, and the page that shows it."""

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/api/openapi.json").get_json()

    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()


def test_every_resource_of_the_api_is_in_the_document(app: Flask, client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").get_json()["paths"]

    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1/"):
            path = rule.rule.replace("<", "{").replace(">", "}")
            methods = {method.lower() for method in (rule.methods or set())} - {"head", "options"}
            assert methods <= set(paths[path])


def test_every_parameter_says_what_it_is(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").get_json()["paths"]

    for path in paths.values():
        for operation in path.values():
            assert operation["summary"]
            assert all(parameter["description"] for parameter in operation["parameters"])


def test_the_documentation_page_takes_all_from_this_host(client: FlaskClient) -> None:
    page = client.get("/api/docs").text

    assert "http://" not in page
    assert "https://" not in page


def test_bounds_and_choices_reach_the_document(client: FlaskClient) -> None:
    paths = client.get("/api/openapi.json").get_json()["paths"]
    given = {each["name"]: each for each in paths["/api/v1/stations/nearest"]["get"]["parameters"]}

    assert given["limit"]["schema"] == {
        "type": "integer",
        "minimum": 1,
        "maximum": 50,
        "default": 5,
    }
    assert given["within"]["schema"] == {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": 20_100_000,
    }
    assert given["lon"]["required"]
    assert not given["within"]["required"]
