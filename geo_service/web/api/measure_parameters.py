"""What the worst places and the hours of a day may be asked, and what that means."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.services.coverage import CoverageQuery
from geo_service.services.measures import MOST_GAPS
from geo_service.web.api.demand_options import DemandOptions
from geo_service.web.api.parameters import LevelAsked, MeasureOptions, OfferParameters, Radius
from geo_service.web.params import Truth, Whole

_Day = date  # a parameter goes by the same name


class GapParameters(MeasureOptions):
    """GET /api/v1/coverage/gaps."""

    limit: Annotated[
        int, Field(ge=1, le=MOST_GAPS, description="How many places to name at most."), Whole
    ] = 10
    f: Annotated[
        Literal["json", "geojson", "csv"], Field(description="The form of the answer.")
    ] = "json"


class HourOptions(OfferParameters, DemandOptions):
    """What the hours of a day may be asked for."""

    radius: Radius = 1000.0
    level: LevelAsked = Level.TOWNSHIP
    date: Annotated[
        str | None,
        Field(
            description="A local day like 2026-11-23. Without it, two: the next working day and "
            "the next weekend day that are no holidays.",
            examples=["2026-11-23"],
            json_schema_extra={"format": "date"},
        ),
    ] = None
    open_only: Annotated[
        Truth, Field(description="Leave out what may be open but is not known to be.")
    ] = False

    def query(self) -> CoverageQuery:
        """Return the question, the instants aside."""
        return self.of_demand(
            CoverageQuery(
                radius=Metres(self.radius), level=self.level, conditions=self.conditions()
            )
        )

    def day(self) -> _Day | None:
        """Return the day asked for, None where none was."""
        return None if self.date is None else _day(self.date)


def _day(text: str) -> _Day:
    try:
        day = date.fromisoformat(text) if len(text) == len("2026-11-23") else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2100:
        reason = "is not a day from 1970 to 2100; write it like 2026-11-23"
        raise InvalidQueryError(ParameterFault("date", reason))
    return day


class HourParameters(HourOptions):
    """GET /api/v1/coverage/hours."""

    f: Annotated[Literal["json", "csv"], Field(description="The form of the answer.")] = "json"
