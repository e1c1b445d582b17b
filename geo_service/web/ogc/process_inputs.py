"""What a process takes, in the words of OGC API – Processes."""

from typing import Any, Final, get_origin

from geo_service.web.params import Parameters

_DEFINITIONS: Final = "#/$defs/"
_MOST_OF_A_LIST: Final = 100


def described(model: type[Parameters]) -> dict[str, Any]:
    """Return the description of each input, by name."""
    whole = model.model_json_schema()
    definitions = whole.get("$defs", {})
    needed = whole.get("required", [])
    return {
        name: _input(name, schema, definitions, needed=name in needed)
        for name, schema in whole["properties"].items()
    }


def taking_several(model: type[Parameters]) -> set[str]:
    """Return the inputs that may come as a list."""
    fields = model.model_fields.items()
    return {name for name, field in fields if get_origin(field.annotation) in {list, tuple}}


def _input(
    name: str, given: dict[str, Any], definitions: dict[str, Any], *, needed: bool
) -> dict[str, Any]:
    schema = _without_references(given, definitions)
    text = schema.pop("description", name)
    several = schema.get("type") == "array"
    return {
        "title": name,
        "description": text,
        "schema": schema["items"] if several else schema,
        "minOccurs": int(needed),
        "maxOccurs": _MOST_OF_A_LIST if several else 1,
    }


def _without_references(given: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Return a schema by itself, and without the null that leaving an input out stands for."""
    schema = {key: value for key, value in given.items() if key != "title"}
    if schema.get("default", ...) is None:
        del schema["default"]
    if "$ref" in schema:
        named = definitions[schema.pop("$ref").removeprefix(_DEFINITIONS)]
        schema = _without_references(named, definitions) | schema
    choices = [each for each in schema.pop("anyOf", []) if each != {"type": "null"}]
    if len(choices) == 1:
        schema = _without_references(choices[0], definitions) | schema
    elif choices:
        schema["anyOf"] = choices
    if "items" in schema:
        schema["items"] = _without_references(schema["items"], definitions)
    return schema
