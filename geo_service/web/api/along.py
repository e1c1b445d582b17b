"""The stations along a line, in order of travel."""

from datetime import datetime, tzinfo
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, Response
from pydantic import BeforeValidator, FailFast, Field, WithJsonSchema
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import readings_to_coordinates
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.register import Register
from geo_service.domain.route import FARTHEST, MOST_PLACES, Route
from geo_service.domain.walking import Walking
from geo_service.services.along import (
    MAX_LIMIT,
    MAX_METRES_PER_MINUTE,
    USUAL_WITHIN,
    AlongAnswer,
    AlongQuery,
    PassedStation,
    find_along,
)
from geo_service.services.openness import When
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import json_text, with_list, with_members
from geo_service.web.api.parameters import StationsParameters
from geo_service.web.features import features_of
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Decimal, Latitude, Longitude, Whole

blueprint = Blueprint("along", __name__, url_prefix="/api/v1/stations/along")

_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_METRES_PER_MINUTE_OF_KM_PER_HOUR: Final = 1000.0 / 60.0


def _line(given: object) -> object:
    """Return the positions of a LineString, of a Feature with one, or of a bare list."""
    if isinstance(given, dict) and given.get("type") == "Feature":
        given = given.get("geometry")
    if isinstance(given, dict):
        if given.get("type") != "LineString":
            raise PydanticCustomError(
                "word", "must be a GeoJSON LineString or a list of [longitude, latitude]"
            )
        given = given.get("coordinates")
    if not isinstance(given, list):
        raise PydanticCustomError("word", "must be a list of [longitude, latitude]")
    if len(given) > MOST_PLACES:
        raise PydanticCustomError(
            "word", f"has {len(given):,} positions; at most {MOST_PLACES:,} are taken"
        )
    return given


def _position(given: object) -> object:
    """Drop the height that GeoJSON lets a position have; say so where the order is wrong."""
    if not isinstance(given, list) or not 2 <= len(given) <= 4:
        raise PydanticCustomError("word", "must be [longitude, latitude]")
    x, y = given[:2]
    if isinstance(y, int | float) and isinstance(x, int | float) and abs(x) <= 90 < abs(y):
        raise PydanticCustomError(
            "word", f"has latitude {y:g}: longitude comes first; they seem to be swapped"
        )
    return given[:2]


_POSITIONS: Final = {
    "type": "array",
    "minItems": 2,
    "maxItems": MOST_PLACES,
    "items": {"type": "array", "minItems": 2, "items": {"type": "number"}},
}
Line = Annotated[
    list[Annotated[tuple[Longitude, Latitude], BeforeValidator(_position)]],
    FailFast(),  # one fault tells as much as five thousand
    BeforeValidator(_line),
    WithJsonSchema(
        {
            "description": "A GeoJSON LineString, a Feature with one, or its coordinates alone: "
            "longitude first, in `datum`, in order of travel. Heights are ignored.",
            "examples": [[[114.0163, 33.5814], [114.0263, 33.5814]]],
            "anyOf": [
                _POSITIONS,
                {
                    "type": "object",
                    "required": ["type", "coordinates"],
                    "properties": {"type": {"const": "LineString"}, "coordinates": _POSITIONS},
                },
                {
                    "type": "object",
                    "required": ["type", "geometry"],
                    "properties": {"type": {"const": "Feature"}, "geometry": {"type": "object"}},
                },
            ],
        }
    ),
]


class AlongOptions(StationsParameters):
    """What may be asked of a route, wherever its line is from."""

    within: Annotated[
        float,
        Field(gt=0, le=FARTHEST, description="Only stations within so many metres of the line."),
        Decimal,
    ] = USUAL_WITHIN
    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description="How many stations to return at most."), Whole
    ] = 50
    speed: Annotated[
        float | None,
        Field(
            gt=0,
            le=MAX_METRES_PER_MINUTE / _METRES_PER_MINUTE_OF_KM_PER_HOUR,
            description="Kilometres an hour along the line; without it, on foot. With it or with "
            "`departure` or `open=arrival`, openness is told for the time of passing.",
        ),
        Decimal,
    ] = None
    departure: Annotated[
        str | None,
        Field(
            description="RFC 3339 instant at which the line is begun; without it, now.",
            examples=["2026-11-23T05:00:00+08:00"],
        ),
    ] = None

    def asked(
        self, route: Route, now: datetime, walking: Walking, zone: tzinfo | None = None
    ) -> AlongQuery:
        """Return the question about a route; ``zone`` lets a departure lack an offset."""
        condition = self.open_condition(arrival=True)
        arrival = condition is not None and condition.when is When.ARRIVAL
        travels = arrival or self.speed is not None or self.departure is not None
        if travels and self.open is not None and not arrival:
            reason = "must be arrival beside speed or departure: open at the time of passing"
            raise InvalidQueryError(ParameterFault("open", reason))
        pace = walking.metres_per_minute
        if self.speed is not None:
            pace = self.speed * _METRES_PER_MINUTE_OF_KM_PER_HOUR
        return AlongQuery(
            route=route,
            instant=self.moment(now)
            if self.departure is None
            else params.instant(self.departure, "departure", zone),
            within=Metres(self.within),
            limit=self.limit,
            conditions=self.conditions(),
            open=condition,
            metres_per_minute=pace if travels else None,
        )


class AlongParameters(AlongOptions):
    """POST /api/v1/stations/along."""

    line: Line

    def route(self) -> Route:
        """Return the line as a route on WGS 84."""
        return Route.through(
            readings_to_coordinates(
                [x for x, _ in self.line], [y for _, y in self.line], self.datum
            )
        )


class PassedProperties(shapes.StationProperties):
    """A station as passed on a line."""

    along_m: Annotated[
        float, Field(description="Metres travelled when the line is closest to it, geodesic.")
    ]
    offset_m: Annotated[
        float, Field(description="Metres from the line there (straight line, geodesic).")
    ]
    side: Annotated[
        Literal["left", "right", "on"],
        Field(description="Seen in the direction of travel; `on`: less than half a metre off."),
    ]
    detour_m: Annotated[
        float, Field(description="There and back: an estimate from the offset, see `walking`.")
    ]
    detour_minutes: int
    detour_is_estimate: bool
    passed_at: Annotated[
        str | None,
        Field(description="RFC 3339 instant of passing; null where neither speed nor departure "
              "nor open=arrival was given."),
    ]  # fmt: skip


class PassedFeature(TypedDict):
    """One station on the way, as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    geometry: shapes.PointShape
    properties: PassedProperties


class AlongAnswerShape(shapes.AnswerShape):
    """The stations along a line, in order of travel."""

    type: Literal["FeatureCollection"]
    features: list[PassedFeature]
    line_length_m: float
    numberMatched: int  # noqa: N815 - as OGC API spells it
    numberReturned: int  # noqa: N815 - likewise
    walking: shapes.WalkingShape


@blueprint.post("")
@describes(
    Operation(
        summary="The stations along a line, in order of travel",
        body=AlongParameters,
        answers={geojson.MEDIA_TYPE: AlongAnswerShape},
        refusals=_REFUSALS,
    )
)
def along() -> Response:
    """Answer "what do I pass?": how far along the line, how far off it, and the detour."""
    given = params.read_body(AlongParameters)
    register, walking = runtime.register(), runtime.walking()
    route = given.route()
    check_served(register, route)
    query = given.asked(route, runtime.now(), walking)
    return answer(register, given, query, find_along(register, query, walking))


def check_served(register: Register, route: Route) -> None:
    """Raise OutsideServedAreaError for a route of which a part lies far from the place served."""
    area = runtime.served_area()
    for place in area.outside(register, route.places):
        area.check(register, route.places[place], named=f"position {place + 1} of the line")


def answer(
    register: Register, given: AlongOptions, query: AlongQuery, found: AlongAnswer
) -> Response:
    """Write what was found as GeoJSON."""
    texts, moments = features_of(register, given.datum), geojson.Moments(register.place.zone)
    head = texts.collection_head(register, query.instant, moments.text(query.instant))
    more = {
        "line_length_m": round(found.length, 2),
        "numberMatched": found.matched,
        "numberReturned": len(found.stations),
        "walking": geojson.walking_shape(runtime.walking()),
    }
    features = (
        texts.feature_with(_way(query, each, moments), each, moments.text(each.at))
        for each in found.stations
    )
    body = with_list(with_members(head, more), "features", features)
    return Response(body, content_type=geojson.MEDIA_TYPE)


def _way(query: AlongQuery, passed: PassedStation, moments: geojson.Moments) -> bytes:
    """Write the properties that are the pass's own."""
    travels = query.metres_per_minute is not None
    own: dict[str, Any] = {
        "along_m": round(passed.along, 2),
        "offset_m": round(passed.offset, 2),
        "side": passed.side.value,
        "detour_m": round(passed.detour, 2),
        "detour_minutes": passed.detour_minutes,
        "detour_is_estimate": True,
        "passed_at": moments.text(passed.at).decode() if travels else None,
    }
    return json_text(own)[1:-1].encode() + b","
