"""The saved routes."""

from http import HTTPStatus
from typing import Annotated, Literal

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.datum import Datum, from_wgs84
from geo_service.domain.saved_route import SavedRoute
from geo_service.services.routes import saved_route, saved_routes
from geo_service.web import geojson, params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.parameters import DatumParameters
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters

blueprint = Blueprint("routes", __name__, url_prefix="/api/v1/routes")


class RoutesParameters(Parameters):
    """GET /api/v1/routes."""


class RouteParameters(DatumParameters):
    """GET /api/v1/routes/{id}."""


class RouteProperties(TypedDict):
    """What is known of a saved route."""

    name: str
    note: str
    length_m: Annotated[float, Field(description="Geodesic, on the WGS 84 spheroid.")]
    positions: int
    datum_given: Annotated[
        Literal["wgs84", "gcj02", "bd09"], Field(description="What its line was saved from.")
    ]


class RouteListed(RouteProperties):
    """A saved route without its line."""

    id: str


class RoutesAnswer(TypedDict):
    """The saved routes, by identifier."""

    routes: list[RouteListed]


class LineShape(TypedDict):
    """RFC 7946 LineString: longitude, latitude, in the datum asked for."""

    type: Literal["LineString"]
    coordinates: list[list[float]]


class RouteAnswer(TypedDict):
    """A saved route as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    datum: Literal["wgs84", "gcj02", "bd09"]
    geometry: LineShape
    properties: RouteProperties


@blueprint.get("")
@describes(
    Operation(
        summary="The saved routes",
        query=RoutesParameters,
        answers={JSON: RoutesAnswer},
        tag="routes",
    )
)
def routes() -> Response:
    """List the routes that people travel often, without their lines."""
    params.read_query(RoutesParameters)
    found = saved_routes(runtime.database())
    return json_answer({"routes": [{"id": each.id, **_properties(each)} for each in found]})


@blueprint.get("/<route_id>")
@describes(
    Operation(
        summary="One saved route",
        path={"route_id": "The route's identifier."},
        query=RouteParameters,
        answers={geojson.MEDIA_TYPE: RouteAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag="routes",
    )
)
def route(route_id: str) -> Response:
    """Return a route with its line, as POST /api/v1/stations/along takes it."""
    given = params.read_query(RouteParameters)
    found = saved_route(runtime.database(), route_id)
    return json_answer(
        {
            "type": "Feature",
            "id": found.id,
            "datum": given.datum.value,
            "geometry": {"type": "LineString", "coordinates": _positions(found, given.datum)},
            "properties": _properties(found),
        },
        geojson.MEDIA_TYPE,
    )


def _properties(saved: SavedRoute) -> RouteProperties:
    return {
        "name": saved.name,
        "note": saved.note,
        "length_m": round(saved.route.length, 2),
        "positions": len(saved.route.places),
        "datum_given": saved.datum.value,
    }


def _positions(saved: SavedRoute, datum: Datum) -> list[list[float]]:
    x, y = from_wgs84(*saved.route.places.degrees, datum)
    return [[round(lon, 7), round(lat, 7)] for lon, lat in zip(x.tolist(), y.tolist(), strict=True)]
