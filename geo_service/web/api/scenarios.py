"""Scenarios: saved, solved, compared with today or with each other, cancelled and deleted."""

from http import HTTPStatus
from typing import Annotated, Final

from flask import Blueprint, Response, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.scenario import Scenario
from geo_service.services.comparing import Comparison, Side, compare, side_of
from geo_service.services.notes import Language
from geo_service.services.scenario_notes import comparison_notes
from geo_service.services.scenarios import cancel_scenario, remove_scenario, saved_scenarios
from geo_service.web import freshness, params, scenario_work
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api import scenario_shapes as shapes
from geo_service.web.api.scenario_bodies import ScenarioParameters
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters

blueprint = Blueprint("scenarios", __name__, url_prefix="/api/v1/scenarios")

TOKEN_HEADER: Final = "Scenario-Token"  # noqa: S105 - the header's name
_TOKEN: Final = (
    {
        "name": TOKEN_HEADER,
        "in": "header",
        "required": True,
        "description": "The token that came with the scenario when it was saved.",
        "schema": {"type": "string"},
    },
)

_ID: Final = {"scenario_id": "The scenario's identifier."}
_CHANGE_REFUSALS: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.TOO_MANY_REQUESTS,
)


class ScenariosParameters(Parameters):
    """GET /api/v1/scenarios."""


class ScenarioPathParameters(Parameters):
    """GET /api/v1/scenarios/{id}."""


class ComparisonParameters(Parameters):
    """GET /api/v1/scenarios/{id}/comparison."""

    against: Annotated[
        str, Field(max_length=100, description="`today`, or another scenario's identifier.")
    ] = "today"
    level: Annotated[Level, Field(description="The units to report.")] = Level.TOWNSHIP


@blueprint.get("")
@describes(
    Operation(
        summary="The listed scenarios",
        query=ScenariosParameters,
        answers={JSON: shapes.ScenariosAnswer},
        tag="scenarios",
    )
)
def scenarios() -> Response:
    """List scenarios, the newest first, without their content."""
    params.read_query(ScenariosParameters)
    zone = runtime.register().place.zone
    listed = saved_scenarios(runtime.database())
    return json_answer({"scenarios": [shapes.scenario_listed(each, zone) for each in listed]})


@blueprint.post("")
@describes(
    Operation(
        summary="Save a scenario, or have sites chosen for one",
        body=ScenarioParameters,
        answers={JSON: shapes.ScenarioKept},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
        statuses=(HTTPStatus.CREATED, HTTPStatus.ACCEPTED),
        tag="scenarios",
    )
)
def save() -> Response:
    """Keep a scenario under an address nobody can guess, which `Location` names.

    201 for edits alone; 202 where sites are to be chosen: ask that address how far it is.
    """
    scenario_work.admit()
    given = params.read_body(ScenarioParameters)
    wish = None if given.suggestion is None else given.suggestion.wish()
    kept = scenario_work.keep(given.draft(runtime.now()), wish)
    answer: shapes.ScenarioKept = {
        "id": kept.id,
        "state": "ready" if wish is None else "queued",
        "token": kept.token,
    }
    status = HTTPStatus.CREATED if wish is None else HTTPStatus.ACCEPTED
    response = json_answer(answer, status=status)
    response.headers["Location"] = url_for("scenarios.scenario", scenario_id=kept.id)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/<scenario_id>")
@describes(
    Operation(
        summary="One scenario: how far it is, and what came of it",
        path=_ID,
        query=ScenarioPathParameters,
        answers={JSON: shapes.ScenarioAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag="scenarios",
    )
)
def scenario(scenario_id: str) -> Response:
    """Return a scenario with its edits; while its sites are chosen, with the progress."""
    params.read_query(ScenarioPathParameters)
    found, register = scenario_work.found(scenario_id), runtime.register()
    zone, revision = register.place.zone, register.revision.number
    response = json_answer(shapes.scenario_answer(found, zone, revision))
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<scenario_id>/cancel")
@describes(
    Operation(
        summary="Stop choosing sites",
        path=_ID,
        headers=_TOKEN,
        answers={JSON: shapes.ScenarioAnswer},
        refusals=_CHANGE_REFUSALS,
        tag="scenarios",
    )
)
def cancel(scenario_id: str) -> Response:
    """Stop the search, with the header `Scenario-Token`; the best sites until then are kept."""
    scenario_work.admit()
    cancel_scenario(runtime.database(), scenario_id, request.headers.get(TOKEN_HEADER))
    register = runtime.register()
    found = scenario_work.found(scenario_id)
    return json_answer(shapes.scenario_answer(found, register.place.zone, register.revision.number))


@blueprint.delete("/<scenario_id>")
@describes(
    Operation(
        summary="Delete a scenario",
        path=_ID,
        headers=_TOKEN,
        answers={},
        refusals=_CHANGE_REFUSALS,
        statuses=(HTTPStatus.NO_CONTENT,),
        tag="scenarios",
    )
)
def remove(scenario_id: str) -> Response:
    """Delete a scenario, with the header `Scenario-Token`; a search for its sites ends, too."""
    scenario_work.admit()
    remove_scenario(runtime.database(), scenario_id, request.headers.get(TOKEN_HEADER))
    return Response(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/<scenario_id>/comparison")
@describes(
    Operation(
        summary="What a scenario changes, by unit and in all",
        path=_ID,
        query=ComparisonParameters,
        answers={JSON: shapes.ComparisonAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
        tag="scenarios",
    )
)
def comparison(scenario_id: str) -> Response:
    """Measure a scenario and today, or another scenario, by the terms of the first."""
    given = params.read_query(ComparisonParameters)
    found = scenario_work.found(scenario_id)
    compared = compared_with(found, given.against, given.level)
    zone = runtime.register().place.zone
    notes = notes_on(compared, "en")
    return json_answer(shapes.comparison_answer(compared, found.draft.terms, zone, notes))


def compared_with(found: Scenario, against: str, level: Level) -> Comparison:
    """Compare a scenario with today or with another one."""
    register = runtime.register()
    after = side_of(register, found)
    before = Side(register=register)
    if against != "today":
        before = side_of(register, scenario_work.found(against))
    return compare(before, after, scenario_work.asked(found.draft.terms, level))


def notes_on(compared: Comparison, language: Language) -> list[str]:
    """Return what to know before trusting a comparison."""
    return [
        *freshness.notes(language),
        *comparison_notes(compared, runtime.register(), runtime.now(), language),
    ]
