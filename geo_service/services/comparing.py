"""Say what a scenario changes: against today, or against another scenario."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from geo_service.domain.coverage import Level
from geo_service.domain.demand import DemandLayer
from geo_service.domain.demand_change import DemandOfUnit, demand_change
from geo_service.domain.errors import ParameterFault, ScenarioNotReadyError
from geo_service.domain.ground_change import GroundChange, GroundOfUnit, ground_change
from geo_service.domain.reach import Distances
from geo_service.domain.register import Register
from geo_service.domain.scenario import (
    Changes,
    Edit,
    Scenario,
    ScenarioState,
    Terms,
    apply_what_can_be,
    changes_between,
)
from geo_service.domain.walked_ground import straight_radius
from geo_service.services.coverage import (
    CoverageAnswer,
    CoverageQuery,
    measure_coverage,
    placed_demand,
)
from geo_service.services.exporting import answer_totals, unit_rows
from geo_service.services.openness import OpenCondition, When

Figures = Mapping[str, Any]

COMPARED: Final = (
    *("stations", "stations_rest", "stations_breakfast", "covered_km2"),
    *("area_coverage", "cross_coverage", "stations_per_10000"),
    *("nearest_mean_m", "nearest_median_m", "nearest_p90_m", "nearest_max_m"),
    "worst_gap_distance_m",
    *("demand_covered", "demand_uncovered", "demand_coverage"),
    *("demand_cross_covered", "demand_cross_coverage"),
    *("demand_nearest_mean_m", "demand_nearest_median_m"),
    *("demand_nearest_p90_m", "demand_nearest_max_m"),
    *("stations_per_10000_demand", "capacity", "capacity_per_10000_demand"),
    *("supply_2sfca_per_10000", "supply_e2sfca_per_10000"),
)
"""What is compared, by the names that the rows of a coverage have; of demand, if it is asked."""

_REGISTERS_KEPT: Final = 8
_DIGITS: Final = 6

_WHY_NOT: Final = {
    ScenarioState.QUEUED: "its sites are not chosen yet: it waits for its turn",
    ScenarioState.SOLVING: "its sites are being chosen",
    ScenarioState.FAILED: "no sites could be chosen",
    ScenarioState.INTERRUPTED: "the machine that chose its sites stopped",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two that are compared: the register as it is (no scenario), or as it might be."""

    register: Register
    scenario: Scenario | None = None
    unfit: tuple[ParameterFault, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The figures of one unit, or of all together, on both sides, and the change where it counts.

    ``ground`` is None where no boundary is known, or no disc says what is in reach; ``demand``
    where no layer is asked for, or no boundary known.
    """

    before: Figures
    after: Figures
    change: Figures
    ground: GroundOfUnit | None
    demand: DemandOfUnit | None = None

    @property
    def is_any(self) -> bool:
        """Say whether anything changed at all."""
        return any(self.change.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Two sides measured by the same question, and how they differ."""

    query: CoverageQuery
    before: Side
    after: Side
    answers: tuple[CoverageAnswer, CoverageAnswer]
    changes: Changes
    units: tuple[Difference, ...]
    totals: Difference
    ground: GroundChange | None


class _Made:
    """The registers that scenarios make of one register; they go when it goes."""

    def __init__(self) -> None:
        self.registers: LRUCache[tuple[Edit, ...], tuple[Register, tuple[ParameterFault, ...]]] = (
            LRUCache(_REGISTERS_KEPT)
        )
        self.making = threading.Lock()


_MADE: WeakKeyDictionary[Register, _Made] = WeakKeyDictionary()


def side_of(register: Register, scenario: Scenario) -> Side:
    """Return a scenario's side; made once, so that its measures are kept as well.

    Raises:
        ScenarioNotReadyError: it has no sites that could be compared.
    """
    if (reason := why_not_ready(scenario)) is not None:
        raise ScenarioNotReadyError(f"scenario {scenario.id} cannot be compared: {reason}")
    made, edits = _MADE.setdefault(register, _Made()), scenario.draft.edits
    with made.making:
        kept = made.registers.get(edits)
        if kept is None:
            kept = made.registers[edits] = apply_what_can_be(register, edits)
    return Side(register=kept[0], scenario=scenario, unfit=kept[1])


def why_not_ready(scenario: Scenario) -> str | None:
    """Say why a scenario cannot be compared; None if it can."""
    if scenario.state is ScenarioState.READY or scenario.draft.edits:
        return None if scenario.state.is_over else _WHY_NOT[scenario.state]
    return _WHY_NOT.get(scenario.state, "it was cancelled before any site was chosen")


def compare(before: Side, after: Side, query: CoverageQuery) -> Comparison:
    """Measure both sides by the same question, and say how they differ."""
    answers = measure_coverage(before.register, query), measure_coverage(after.register, query)
    one, other = (tuple(answer.stations) for answer in answers)
    radius = straight_radius(query.radius, query.distances)
    survey = before.register.survey(query.level)
    ground = None if radius is None else ground_change(survey, one, other, radius=radius)
    demand = None
    if query.demand is not None:
        placed = placed_demand(before.register, query.level, query.demand)
        demand = demand_change(placed, one, other, radius=query.radius, distances=query.distances)
    rows = zip(unit_rows(answers[0]), unit_rows(answers[1]), strict=True)
    return Comparison(
        query=query,
        before=before,
        after=after,
        answers=answers,
        changes=changes_between(before.register.stations, after.register.stations),
        units=tuple(
            _difference(
                old,
                new,
                None if ground is None else ground.units.get(old["code"]),
                None if demand is None else demand.units.get(old["code"]),
            )
            for old, new in rows
        ),
        totals=_difference(
            answer_totals(answers[0]),
            answer_totals(answers[1]),
            None if ground is None else _all_of(ground),
            None if demand is None else demand.total,
        ),
        ground=ground,
    )


def question(
    terms: Terms, level: Level, now: datetime, *, layer: DemandLayer | None, distances: Distances
) -> CoverageQuery:
    """Return the terms of a scenario as a question of coverage; with no instant, it is of now."""
    at_an_instant = terms.instant is not None
    return CoverageQuery(
        radius=terms.radius,
        level=level,
        conditions=terms.conditions,
        open=OpenCondition(when=When.INSTANT, certain=terms.open_only) if at_an_instant else None,
        instant=terms.instant,
        demand=layer,
        distances=distances,
        on=terms.instant or now,
    )


def _difference(
    before: Figures, after: Figures, ground: GroundOfUnit | None, demand: DemandOfUnit | None
) -> Difference:
    return Difference(
        before=before,
        after=after,
        change={
            key: _change(before[key], after[key])
            for key in COMPARED
            if key in before and key in after
        },
        ground=ground,
        demand=demand,
    )


def _change(before: float | None, after: float | None) -> float | None:
    if before is None or after is None:
        return None
    return round(after - before, _DIGITS)


def _all_of(ground: GroundChange) -> GroundOfUnit | None:
    if not ground.units:
        return None
    return GroundOfUnit(
        gained_m2=sum(each.gained_m2 for each in ground.units.values()),
        lost_m2=sum(each.lost_m2 for each in ground.units.values()),
    )
