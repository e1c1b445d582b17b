"""The stations closest to each of many positions, in one answer."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import islice
from typing import Final

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.services.nearest_to_many import ManyNearest, find_nearest_to_many
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import JSON, json_text, with_list, with_members
from geo_service.web.api.parameters import ManyNearestParameters
from geo_service.web.features import FeatureTexts, features_of
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("stations_nearest", __name__, url_prefix="/api/v1/stations/nearest")

_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)

_ROW: Final = '{"id":%s,"distance_m":%.2f,"walk_minutes":%d%s}'


@blueprint.post("")
@describes(
    Operation(
        asks_only=True,
        summary="The stations closest to each of up to 1,000 positions",
        body=ManyNearestParameters,
        answers={JSON: shapes.ManyNearestAnswer},
        refusals=_REFUSALS,
    )
)
def to_many() -> Response:
    """Answer "which is nearest?" for many origins at once; each station found stands once."""
    given = params.read_body(ManyNearestParameters)
    register, query = runtime.register(), given.query(runtime.now())
    area, walking = runtime.served_area(), runtime.walking()
    for place in area.outside(register, query.origins):
        area.check(register, query.origins[place], named=given.name_of(place))
    found = find_nearest_to_many(register, query, walking)
    features, moments = features_of(register, given.datum), geojson.Moments(register.place.zone)
    at_text = moments.text(query.instant)
    head = with_members(
        features.head(register, query.instant, at_text), {"walking": geojson.walking_shape(walking)}
    )
    arrivals = _arrival_texts(found, features, moments)
    origins = with_list(head, "origins", _origin_texts(given, found, arrivals))
    stations = features.collection(found.stations, found.openness, at_text)
    return Response(b"".join((origins[:-1], b',"stations":', stations, b"}")), content_type=JSON)


def _origin_texts(
    given: ManyNearestParameters, found: ManyNearest, arrivals: Sequence[str]
) -> Iterator[bytes]:
    """Write what each origin found."""
    keys = [json_text(each.id) for each in found.stations]
    rows = map(
        _ROW.__mod__,
        zip(
            map(keys.__getitem__, found.places),
            found.metres,
            found.walk_minutes,
            arrivals,
            strict=True,
        ),
    )
    for place, (origin, matched, count) in enumerate(
        zip(given.origins, found.matched, found.counts, strict=True)
    ):
        key = json_text(origin.get("id") or str(place))
        total = "null" if matched is None else matched
        nearest = ",".join(islice(rows, count))
        yield f'{{"id":{key},"numberMatched":{total},"nearest":[{nearest}]}}'.encode()


def _arrival_texts(
    found: ManyNearest, features: FeatureTexts, moments: geojson.Moments
) -> list[str]:
    """Write, for each that was found, whether it is open on arrival; nothing where not asked."""
    if not found.arrivals:
        return [""] * len(found.places)
    known: dict[int, str] = {}
    texts = []
    for arrival in found.arrivals:
        text = known.get(id(arrival))
        if text is None:
            openness = features.openness(arrival.openness, moments.text(arrival.at)).decode()
            text = known[id(arrival)] = f',"openness":{openness}'
        texts.append(text)
    return texts
