"""The history resource: coverage on many days, as JSON, CSV or a chart."""

from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, NotRequired, cast

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.register import Register
from geo_service.services.exporting import csv_text
from geo_service.services.history import (
    CoverageHistory,
    HistoryQuery,
    Step,
    coverage_history,
    history_row,
    whole_history,
)
from geo_service.services.history_charts import history_chart
from geo_service.services.notes import history_notes
from geo_service.web import freshness, params, shapes
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.demand_options import REFUSALS
from geo_service.web.api.parameters import MeasureOptions
from geo_service.web.caching import kept
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Day

blueprint = Blueprint("history", __name__, url_prefix="/api/v1/coverage/history")

_CSV: Final = "text/csv"
_SVG: Final = "image/svg+xml"
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding

_Share = Annotated[float | None, Field(description="Share (0-1) of the area; null: no boundary.")]


class DayCoverage(TypedDict):
    """Coverage on one day, all units together."""

    on: Annotated[str, Field(description="ISO date.")]
    stations: Annotated[int, Field(description="Stations in being that match.")]
    opened: Annotated[int, Field(description="Of them, those that were not there the date before.")]
    closed: Annotated[int, Field(description="Stations that were, and are no more.")]
    covered_km2: float | None
    area_coverage: _Share
    cross_coverage: _Share
    demand_covered: Annotated[
        NotRequired[float], Field(description="With `demand`: in the unit of the layer.")
    ]
    demand_coverage: Annotated[
        NotRequired[float | None], Field(description="With `demand`: share (0-1).")
    ]


class HistoryAnswer(TypedDict):
    """Coverage day by day, and all that it rests on."""

    place: str
    revision: int
    register_checked_at: str
    level: Literal["township", "county", "city"]
    radius_m: float
    distance_type: str
    crs: shapes.CrsShape
    filters: shapes.FiltersShape
    first: Annotated[str, Field(description="ISO date of the first day.")]
    last: Annotated[str, Field(description="ISO date of the last day.")]
    step: Literal["year", "quarter", "month"]
    stations_undated: Annotated[
        int, Field(description="Stations on the last day whose first is not known: always there.")
    ]
    data_status: dict[str, int]
    notes: list[str]
    days: list[DayCoverage]


class HistoryParameters(MeasureOptions):
    """GET /api/v1/coverage/history."""

    level: Annotated[Level, Field(description="The units whose ground is added up.")] = Level.CITY
    open: Annotated[
        str | None,
        Field(description="Cannot be asked here: only today's opening hours are recorded."),
    ] = None
    on: Annotated[
        date | None, Field(description="Cannot be asked here: see `from` and `to`."), Day
    ] = None
    from_: Annotated[
        date | None,
        Field(
            alias="from",
            description="The first day; else that of the year in which the first station is known "
            "to have opened or closed.",
            examples=["2016-01-01"],
        ),
        Day,
    ] = None
    to: Annotated[
        date | None, Field(description="The last day, also one to come; else today."), Day
    ] = None
    step: Annotated[
        Step, Field(description="How far apart the days are; the last is always among them.")
    ] = Step.YEAR
    f: Annotated[Literal["json", "csv", "svg"], Field(description="The form of the answer.")] = (
        "json"
    )
    chart: Annotated[
        Literal["coverage", "stations"], Field(description="With `f=svg`: what is drawn.")
    ] = "coverage"
    lang: Annotated[
        Literal["zh", "en"], Field(description="With `f=svg`: the language of its words.")
    ] = "zh"

    def history_query(self, register: Register, now: datetime) -> HistoryQuery:
        """Return the question, or raise InvalidQueryError."""
        if self.on is not None:
            raise InvalidQueryError(ParameterFault("on", "is for one day; here take from and to"))
        first, last = whole_history(register, register.eras.day_of(now))
        last = self.to or last
        return HistoryQuery(
            coverage=self.query(now),
            first=self.from_ or min(first, last),
            last=last,
            step=self.step,
        )


@blueprint.get("")
@kept(walks=True)
@describes(
    Operation(
        summary="How coverage came to be: the city's, on one day after the other",
        query=HistoryParameters,
        answers={JSON: HistoryAnswer, _CSV: {"type": "string"}, _SVG: {"type": "string"}},
        refusals=REFUSALS,
        tag="coverage",
    )
)
def history() -> Response:
    """Measure coverage on many days by the stations then in being; boundaries are today's."""
    given = params.read_query(HistoryParameters)
    register, now = runtime.register(), runtime.now()
    found = coverage_history(register, given.history_query(register, now))
    if given.f == "svg":
        drawn = history_chart(register, found, given.lang, chart=given.chart, standalone=True)
        return Response(str(drawn), mimetype=_SVG)
    answer = _answer(register, given, found, now)
    return _csv_answer(answer) if given.f == "csv" else json_answer(answer)


def _answer(
    register: Register, given: HistoryParameters, found: CoverageHistory, now: datetime
) -> HistoryAnswer:
    report = found.points[-1].answer.report
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "level": given.level.value,
        "radius_m": report.radius_m,
        "distance_type": report.distance_type,
        "crs": {"name": report.crs.name, "definition": report.crs.definition},
        "filters": {
            "service": given.service and given.service.value,
            "group": given.group and given.group.value,
            "amenity": [each.value for each in given.amenity],
            "open": None,
            "open_only": False,
        },
        "first": found.query.first.isoformat(),
        "last": found.query.last.isoformat(),
        "step": found.query.step.value,
        "stations_undated": found.undated,
        "data_status": {status.value: n for status, n in register.data_status.items()},
        "notes": [*freshness.notes("en"), *history_notes(register, found, now, "en")],
        "days": cast("list[DayCoverage]", list(map(history_row, found.points))),
    }


def _csv_answer(answer: HistoryAnswer) -> Response:
    filters = answer["filters"]
    repeated: dict[str, Any] = {
        "place": answer["place"],
        "level": answer["level"],
        "radius_m": answer["radius_m"],
        "distance_type": answer["distance_type"],
        "service": filters["service"],
        "group": filters["group"],
        "amenity": " ".join(filters["amenity"]),
        "crs": answer["crs"]["name"],
        "revision": answer["revision"],
        "data_status": " ".join(f"{name}:{n}" for name, n in answer["data_status"].items()),
    }
    text = csv_text({**cast("dict[str, Any]", day), **repeated} for day in answer["days"])
    response = Response(_BYTE_ORDER_MARK + text, content_type=f"{_CSV}; charset=utf-8")
    name = f"coverage-history-{answer['radius_m']:.0f}m-r{answer['revision']}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
