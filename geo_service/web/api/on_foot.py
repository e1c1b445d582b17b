"""The stations of the shortest walk along streets."""

from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.datum import Datum, coordinate_in
from geo_service.services.on_foot import (
    OnFootAnswer,
    UnreachedStation,
    WalkedStation,
    nearest_on_foot,
)
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import with_list, with_members
from geo_service.web.api.parameters import FromParameters
from geo_service.web.api.streets import NetworkShape, network_shape
from geo_service.web.caching import ASK_ALONE, kept
from geo_service.web.features import features_of
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("on_foot", __name__, url_prefix="/api/v1/stations")


class WalkedProperties(shapes.StationProperties):
    """A station at the end of a walk."""

    walk_m: Annotated[float, Field(description="Metres along streets, to and from them included.")]
    walk_minutes: Annotated[int, Field(description="Minutes of that walk, rounded up.")]
    walk_is_estimate: bool
    distance_m: Annotated[float, Field(description="The straight line beside it, in metres.")]


class WalkedFeature(TypedDict):
    """One station at the end of a walk, as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    geometry: shapes.PointShape
    properties: WalkedProperties


class UnreachedShape(TypedDict):
    """A station that no walk leads to."""

    id: str
    name: str
    longitude: float
    latitude: float
    distance_m: Annotated[float, Field(description="In a straight line.")]
    reason: Annotated[
        Literal["off_the_streets", "no_way"],
        Field(description="Too far from any street, or in another part of the network."),
    ]


class OnFootAnswerShape(shapes.AnswerShape):
    """The stations of the shortest walks, shortest first."""

    type: Literal["FeatureCollection"]
    features: list[WalkedFeature]
    numberReturned: int  # noqa: N815 - as OGC API spells it
    distance_type: Literal["network_walk"]
    metres_per_minute: float
    across_m: Annotated[
        float, Field(description="Of each walk, the straight way from the origin to its street.")
    ]
    out_of_reach: Annotated[int, Field(description="Stations that match, and no walk leads to.")]
    unreached: Annotated[list[UnreachedShape], Field(description="The nearest of those.")]
    network: NetworkShape


class OnFootParameters(FromParameters):
    """GET /api/v1/stations/nearest-on-foot."""

    within: Annotated[
        float | None,
        Field(gt=0, le=100_000, description="Only stations within a walk of so many metres."),
        params.Decimal,
    ] = None


@blueprint.get("/nearest-on-foot")
@kept(openness=True, walks=True, control=ASK_ALONE)
@describes(
    Operation(
        summary="The stations of the shortest walk along streets",
        query=OnFootParameters,
        answers={geojson.MEDIA_TYPE: OnFootAnswerShape},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.CONFLICT,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
    )
)
def nearest_walks() -> Response:
    """Answer "which is the shortest walk?" along the streets of the network loaded here.

    Minutes are measured, not estimated. Without a network, /api/v1/stations/nearest estimates.
    """
    given = params.read_query(OnFootParameters)
    register, query = runtime.register(), given.query(runtime.now())
    runtime.served_area().check(register, query.origin)
    network, walking = runtime.street_network(), runtime.walking()
    found = nearest_on_foot(register, network, query, walking)
    texts, moments = features_of(register, given.datum), geojson.Moments(register.place.zone)
    head = texts.collection_head(register, query.instant, moments.text(query.instant))
    more = {
        "numberReturned": len(found.stations),
        "distance_type": network.distance_type.value,
        "metres_per_minute": walking.metres_per_minute,
        **_reached(found, given.datum),
        "network": network_shape(network),
    }
    features = [
        texts.feature_with(_way(each), each, moments.text(each.at)) for each in found.stations
    ]
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


def _way(found: WalkedStation) -> bytes:
    return (
        f'"walk_m":{round(found.walk, 2)},"walk_minutes":{found.walk_minutes},'
        f'"walk_is_estimate":false,"distance_m":{round(found.distance, 2)},'
    ).encode()


def _reached(found: OnFootAnswer, datum: Datum) -> dict[str, object]:
    return {
        "across_m": round(found.across, 2),
        "out_of_reach": found.out_of_reach,
        "unreached": [_unreached(each, datum) for each in found.unreached],
    }


def _unreached(found: UnreachedStation, datum: Datum) -> UnreachedShape:
    x, y = coordinate_in(found.station.coordinate, datum)
    return {
        "id": found.station.id,
        "name": found.station.name,
        "longitude": round(x, 7),
        "latitude": round(y, 7),
        "distance_m": round(found.distance, 2),
        "reason": found.why.value,
    }
