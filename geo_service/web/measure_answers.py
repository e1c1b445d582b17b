"""The shapes of the worst places and of the hours of a day."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict as Shape

from geo_service.web.measure_shapes import DistanceShape, LayerAskedShape, Text
from geo_service.web.shapes import PointShape


class MeasureFilters(Shape):
    """What the stations counted had to offer."""

    service: Text
    group: Text
    amenity: list[str]


class MeasureBasis(Shape):
    """All that an answer rests on."""

    place: str
    revision: int
    register_checked_at: str
    level: Literal["township", "county", "city"]
    radius_m: float
    distance_type: str
    distance: DistanceShape
    demand: LayerAskedShape | None
    filters: MeasureFilters
    data_status: dict[str, int]
    notes: list[str]


class GapShape(Shape):
    """A place beyond the radius of every station."""

    rank: int
    longitude: float
    latitude: float
    distance_m: Annotated[
        float | None, Field(description="To the nearest station; null: no way leads to any.")
    ]
    nearest_station: Text
    uncovered_demand: Annotated[
        float | None,
        Field(description="Uncovered demand within the radius: what a station here would add."),
    ]
    uncovered_km2: Annotated[
        float | None, Field(description="Without a layer: the same, of even ground.")
    ]
    place_name: Annotated[Text, Field(description="What the layer calls the place.")]
    unit_code: Text
    unit_name: Text
    unit_name_en: Text
    county_code: Text


class GapBasis(MeasureBasis):
    """What a list of places rests on."""

    instant: Text
    open_only: bool
    stations_counted: int
    stations_of_unknown_openness: int


class GapRows(GapBasis):
    """The worst places as JSON, the worst first."""

    gaps: list[GapShape]


class GapFeature(Shape):
    """One place as an RFC 7946 Feature."""

    type: Literal["Feature"]
    id: int
    geometry: PointShape
    properties: GapShape


class GapFeatures(GapBasis):
    """The worst places as an RFC 7946 FeatureCollection, the worst first."""

    type: Literal["FeatureCollection"]
    features: list[GapFeature]


Shares = Annotated[
    list[float | None], Field(description="Share (0-1) covered at 00:00, 01:00 … 23:00.")
]


class UnitDayShape(Shape):
    """One day of one unit."""

    date: str
    share_of_day: Annotated[float | None, Field(description="The mean of the 24 shares.")]
    shares: Shares


class UnitHoursShape(Shape):
    """The days of one unit."""

    code: str
    name: str
    name_en: Text
    county_code: Text
    days: list[UnitDayShape]
    missing: Annotated[Text, Field(description="Why there are no shares, if there are none.")]


class DayShape(UnitDayShape):
    """One day of all units together."""

    weekend: bool
    stations_counted: Annotated[list[int], Field(description="Stations that count, by the hour.")]
    stations_of_unknown_openness: Annotated[
        list[int], Field(description="Of those, stations that may be closed.")
    ]


class HoursAnswer(MeasureBasis):
    """The share covered, hour by hour; of ground, or of demand where a layer is asked for."""

    covered: Literal["ground", "demand"]
    open_only: bool
    days: list[DayShape]
    units: list[UnitHoursShape]
