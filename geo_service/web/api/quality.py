"""Data quality: what there is to see to in the register, counted and station by station."""

from typing import Annotated, Final, Literal

from flask import Blueprint, Response
from pydantic import Field
from typing_extensions import TypedDict

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.domain.scorecard import Having
from geo_service.services.notes import register_notes
from geo_service.services.quality import Finding, Found, Quality, quality_of
from geo_service.web import freshness, params
from geo_service.web.answers import JSON, json_answer
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters, Whole
from geo_service.web.register_quality.rows import detail
from geo_service.web.register_quality.words import WORDS
from geo_service.web.shapes import LinkShape

blueprint = Blueprint("quality", __name__, url_prefix="/api/v1/quality")

MAX_PAGE: Final = 1000
_MOST: Final = 10_000_000


class QualityQuery(Parameters):
    """GET /api/v1/quality."""

    finding: Annotated[Finding | None, Field(description="List the stations of this finding.")] = (
        None
    )
    days: Annotated[
        int | None,
        Field(
            ge=1,
            le=36_500,
            description="A station wants verifying that nobody verified for more days than this; "
            "without it, as the operator has it.",
        ),
        Whole,
    ] = None
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE, description="Rows a page at most."), Whole] = 100
    offset: Annotated[
        int, Field(ge=0, le=_MOST, description="How many rows to leave out; see next."), Whole
    ] = 0


class FindingShape(TypedDict):
    """How many stations one thing is found of."""

    key: Literal[
        "reported_closed",
        "outside_township",
        "duplicate",
        "hours_unknown",
        "accuracy_unknown",
        "township_unknown",
        "unverified",
    ]
    name: str
    name_zh: str
    stations: int


class SixShape(TypedDict):
    """How many records show one of the union's six."""

    key: Literal["name", "layout", "facilities", "functions", "rules", "findable"]
    yes: int
    no: int
    unknown: int


class FoundShape(TypedDict):
    """One finding about one station; what does not belong to the finding is null."""

    id: str
    name: str
    name_en: str | None
    township_code: str | None
    detail: str
    detail_zh: str
    outside_m: Annotated[
        float | None, Field(description="How far outside its township's boundary, in metres.")
    ]
    boundary_status: Annotated[
        str | None, Field(description="What that boundary is worth: official or approximate.")
    ]
    within_township_code: Annotated[
        str | None, Field(description="The township that it lies in instead, if any.")
    ]
    twin: Annotated[str | None, Field(description="The station that it may be the same as.")]
    twin_distance_m: float | None
    likeness: Annotated[float | None, Field(description="Of 100: how alike the two names are.")]


class QualityAnswer(TypedDict):
    """What there is to see to among the stations in being, by their records alone."""

    place: str
    revision: int
    register_checked_at: str
    on: str
    days: int
    data_status: dict[str, int]
    notes: list[str]
    stations: int
    sound: Annotated[int, Field(description="Stations of which nothing was found.")]
    findings: list[FindingShape]
    six: list[SixShape]
    all_six: int
    finding: str | None
    numberMatched: int
    numberReturned: int
    links: list[LinkShape]
    rows: list[FoundShape]


@blueprint.get("")
@describes(
    Operation(
        summary="What there is to see to in the register",
        query=QualityQuery,
        answers={JSON: QualityAnswer},
        tag="quality",
    )
)
def quality() -> Response:
    """Count gaps and doubts of the records, and list the stations of one finding."""
    given = params.read_query(QualityQuery)
    register, settings = runtime.register(), runtime.settings()
    today = runtime.now().astimezone(register.place.zone).date()
    days = given.days or settings.verify_after_days
    found = quality_of(register, today, verify_after_days=days)
    rows = (
        []
        if given.finding is None
        else found.rows(register, given.finding, given.offset, given.limit)
    )
    matched = 0 if given.finding is None else found.count(given.finding)
    answer: QualityAnswer = {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "on": today.isoformat(),
        "days": days,
        "data_status": {status.value: n for status, n in register.data_status.items()},
        "notes": [*freshness.notes("en"), *register_notes(register, runtime.now(), "en")],
        "stations": found.stations,
        "sound": found.sound,
        "findings": [_finding(found, each) for each in Finding],
        "six": [_six(found, each) for each in Having],
        "all_six": found.six.all_six,
        "finding": None if given.finding is None else given.finding.value,
        "numberMatched": matched,
        "numberReturned": len(rows),
        "links": _links(given, given.offset + len(rows) if rows else matched, matched),
        "rows": [_row(register, each) for each in rows],
    }
    return json_answer(answer)


def _finding(found: Quality, finding: Finding) -> FindingShape:
    return {
        "key": finding.value,
        "name": WORDS["en"][finding],
        "name_zh": WORDS["zh"][finding],
        "stations": found.count(finding),
    }


def _six(found: Quality, having: Having) -> SixShape:
    counts = {shown.value: count for shown, count in found.six.counts[having].items()}
    return {"key": having.value, **counts}  # type: ignore[typeddict-item]  # a key for each mark


def _row(register: Register, found: Found) -> FoundShape:
    station, outside, pair = found.station, found.outside, found.duplicate
    within = None if outside is None else outside.within
    return {
        "id": station.id,
        "name": station.name,
        "name_en": station.name_en,
        "township_code": station.township_code,
        "detail": detail(register, found, "en"),
        "detail_zh": detail(register, found, "zh"),
        "outside_m": None if outside is None else round(outside.distance, 1),
        "boundary_status": None if outside is None else outside.recorded.boundary_status.value,
        "within_township_code": None if within is None else within.code,
        "twin": found.twin,
        "twin_distance_m": None if pair is None else round(pair.distance_m, 1),
        "likeness": None if pair is None else round(pair.likeness, 1),
    }


def _links(given: QualityQuery, following: int, matched: int) -> list[LinkShape]:
    asked = given.model_dump(mode="json", exclude_unset=True)
    pages = {"self": asked} | (
        {"next": asked | {"offset": following}} if following < matched else {}
    )
    return [
        {"rel": rel, "href": whole_address("quality.quality", **words), "type": JSON}
        for rel, words in pages.items()
    ]
