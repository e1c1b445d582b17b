"""What an app has for scenarios: who may save how many, and who sees to those to be solved."""

from typing import Final, cast

from flask import Flask, current_app, request

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.errors import TooManyReportsError, TooManyScenariosError
from geo_service.domain.scenario import Draft, Scenario, ScenarioState, Terms
from geo_service.persistence.tallies import Tallied
from geo_service.services.comparing import question
from geo_service.services.coverage import CoverageQuery
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of
from geo_service.services.scenarios import Kept, save_scenario, saved_scenario
from geo_service.services.solving import Solvers
from geo_service.services.wish import Wish
from geo_service.web.origins import refuse_other_sites
from geo_service.web.senders import SenderLimit

MOST_OF_A_SENDER: Final = 20
SENDER_SECONDS: Final = 600

_SENDERS: Final = "geo_service.web.scenario_senders"
_SOLVERS: Final = "geo_service.web.scenario_solvers"


def register(app: Flask) -> None:
    """Give an app its count of who saves how much, and its part in the queue."""
    with app.app_context():
        app.extensions[_SENDERS] = SenderLimit(
            runtime.tallies(), Tallied.SCENARIOS, most=MOST_OF_A_SENDER, seconds=SENDER_SECONDS
        )
        settings = runtime.settings()
        app.extensions[_SOLVERS] = Solvers(
            database=runtime.database(),
            home=settings.home,
            overrides=runtime.overrides_of(settings),
            walking=runtime.walking(),
            streets=runtime.streets_of(settings),
        )


def admit() -> None:
    """Let the sender of this request through, or raise: from another site, or too often."""
    refuse_other_sites()
    try:
        cast("SenderLimit", current_app.extensions[_SENDERS]).count(request.remote_addr)
    except TooManyReportsError as error:
        raise TooManyScenariosError(
            f"more than {MOST_OF_A_SENDER} changes of scenarios came from your connection within "
            f"{SENDER_SECONDS // 60} minutes",
            again_in_s=error.again_in_s,
        ) from None


def keep(draft: Draft, wish: Wish | None) -> Kept:
    """Save a scenario; where sites are to be chosen, see to it that somebody does."""
    here, area = runtime.register(), runtime.served_area()
    for number, edit in enumerate(draft.edits):
        if (at := getattr(edit, "coordinate", None)) is not None:
            area.check(here, at, named=f"edits.{number}")
    if wish is not None:
        here.schedules.of(wish.opening_hours)
    distances_of(draft.terms.distance, runtime.walking(), runtime.street_network)
    if draft.terms.demand is not None:
        layer_of(here, runtime.database(), draft.terms.demand)
    kept = save_scenario(
        runtime.database(), here, draft, suggestion=None if wish is None else wish.to_json()
    )
    if wish is not None:
        _wake()
    return kept


def found(scenario_id: str) -> Scenario:
    """Return a scenario; if it waits, see to it that somebody solves it."""
    scenario = saved_scenario(runtime.database(), scenario_id)
    if scenario.state is ScenarioState.QUEUED:
        _wake()  # the worker that was to do it may be gone
    return scenario


def asked(terms: Terms, level: Level) -> CoverageQuery:
    """Return the terms of a scenario as a question, with the demand layer it names."""
    layer = None
    if terms.demand is not None:
        layer = layer_of(runtime.register(), runtime.database(), terms.demand)
    return question(
        terms,
        level,
        runtime.now(),
        layer=layer,
        distances=distances_of(terms.distance, runtime.walking(), runtime.street_network),
    )


def _wake() -> None:
    cast("Solvers", current_app.extensions[_SOLVERS]).wake()
