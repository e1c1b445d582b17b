"""The forms of answers about scenarios, and how they are made."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field
from typing_extensions import TypedDict

from geo_service.domain.ground_change import GroundOfUnit
from geo_service.domain.scenario import Scenario, Terms
from geo_service.domain.station import Station
from geo_service.persistence.scenario_rows import edit_json
from geo_service.services.comparing import Comparison, Difference, Side, why_not_ready

Text = str | None
Number = float | None
State = Literal["ready", "queued", "solving", "cancelled", "failed", "interrupted"]

_KM2 = 1e-6


class TermsShape(TypedDict):
    """The question by which a scenario is judged."""

    radius_m: float
    service: Text
    group: Text
    amenity: list[str]
    instant: Annotated[Text, Field(description="RFC 3339; null: whether open or not.")]
    open_only: bool
    demand: Annotated[Text, Field(description="The demand layer; null: area is the demand.")]
    distance_type: str


class ScenarioListed(TypedDict):
    """A scenario without its content."""

    id: str
    name: str
    state: State
    revision: Annotated[int, Field(description="Of the register that it was made on.")]
    created_at: str
    terms: TermsShape
    edits_count: int
    suggested: Annotated[bool, Field(description="Whether its sites were, or are to be, chosen.")]


class ScenariosAnswer(TypedDict):
    """The listed scenarios, the newest first."""

    scenarios: list[ScenarioListed]


class ScenarioAnswer(ScenarioListed):
    """A scenario: what is different from today, and how its sites were chosen."""

    note: str
    listed: bool
    changed_at: str
    register_revision: Annotated[int, Field(description="Of the register as it is now.")]
    comparable: bool
    edits: list[dict[str, Any]]
    suggestion: Annotated[dict[str, Any] | None, Field(description="What was asked for.")]
    progress: Annotated[
        dict[str, Any] | None,
        Field(description="While solving: `best`, `bound`, `gap`, `seconds`, `step` of `steps`."),
    ]
    result: Annotated[
        dict[str, Any] | None,
        Field(description="`objective`, `bound`, `gap`, `status`, `seconds`, `sites`, `curve` …"),
    ]
    failure: Text


class ScenarioKept(TypedDict):
    """A scenario that was saved."""

    id: str
    state: State
    token: Annotated[str, Field(description="Cancels and deletes it; given out this once.")]


class StationChange(TypedDict):
    """A station on one side, or on both."""

    id: str
    name: str
    longitude: float
    latitude: float
    township_code: Text


class MovedChange(StationChange):
    """A station that stands elsewhere; its position is the new one."""

    from_longitude: float
    from_latitude: float
    distance_m: float


class ChangesShape(TypedDict):
    """How the stations differ."""

    added: list[StationChange]
    closed: list[StationChange]
    moved: list[MovedChange]
    hours: list[StationChange]


class SideShape(TypedDict):
    """One of the two that are compared."""

    scenario: Annotated[Text, Field(description="null: today.")]
    name: Text
    made_on_revision: int
    stations_counted: int
    unfit: Annotated[
        list[str], Field(description="Edits that no longer fit the register, and why.")
    ]


class DifferenceShape(TypedDict):
    """Figures before and after, and their change, by the names of GET /api/v1/coverage."""

    before: dict[str, Number]
    after: dict[str, Number]
    change: dict[str, Number]
    gained_km2: Number
    lost_km2: Number
    demand_gained: Number
    demand_lost: Number


class UnitDifferenceShape(DifferenceShape):
    """The same of one unit."""

    code: str
    name: str
    name_en: Text
    approximate: bool
    missing: dict[str, str]


class ComparisonAnswer(TypedDict):
    """What a scenario changes, and all that this rests on."""

    place: str
    revision: Annotated[int, Field(description="Of the register that both sides are made of.")]
    register_moved_on: Annotated[
        bool, Field(description="The register has changed since a scenario was made.")
    ]
    level: str
    terms: TermsShape
    demand_unit: Text
    demand_estimate: Text
    data_status: dict[str, int]
    before: SideShape
    after: SideShape
    changes: ChangesShape
    totals: DifferenceShape
    units: list[UnitDifferenceShape]
    notes: list[str]


def instant_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return an instant as RFC 3339, in the place's time."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def terms_shape(terms: Terms, zone: ZoneInfo) -> TermsShape:
    """Return terms."""
    conditions = terms.conditions
    return {
        "radius_m": terms.radius,
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "amenity": sorted(each.value for each in conditions.amenities),
        "instant": None if terms.instant is None else instant_text(terms.instant, zone),
        "open_only": terms.open_only,
        "demand": terms.demand,
        "distance_type": terms.distance.value,
    }


def scenario_listed(scenario: Scenario, zone: ZoneInfo) -> ScenarioListed:
    """Return a scenario without its content."""
    return {
        "id": scenario.id,
        "name": scenario.draft.name,
        "state": scenario.state.value,
        "revision": scenario.revision,
        "created_at": instant_text(scenario.created_at, zone),
        "terms": terms_shape(scenario.draft.terms, zone),
        "edits_count": len(scenario.draft.edits),
        "suggested": scenario.suggestion is not None,
    }


def scenario_answer(scenario: Scenario, zone: ZoneInfo, revision: int) -> ScenarioAnswer:
    """Return a scenario with all that is known of it."""
    draft = scenario.draft
    return {
        **scenario_listed(scenario, zone),
        "note": draft.note,
        "listed": draft.listed,
        "changed_at": instant_text(scenario.changed_at, zone),
        "register_revision": revision,
        "comparable": why_not_ready(scenario) is None,
        "edits": [edit_json(each) for each in draft.edits],
        "suggestion": _plain(scenario.suggestion),
        "progress": _plain(scenario.progress),
        "result": _plain(scenario.result),
        "failure": scenario.failure,
    }


def comparison_answer(
    compared: Comparison, terms: Terms, zone: ZoneInfo, notes: list[str]
) -> ComparisonAnswer:
    """Return a comparison."""
    before, after = compared.before, compared.after
    revision, layer = before.register.revision.number, compared.query.demand
    return {
        "place": before.register.place.name,
        "revision": revision,
        "register_moved_on": moved_on(compared),
        "level": compared.query.level.value,
        "terms": terms_shape(terms, zone),
        "demand_unit": None if layer is None else layer.unit,
        "demand_estimate": None if layer is None else layer.estimate,
        "data_status": {key.value: n for key, n in before.register.data_status.items()},
        "before": _side(before, len(compared.answers[0].stations)),
        "after": _side(after, len(compared.answers[1].stations)),
        "changes": _changes(compared),
        "totals": _difference(compared.totals),
        "units": [
            {
                "code": each.before["code"],
                "name": each.before["name"],
                "name_en": each.before["name_en"],
                "approximate": each.before["approximate"],
                "missing": each.after["missing"],
                **_difference(each),
            }
            for each in compared.units
        ],
        "notes": notes,
    }


def moved_on(compared: Comparison) -> bool:
    """Say whether the register has changed since one of the two was made."""
    now = compared.before.register.revision.number
    made = [side.scenario for side in (compared.before, compared.after)]
    return any(each is not None and each.revision != now for each in made)


def _side(side: Side, counted: int) -> SideShape:
    scenario = side.scenario
    return {
        "scenario": None if scenario is None else scenario.id,
        "name": None if scenario is None else scenario.draft.name,
        "made_on_revision": side.register.revision.number
        if scenario is None
        else scenario.revision,
        "stations_counted": counted,
        "unfit": [f"{fault.parameter}: {fault.reason}" for fault in side.unfit],
    }


def _changes(compared: Comparison) -> ChangesShape:
    changes = compared.changes
    return {
        "added": [_station(each) for each in changes.added],
        "closed": [_station(each) for each in changes.closed],
        "moved": [
            {
                **_station(each.after),
                "from_longitude": round(each.before.coordinate.longitude, 6),
                "from_latitude": round(each.before.coordinate.latitude, 6),
                "distance_m": round(each.distance_m, 1),
            }
            for each in changes.moved
        ],
        "hours": [_station(after) for _, after in changes.hours],
    }


def _station(station: Station) -> StationChange:
    return {
        "id": station.id,
        "name": station.name,
        "longitude": round(station.coordinate.longitude, 6),
        "latitude": round(station.coordinate.latitude, 6),
        "township_code": station.township_code,
    }


def _difference(each: Difference) -> DifferenceShape:
    keys = each.change.keys()
    return {
        "before": {key: each.before[key] for key in keys},
        "after": {key: each.after[key] for key in keys},
        "change": dict(each.change),
        "gained_km2": _km2(each.ground, lambda ground: ground.gained_m2),
        "lost_km2": _km2(each.ground, lambda ground: ground.lost_m2),
        "demand_gained": None if each.demand is None else round(each.demand.gained, 2),
        "demand_lost": None if each.demand is None else round(each.demand.lost, 2),
    }


def _km2(ground: GroundOfUnit | None, of: Any) -> Number:
    return None if ground is None else round(of(ground) * _KM2, 4)


def _plain(kept: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if kept is None else dict(kept)
