"""Answers checked against the service's own OpenAPI document."""

from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator


def assert_as_described(
    client: FlaskClient, path: str, method: str, answer: Any, kind: str
) -> None:
    """Fail unless an answer is of the shape that the OpenAPI document promises."""
    document = client.get("/api/openapi.json").get_json()
    content = document["paths"][path][method]["responses"]["200"]["content"]
    schema = content[kind]["schema"] | {"components": document["components"]}
    Draft202012Validator(schema).validate(answer)
