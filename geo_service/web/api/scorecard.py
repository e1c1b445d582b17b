"""The scorecard: which of the union's six things each station has, as JSON or CSV."""

from typing import Annotated, Final, Literal, cast

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.coordinate import Metres
from geo_service.domain.scorecard import SPACING, Having, Mark, StationCard, Tally
from geo_service.domain.station import StationId
from geo_service.services.exporting import csv_text
from geo_service.services.notes import register_notes
from geo_service.services.scorecard import (
    Row,
    Scorecard,
    ScorecardLevel,
    TownshipCard,
    scorecard,
    station_row,
    township_row,
)
from geo_service.services.scorecard_words import HAVINGS, criterion_text, reason_text
from geo_service.web import freshness, params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.demand_options import REFUSALS
from geo_service.web.caching import kept
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Decimal, Parameters, Whole
from geo_service.web.shapes import LinkShape

blueprint = Blueprint("scorecard", __name__, url_prefix="/api/v1/scorecard")

MAX_PAGE: Final = 1000

_CSV: Final = "text/csv"
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


class ScorecardParameters(Parameters):
    """GET /api/v1/scorecard."""

    level: Annotated[
        ScorecardLevel, Field(description="What a row is: a township, or a station.")
    ] = ScorecardLevel.TOWNSHIP
    spacing: Annotated[
        float,
        Field(
            ge=50,
            le=50_000,
            description="A layout is sensible where another station is within so many metres, "
            "as a straight line.",
        ),
        Decimal,
    ] = SPACING
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_PAGE, description="With level=station in JSON: rows a page at most."),
        Whole,
    ] = MAX_PAGE
    after: Annotated[
        str | None,
        Field(max_length=100, description="Go on behind this station; see the next link."),
    ] = None
    f: Annotated[
        Literal["json", "csv"], Field(description="The form of the answer; CSV is always whole.")
    ] = "json"


class MarkShape(TypedDict):
    """What a station's record shows of one of the six, and why."""

    shown: Literal["yes", "no", "unknown"]
    reason: str
    reason_zh: str


class MarksShape(TypedDict):
    """The six marks of a station."""

    name: MarkShape
    layout: MarkShape
    facilities: MarkShape
    functions: MarkShape
    rules: MarkShape
    findable: MarkShape


class CountShape(TypedDict):
    """How many stations have each mark."""

    yes: int
    no: int
    unknown: int


class CountsShape(TypedDict):
    """The marks of several stations, counted."""

    name: CountShape
    layout: CountShape
    facilities: CountShape
    functions: CountShape
    rules: CountShape
    findable: CountShape


class TallyShape(TypedDict):
    """How many stations have what."""

    stations: int
    all_six: Annotated[int, Field(description="Stations whose record shows all six.")]
    marks: CountsShape


class TownshipScore(TallyShape):
    """The stations recorded in one township."""

    code: str
    name: str
    name_en: str | None
    county_code: str | None


class StationScore(TypedDict):
    """One station."""

    id: str
    name: str
    name_en: str | None
    township_code: str | None
    data_status: Literal["official", "derived", "demonstration"]
    shown: Annotated[int, Field(description="How many of the six its record shows.")]
    marks: MarksShape


class CriterionShape(TypedDict):
    """What makes one of the six."""

    key: Literal["name", "layout", "facilities", "functions", "rules", "findable"]
    name: str
    name_zh: str
    criterion: str
    criterion_zh: str


class ScorecardAnswer(TypedDict):
    """Marks by township or by station, by the record alone; `unknown` is never counted as no."""

    place: str
    revision: int
    register_checked_at: str
    data_status: dict[str, int]
    level: Literal["station", "township"]
    spacing_m: float
    distance_type: str
    criteria: list[CriterionShape]
    notes: list[str]
    totals: TallyShape
    stations_elsewhere: Annotated[
        int, Field(description="Stations that are recorded in no township.")
    ]
    numberMatched: int
    numberReturned: int
    links: list[LinkShape]
    rows: list[TownshipScore] | list[StationScore]


@blueprint.get("")
@kept()
@describes(
    Operation(
        summary="Which of the union's six things stations have, by their own records",
        query=ScorecardParameters,
        answers={JSON: ScorecardAnswer, _CSV: {"type": "string"}},
        refusals=REFUSALS,
        tag="scorecard",
    )
)
def marks() -> Response:
    """Mark 六有 by what the register records; nobody went there to look."""
    given = params.read_query(ScorecardParameters)
    card = scorecard(runtime.register(), spacing=Metres(given.spacing))
    if given.f == "csv":
        return _csv_answer(card, given.level)
    if given.level is ScorecardLevel.TOWNSHIP:
        townships = [_township(each) for each in card.townships]
        return json_answer(_answer(card, given, townships, len(townships), None))
    matching = card.stations
    if given.after is not None:
        behind = StationId(given.after)
        matching = [each for each in matching if each.station.id > behind]
    shown = [_station(each) for each in matching[: given.limit]]
    following = shown[-1]["id"] if len(shown) < len(matching) else None
    return json_answer(_answer(card, given, shown, len(card.stations), following))


def _answer(
    card: Scorecard,
    given: ScorecardParameters,
    rows: list[TownshipScore] | list[StationScore],
    matched: int,
    following: str | None,
) -> ScorecardAnswer:
    register = runtime.register()
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "data_status": {status.value: n for status, n in register.data_status.items()},
        "level": given.level.value,
        "spacing_m": card.spacing,
        "distance_type": "straight line",
        "criteria": [
            {
                "key": having.value,
                "name": HAVINGS[having]["en"],
                "name_zh": HAVINGS[having]["zh"],
                "criterion": criterion_text(having, "en", card.spacing),
                "criterion_zh": criterion_text(having, "zh", card.spacing),
            }
            for having in Having
        ],
        "notes": [*freshness.notes("en"), *register_notes(register, runtime.now(), "en")],
        "totals": _tally(card.totals),
        "stations_elsewhere": card.elsewhere,
        "numberMatched": matched,
        "numberReturned": len(rows),
        "links": _links(given, following),
        "rows": rows,
    }


def _tally(counted: Tally) -> TallyShape:
    counts = {
        having.value: {shown.value: n for shown, n in each.items()}
        for having, each in counted.counts.items()
    }
    return {
        "stations": counted.stations,
        "all_six": counted.all_six,
        "marks": cast("CountsShape", counts),
    }


def _township(card: TownshipCard) -> TownshipScore:
    township = card.township
    return {
        "code": township.code,
        "name": township.name,
        "name_en": township.name_en,
        "county_code": township.county_code,
        **_tally(card.tally),
    }


def _station(card: StationCard) -> StationScore:
    station = card.station
    found = {having.value: _mark(mark) for having, mark in card.marks.items()}
    return {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "township_code": station.township_code,
        "data_status": station.data_status.value,
        "shown": card.shown,
        "marks": cast("MarksShape", found),
    }


def _mark(mark: Mark) -> MarkShape:
    return {
        "shown": mark.shown.value,
        "reason": reason_text(mark, "en"),
        "reason_zh": reason_text(mark, "zh"),
    }


def _links(given: ScorecardParameters, following: str | None) -> list[LinkShape]:
    asked = given.model_dump(mode="json", exclude_unset=True)
    pages = {"self": asked} | ({"next": asked | {"after": following}} if following else {})
    return [
        {"rel": rel, "href": whole_address("scorecard.marks", **words), "type": JSON}
        for rel, words in pages.items()
    ]


def _csv_answer(card: Scorecard, level: ScorecardLevel) -> Response:
    register = runtime.register()
    about: Row = {
        "place": register.place.name,
        "spacing_m": card.spacing,
        "distance_type": "straight line",
        "revision": register.revision.number,
        "register_data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
    }
    if level is ScorecardLevel.STATION:
        text = csv_text(station_row(register, each) | about for each in card.stations)
    else:
        text = csv_text(township_row(each) | about for each in card.townships)
    response = Response(_BYTE_ORDER_MARK + text, content_type=f"{_CSV}; charset=utf-8")
    name = f"scorecard-{level.value}-r{register.revision.number}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
