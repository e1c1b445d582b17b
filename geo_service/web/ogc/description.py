"""The OpenAPI document of the OGC API: pygeoapi's, with what the service answers by itself."""

from typing import Any, Final

from geo_service.web.ogc.process_inputs import described
from geo_service.web.ogc.process_list import PROCESSES, Process

_NOT_OFFERED: Final = "/jobs"
_JSON: Final = "application/json"


def with_own_parts(document: dict[str, Any]) -> dict[str, Any]:
    """Return pygeoapi's description without jobs, and with tile matrix sets and processes."""
    paths = {
        path: operations
        for path, operations in document["paths"].items()
        if not path.startswith(_NOT_OFFERED)
    }
    own = {
        "/TileMatrixSets": _get("List the tile matrix sets", "getTileMatrixSetsList", "tiles"),
        "/TileMatrixSets/WebMercatorQuad": _get(
            "Define how the world is cut into tiles", "getTileMatrixSet", "tiles"
        ),
        "/processes": _get("List the processes", "getProcesses", "processes"),
    }
    for name, process in PROCESSES.items():
        summary, operation = process.title["en"], name.capitalize()
        own[f"/processes/{name}"] = _get(
            f"{summary}: inputs and output", f"describe{operation}", "processes"
        )
        own[f"/processes/{name}/execution"] = {"post": _execution(name, process)}
    return document | {"paths": paths | own}


def _get(summary: str, operation: str, tag: str) -> dict[str, Any]:
    asked = [{"$ref": "#/components/parameters/f"}, {"$ref": "#/components/parameters/lang"}]
    return {
        "get": {
            "summary": summary,
            "description": summary,
            "operationId": operation,
            "tags": [tag],
            "parameters": asked,
            "responses": {"200": {"$ref": "#/components/responses/200"}},
        }
    }


def _execution(name: str, process: Process) -> dict[str, Any]:
    inputs = described(process.inputs)
    needed = [each for each, described_ in inputs.items() if described_["minOccurs"]]
    asked = {
        "type": "object",
        "properties": {
            "inputs": {
                "type": "object",
                "properties": {each: _schema(input_) for each, input_ in inputs.items()},
                **({"required": needed} if needed else {}),
            },
            "outputs": {"type": "object"},
            "response": {"type": "string", "enum": ["raw", "document"], "default": "raw"},
        },
    }
    refused = {"description": "It cannot be asked so: a problem of RFC 9457"}
    return {
        "summary": f"{process.title['en']}: execute",
        "description": process.description["en"],
        "operationId": f"execute{name.capitalize()}",
        "tags": ["processes"],
        "requestBody": {"required": True, "content": {_JSON: {"schema": asked}}},
        "responses": {
            "200": {
                "description": process.output_title,
                "content": {form: {"schema": {"type": "object"}} for form in process.forms},
            },
            "400": refused,
            "422": refused,
        },
    }


def _schema(described_: dict[str, Any]) -> dict[str, Any]:
    schema = {
        key: value
        for key, value in described_["schema"].items()
        # OpenAPI 3.0 has these as true or false, and one example.
        if key not in {"exclusiveMinimum", "exclusiveMaximum", "examples"}
    }
    return {"type": "array", "items": schema} if described_["maxOccurs"] > 1 else schema
