"""The stations resource: the closest, a page of them, one of them."""

from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.domain.station import StationId
from geo_service.services.browse import Page, browse, station_at
from geo_service.services.nearest import NearbyStation, find_nearest
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.parameters import (
    BrowseParameters,
    ManyNearestParameters,
    NearestParameters,
    StationParameters,
)
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("stations", __name__, url_prefix="/api/v1/stations")

_REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.get("/nearest")
@describes(
    Operation(
        summary="The stations closest to a position",
        query=NearestParameters,
        answers={geojson.MEDIA_TYPE: shapes.NearestAnswerShape},
        refusals=_REFUSALS,
    )
)
def nearest() -> Response:
    """Answer "which is nearest?", closest first, exactly on the WGS 84 spheroid."""
    given = params.read_query(NearestParameters)
    register, query = runtime.register(), given.query(runtime.now())
    runtime.served_area().check(register, query.origin)
    walking = runtime.walking()
    found = find_nearest(register, query, walking)
    builder = geojson.StationBuilder(register, given.datum, query.instant)
    answer: shapes.NearestAnswerShape = {
        "type": "FeatureCollection",
        **builder.answer(),
        "numberMatched": found.matched,
        "numberReturned": len(found.stations),
        "walking": geojson.walking_shape(walking),
        "features": [builder.nearby_feature(each) for each in found.stations],
    }
    return json_answer(answer, geojson.MEDIA_TYPE)


@blueprint.post("/nearest")
@describes(
    Operation(
        summary="The stations closest to each of up to 1,000 positions",
        body=ManyNearestParameters,
        answers={JSON: shapes.ManyNearestAnswer},
        refusals=(
            *_REFUSALS,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
    )
)
def nearest_to_many() -> Response:
    """Answer "which is nearest?" for many origins at once; each station found stands once."""
    given = params.read_body(ManyNearestParameters)
    now = runtime.now()
    register, queries = runtime.register(), given.queries(now)
    area, walking = runtime.served_area(), runtime.walking()
    for query in queries:
        area.check(register, query.origin)
    found = [find_nearest(register, query, walking) for query in queries]
    builder = geojson.StationBuilder(register, given.datum, queries[0].instant)
    answer: shapes.ManyNearestAnswer = {
        **builder.answer(),
        "walking": geojson.walking_shape(walking),
        "origins": [
            {
                "id": origin.id if origin.id is not None else str(place),
                "numberMatched": each.matched,
                "nearest": [_of_origin(builder, nearby) for nearby in each.stations],
            }
            for place, (origin, each) in enumerate(zip(given.origins, found, strict=True))
        ],
        "stations": {
            "type": "FeatureCollection",
            "features": _each_once(
                register, builder, [nearby for each in found for nearby in each.stations]
            ),
        },
    }
    return json_answer(answer)


@blueprint.get("")
@describes(
    Operation(
        summary="Stations by identifier, a page at a time",
        query=BrowseParameters,
        answers={geojson.MEDIA_TYPE: shapes.StationsAnswer},
    )
)
def stations() -> Response:
    """List the stations that match; follow the link with rel `next` for more."""
    given = params.read_query(BrowseParameters)
    register, query = runtime.register(), given.query(runtime.now())
    page = browse(register, query)
    builder = geojson.StationBuilder(register, given.datum, query.instant)
    answer: shapes.StationsAnswer = {
        "type": "FeatureCollection",
        **builder.answer(),
        "numberMatched": page.matched,
        "numberReturned": len(page.stations),
        "links": _links(given, page),
        "features": [builder.feature(each) for each in page.stations],
    }
    return json_answer(answer, geojson.MEDIA_TYPE)


@blueprint.get("/<station_id>")
@describes(
    Operation(
        summary="One station",
        path={"station_id": "The station's identifier."},
        query=StationParameters,
        answers={geojson.MEDIA_TYPE: shapes.StationAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
    )
)
def station(station_id: str) -> Response:
    """Return all that the register knows of one station, and whether it is open now."""
    given = params.read_query(StationParameters)
    register, now = runtime.register(), runtime.now()
    found = station_at(register, register.station(StationId(station_id)), now)
    builder = geojson.StationBuilder(register, given.datum, now)
    answer: shapes.StationAnswer = {**builder.answer(), **builder.feature(found)}
    return json_answer(answer, geojson.MEDIA_TYPE)


def _of_origin(builder: geojson.StationBuilder, found: NearbyStation) -> shapes.NearestOfOrigin:
    return {
        "id": found.station.id,
        "distance_m": round(found.distance, 2),
        "walk_minutes": found.walk_minutes,
        "openness": [builder.openness(state, found.at) for state in found.openness],
    }


def _each_once(
    register: Register, builder: geojson.StationBuilder, found: list[NearbyStation]
) -> list[shapes.StationFeature]:
    stations = {each.station.id: each.station for each in found}
    return [
        builder.feature(station_at(register, stations[key], builder.instant))
        for key in sorted(stations)
    ]


def _links(given: BrowseParameters, page: Page) -> list[shapes.LinkShape]:
    asked = given.model_dump(mode="json", exclude_unset=True)
    links: list[shapes.LinkShape] = [_link("self", asked)]
    if page.following is not None:
        links.append(_link("next", asked | {"after": page.following}))
    return links


def _link(rel: str, asked: dict[str, object]) -> shapes.LinkShape:
    words: dict[str, Any] = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in asked.items()
    }
    href = whole_address("stations.stations", **words)
    return {"rel": rel, "href": href, "type": geojson.MEDIA_TYPE}
