"""Filters of stations in CQL2, and what they may name: GET /api/v1/stations/queryables."""

from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.filter_conditions import StationCondition
from geo_service.domain.filter_properties import GEOMETRY, PROPERTIES, Kind, Property
from geo_service.domain.filter_reading import FilterError, FilterLanguage, read_filter
from geo_service.web import params
from geo_service.web.answers import json_answer, json_text
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("stations_queryables", __name__, url_prefix="/api/v1/stations/queryables")

MEDIA_TYPE: Final = "application/schema+json"
# What people and programs ask again and again; a few kilobytes each.
_READ_KEPT: Final = 256


def station_condition(text: str, language: FilterLanguage, datum: Datum) -> StationCondition:
    """Read a filter, or raise InvalidQueryError; the same one is read once."""
    try:
        return _read(text, language, datum)
    except FilterError as error:
        raise InvalidQueryError(ParameterFault("filter", str(error))) from None


def language_of(text: str) -> FilterLanguage:
    """Tell how a filter is written: no CQL2 text begins like an object."""
    return FilterLanguage.JSON if text.lstrip().startswith("{") else FilterLanguage.TEXT


def text_of_object(given: object) -> object:
    """Write a filter that is an object as text; leave any other as it is."""
    return json_text(given) if isinstance(given, dict) else given


_read: Final = lru_cache(_READ_KEPT)(read_filter)


class QueryablesParameters(params.Parameters):
    """GET /api/v1/stations/queryables."""


@blueprint.get("")
@describes(
    Operation(
        summary="What a filter of stations may name",
        query=QueryablesParameters,
        answers={MEDIA_TYPE: {"type": "object"}},
        refusals=(HTTPStatus.BAD_REQUEST,),
    )
)
def queryables() -> Response:
    """List the properties that `filter` may name, as a JSON Schema."""
    params.read_query(QueryablesParameters)
    return json_answer(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": whole_address("stations_queryables.queryables"),
            "title": "Properties of stations that a filter may name",
            "type": "object",
            "properties": {each.name: _schema(each) for each in PROPERTIES.values()}
            | {GEOMETRY: _POSITION},
            "additionalProperties": False,
        },
        MEDIA_TYPE,
    )


_POSITION: Final = {
    "title": "Position of the station.",
    "x-ogc-role": "primary-geometry",
    "format": "geometry-point",
}
_TYPES: Final[dict[Kind, dict[str, Any]]] = {
    Kind.TEXT: {"type": "string"},
    Kind.WHOLE: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.DAY: {"type": "string", "format": "date"},
}


def _schema(about: Property) -> dict[str, Any]:
    words = {"type": "string", "enum": list(about.words)}
    if about.kind is Kind.WORDS:
        return {"title": about.title, "type": "array", "items": words, "uniqueItems": True}
    return {"title": about.title, **(words if about.words else _TYPES[about.kind])}
