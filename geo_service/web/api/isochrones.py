"""The isochrones resource: the ground within some minutes on foot, along streets."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

import numpy as np
import shapely
from flask import Blueprint, Response
from numpy.typing import NDArray
from pydantic import Field
from shapely.geometry import mapping
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, from_wgs84, reading_to_coordinate
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.register import Register
from geo_service.domain.service_areas import BESIDE
from geo_service.domain.station import StationId
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.survey import Level
from geo_service.services.service_areas import (
    MOST_ISOCHRONES,
    MOST_MINUTES,
    MOST_MINUTES_OF_ALL,
    Isochrone,
    ServiceAreas,
    ServiceAreasQuery,
    UnitReached,
    areas_of_all,
    isochrones_around,
)
from geo_service.web import geojson, params, shapes
from geo_service.web.answers import json_answer
from geo_service.web.api.parameters import DatumParameters, OfferParameters
from geo_service.web.api.streets import NetworkShape, network_shape
from geo_service.web.caching import ASK_ALONE, kept
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Decimal, Truth

blueprint = Blueprint("isochrones", __name__, url_prefix="/api/v1/isochrones")

_DECIMALS: Final = 7


class IsochroneProperties(TypedDict):
    """What one isochrone is."""

    minutes: int
    walk_m: Annotated[float, Field(description="Metres walked in that time.")]
    area_km2: float
    beside_m: Annotated[
        float, Field(description="Ground counts that lies within this of a street walked.")
    ]
    distance_type: Literal["network_walk"]


class IsochroneFeature(TypedDict):
    """One isochrone as an RFC 7946 Feature, its geometry a MultiPolygon."""

    type: Literal["Feature"]
    id: str
    geometry: shapes.OutlineShape
    properties: IsochroneProperties


class UnitReachedShape(TypedDict):
    """How much of a unit can be reached."""

    code: str
    name: str
    name_en: shapes.Text
    boundary_status: Literal["official", "approximate", "none"]
    area_coverage: Annotated[
        list[float] | None,
        Field(description="Share (0-1) of the unit's area within each isochrone, in their order."),
    ]
    missing: Annotated[shapes.Text, Field(description="Why there is none.")]


class IsochronesAnswer(shapes.AnswerShape):
    """The ground within some minutes on foot, the fewest minutes first."""

    type: Literal["FeatureCollection"]
    features: list[IsochroneFeature]
    distance_type: Literal["network_walk"]
    metres_per_minute: float
    network: NetworkShape
    stations: Annotated[
        int | None, Field(description="With `all`: the stations whose ground it is.")
    ]
    stations_off_the_streets: Annotated[
        int | None, Field(description="With `all`: of those, too far from any street to count.")
    ]
    units: Annotated[list[UnitReachedShape], Field(description="With `all` and `level`.")]


class IsochroneParameters(OfferParameters, DatumParameters):
    """GET /api/v1/isochrones."""

    lon: Annotated[
        float | None, Field(ge=-180, le=180, description="Degrees east, in `datum`."), Decimal
    ] = None
    lat: Annotated[
        float | None, Field(ge=-90, le=90, description="Degrees north, in `datum`."), Decimal
    ] = None
    station: Annotated[
        str | None, Field(max_length=100, description="From this station, by its identifier.")
    ] = None
    all: Annotated[
        Truth,
        Field(
            description="From all stations that match `service`, `group` and `amenity`, together."
        ),
    ] = False
    level: Annotated[
        Level | None, Field(description="With `all`: the units to report shares of ground for.")
    ] = None
    minutes: Annotated[
        str,
        Field(
            max_length=100,
            json_schema_extra={"pattern": "^[0-9]{1,2}(,[0-9]{1,2})*$"},
            description=f"Minutes of walking, up to {MOST_ISOCHRONES} whole numbers from 1 to "
            f"{MOST_MINUTES} ({MOST_MINUTES_OF_ALL} with `all`), commas between.",
            examples=["5,10,15"],
        ),
    ] = "5,10,15"

    def minutes_asked(self) -> tuple[int, ...]:
        """Return the minutes, the fewest first."""
        most = MOST_MINUTES_OF_ALL if self.all else MOST_MINUTES
        try:
            asked = sorted({_minutes(each, most) for each in self.minutes.split(",")})
        except ValueError:
            asked = []
        if not 1 <= len(asked) <= MOST_ISOCHRONES:
            reason = (
                f"must be 1 to {MOST_ISOCHRONES} whole numbers from 1 to {most} with "
                "commas between, like 5,10,15"
            )
            raise InvalidQueryError(ParameterFault("minutes", reason))
        return tuple(asked)

    def origin(self, register: Register) -> Coordinate | None:
        """Return the place to start from; None: from all stations."""
        at = self.lon is not None or self.lat is not None
        if at + (self.station is not None) + self.all != 1:
            reason = "give lon and lat, or station, or all=true: one of the three"
            raise InvalidQueryError(ParameterFault("lon", reason))
        if not self.all:
            self._refuse_what_needs_all()
        if self.all:
            return None
        if self.station is not None:
            return register.station(StationId(self.station)).coordinate
        if self.lon is None or self.lat is None:
            missing = "lon" if self.lon is None else "lat"
            raise InvalidQueryError(ParameterFault(missing, "is required beside the other"))
        return reading_to_coordinate(self.lon, self.lat, self.datum)

    def _refuse_what_needs_all(self) -> None:
        for name in ("service", "group", "amenity", "level"):
            if getattr(self, name):
                raise InvalidQueryError(ParameterFault(name, "needs all=true beside it"))


@blueprint.get("")
@kept(walks=True, control=ASK_ALONE)
@describes(
    Operation(
        summary="The ground within some minutes on foot, along streets",
        query=IsochroneParameters,
        answers={geojson.MEDIA_TYPE: IsochronesAnswer},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.UNPROCESSABLE_ENTITY,
        ),
        tag="coverage",
    )
)
def isochrones() -> Response:
    """Draw what can be reached from a place, a station, or all stations together.

    Every stretch of street that is walked in the time, and the ground within `beside_m` of it.
    """
    given = params.read_query(IsochroneParameters)
    register, minutes = runtime.register(), given.minutes_asked()
    origin = given.origin(register)
    network, walking = runtime.street_network(), runtime.walking()
    if origin is None:
        query = ServiceAreasQuery(
            minutes=minutes,
            conditions=given.conditions(),
            era=register.eras.at(runtime.now()),
            level=given.level,
        )
        areas = areas_of_all(register, network, query, walking)
        return _answer(register, network, given.datum, areas.isochrones, areas)
    runtime.served_area().check(register, origin)
    drawn = isochrones_around(network, origin, minutes, walking=walking, plane=register.crs)
    return _answer(register, network, given.datum, drawn)


def _answer(
    register: Register,
    network: StreetNetwork,
    datum: Datum,
    drawn: Sequence[Isochrone],
    areas: ServiceAreas | None = None,
) -> Response:
    head = geojson.answer_shape(register, datum, runtime.now())
    answer: IsochronesAnswer = {
        "type": "FeatureCollection",
        **head,
        "notes": [*head["notes"], _note(network)],
        "distance_type": "network_walk",
        "metres_per_minute": runtime.walking().metres_per_minute,
        "network": network_shape(network),
        "stations": None if areas is None else areas.stations,
        "stations_off_the_streets": None if areas is None else areas.off_the_streets,
        "units": [_unit(each) for each in areas.units] if areas is not None else [],
        "features": [_feature(each, datum) for each in drawn],
    }
    return json_answer(answer, geojson.MEDIA_TYPE)


def _note(network: StreetNetwork) -> str:
    return (
        f"Ground within {BESIDE:g} m of a street that is walked in the time counts as reached. "
        f"Streets: {network.source.imprint}."
    )


def _feature(drawn: Isochrone, datum: Datum) -> IsochroneFeature:
    return {
        "type": "Feature",
        "id": f"{drawn.minutes}-minutes",
        "geometry": _geometry(drawn, datum),
        "properties": {
            "minutes": drawn.minutes,
            "walk_m": drawn.walk,
            "area_km2": round(drawn.area_m2 / 1e6, 6),
            "beside_m": drawn.beside,
            "distance_type": "network_walk",
        },
    }


def _geometry(drawn: Isochrone, datum: Datum) -> Any:
    def shifted(places: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = from_wgs84(places[:, 0], places[:, 1], datum)
        return np.column_stack([x.round(_DECIMALS), y.round(_DECIMALS)])

    return mapping(shapely.transform(drawn.ground, shifted))


def _unit(reached: UnitReached) -> UnitReachedShape:
    unit = reached.unit
    return {
        "code": unit.code,
        "name": unit.name,
        "name_en": unit.name_en,
        "boundary_status": unit.boundary_status.value,
        "area_coverage": None
        if reached.shares is None
        else [round(each, 6) for each in reached.shares],
        "missing": reached.why_none,
    }


def _minutes(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= most):
        raise ValueError(text)
    return int(text)
