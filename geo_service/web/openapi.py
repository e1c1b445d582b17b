"""The OpenAPI 3.1 document, put together from what each route says of itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, ParamSpec, TypeVar

from flask import Flask
from pydantic import BaseModel, TypeAdapter
from werkzeug.routing import Rule

from geo_service.web import access, problems

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

_ATTRIBUTE: Final = "__operation__"
_COMPONENTS: Final = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route takes and gives."""

    summary: str
    answers: Mapping[str, Any]
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    uploads: Sequence[str] = ()  # media types of a body that is a file
    path: Mapping[str, str] = field(default_factory=dict)
    refusals: Sequence[HTTPStatus] = (HTTPStatus.BAD_REQUEST,)
    statuses: Sequence[HTTPStatus] = (HTTPStatus.OK,)
    tag: str = "stations"


def describes(operation: Operation) -> Callable[[Callable[Given, Answer]], Callable[Given, Answer]]:
    """Attach to a view what it takes and gives."""

    def attach(view: Callable[Given, Answer]) -> Callable[Given, Answer]:
        setattr(view, _ATTRIBUTE, operation)
        return view

    return attach


def document(app: Flask, *, title: str, version: str, server: str) -> dict[str, Any]:
    """Describe all routes of an app that say what they take and give."""
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        view = app.view_functions[rule.endpoint]
        operation = getattr(view, _ATTRIBUTE, None)
        if operation is None:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = paths.setdefault(_path(rule), {})
            described = _operation(rule, view.__doc__ or "", operation, schemas)
            path[method.lower()] = _guarded(described) if access.is_guarded(view) else described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "summary": "Nearest rest station or free breakfast, coverage by township, and maps.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {"token": _TOKEN},
        },
    }


def _guarded(described: dict[str, Any]) -> dict[str, Any]:
    """Say of an operation that it is for staff and their programs."""
    refused = {
        str(status.value): _refusal(status)
        for status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
    }
    responses = described["responses"] | refused
    return described | {"security": [{"token": []}], "responses": responses}


def _path(rule: Rule) -> str:
    return rule.rule.replace("<", "{").replace(">", "}").replace("path:", "")


def _operation(
    rule: Rule, docstring: str, operation: Operation, schemas: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": "\n".join(line.strip() for line in docstring.strip().splitlines()),
        "parameters": [*_path_parameters(operation), *_query_parameters(operation, schemas)],
        "responses": _responses(operation, schemas),
    }
    if operation.uploads:
        described["requestBody"] = {
            "required": True,
            "content": {media: {} for media in operation.uploads},
        }
    if operation.body is not None:
        schema = _schema(operation.body, schemas, mode="validation")
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "description": text, "schema": _TEXT}
        for name, text in operation.path.items()
    ]


def _query_parameters(operation: Operation, schemas: dict[str, Any]) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    whole = operation.query.model_json_schema(ref_template=_COMPONENTS)
    schemas.update(whole.pop("$defs", {}))
    parameters = []
    for name, described in whole["properties"].items():
        schema = _without_null(described)
        parameter = {
            "name": name,
            "in": "query",
            "required": name in whole.get("required", []),
            "description": schema.pop("description", ""),
            "schema": schema,
        }
        if schema.get("type") == "array":
            parameter |= {"style": "form", "explode": True}
        parameters.append(parameter)
    return parameters


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a parameter that may be left out; in a query nothing can be null."""
    kept = {key: value for key, value in schema.items() if key != "title"}
    if kept.get("default", ...) is None:
        del kept["default"]
    choices = [each for each in kept.pop("anyOf", []) if each != {"type": "null"}]
    return kept | choices[0] if len(choices) == 1 else kept


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content = {
        media: {"schema": shape if isinstance(shape, dict) else _schema(shape, schemas)}
        for media, shape in operation.answers.items()
    }
    refused = {
        str(status.value): _refusal(status)
        for status in (*operation.refusals, HTTPStatus.SERVICE_UNAVAILABLE)
    }
    given = {"description": operation.summary} | ({"content": content} if content else {})
    return {str(status.value): given for status in operation.statuses} | refused


def _refusal(status: HTTPStatus) -> dict[str, Any]:
    problem = {"schema": {"$ref": _COMPONENTS.format(model="Problem")}}
    return {"description": status.phrase, "content": {problems.MEDIA_TYPE: problem}}


def _schema(shape: Any, schemas: dict[str, Any], mode: Any = "serialization") -> dict[str, Any]:
    schema = TypeAdapter(shape).json_schema(ref_template=_COMPONENTS, mode=mode)
    schemas.update(schema.pop("$defs", {}))
    name = shape.__name__
    schemas[name] = schema
    return {"$ref": _COMPONENTS.format(model=name)}


_TOKEN: Final = {
    "type": "http",
    "scheme": "bearer",
    "description": "A token that one of the staff made for a program, at /register/tokens.",
}
_TEXT: Final = {"type": "string"}
_PROBLEM: Final = {
    "title": "Problem",
    "description": "RFC 9457 problem details.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": _TEXT,
        "instance": _TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": _TEXT, "detail": _TEXT},
            },
        },
    },
}
