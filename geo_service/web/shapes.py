"""The shapes of answers: what the builders must return, and what OpenAPI says they do."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict as Shape

from geo_service.web.measure_shapes import (
    DemandColumns,
    DemandTotals,
    DistanceShape,
    LayerAskedShape,
)

Text = str | None


class OpennessShape(Shape):
    """Whether a service is open at `at`, and when that next changes."""

    state: Literal["open", "closed", "unknown"]
    at: Annotated[str, Field(description="RFC 3339 instant that the state is told for.")]
    next_change: Annotated[
        Text, Field(description="RFC 3339 instant at which the state next differs, if known.")
    ]
    next_state: Literal["open", "closed", "unknown"] | None


class ServiceShape(Shape):
    """One thing that a station offers."""

    kind: Literal["rest", "breakfast"]
    opening_hours: Annotated[Text, Field(description="OSM opening_hours grammar; null: not known.")]
    groups: Annotated[
        list[Literal["anyone", "sanitation", "bus_driver"]], Field(description="For whom it is.")
    ]
    openness: OpennessShape


class UnitShape(Shape):
    """An administrative unit."""

    code: str
    name: str
    name_en: Text
    county_code: Text
    county_name: Text
    boundary_status: Literal["official", "approximate", "none"]


class ReadingShape(Shape):
    """A position as it was given."""

    x: float
    y: float
    datum: Literal["wgs84", "gcj02", "bd09"]


class NavigationShape(Shape):
    """Links that start a navigation to the station, each in the datum its provider takes."""

    amap: str
    baidu: str
    tencent: str
    apple: str
    geo: str


class StationProperties(Shape):
    """All that the register knows of a station. `null` means not known."""

    name: str
    name_en: Text
    services: list[ServiceShape]
    amenities: list[str]
    address: Text
    township: UnitShape | None
    telephone: Text
    capacity: int | None
    accessibility: Literal["yes", "limited", "no", "unknown"]
    data_status: Annotated[
        Literal["official", "derived", "demonstration"],
        Field(description="`demonstration`: made up to show the service; do not go there."),
    ]
    source: str
    accuracy_m: float | None
    verified_on: Annotated[Text, Field(description="ISO date of the last check; null: never.")]
    opened_on: Annotated[
        Text, Field(description="ISO date of the first day; null: not known, as if it always was.")
    ]
    closed_on: Annotated[
        Text, Field(description="ISO date of the first day without it; null: none is known.")
    ]
    reported_closed_on: Annotated[
        Text,
        Field(
            description="ISO date since when several people have reported it closed, and nobody "
            "has looked yet; null: not so."
        ),
    ]
    reading: ReadingShape
    navigation: NavigationShape


class NearbyProperties(StationProperties):
    """A station as seen from an origin."""

    distance_m: Annotated[
        float, Field(description="Geodesic (straight line) in metres, on the WGS 84 spheroid.")
    ]
    walk_minutes: Annotated[
        int, Field(description="An estimate from the straight line: see `walking`.")
    ]
    walk_is_estimate: bool


class PointShape(Shape):
    """RFC 7946 Point: longitude, latitude, in the datum asked for."""

    type: Literal["Point"]
    coordinates: list[float]


class StationFeature(Shape):
    """One station as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    geometry: PointShape
    properties: StationProperties


class NearbyFeature(Shape):
    """One nearby station as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: str
    geometry: PointShape
    properties: NearbyProperties


class LinkShape(Shape):
    """A link to a related resource."""

    rel: str
    href: str
    type: str


class WalkingShape(Shape):
    """How walking minutes are estimated from a straight line."""

    metres_per_minute: float
    detour_factor: float
    is_estimate: bool


class AnswerShape(Shape):
    """What every answer from the register says of itself."""

    place: str
    revision: Annotated[int, Field(description="The revision of the register answered from.")]
    register_checked_at: Annotated[
        str,
        Field(description="RFC 3339 instant at which this was last known to be the present one."),
    ]
    instant: Annotated[str, Field(description="RFC 3339 instant that openness is told for.")]
    datum: Annotated[
        Literal["wgs84", "gcj02", "bd09"], Field(description="The datum of all coordinates here.")
    ]
    data_status: Annotated[
        dict[str, int], Field(description="How many stations of the register have each status.")
    ]
    notes: Annotated[list[str], Field(description="What to know before trusting the answer.")]


class StationAnswer(AnswerShape):
    """One station, as a Feature that says where it is from."""

    type: Literal["Feature"]
    id: str
    geometry: PointShape
    properties: StationProperties


class StationsAnswer(AnswerShape):
    """One page of stations."""

    type: Literal["FeatureCollection"]
    features: list[StationFeature]
    numberMatched: int
    numberReturned: int
    links: list[LinkShape]


class NearestAnswerShape(AnswerShape):
    """The closest stations, closest first."""

    type: Literal["FeatureCollection"]
    features: list[NearbyFeature]
    numberMatched: Annotated[
        int | None,
        Field(
            description="How many stations match the filters, `limit` aside; null with "
            "`open=arrival` and no `within`: not counted."
        ),
    ]
    numberReturned: int
    walking: WalkingShape


class NearestOfOrigin(Shape):
    """What one origin found; `id` leads to the station under `stations`."""

    id: str
    distance_m: float
    walk_minutes: int
    openness: Annotated[
        NotRequired[list[OpennessShape]],
        Field(
            description="With `open=arrival` alone: beside the station's services, one for one, "
            "for the end of this walk. Else that under `stations` holds."
        ),
    ]


class OriginAnswer(Shape):
    """The closest stations to one of the origins, in the order they were sent."""

    id: Annotated[str, Field(description="As sent; the origin's place in the list, if none was.")]
    numberMatched: int | None
    nearest: list[NearestOfOrigin]


class ManyNearestAnswer(AnswerShape):
    """The closest stations to many origins; each station stands once, under `stations`."""

    origins: list[OriginAnswer]
    stations: "StationCollection"
    walking: WalkingShape


class StationCollection(Shape):
    """Stations as an RFC 7946 FeatureCollection."""

    type: Literal["FeatureCollection"]
    features: list[StationFeature]


class ReportAnswer(Shape):
    """What became of a report."""

    station: str
    outcome: Annotated[
        Literal["queued", "merged"],
        Field(description="`merged`: the queue had the same within the last ten minutes."),
    ]


class FiguresShape(Shape):
    """How well one unit, or all together, are covered; null has its reason under `missing`."""

    stations: Annotated[int, Field(description="Stations recorded in the unit that match.")]
    stations_rest: int
    stations_breakfast: int
    area_km2: Annotated[float | None, Field(description="Geodesic area.")]
    covered_km2: float | None
    area_coverage: Annotated[
        float | None, Field(description="Share (0-1) of the area within the radius of a station.")
    ]
    cross_coverage: Annotated[
        float | None, Field(description="Share (0-1) within the radius of two stations or more.")
    ]
    population: int | None
    stations_per_10000: float | None
    nearest_mean_m: Annotated[
        float | None, Field(description="Mean distance to the nearest station, over a grid.")
    ]
    nearest_median_m: float | None
    nearest_p90_m: float | None
    nearest_max_m: float | None
    grid_spacing_m: Annotated[float | None, Field(description="Distance between grid points.")]
    grid_points: int | None
    worst_gap_longitude: Annotated[
        float | None, Field(description="Where the grid is farthest from any station, WGS 84.")
    ]
    worst_gap_latitude: float | None
    worst_gap_distance_m: float | None
    worst_gap_nearest_station: Text
    approximate: Annotated[bool, Field(description="The boundary is an approximation.")]
    missing: Annotated[dict[str, str], Field(description="What could not be computed, and why.")]


class UnitCoverageShape(FiguresShape, DemandColumns):
    """The coverage of one unit."""

    code: str
    name: str
    name_en: Text
    level: Literal["township", "county", "city"]
    county_code: Text
    boundary_status: Literal["official", "approximate", "none"]
    population_year: int | None
    population_source: Text
    notes: list[str]


class TotalsShape(FiguresShape, DemandTotals):
    """All units together; ground that approximate units share counts in each."""

    units: int
    units_measured: int
    stations_elsewhere: Annotated[
        int, Field(description="Stations that are recorded in none of the units.")
    ]


class CrsShape(Shape):
    """The plane that areas were computed in."""

    name: str
    definition: str


class FiltersShape(Shape):
    """What the stations counted had to match."""

    service: Text
    group: Text
    amenity: list[str]
    open: Text
    open_only: bool


class CoverageAnswerShape(Shape):
    """Coverage by unit, and all that it rests on."""

    place: str
    revision: int
    register_checked_at: Annotated[
        str,
        Field(description="RFC 3339 instant at which this was last known to be the present one."),
    ]
    instant: Annotated[
        Text, Field(description="RFC 3339 instant at which stations had to be open; null: any.")
    ]
    on: Annotated[str, Field(description="ISO date on which the stations counted are in being.")]
    level: Literal["township", "county", "city"]
    radius_m: float
    distance_type: str
    distance: DistanceShape
    demand: Annotated[
        LayerAskedShape | None, Field(description="The layer asked for; null: ground alone.")
    ]
    crs: CrsShape
    filters: FiltersShape
    stations_counted: int
    stations_of_unknown_openness: Annotated[
        int, Field(description="Of those, stations that may be closed at the instant.")
    ]
    data_status: dict[str, int]
    notes: list[str]
    totals: TotalsShape


class CoverageRows(CoverageAnswerShape):
    """Coverage as JSON."""

    units: list[UnitCoverageShape]


class OutlineShape(Shape):
    """An RFC 7946 Polygon or MultiPolygon, on WGS 84."""

    type: Literal["Polygon", "MultiPolygon"]
    coordinates: list[list[list[float]]] | list[list[list[list[float]]]]


class CoverageFeature(Shape):
    """One unit as an RFC 7946 Feature; its geometry is null where it has no boundary."""

    type: Literal["Feature"]
    id: str
    geometry: OutlineShape | None
    properties: UnitCoverageShape


class CoverageFeatures(CoverageAnswerShape):
    """Coverage as an RFC 7946 FeatureCollection, one feature a unit."""

    type: Literal["FeatureCollection"]
    features: list[CoverageFeature]
