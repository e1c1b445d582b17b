"""What the planner's page may be asked: the address holds all that is seen."""

from typing import Annotated, Final, Literal

from pydantic import Field

from geo_service.web.api.parameters import CoverageOptions
from geo_service.web.language import LanguageParameters
from maps.measures import MEASURES

Column = Literal[
    "name",
    "stations",
    "stations_breakfast",
    "area_km2",
    "area_coverage",
    "cross_coverage",
    "population",
    "stations_per_10000",
    "nearest_mean_m",
    "nearest_median_m",
    "nearest_p90_m",
    "worst_gap_distance_m",
]
Shade = Literal[
    "area_coverage",
    "cross_coverage",
    "stations",
    "stations_per_10000",
    "nearest_mean_m",
    "nearest_median_m",
    "nearest_p90_m",
    "worst_gap_distance_m",
]
RADII: Final = (300, 500, 1000, 1500, 2000, 3000)


class PlannerParameters(CoverageOptions, LanguageParameters):
    """GET /planner."""

    measure: Annotated[Shade, Field(description="What the map is shaded by.")] = "area_coverage"
    county: Annotated[str | None, Field(max_length=20)] = None
    find: Annotated[str | None, Field(max_length=60)] = None
    sort: Column = "area_coverage"
    order: Literal["asc", "desc"] = "asc"
    unit: Annotated[str | None, Field(max_length=20)] = None


SHADES: Final = tuple(key for key, each in MEASURES.items() if each.on_map)
