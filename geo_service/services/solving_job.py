"""The work of one search for sites: what it is asked, and what becomes of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from geo_service.domain.errors import GeoServiceError
from geo_service.domain.register import Overrides
from geo_service.domain.scenario import Scenario, ScenarioState, apply_what_can_be
from geo_service.domain.walking import Walking
from geo_service.persistence.database import Database
from geo_service.persistence.scenarios import Outcome, ScenarioStore
from geo_service.persistence.snapshots import load_register
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of
from geo_service.services.overrides import overrides_of_json
from geo_service.services.siting import Progress, Status, Suggestion, suggest
from geo_service.services.wish import Wish

Note = Callable[[Mapping[str, Any]], bool]

_UNREACHABLE_LISTED: Final = 200
_DEGREES: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One scenario whose sites are to be chosen, and what that takes."""

    database: Database
    scenario: Scenario
    wish: Wish
    overrides: Overrides
    walking: Walking
    streets: StreetNetworkFile

    @classmethod
    def of(cls, database: Database, given: Mapping[str, Any]) -> Self:
        """Return the job that a program was given."""
        with database.transaction() as session:
            scenario = ScenarioStore(session).one(given["scenario"])
        return cls(
            database=database,
            scenario=scenario,
            wish=Wish.of_json(scenario.suggestion or {}),
            overrides=overrides_of_json(given["place"]),
            walking=Walking(**given["walking"]),
            streets=StreetNetworkFile(Path(given["streets"])),
        )

    @property
    def seconds(self) -> float:
        """How long the search may take."""
        return self.wish.seconds

    def outcome(self, note: Note) -> Outcome:
        """Search, and return what became of it; what was foreseen to go wrong is told in words."""
        try:
            return self._searched(note)
        except GeoServiceError as error:
            return Outcome(state=ScenarioState.FAILED, failure=str(error))

    def _searched(self, note: Note) -> Outcome:
        draft = self.scenario.draft
        register = load_register(self.database, self.overrides)
        edited, _ = apply_what_can_be(register, draft.edits)
        layer = None
        if draft.terms.demand is not None:
            layer = layer_of(register, self.database, draft.terms.demand)
        query = self.wish.query(
            draft.terms, distances_of(draft.terms.distance, self.walking, self.streets.network)
        )
        found = suggest(edited, layer, query, lambda each: note(progress_json(each)))
        chosen = self.wish.stations(found, draft.terms, draft.name)
        return Outcome(
            state=_state_after(found),
            result=result_json(found),
            failure=None if chosen else found.reason,
            edits=draft.edits + chosen,
            revision=register.revision.number,
        )


def _state_after(found: Suggestion) -> ScenarioState:
    if found.status is Status.CANCELLED:
        return ScenarioState.CANCELLED
    if found.status is Status.INFEASIBLE and not found.sites:
        return ScenarioState.FAILED
    return ScenarioState.READY


def progress_json(progress: Progress) -> dict[str, Any]:
    """Return how far a search has come, as JSON."""
    return asdict(progress) | {"gap": progress.gap}


def result_json(found: Suggestion) -> dict[str, Any]:
    """Return what a search found, as JSON; degrees are of WGS 84."""
    return {
        "goal": found.goal.value,
        "status": found.status.value,
        "reason": found.reason,
        "objective": found.objective,
        "bound": found.bound,
        "gap": found.gap,
        "before": found.before,
        "seconds": round(found.seconds, 3),
        "sites": [
            {
                "name": site.name,
                "longitude": round(site.at.longitude, _DEGREES),
                "latitude": round(site.at.latitude, _DEGREES),
                "required": site.required,
                "gained": site.gained,
            }
            for site in found.sites
        ],
        "curve": [asdict(point) | {"status": point.status.value} for point in found.curve],
        "demand": found.demand,
        "demand_total": found.demand_total,
        "unit": found.unit,
        "layer": found.layer,
        "estimate": found.estimate,
        "candidates": found.candidates,
        "existing": found.existing,
        "unreachable": len(found.unreachable),
        "unreachable_demand": found.unreachable_demand,
        "unreachable_places": [
            [round(at.longitude, _DEGREES), round(at.latitude, _DEGREES)]
            for at in found.unreachable[:_UNREACHABLE_LISTED]
        ],
        "distance_type": found.distance_type.value,
        "radius_m": found.query.radius,
        "revision": found.revision,
        "notes": list(found.notes),
    }
