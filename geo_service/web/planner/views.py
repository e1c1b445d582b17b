"""`/planner`: where coverage is thin, seen on one page; the address holds the question."""

from typing import Any, Final

from flask import Blueprint, render_template, url_for

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus, Group, ServiceKind
from geo_service.services.coverage import CoverageAnswer, measure_coverage
from geo_service.services.distribution import distribution_of
from geo_service.services.exporting import Row, totals_row, unit_row
from geo_service.services.notes import coverage_notes
from geo_service.web import params
from geo_service.web.language import Language, language_asked
from geo_service.web.links import asked_again
from geo_service.web.page import page_context
from geo_service.web.planner.drawing import WIDTH, dots_of, ground_of
from geo_service.web.planner.figures import radius_text
from geo_service.web.planner.gaps import gaps_of
from geo_service.web.planner.headline import sentences_of, tiles_of
from geo_service.web.planner.parameters import RADII, SHADES, PlannerParameters
from geo_service.web.planner.shading import shading_of
from geo_service.web.planner.spread import Spread, spread_of
from geo_service.web.planner.table import table_of
from geo_service.web.planner.words import WORDS

blueprint = Blueprint("planner", __name__, url_prefix="/planner", template_folder="templates")

# What the page alone is asked; the files of the same question know nothing of it.
_OF_THE_PAGE: Final = ("lang", "measure", "county", "find", "sort", "order", "unit")


@blueprint.get("")
def page() -> str:
    """Show coverage: sentences, a map and a table in step, charts, and what to take along."""
    given = params.read_form(PlannerParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    answer = measure_coverage(register, given.query(now, register.place.zone))
    rows = [unit_row(each) for each in answer.report.units]
    total = totals_row(answer.report.totals)
    return render_template(
        "planner/index.html",
        **page_context(register, language),
        own=WORDS[language],
        given=given,
        question=_question(answer, register, language),
        basis=_basis(register, answer, language),
        notes=coverage_notes(register, answer, now, language),
        files=_files(),
        again=_again,
        **_seen(register, answer, rows, total, given, language),
    )


def _seen(  # noqa: PLR0913 - what a page is made of
    register: Register,
    answer: CoverageAnswer,
    rows: list[Row],
    total: Row,
    given: PlannerParameters,
    language: Language,
) -> dict[str, Any]:
    """Return the sentences, the map, the table and the charts."""
    ground = ground_of(register, given.level)
    shading = shading_of(rows, given.measure)
    gaps = gaps_of(register, answer.report.units, ground, language)
    worst = gaps[0] if gaps else None
    table = table_of(register, rows, total, shading, given, language)
    return {
        "answer": answer,
        "sentences": sentences_of(register, answer, total, worst, language),
        "tiles": tiles_of(answer, total, worst, language),
        "table": table,
        "by_code": {row.code: row for row in table.rows},
        "shading": shading,
        "ground": ground,
        "dots": None if ground is None else dots_of(ground, answer.stations),
        "width": WIDTH,
        "gaps": gaps,
        "spread": _spread(register, answer, total, language),
        "chosen": next((row for row in table.rows if row.code == given.unit), None),
    }


def _spread(
    register: Register, answer: CoverageAnswer, total: Row, language: Language
) -> Spread | None:
    spread = distribution_of(register, answer)
    if spread is None or total["area_coverage"] is None:
        return None
    return spread_of(answer, spread, total["area_coverage"], language)


def _question(answer: CoverageAnswer, register: Register, language: Language) -> dict[str, Any]:
    """Return what the form can ask, and what it asks now."""
    instant = answer.query.instant
    local = None if instant is None else instant.astimezone(register.place.zone)
    return {
        "radius": f"{answer.query.radius:g}",
        "radii": [(each, radius_text(each, language)) for each in RADII],
        "levels": list(Level),
        "services": list(ServiceKind),
        "groups": list(Group),
        "amenities": list(Amenity),
        "shades": SHADES,
        "open": "" if local is None else f"{local:%Y-%m-%dT%H:%M}",
    }


def _basis(register: Register, answer: CoverageAnswer, language: Language) -> str:
    """Say in one line what every figure of the page rests on."""
    words, instant = WORDS[language], answer.query.instant
    when = (
        words["any_time"]
        if instant is None
        else words["open_at"].format(
            when=f"{instant.astimezone(register.place.zone):%Y-%m-%d %H:%M}"
        )
    )
    statuses = [words[f"status_{each}"] for each in DataStatus if each in register.data_status]
    return words["basis"].format(
        radius=f"{answer.query.radius:g}",
        instant=when,
        crs=answer.report.crs.name,
        revision=register.revision.number,
        status=" + ".join(statuses),
    )


def _files() -> list[tuple[str, str]]:
    """Return the files that answer the same question, each by the key of its name."""
    asked = asked_again()
    for name in _OF_THE_PAGE:
        asked.pop(name, None)
    return [
        (f"file_{form}", url_for("coverage.coverage", **asked, f=form))
        for form in ("csv", "geojson")
    ]


def _again(**changes: str) -> str:
    """Return the address of this page with some of its question changed."""
    return url_for("planner.page", **asked_again(**changes))
