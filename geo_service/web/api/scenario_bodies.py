"""What a scenario may be asked to be, and what that means in the domain's words."""

import json
from datetime import datetime, tzinfo
from typing import Annotated, Any, Final, Literal

import numpy as np
import shapely
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import reading_to_coordinate, to_wgs84
from geo_service.domain.demand import DemandLayerId
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.reach import DistanceType
from geo_service.domain.scenario import (
    LONGEST_HOURS,
    LONGEST_NAME,
    LONGEST_NOTE,
    MOST_EDITS,
    AddStation,
    ChangeHours,
    CloseStation,
    Draft,
    Edit,
    MoveStation,
    Terms,
)
from geo_service.domain.siting import Goal
from geo_service.domain.station import Amenity, Group, Reading, Service, ServiceKind, StationId
from geo_service.persistence.faults import why_unfit
from geo_service.services.suggestion import CandidateSource
from geo_service.services.wish import (
    DEFAULT_SECONDS,
    MOST_CANDIDATES,
    MOST_REQUIRED,
    MOST_SECONDS,
    MOST_SITES,
    Place,
    Wish,
)
from geo_service.web.api.parameters import DatumParameters, FilterParameters
from geo_service.web.params import Decimal, Latitude, Longitude, Parameters, Truth, Whole

_MOST_CORNERS: Final = 20_000


def _text(value: object) -> object:
    """Refuse what is not text, or cannot be kept."""
    if isinstance(value, str):
        if (reason := why_unfit(value)) is not None:
            raise PydanticCustomError("word", "{reason}", {"reason": reason})
        return value.strip()
    return value


Name = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME, description="As people call it; one line."),
    BeforeValidator(_text),
]
Hours = Annotated[
    str | None,
    Field(
        max_length=LONGEST_HOURS,
        description="In the OpenStreetMap grammar; null: nobody knows.",
        examples=["Mo-Su 06:00-20:00"],
    ),
    BeforeValidator(_text),
]
StationName = Annotated[
    str, Field(min_length=1, max_length=100, description="The station's identifier.")
]


class ServiceParameters(Parameters):
    """One service that a station would offer."""

    kind: ServiceKind
    opening_hours: Hours = None
    groups: tuple[Group, ...] = ()

    def service(self) -> Service:
        """Return the service."""
        return Service(
            kind=self.kind, opening_hours=self.opening_hours or None, groups=frozenset(self.groups)
        )


class PlaceParameters(DatumParameters):
    """Where, in a declared datum."""

    lon: Longitude
    lat: Latitude

    def coordinate(self) -> Coordinate:
        """Return where that is on WGS 84."""
        return reading_to_coordinate(self.lon, self.lat, self.datum)

    def reading(self) -> Reading:
        """Return the position as it was given."""
        return Reading(x=self.lon, y=self.lat, datum=self.datum)


class AddParameters(PlaceParameters):
    """A station where there is none."""

    kind: Literal["add"]
    name: Name
    services: Annotated[tuple[ServiceParameters, ...], Field(min_length=1, max_length=2)] = (
        ServiceParameters(kind=ServiceKind.REST),
    )
    amenity: tuple[Amenity, ...] = ()
    capacity: Annotated[int | None, Field(ge=0, le=100_000), Whole] = None

    def edit(self) -> Edit:
        """Return the edit."""
        return AddStation(
            name=self.name,
            coordinate=self.coordinate(),
            reading=self.reading(),
            services=tuple(each.service() for each in self.services),
            amenities=frozenset(self.amenity),
            capacity=self.capacity,
        )


class MoveParameters(PlaceParameters):
    """A station of the register, elsewhere."""

    kind: Literal["move"]
    station: StationName

    def edit(self) -> Edit:
        """Return the edit."""
        return MoveStation(
            station=StationId(self.station), coordinate=self.coordinate(), reading=self.reading()
        )


class CloseParameters(Parameters):
    """A station of the register, no more."""

    kind: Literal["close"]
    station: StationName

    def edit(self) -> Edit:
        """Return the edit."""
        return CloseStation(station=StationId(self.station))


class HoursParameters(Parameters):
    """Other opening hours of one service of a station, or of all that it offers."""

    kind: Literal["hours"]
    station: StationName
    service: ServiceKind | None = None
    opening_hours: Hours

    def edit(self) -> Edit:
        """Return the edit."""
        return ChangeHours(
            station=StationId(self.station),
            service=self.service,
            opening_hours=self.opening_hours or None,
        )


EditParameters = Annotated[
    AddParameters | MoveParameters | CloseParameters | HoursParameters, Field(discriminator="kind")
]


class CandidateParameters(Parameters):
    """A place where a new station could stand, in the suggestion's datum."""

    lon: Longitude
    lat: Latitude
    name: Annotated[str, Field(max_length=LONGEST_NAME), BeforeValidator(_text)] = ""
    required: Truth = False


class SuggestionParameters(DatumParameters):
    """Where new stations should stand: what is asked of the search."""

    goal: Annotated[
        Goal,
        Field(
            description="mclp: most demand covered; lscp: fewest sites that cover all; p-median: "
            "least total way; p-center: least longest way; second-cover: most demand covered twice."
        ),
    ] = Goal.MCLP
    sites: Annotated[
        int | None,
        Field(ge=1, le=MOST_SITES, description="How many new ones; not with lscp."),
        Whole,
    ] = None
    candidates: Annotated[
        CandidateSource
        | Annotated[tuple[CandidateParameters, ...], Field(max_length=MOST_CANDIDATES)],
        Field(description="grid, demand, or a list of places in `datum`."),
    ] = CandidateSource.GRID
    required: Annotated[
        tuple[CandidateParameters, ...],
        Field(max_length=MOST_REQUIRED, description="Places that must be among the chosen."),
    ] = ()
    excluded: Annotated[
        dict[str, Any] | None,
        Field(description="GeoJSON Polygon or MultiPolygon where none may stand, in `datum`."),
    ] = None
    curve: Annotated[
        Truth, Field(description="Also solve 1, 2, … up to `sites`: what each more would bring.")
    ] = False
    seconds: Annotated[
        float,
        Field(ge=1, le=MOST_SECONDS, description="Time limit; then the best found, with its gap."),
        Decimal,
    ] = DEFAULT_SECONDS
    opening_hours: Hours = None

    def wish(self) -> Wish:
        """Return what is wanted, or raise InvalidQueryError."""
        listed = self.candidates
        if not isinstance(listed, CandidateSource) and not listed:
            reason = "needs at least one place"
            raise InvalidQueryError(ParameterFault("suggestion.candidates", reason))
        return Wish(
            goal=self.goal,
            sites=self.sites,
            candidates=listed if isinstance(listed, CandidateSource) else self._places(listed),
            required=self._places(self.required),
            excluded=None if self.excluded is None else self._ground(self.excluded),
            curve=self.curve,
            seconds=self.seconds,
            opening_hours=self.opening_hours or None,
        )

    def _places(self, given: tuple[CandidateParameters, ...]) -> tuple[Place, ...]:
        return tuple(
            Place(
                at=reading_to_coordinate(each.lon, each.lat, self.datum),
                name=each.name,
                required=each.required,
            )
            for each in given
        )

    def _ground(self, given: dict[str, Any]) -> Polygon | MultiPolygon:
        try:
            read = shapely.from_geojson(json.dumps(given))
        except (shapely.errors.ShapelyError, ValueError, RecursionError):
            raise _no_ground("is not a GeoJSON geometry") from None
        if not isinstance(read, Polygon | MultiPolygon) or read.is_empty:
            raise _no_ground("must be a GeoJSON Polygon or MultiPolygon")
        corners = shapely.get_coordinates(read)
        if len(corners) > _MOST_CORNERS:
            raise _no_ground(f"takes at most {_MOST_CORNERS:,} corners")
        if not (np.abs(corners) <= [180.0, 90.0]).all():  # false for NaN, too
            raise _no_ground("has corners that lie nowhere on earth")
        ground = shapely.transform(
            shapely.force_2d(read),
            lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], self.datum)),
        )
        valid = shapely.make_valid(ground, method="structure", keep_collapsed=False)
        if not isinstance(valid, Polygon | MultiPolygon) or valid.is_empty:
            raise _no_ground("encloses no area")
        return valid


def _no_ground(reason: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("suggestion.excluded", reason))


class TermsParameters(FilterParameters):
    """The question by which a scenario is judged; ``open`` is a saved instant."""

    radius: Annotated[
        float, Field(ge=50, le=50_000, description="Service radius in metres."), Decimal
    ] = 1000.0
    demand: Annotated[
        str | None, Field(max_length=100, description="A demand layer; null: area is the demand.")
    ] = None
    distance: Annotated[
        DistanceType,
        Field(description="How the way to a station is measured."),
    ] = DistanceType.STRAIGHT

    def terms(self, now: datetime, zone: tzinfo | None = None) -> Terms:
        """Return the terms; `now` becomes the instant that it is."""
        condition = self.open_condition(arrival=False)
        return Terms(
            radius=Metres(self.radius),
            conditions=self.conditions(),
            instant=None if condition is None else self.moment(now, zone),
            open_only=self.open_only,
            demand=None if self.demand is None else DemandLayerId(self.demand),
            distance=self.distance,
        )


class ScenarioParameters(TermsParameters):
    """POST /api/v1/scenarios."""

    name: Name
    note: Annotated[
        str,
        Field(max_length=LONGEST_NOTE, description="What to know about it."),
        BeforeValidator(_text),
    ] = ""
    listed: Annotated[
        Truth, Field(description="false: found by its address alone, not in the list.")
    ] = True
    edits: Annotated[
        tuple[EditParameters, ...],
        Field(max_length=MOST_EDITS, description="What is different from today, in this order."),
    ] = ()
    suggestion: Annotated[
        SuggestionParameters | None,
        Field(description="Sites to be chosen, after the edits; their stations are then added."),
    ] = None

    def draft(self, now: datetime, zone: tzinfo | None = None) -> Draft:
        """Return the scenario to keep; ``zone`` lets its instant lack an offset."""
        if self.suggestion is None and not self.edits:
            reason = "needs an edit, or a suggestion beside it"
            raise InvalidQueryError(ParameterFault("edits", reason))
        return Draft(
            name=self.name,
            note=self.note,
            listed=self.listed,
            terms=self.terms(now, zone),
            edits=tuple(each.edit() for each in self.edits),
        )
