"""`/planner/scenarios` and `/planner/scenarios/{id}`."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.datum import Datum
from geo_service.domain.errors import (
    DemandLayerNotFoundError,
    InvalidOpeningHoursError,
    InvalidQueryError,
    InvalidStreetNetworkError,
    NoStreetNetworkError,
    OutsideServedAreaError,
    RegisterUnavailableError,
    ScenarioTokenError,
    TooManyScenariosError,
)
from geo_service.domain.reach import DistanceType
from geo_service.domain.scenario import Scenario, ScenarioState
from geo_service.domain.station import Group, ServiceKind
from geo_service.services.comparing import Comparison, why_not_ready
from geo_service.services.demand import layers
from geo_service.services.scenarios import (
    Kept,
    cancel_scenario,
    is_maker,
    remove_scenario,
    saved_scenarios,
)
from geo_service.services.siting import CandidateSource, Goal
from geo_service.services.wish import DEFAULT_SECONDS, MOST_SECONDS, MOST_SITES
from geo_service.web import params, scenario_work
from geo_service.web.api.scenarios import compared_with, notes_on
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.planner_scenarios import curve, reading, sketch
from geo_service.web.planner_scenarios.form import ScenarioForm, named_by_line
from geo_service.web.planner_scenarios.words import WORDS

blueprint = Blueprint(
    "planner_scenarios", __name__, url_prefix="/planner/scenarios", template_folder="templates"
)

_UNFIT: Final = (
    InvalidOpeningHoursError,
    OutsideServedAreaError,
    DemandLayerNotFoundError,
    NoStreetNetworkError,
    InvalidStreetNetworkError,
)
_COOKIE: Final = "scenario-token"
_A_YEAR_S: Final = 365 * 24 * 3600
_LISTED: Final = 100


class ScenarioPageParameters(LanguageParameters):
    """GET /planner/scenarios/{id}."""

    against: Annotated[str, Field(max_length=100)] = "today"
    level: Level = Level.TOWNSHIP


class ChangeForm(LanguageParameters):
    """POST /planner/scenarios/{id}/cancel and …/remove."""


@blueprint.get("")
def index() -> str:
    """List the scenarios, and show the form for another, filled in as the address says."""
    given = params.read_form(ScenarioForm)
    return _index(given, language_asked(given.lang))


@blueprint.post("")
def save() -> Any:
    """Save what the form says, and lead to its page; or say what is wrong with it."""
    given = params.read_posted(ScenarioForm)
    language = language_asked(given.lang)
    try:
        scenario_work.admit()
        kept = _kept(given, language)
    except InvalidQueryError as error:
        said = [f"{each.parameter}: {each.reason}" for each in error.faults]
        return _index(given, language, said), HTTPStatus.BAD_REQUEST
    except _UNFIT as error:
        return _index(given, language, [str(error)]), HTTPStatus.UNPROCESSABLE_ENTITY
    except TooManyScenariosError as error:
        answer = make_response(_index(given, language, [str(error)]), HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.again_in_s)
        return answer
    leads_to = url_for(".scenario", scenario_id=kept.id, lang=language)
    answer = make_response(redirect(leads_to, HTTPStatus.SEE_OTHER))
    answer.set_cookie(
        _COOKIE,
        kept.token,
        max_age=_A_YEAR_S,
        path=url_for(".scenario", scenario_id=kept.id),
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


@blueprint.get("/<scenario_id>")
def scenario(scenario_id: str) -> str:
    """Show how far a scenario is, and what it would change."""
    given = params.read_form(ScenarioPageParameters)
    language = language_asked(given.lang)
    found, register = scenario_work.found(scenario_id), runtime.register()
    compared = None
    if why_not_ready(found) is None:
        compared = compared_with(found, given.against, given.level)
    return render_template(
        "planner_scenarios/scenario.html",
        **page_context(register, language),
        own=WORDS[language],
        found=found,
        waits=not found.state.is_over,
        is_maker=is_maker(runtime.database(), scenario_id, request.cookies.get(_COOKIE)),
        progress=reading.progress(found, language),
        share_done=_done(found),
        given=given,
        levels=list(Level),
        others=[each for each in saved_scenarios(runtime.database()) if each.id != found.id][
            :_LISTED
        ],
        basis=_basis(found, compared, language),
        **_result(found, language),
        **({} if compared is None else _compared(found, compared, language)),
    )


@blueprint.post("/<scenario_id>/cancel")
def cancel(scenario_id: str) -> Any:
    """Stop the search for sites, and lead back."""
    language = _admitted(scenario_id)
    cancel_scenario(runtime.database(), scenario_id, request.cookies.get(_COOKIE))
    leads_to = url_for(".scenario", scenario_id=scenario_id, lang=language)
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


@blueprint.post("/<scenario_id>/remove")
def remove(scenario_id: str) -> Any:
    """Delete a scenario, and lead to the list."""
    language = _admitted(scenario_id)
    remove_scenario(runtime.database(), scenario_id, request.cookies.get(_COOKIE))
    answer: Response = make_response(
        redirect(url_for(".index", lang=language), HTTPStatus.SEE_OTHER)
    )
    answer.delete_cookie(_COOKIE, path=url_for(".scenario", scenario_id=scenario_id))
    return answer


def _admitted(scenario_id: str) -> Language:
    language = language_asked(params.read_posted(ChangeForm).lang)
    scenario_work.admit()
    if not is_maker(runtime.database(), scenario_id, request.cookies.get(_COOKIE)):
        raise ScenarioTokenError(WORDS[language]["not_maker"])
    return language


def _kept(given: ScenarioForm, language: Language) -> Kept:
    asked = given.scenario(language)
    wish = None if asked.suggestion is None else asked.suggestion.wish()
    draft = asked.draft(runtime.now(), runtime.register().place.zone)
    try:
        return scenario_work.keep(draft, wish)
    except InvalidQueryError as error:
        lines = given.lines(language)
        raise InvalidQueryError(*(named_by_line(each, lines) for each in error.faults)) from None


def _index(given: ScenarioForm, language: Language, faults: list[str] | None = None) -> str:
    register, words = runtime.register(), WORDS[language]
    zone = register.place.zone
    return render_template(
        "planner_scenarios/index.html",
        **page_context(register, language),
        own=words,
        given=given,
        faults=faults or [],
        scenarios=[
            {
                "id": each.id,
                "name": each.draft.name,
                "state": words[f"state_{each.state}"].partition("：")[0].partition(":")[0],
                "made": f"{each.created_at.astimezone(zone):%Y-%m-%d %H:%M}",
                "question": reading.basis(
                    each.draft.terms, register, each.draft.terms.demand or "", language
                ).rpartition(" · ")[0],
                "edits": len(each.draft.edits),
            }
            for each in saved_scenarios(runtime.database())[:_LISTED]
        ],
        services=list(ServiceKind),
        groups=list(Group),
        goals=list(Goal),
        sources=list(CandidateSource),
        datums=list(Datum),
        distances=list(DistanceType),
        layers=_layers(),
        most_sites=MOST_SITES,
        most_seconds=MOST_SECONDS,
        default_seconds=DEFAULT_SECONDS,
    )


def _layers() -> list[tuple[str, str]]:
    try:
        found = layers(runtime.register(), runtime.database())
    except RegisterUnavailableError:
        return []
    return [(each.id, f"{each.name}（{each.unit}）") for each in found]


def _basis(found: Scenario, compared: Comparison | None, language: Language) -> str:
    words, layer = WORDS[language], str(found.draft.terms.demand or "")
    if compared is not None and (asked := compared.query.demand) is not None:
        layer = (asked.name_en if language == "en" else None) or asked.name
        if asked.estimate:
            layer = words["estimated"].format(layer=layer)
    return reading.basis(found.draft.terms, runtime.register(), layer, language)


def _done(found: Scenario) -> float | None:
    """Return how much of the time limit is over; None where nothing is known."""
    if found.progress is None or found.suggestion is None:
        return None
    return min(1.0, float(found.progress["seconds"]) / float(found.suggestion["seconds"]))


def _result(found: Scenario, language: Language) -> dict[str, Any]:
    if found.result is None or found.state is ScenarioState.INTERRUPTED:
        return {}
    points = found.result["curve"]
    drawn = curve.curve_of(points)
    return {
        "solution": reading.solution(found.result, language),
        "curve": drawn,
        "curve_ends": None
        if drawn is None
        else [reading.number(mark.value, 1) for mark in (drawn.marks[0], drawn.marks[-1])],
        "curve_size": (curve.WIDTH, curve.HEIGHT),
        "points": [
            {
                "sites": each["sites"],
                "value": reading.number(each["objective"], 1),
                "status": WORDS[language][f"status_{each['status']}"],
            }
            for each in points
        ],
    }


def _compared(found: Scenario, compared: Comparison, language: Language) -> dict[str, Any]:
    other = compared.before.scenario
    return {
        "compared": compared,
        "before_name": WORDS[language]["today"] if other is None else other.draft.name,
        "counted": [len(answer.stations) for answer in compared.answers],
        "sentences": reading.sentences(compared, language),
        "table": reading.table(compared, language),
        "stations_changed": reading.stations_changed(compared, language),
        "maps": sketch.side_by_side(runtime.register(), compared),
        "size": (sketch.WIDTH, sketch.HEIGHT),
        "notes": notes_on(compared, language),
        "json_url": url_for(
            "scenarios.comparison",
            scenario_id=found.id,
            against="today" if other is None else other.id,
            level=compared.query.level.value,
        ),
    }
