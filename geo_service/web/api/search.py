"""Stations and townships by what they are called."""

from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.datum import Datum, coordinate_in
from geo_service.domain.register import Register
from geo_service.services.browse import station_at
from geo_service.services.search import MAX_FOUND, MAX_LETTERS, FoundTownship, find_by_name
from geo_service.services.whereabouts import centre_of
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import with_list, with_members
from geo_service.web.api.parameters import DatumParameters
from geo_service.web.caching import kept
from geo_service.web.features import features_of
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Whole

blueprint = Blueprint("search", __name__, url_prefix="/api/v1/search")

_Likeness = Annotated[
    Literal["name", "sound", "address", "resemblance"],
    Field(
        description="How it was found: by its name or identifier, by pinyin or initials, by its "
        "address, or because it resembles what was asked for."
    ),
]


class FoundProperties(shapes.StationProperties):
    """A station that was searched for."""

    matched_by: _Likeness


class FoundFeature(TypedDict):
    """One station that was found, as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    geometry: shapes.PointShape
    properties: FoundProperties


class FoundUnit(shapes.UnitShape):
    """One township that was found."""

    centre: Annotated[
        list[float] | None,
        Field(description="A place in it, longitude first, in `datum`; null: none is known."),
    ]
    matched_by: _Likeness


class SearchAnswer(shapes.AnswerShape):
    """What is called so: the best finds first."""

    type: Literal["FeatureCollection"]
    features: list[FoundFeature]
    townships: list[FoundUnit]
    numberReturned: int  # noqa: N815 - as OGC API spells it


class SearchParameters(DatumParameters):
    """GET /api/v1/search."""

    q: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MAX_LETTERS,
            description="A part of a name or address in Chinese or English, pinyin, initials or "
            "an identifier; a typing error is forgiven where nothing matches.",
            examples=["孟庙", "mengmiao", "mmz"],
        ),
    ]
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_FOUND, description="Stations, and townships, to return at most."),
        Whole,
    ] = 10


@blueprint.get("")
@kept(openness=True)
@describes(
    Operation(
        summary="Stations and townships by name, pinyin or initials",
        query=SearchParameters,
        answers={geojson.MEDIA_TYPE: SearchAnswer},
    )
)
def search() -> Response:
    """Find stations, as features, and townships by what people type; the best match first."""
    given = params.read_query(SearchParameters)
    register, now = runtime.register(), runtime.now()
    found = find_by_name(register, given.q, now, given.limit)
    texts = features_of(register, given.datum)
    at_text = geojson.instant_text(now, register.place.zone).encode()
    features = [
        texts.feature_with(
            f'"matched_by":"{each.by.value}",'.encode(),
            station_at(register, each.station, now),
            at_text,
        )
        for each in found.stations
    ]
    more = {
        "townships": [_unit(register, each, given.datum) for each in found.townships],
        "numberReturned": len(features),
    }
    head = texts.collection_head(register, now, at_text)
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


def _unit(register: Register, found: FoundTownship, datum: Datum) -> FoundUnit:
    township = found.township
    county = register.counties_by_code.get(township.county_code or "")
    centre = centre_of(register, township)
    x, y = (0.0, 0.0) if centre is None else coordinate_in(centre, datum)
    return {
        "code": township.code,
        "name": township.name,
        "name_en": township.name_en,
        "county_code": township.county_code,
        "county_name": None if county is None else county.name,
        "boundary_status": township.boundary_status.value,
        "centre": None if centre is None else [round(x, 7), round(y, 7)],
        "matched_by": found.by.value,
    }
