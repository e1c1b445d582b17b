"""The stations resource: the closest, a page of them, one of them."""

from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.station import StationId
from geo_service.services.browse import Page, browse, station_at
from geo_service.services.nearest import NearestAnswer, find_nearest
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import JSON, json_text, with_list, with_members
from geo_service.web.api.parameters import (
    BrowseParameters,
    ManyNearestParameters,
    NearestParameters,
    StationParameters,
)
from geo_service.web.features import FeatureTexts, features_of
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
    texts, moments = features_of(register, given.datum), geojson.Moments(register.place.zone)
    head = texts.collection_head(register, query.instant, moments.text(query.instant))
    more = {
        "numberMatched": found.matched,
        "numberReturned": len(found.stations),
        "walking": geojson.walking_shape(walking),
    }
    features = [texts.nearby(each, moments.text(each.at)) for each in found.stations]
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


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
    instant, zone = queries[0].instant, register.place.zone
    features = features_of(register, given.datum)
    moments = geojson.Moments(zone)
    at_text = moments.text(instant)
    head = with_members(
        features.head(register, instant, at_text), {"walking": geojson.walking_shape(walking)}
    )
    origins = (
        _origin_text(features, origin.id or str(place), each, moments)
        for place, (origin, each) in enumerate(zip(given.origins, found, strict=True))
    )
    stations = {nearby.station.id: nearby.station for each in found for nearby in each.stations}
    listed = (
        features.feature(station_at(register, stations[key], instant), at_text)
        for key in sorted(stations)
    )
    body = with_list(head, "origins", origins)
    collection = b"".join((b'{"type":"FeatureCollection","features":[', b",".join(listed), b"]}"))
    return Response(b"".join((body[:-1], b',"stations":', collection, b"}")), content_type=JSON)


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
    texts = features_of(register, given.datum)
    at_text = geojson.instant_text(query.instant, register.place.zone).encode()
    head = texts.collection_head(register, query.instant, at_text)
    more = {
        "numberMatched": page.matched,
        "numberReturned": len(page.stations),
        "links": _links(given, page),
    }
    features = [texts.feature(each, at_text) for each in page.stations]
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


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
    texts = features_of(register, given.datum)
    at_text = geojson.instant_text(now, register.place.zone).encode()
    head = texts.head(register, now, at_text)
    body = b"".join((head[:-1], b",", texts.feature(found, at_text)[1:]))
    return Response(body, content_type=geojson.MEDIA_TYPE)


def _origin_text(
    features: FeatureTexts, key: str, found: NearestAnswer, moments: geojson.Moments
) -> bytes:
    nearest = (
        f'{{"id":{json_text(each.station.id)},"distance_m":{round(each.distance, 2)},'
        f'"walk_minutes":{each.walk_minutes},'
        f'"openness":{features.openness(each.openness, moments.text(each.at).decode())}}}'
        for each in found.stations
    )
    head = json_text({"id": key, "numberMatched": found.matched}).encode()
    return with_list(head, "nearest", (each.encode() for each in nearest))


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
