"""What the planner's page may be asked: the address holds all that is seen."""

from datetime import datetime, tzinfo
from typing import Annotated, Final, Literal

from pydantic import Field

from geo_service.domain.demand import POPULATION
from geo_service.domain.errors import DemandLayerNotFoundError
from geo_service.services.coverage import CoverageQuery
from geo_service.web.api.parameters import MeasureOptions
from geo_service.web.language import LanguageParameters
from geo_service.web.params import Parameters

# Asks for no demand layer; no layer's identifier begins like this.
NO_LAYER: Final = "-"

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
    "demand",
    "demand_coverage",
    "demand_uncovered",
    "demand_cross_coverage",
    "demand_nearest_mean_m",
    "demand_nearest_p90_m",
    "stations_per_10000_demand",
    "capacity_per_10000_demand",
    "supply_2sfca_per_10000",
    "supply_e2sfca_per_10000",
]
Shade = Literal[
    "area_coverage",
    "demand_coverage",
    "demand_uncovered",
    "cross_coverage",
    "stations",
    "stations_per_10000",
    "stations_per_10000_demand",
    "supply_2sfca_per_10000",
    "nearest_mean_m",
    "nearest_p90_m",
    "worst_gap_distance_m",
]
SHADES: Final[tuple[str, ...]] = Shade.__args__  # type: ignore[attr-defined]
RADII: Final = (300, 500, 1000, 1500, 2000, 3000)


class _OfThePage(Parameters):
    """What is asked of the page alone; the files of the same question know nothing of it."""

    measure: Annotated[Shade, Field(description="What the map is shaded by.")] = "area_coverage"
    county: Annotated[str | None, Field(max_length=20)] = None
    find: Annotated[str | None, Field(max_length=60)] = None
    sort: Column = "area_coverage"
    order: Literal["asc", "desc"] = "asc"
    unit: Annotated[str | None, Field(max_length=20)] = None


class PlannerParameters(MeasureOptions, LanguageParameters, _OfThePage):
    """GET /planner."""

    def query(self, now: datetime, zone: tzinfo | None = None) -> CoverageQuery:
        """Return the question; where no layer is named, it is asked of the residents.

        A planner plans for people. Where a register knows of none, it is asked of the ground.
        """
        if self.demand is not None:
            layer = None if self.demand == NO_LAYER else self.demand
            return self._of(layer, now, zone)
        try:
            return self._of(str(POPULATION), now, zone)
        except DemandLayerNotFoundError:
            return self._of(None, now, zone)

    def _of(self, layer: str | None, now: datetime, zone: tzinfo | None) -> CoverageQuery:
        asked = self.model_copy(update={"demand": layer})
        return super(PlannerParameters, asked).query(now, zone)

    @classmethod
    def page_names(cls) -> frozenset[str]:
        """Return the names of what the files of the same question are not asked."""
        return frozenset((*_OfThePage.model_fields, *LanguageParameters.model_fields))
