"""`/planner`: where coverage is thin, seen on one page; the address holds the question."""

import re
from contextlib import suppress
from typing import Any, Final

from flask import Blueprint, render_template, url_for

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.demand import POPULATION, DemandSummary, summary_of
from geo_service.domain.errors import (
    DemandLayerNotFoundError,
    InvalidStreetNetworkError,
    NoStreetNetworkError,
    RegisterUnavailableError,
)
from geo_service.domain.reach import DistanceType
from geo_service.domain.register import Register
from geo_service.domain.siting import Goal
from geo_service.domain.station import Amenity, Group, ServiceKind
from geo_service.domain.walked_ground import straight_radius
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage
from geo_service.services.demand import layer_of, layers
from geo_service.services.distribution import distribution_of
from geo_service.services.exporting import Row, answer_totals, unit_rows
from geo_service.services.notes import coverage_notes
from geo_service.web import params
from geo_service.web.api.parameters import CoverageParameters
from geo_service.web.language import Language, language_asked
from geo_service.web.links import asked_again
from geo_service.web.page import page_context
from geo_service.web.planner.basis import basis_line, distance_words
from geo_service.web.planner.drawing import WIDTH, Ground, dots_of, ground_of
from geo_service.web.planner.figures import radius_text
from geo_service.web.planner.gaps import gaps_of
from geo_service.web.planner.headline import sentences_of, tiles_of
from geo_service.web.planner.history import history_panel
from geo_service.web.planner.hours import hours_panel
from geo_service.web.planner.parameters import NO_LAYER, RADII, SHADES, PlannerParameters
from geo_service.web.planner.shading import shading_of
from geo_service.web.planner.six import six_panel
from geo_service.web.planner.spread import Spread, spread_of
from geo_service.web.planner.table import table_of
from geo_service.web.planner.words import WORDS

blueprint = Blueprint("planner", __name__, url_prefix="/planner", template_folder="templates")


_KIND_OF_UNIT: Final = re.compile(r" (?:Town|Township|Subdistrict|County|District)$")

_FILES: Final = ("xlsx", "pdf", "png", "gpkg", "geojson", "csv")

# What a scenario asks by, too, and its form has a field for.
_TERMS: Final = frozenset({"radius", "service", "group", "open", "open_only", "distance"})

# Parts that take longer, and come when the page is scrolled to them.
_LATER: Final = ("hours", "history", "six")


@blueprint.get("")
def page() -> str:
    """Show coverage: sentences, a map and a table in step, charts, and what to take along."""
    given = params.read_form(PlannerParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    answer = measure_coverage(register, given.query(now, register.place.zone))
    rows, total = unit_rows(answer), answer_totals(answer)
    return render_template(
        "planner/index.html",
        **page_context(register, language),
        own=WORDS[language],
        given=given,
        question=_question(answer, register, rows, language),
        basis=basis_line(register, answer.query, language),
        distance_type=distance_words(answer.query, language),
        notes=coverage_notes(register, answer, now, language),
        files=_files(answer, language),
        where_next=_where_next(answer, language),
        again=_again,
        short=_short,
        laters={name: url_for(f"planner.{name}", **asked_again()) for name in _LATER},
        **_seen(register, answer, rows, total, given=given, language=language),
    )


@blueprint.get("/hours")
def hours() -> str:
    """Show how coverage goes through a working day and a weekend day; a part of the page."""
    given = params.read_form(PlannerParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    query = given.query(now, register.place.zone)
    panel = hours_panel(register, query, now, certain=given.open_only, language=language)
    return _panel("hours", register, query, language, panel=panel)


@blueprint.get("/history")
def history() -> str:
    """Show how coverage came to be; a part of the page."""
    given = params.read_form(PlannerParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    query = given.query(now, register.place.zone)
    panel = history_panel(register, query, now, language)
    return _panel("history", register, query, language, panel=panel)


@blueprint.get("/six")
def six() -> str:
    """Show which of the union's six things stations have; a part of the page."""
    given = params.read_form(PlannerParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    query = given.query(now, register.place.zone)
    return _panel("six", register, query, language, panel=six_panel(register, language))


def _panel(
    name: str, register: Register, query: CoverageQuery, language: Language, **more: Any
) -> str:
    """Return a part of the page as a page of its own."""
    return render_template(
        "planner/panel.html",
        **page_context(register, language),
        own=WORDS[language],
        name=name,
        back=_again(),
        basis=basis_line(register, query, language),
        **more,
    )


def _seen(  # noqa: PLR0913 - what a page is made of
    register: Register,
    answer: CoverageAnswer,
    rows: list[Row],
    total: Row,
    *,
    given: PlannerParameters,
    language: Language,
) -> dict[str, Any]:
    """Return the sentences, the map, the table and the charts."""
    ground = ground_of(register, given.level)
    shade = given.measure if any(row.get(given.measure) for row in rows) else "area_coverage"
    shading = shading_of(rows, shade)
    gaps = gaps_of(register, answer.query, ground, language)
    worst = gaps[0] if gaps else None
    table = table_of(register, rows, total, shading=shading, given=given, language=language)
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
        **_reach(answer, ground),
        "gaps": gaps,
        "spread": _spread(register, answer, total, language),
        "chosen": next((row for row in table.rows if row.code == given.unit), None),
    }


def _reach(answer: CoverageAnswer, ground: Ground | None) -> dict[str, float]:
    """Return how wide a catchment is on the sheet; 0 where distances run along streets."""
    radius = straight_radius(answer.query.radius, answer.query.distances)
    if ground is None or radius is None:
        return {"reach": 0.0, "reach_per_metre": 0.0}
    return {
        "reach": round(radius / ground.metres, 2),
        "reach_per_metre": radius / ground.metres / answer.query.radius,
    }


def _spread(
    register: Register, answer: CoverageAnswer, total: Row, language: Language
) -> Spread | None:
    spread = distribution_of(register, answer)
    covered = total.get("demand_coverage", total["area_coverage"])
    if spread is None or covered is None:
        return None
    return spread_of(answer, spread, covered, language)


def _question(
    answer: CoverageAnswer, register: Register, rows: list[Row], language: Language
) -> dict[str, Any]:
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
        "shades": [key for key in SHADES if any(row.get(key) is not None for row in rows)],
        "demand": NO_LAYER if answer.query.demand is None else answer.query.demand.id,
        "usual_demand": _usual_demand(register),
        "layers": _layers(register, answer.query, language),
        "distances": _distances(),
        "open": "" if local is None else f"{local:%Y-%m-%dT%H:%M}",
    }


def _distances() -> list[DistanceType]:
    """Return the types of distance that can be asked for: along streets, if they are known."""
    try:
        runtime.street_network()
    except (NoStreetNetworkError, InvalidStreetNetworkError):
        return [DistanceType.STRAIGHT, DistanceType.ESTIMATED_WALK]
    return list(DistanceType)


def _usual_demand(register: Register) -> str:
    """Return what is asked where an address names no demand."""
    try:
        return layer_of(register, runtime.database(), POPULATION).id
    except DemandLayerNotFoundError:
        return NO_LAYER


def _layers(register: Register, query: CoverageQuery, language: Language) -> list[tuple[str, str]]:
    """Return the demand layers to choose from; without a database, that which is shown."""
    found: tuple[DemandSummary, ...] = ()
    with suppress(RegisterUnavailableError):
        found = layers(register, runtime.database())
    shown = query.demand
    if shown is not None and all(each.id != shown.id for each in found):
        found = (summary_of(shown), *found)
    return [
        (each.id, each.name_en or each.name if language == "en" else each.name) for each in found
    ]


def _files(answer: CoverageAnswer, language: Language) -> list[tuple[str, str]]:
    """Return the files that answer the same question, each by the key of its name."""
    layer, of_the_page = answer.query.demand, {*PlannerParameters.page_names(), "demand"}
    asked = {name: value for name, value in asked_again().items() if name not in of_the_page}
    if layer is not None:
        asked["demand"] = layer.id
    if "lang" in CoverageParameters.model_fields:
        asked["lang"] = language
    return [(f"file_{form}", url_for("coverage.coverage", **asked, f=form)) for form in _FILES]


def _where_next(answer: CoverageAnswer, language: Language) -> str:
    """Return the address of the form for new sites, filled in with this question."""
    asked = {name: value for name, value in asked_again().items() if name in _TERMS}
    if answer.query.demand is not None:
        asked["demand"] = answer.query.demand.id
    goal = Goal.MCLP.value
    return url_for("planner_scenarios.index", **asked, goal=goal, curve="true", lang=language)


def _short(name: str) -> str:
    """Return an English name without the word for what it is: the map has little room."""
    return _KIND_OF_UNIT.sub("", name)


def _again(**changes: str) -> str:
    """Return the address of this page with some of its question changed."""
    return url_for("planner.page", **asked_again(**changes))
