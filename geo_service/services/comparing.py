"""Say what a scenario changes: against today, or against another scenario."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from cachetools import LRUCache

from geo_service.domain.coverage import Level
from geo_service.domain.errors import ParameterFault, ScenarioNotReadyError
from geo_service.domain.ground_change import GroundChange, GroundOfUnit, ground_change
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
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage
from geo_service.services.exporting import totals_row, unit_row
from geo_service.services.openness import OpenCondition, When

Figures = Mapping[str, Any]

# What is compared, as the rows of a coverage have it; whatever else they count of demand, too.
_COMPARED: Final = (
    *("stations", "stations_rest", "stations_breakfast", "covered_km2"),
    *("area_coverage", "cross_coverage", "stations_per_10000"),
    *("nearest_mean_m", "nearest_median_m", "nearest_p90_m", "nearest_max_m"),
    "worst_gap_distance_m",
)
_OF_DEMAND: Final = "demand_"
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

    ``ground`` is None where no boundary is known.
    """

    before: Figures
    after: Figures
    change: Figures
    ground: GroundOfUnit | None

    @property
    def is_any(self) -> bool:
        """Say whether anything changed at all."""
        return any(self.change.values())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Two sides measured by the same question, and how they differ."""

    terms: Terms
    level: Level
    before: Side
    after: Side
    answers: tuple[CoverageAnswer, CoverageAnswer]
    changes: Changes
    units: tuple[Difference, ...]
    totals: Difference
    ground: GroundChange


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


def compare(before: Side, after: Side, terms: Terms, level: Level) -> Comparison:
    """Measure both sides by the same question, and say how they differ."""
    query = question(terms, level)
    answers = measure_coverage(before.register, query), measure_coverage(after.register, query)
    one, other = (tuple(answer.stations) for answer in answers)
    ground = ground_change(before.register.survey(level), one, other, radius=terms.radius)
    pairs = zip(*(answer.report.units for answer in answers), strict=True)
    units = tuple(
        _difference(unit_row(old), unit_row(new), ground.units.get(old.unit.code))
        for old, new in pairs
    )
    totals = [totals_row(answer.report.totals) for answer in answers]
    return Comparison(
        terms=terms,
        level=level,
        before=before,
        after=after,
        answers=answers,
        changes=changes_between(before.register.stations, after.register.stations),
        units=units,
        totals=_difference(totals[0], totals[1], _all_of(ground)),
        ground=ground,
    )


def question(terms: Terms, level: Level) -> CoverageQuery:
    """Return the terms of a scenario as a question of coverage."""
    at_an_instant = terms.instant is not None
    return CoverageQuery(
        radius=terms.radius,
        level=level,
        conditions=terms.conditions,
        open=OpenCondition(when=When.INSTANT, certain=terms.open_only) if at_an_instant else None,
        instant=terms.instant,
    )


def _difference(before: Figures, after: Figures, ground: GroundOfUnit | None) -> Difference:
    return Difference(
        before=before,
        after=after,
        change={
            key: _change(before[key], after[key])
            for key in before
            if key in after and (key in _COMPARED or _counts_demand(key, before[key]))
        },
        ground=ground,
    )


def _counts_demand(key: str, value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return key.startswith(_OF_DEMAND) and is_number


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
