"""The shapes of figures about demand, and of what they rest on."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypedDict as Shape

Text = str | None


class DemandColumns(Shape, total=False):
    """What is added to a row where a demand layer is asked for; in the layer's unit."""

    demand_points: int | None
    demand: Annotated[float | None, Field(description="All of the demand there.")]
    demand_covered: float | None
    demand_uncovered: float | None
    demand_coverage: Annotated[
        float | None, Field(description="Share (0-1) of the demand within the radius of a station.")
    ]
    demand_cross_covered: float | None
    demand_cross_coverage: Annotated[
        float | None, Field(description="Share (0-1) within the radius of two stations or more.")
    ]
    demand_unreachable: Annotated[
        float | None, Field(description="Demand from which no way leads to any station.")
    ]
    demand_nearest_mean_m: Annotated[
        float | None, Field(description="Distance to the nearest station, weighted by demand.")
    ]
    demand_nearest_median_m: float | None
    demand_nearest_p90_m: float | None
    demand_nearest_max_m: float | None
    stations_per_10000_demand: float | None
    capacity: Annotated[
        int | None, Field(description="Of the stations there whose capacity is known.")
    ]
    stations_without_capacity: Annotated[
        int | None, Field(description="Stations there whose capacity is not known.")
    ]
    capacity_per_10000_demand: float | None
    supply_2sfca_per_10000: Annotated[
        float | None,
        Field(
            description="Supply within reach for 10,000 of the demand, by two-step floating "
            "catchment areas: capacity, or 1 a station where that is not known."
        ),
    ]
    supply_e2sfca_per_10000: Annotated[
        float | None,
        Field(description="The same, nearer pairs counting more: 1, 0.68, 0.22 by thirds."),
    ]


class DemandTotals(DemandColumns, total=False):
    """What is added to the totals."""

    demand_elsewhere: Annotated[
        float, Field(description="Demand that lies in none of the units; in the totals.")
    ]


class LayerAskedShape(Shape):
    """The demand layer that figures are of."""

    id: str
    name: str
    name_en: Text
    unit: str
    unit_en: Text
    version: int
    points: int
    total: float
    as_of: Text
    source: str
    data_status: Literal["official", "derived", "demonstration"]
    estimate: Annotated[Text, Field(description="How the points were made up, if they were.")]
    note: Text


class DistanceShape(Shape):
    """What a metre of the radius and of all distances is."""

    type: Literal["straight", "estimated_walk", "network_walk"]
    detour_factor: Annotated[
        float | None, Field(description="Metres walked for each in a straight line, if estimated.")
    ]
    straight_radius_m: Annotated[
        float | None,
        Field(description="The radius of the ground in reach; null along streets."),
    ]
