"""What the resources of the API may be asked, and what that means in the domain's words."""

from dataclasses import replace
from datetime import date, datetime, tzinfo
from typing import Annotated, Any, Literal, NotRequired

from pydantic import BeforeValidator, ConfigDict, Field, with_config
from typing_extensions import TypedDict

from geo_service.domain.coordinate import Bounds, Coordinate, Metres
from geo_service.domain.coverage import Level
from geo_service.domain.datum import Datum, reading_to_coordinate, readings_to_coordinates
from geo_service.domain.errors import (
    InvalidCoordinateError,
    InvalidQueryError,
    ParameterFault,
)
from geo_service.domain.filter_reading import LONGEST, LONGEST_JSON, FilterLanguage
from geo_service.domain.station import Amenity, Group, ServiceKind, StationFilter, StationId
from geo_service.services.browse import MAX_PAGE, BrowseQuery
from geo_service.services.coverage import CoverageQuery
from geo_service.services.nearest import MAX_LIMIT, MAX_ORIGINS, NearestQuery
from geo_service.services.nearest_to_many import ManyNearestQuery
from geo_service.services.openness import OpenCondition, When
from geo_service.web import params
from geo_service.web.api.demand_options import DemandOptions
from geo_service.web.api.filters import language_of, station_condition, text_of_object
from geo_service.web.params import Day, Decimal, Latitude, Longitude, Parameters, Truth, Whole

_OPEN_WORDS = {"now": When.INSTANT, "arrival": When.ARRIVAL}


class DatumParameters(Parameters):
    """The datum of a question's coordinates and of the answer's."""

    datum: Annotated[
        Datum,
        Field(description="Datum of all coordinates asked and answered; phones' maps use gcj02."),
    ] = Datum.WGS84


class OfferParameters(Parameters):
    """Which stations a question is about, whenever they are open; all that is given must hold."""

    service: Annotated[
        ServiceKind | None, Field(description="Only stations that offer this service.")
    ] = None
    group: Annotated[
        Group | None, Field(description="Only what these workers may use (anyone's included).")
    ] = None
    amenity: Annotated[
        tuple[Amenity, ...],
        Field(description="Only stations with this; repeat it to ask for several at once."),
    ] = ()

    def conditions(self) -> StationFilter:
        """Return what does not depend on the time."""
        return StationFilter(
            service=self.service, group=self.group, amenities=frozenset(self.amenity)
        )


class FilterParameters(OfferParameters):
    """Which stations a question is about; all that is given must hold."""

    open: Annotated[
        str | None,
        Field(
            description="`now`, `arrival` (leaving now, on foot; nearest only) or an RFC 3339 "
            "instant. Keeps what is open then, and what may be: hours that are unknown say so.",
            examples=["now", "arrival", "2026-11-23T05:00:00+08:00"],
        ),
    ] = None
    open_only: Annotated[
        Truth, Field(description="With `open`: drop what may be open but is not known to be.")
    ] = False

    def moment(self, now: datetime, zone: tzinfo | None = None) -> datetime:
        """Return the instant that the question is about; ``zone`` lets it lack an offset."""
        if self.open is None or self.open in _OPEN_WORDS:
            return now
        return params.instant(self.open, "open", zone)

    def open_condition(self, *, arrival: bool) -> OpenCondition | None:
        """Return what must be open; ``arrival`` says whether the question has a way to walk."""
        if self.open is None:
            if self.open_only:
                reason = "needs open=now, arrival or an instant beside it"
                raise InvalidQueryError(ParameterFault("open_only", reason))
            return None
        when = _OPEN_WORDS.get(self.open, When.INSTANT)
        if when is When.ARRIVAL and not arrival:
            reason = "arrival needs an origin; use now or an RFC 3339 instant here"
            raise InvalidQueryError(ParameterFault("open", reason))
        return OpenCondition(when=when, certain=self.open_only)


class StationsParameters(FilterParameters, DatumParameters):
    """Which stations a question is about: by what they offer, and by all that is known of them."""

    filter: Annotated[
        str | None,
        Field(
            description="CQL2 on the properties of stations, as /api/v1/stations/queryables lists "
            f"them; up to {LONGEST:,} characters as text, {LONGEST_JSON:,} as JSON. Coordinates "
            "are in `datum`.",
            examples=["capacity >= 10 AND A_CONTAINS(amenities, ('water', 'toilet'))"],
        ),
    ] = None
    filter_lang: Annotated[
        FilterLanguage | None,
        Field(
            alias="filter-lang",
            description="How `filter` is written; told by its first sign if left out.",
        ),
    ] = None

    def conditions(self) -> StationFilter:
        """Return what does not depend on the time."""
        if self.filter is None:
            if self.filter_lang is not None:
                raise InvalidQueryError(ParameterFault("filter-lang", "needs filter beside it"))
            return super().conditions()
        language = self.filter_lang or language_of(self.filter)
        where = station_condition(self.filter, language, self.datum)
        return replace(super().conditions(), where=where)


class _Options(TypedDict):
    """What a question from one origin and one from many have in common."""

    instant: datetime
    limit: int
    within: Metres | None
    conditions: StationFilter
    open: OpenCondition | None


class NearestOptions(StationsParameters):
    """What one nearest question, or a thousand, may say besides where from."""

    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description="How many stations to return at most."), Whole
    ] = 5
    within: Annotated[
        float | None,
        Field(gt=0, le=20_100_000, description="Only stations within so many metres (geodesic)."),
        Decimal,
    ] = None

    def options(self, now: datetime) -> _Options:
        """Return all of the question but where from."""
        return {
            "instant": self.moment(now),
            "limit": self.limit,
            "within": None if self.within is None else Metres(self.within),
            "conditions": self.conditions(),
            "open": self.open_condition(arrival=True),
        }


class NearestParameters(NearestOptions):
    """GET /api/v1/stations/nearest."""

    lon: Longitude
    lat: Latitude

    def query(self, now: datetime) -> NearestQuery:
        """Return the question."""
        origin = reading_to_coordinate(self.lon, self.lat, self.datum)
        return NearestQuery(origin=origin, **self.options(now))


# A dictionary, because a thousand of them are made at once, in two thirds of a model's time.
@with_config(ConfigDict(extra="forbid"))
class OriginParameters(TypedDict):
    """One place to look from."""

    id: Annotated[
        NotRequired[str | None], Field(max_length=100, description="Comes back with the answer.")
    ]
    lon: Longitude
    lat: Latitude


class ManyNearestParameters(NearestOptions):
    """POST /api/v1/stations/nearest."""

    origins: Annotated[
        list[OriginParameters],
        Field(min_length=1, max_length=MAX_ORIGINS, description="Where to look from."),
    ]
    filter: Annotated[
        str | None,
        BeforeValidator(text_of_object, json_schema_input_type=str | dict[str, Any] | None),
        Field(description="CQL2 as text, or CQL2 JSON as an object; see GET."),
    ] = None

    def query(self, now: datetime) -> ManyNearestQuery:
        """Return the question."""
        return ManyNearestQuery(
            origins=readings_to_coordinates(
                [each["lon"] for each in self.origins],
                [each["lat"] for each in self.origins],
                self.datum,
            ),
            **self.options(now),
        )

    def name_of(self, place: int) -> str:
        """Name an origin by its place in the list, as faults do, and by its id if it has one."""
        own = self.origins[place].get("id")
        return f"origins.{place} ({own})" if own else f"origins.{place}"


class BrowseParameters(StationsParameters):
    """GET /api/v1/stations."""

    bbox: Annotated[
        str | None,
        Field(
            description="west,south,east,north in degrees, in `datum`; west greater than east "
            "crosses the antimeridian.",
            examples=["113.9,33.5,114.1,33.7"],
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MAX_PAGE, description="Stations a page at most."), Whole
    ] = 100
    after: Annotated[
        str | None,
        Field(max_length=100, description="Go on behind this identifier; see the next link."),
    ] = None

    def query(self, now: datetime) -> BrowseQuery:
        """Return the question."""
        return BrowseQuery(
            instant=self.moment(now),
            conditions=self.conditions(),
            open=self.open_condition(arrival=False),
            bounds=None if self.bbox is None else self._bounds(self.bbox),
            limit=self.limit,
            after=None if self.after is None else StationId(self.after),
        )

    def _bounds(self, text: str) -> Bounds:
        expected = "must be west,south,east,north in degrees, like 113.9,33.5,114.1,33.7"
        try:
            west, south, east, north = map(params.read_decimal, text.split(","))
            low = reading_to_coordinate(west, south, self.datum)
            high = reading_to_coordinate(east, north, self.datum)
            return _box(low, high)
        except (ValueError, InvalidCoordinateError) as error:
            detail = f" ({error})" if isinstance(error, InvalidCoordinateError) else ""
            raise InvalidQueryError(ParameterFault("bbox", expected + detail)) from None


def _box(low: Coordinate, high: Coordinate) -> Bounds:
    return Bounds(west=low.longitude, south=low.latitude, east=high.longitude, north=high.latitude)


class StationParameters(DatumParameters):
    """GET /api/v1/stations/{id}."""


Radius = Annotated[
    float, Field(ge=50, le=50_000, description="Service radius in metres, by `distance`."), Decimal
]
LevelAsked = Annotated[Level, Field(description="The units to report.")]


class CoverageOptions(FilterParameters):
    """What a coverage may be asked for, as an answer or as a map."""

    radius: Radius = 1000.0
    level: LevelAsked = Level.TOWNSHIP
    on: Annotated[
        date | None,
        Field(
            description="Count the stations in being on this date, past or to come; else on that "
            "of `open`, or today. Boundaries, population and hours stay today's.",
            examples=["2020-01-01"],
        ),
        Day,
    ] = None

    def query(self, now: datetime, zone: tzinfo | None = None) -> CoverageQuery:
        """Return the question; ``zone`` lets its instant lack an offset."""
        condition = self.open_condition(arrival=False)
        return CoverageQuery(
            radius=Metres(self.radius),
            level=self.level,
            conditions=self.conditions(),
            open=condition,
            instant=None if condition is None else self.moment(now, zone),
            on=self.on or self.moment(now, zone),
        )


class MeasureOptions(CoverageOptions, DemandOptions):
    """What a coverage may be asked for, demand and distance too."""

    def query(self, now: datetime, zone: tzinfo | None = None) -> CoverageQuery:
        """Return the question; ``zone`` lets its instant lack an offset."""
        return self.of_demand(super().query(now, zone))


class CoverageParameters(MeasureOptions):
    """GET /api/v1/coverage."""

    f: Annotated[
        Literal["json", "geojson", "csv", "xlsx", "gpkg", "pdf", "png"],
        Field(
            description="The form of the answer: figures for programs, or a file to take along: "
            "an Excel workbook, a GeoPackage, a report or a picture of the map."
        ),
    ] = "json"
    lang: Annotated[
        Literal["zh", "en"],
        Field(description="The language of a file to take along; the other forms have no words."),
    ] = "zh"
