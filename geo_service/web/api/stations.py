"""The stations resource: the closest, a page of them, one of them."""

from http import HTTPStatus
from typing import Any, Final, cast

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.domain.station import StationId
from geo_service.services.browse import BrowseQuery, Page, browse, station_at
from geo_service.services.nearest import find_nearest
from geo_service.web import forms, geojson, params, shapes
from geo_service.web.answers import with_list, with_members
from geo_service.web.api import station_forms
from geo_service.web.api.parameters import (
    BrowseParameters,
    NearestParameters,
    StationParameters,
)
from geo_service.web.caching import ASK_ALONE, kept
from geo_service.web.features import features_of
from geo_service.web.forms import Form
from geo_service.web.links import add_links, described_by, other_forms, whole_address
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("stations", __name__, url_prefix="/api/v1/stations")

_REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)


@blueprint.get("/nearest")
@kept(openness=True, negotiated=True, control=ASK_ALONE)
@describes(
    Operation(
        summary="The stations closest to a position",
        query=NearestParameters,
        answers=forms.described(forms.OF_STATIONS, geojson=shapes.NearestAnswerShape),
        refusals=(*_REFUSALS, HTTPStatus.NOT_ACCEPTABLE),
    )
)
def nearest() -> Response:
    """Answer "which is nearest?", closest first, exactly on the WGS 84 spheroid."""
    given = params.read_query(NearestParameters)
    return nearest_of(given, forms.asked(given.f, forms.OF_STATIONS, given.datum))


def nearest_of(given: NearestParameters, form: Form) -> Response:
    """Answer a question for the nearest in a form, wherever it was asked."""
    register, query = runtime.register(), given.query(runtime.now())
    runtime.served_area().check(register, query.origin)
    walking = runtime.walking()
    found = find_nearest(register, query, walking)
    if form is not Form.GEOJSON:
        return station_forms.nearest_answer(form, register, given.datum, query, found)
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


@blueprint.get("")
@kept(openness=True, negotiated=True)
@describes(
    Operation(
        summary="Stations by identifier, a page at a time",
        query=BrowseParameters,
        answers=forms.described(forms.OF_STATIONS, geojson=shapes.StationsAnswer),
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_ACCEPTABLE),
    )
)
def stations() -> Response:
    """List the stations that match; follow the link with rel `next` for more."""
    given = params.read_query(BrowseParameters)
    form = forms.asked(given.f, forms.OF_STATIONS, given.datum)
    register, query = runtime.register(), given.query(runtime.now())
    page = browse(register, query)
    links = _links(given, page, form)
    if form is Form.GEOJSON:
        response = _page(register, given, query, page, links)
    else:
        response = station_forms.page_answer(form, register, given.datum, query, page)
    others = {each.value: each.media_type for each in forms.OF_STATIONS if each is not form}
    add_links(response, cast("list[dict[str, str]]", links) + other_forms(others))
    add_links(response, [described_by()])
    return response


def _page(
    register: Register,
    given: BrowseParameters,
    query: BrowseQuery,
    page: Page,
    links: list[shapes.LinkShape],
) -> Response:
    texts = features_of(register, given.datum)
    at_text = geojson.instant_text(query.instant, register.place.zone).encode()
    head = texts.collection_head(register, query.instant, at_text)
    more = {
        "numberMatched": page.matched,
        "numberReturned": len(page.stations),
        "links": links,
    }
    features = [texts.feature(each, at_text) for each in page.stations]
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


@blueprint.get("/<station_id>")
@kept(openness=True)
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


def _links(given: BrowseParameters, page: Page, form: Form) -> list[shapes.LinkShape]:
    asked = given.model_dump(mode="json", exclude_unset=True, by_alias=True)
    links: list[shapes.LinkShape] = [_link("self", asked, form)]
    if page.following is not None:
        links.append(_link("next", asked | {"after": page.following}, form))
    if page.begin > 0:
        first = {name: value for name, value in asked.items() if name != "after"}
        before = first if page.preceding is None else first | {"after": page.preceding}
        links += [_link("prev", before, form), _link("first", first, form)]
    return links


def _link(rel: str, asked: dict[str, object], form: Form) -> shapes.LinkShape:
    words: dict[str, Any] = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in asked.items()
    }
    href = whole_address("stations.stations", **words)
    return {"rel": rel, "href": href, "type": form.media_type}
