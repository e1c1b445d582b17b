"""Suggest where the next stations should stand."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Self

import numpy as np
import shapely

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.coverage import MAX_RADIUS
from geo_service.domain.demand import DemandLayer, DemandPoints
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.register import Register
from geo_service.domain.siting import Goal, Progress, Siting, SitingProblem, Status, Watch
from geo_service.domain.siting_ground import even_grid
from geo_service.domain.siting_solve import achieved, solve
from geo_service.domain.survey import Ground, Level
from geo_service.services.suggestion import (
    DEFAULT_SECONDS,
    CandidateSites,
    CandidateSource,
    CurvePoint,
    SuggestedSite,
    Suggestion,
    SuggestionQuery,
)

__all__ = [
    "DEFAULT_SECONDS",
    "CandidateSites",
    "CandidateSource",
    "CurvePoint",
    "Goal",
    "Progress",
    "Status",
    "SuggestedSite",
    "Suggestion",
    "SuggestionQuery",
    "Watch",
    "suggest",
]

MOST_SITES: Final = 1_000
MOST_CANDIDATES: Final = 10_000
DEMAND_POINTS: Final = 2_000
GRID_CANDIDATES: Final = 500
EVENLY_SPREAD: Final = "evenly spread ground, by area: not where people are"

# As in ``domain.reach``: a pair exactly as far apart as the radius is within it.
_TOLERANCE_M: Final = 2e-3


def suggest(
    register: Register,
    layer: DemandLayer | None,
    query: SuggestionQuery,
    watch: Watch | None = None,
) -> Suggestion:
    """Choose the sites that serve the goal best, and say what has been proven about them.

    Without a layer, evenly spread ground is the demand: points of a grid, weighted by area in m².

    Raises:
        InvalidQueryError: if the question lacks what its goal needs, or has no ground to stand on.
    """
    _check(query)
    ground = _Ground.of(register, layer, query)
    began, steps = time.perf_counter(), query.sites or 1
    curve: list[CurvePoint] = []
    with_curve = query.curve and query.goal.needs_sites
    if with_curve:
        for count in range(steps):
            left = query.seconds - (time.perf_counter() - began)
            siting = ground.solve(count, left / (steps + 1 - count), _stepped(watch, count, steps))
            curve.append(_point(count, siting))
            if siting.status is Status.CANCELLED:
                break
    left = max(query.seconds - (time.perf_counter() - began), 0.0)
    cancelled = bool(curve) and curve[-1].status is Status.CANCELLED
    siting = ground.solve(
        query.sites,
        left,
        (lambda _: False) if cancelled else _stepped(watch, steps if with_curve else 1, steps),
    )
    if with_curve:
        curve.append(_point(query.sites or 0, siting))
    return ground.suggestion(siting, tuple(curve), time.perf_counter() - began)


def _check(query: SuggestionQuery) -> None:
    faults = []
    if query.goal.needs_sites and query.sites is None:
        faults.append(ParameterFault("sites", f"{query.goal.value} needs a number of new sites"))
    if query.sites is not None and not 0 <= query.sites <= MOST_SITES:
        faults.append(ParameterFault("sites", f"{query.sites} is not from 0 to {MOST_SITES:,}"))
    if query.goal.needs_radius and query.radius is None:
        faults.append(ParameterFault("radius", f"{query.goal.value} needs a service radius"))
    if query.radius is not None and not 0 < query.radius <= MAX_RADIUS:
        reason = f"{query.radius:g} m is not above 0 and at most {MAX_RADIUS:,.0f} m"
        faults.append(ParameterFault("radius", reason))
    if not query.seconds > 0:
        faults.append(ParameterFault("seconds", "must be above 0"))
    if faults:
        raise InvalidQueryError(*faults)


def _stepped(watch: Watch | None, step: int, steps: int) -> Watch | None:
    """Tell the watcher which of the curve's problems is being solved."""
    if watch is None or steps == 1:
        return watch
    return lambda progress: watch(replace(progress, step=step, steps=steps))


def _point(count: int, siting: Siting) -> CurvePoint:
    return CurvePoint(
        sites=count,
        objective=siting.objective,
        bound=siting.bound,
        gap=siting.gap,
        status=siting.status,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ground:
    """The question as a problem, with what its numbers stand for."""

    query: SuggestionQuery
    register: Register
    layer: DemandLayer | None
    demand: DemandPoints
    candidates: CandidateSites
    existing: int
    problem: SitingProblem
    notes: tuple[str, ...]

    @classmethod
    def of(cls, register: Register, layer: DemandLayer | None, query: SuggestionQuery) -> Self:
        demand = _demand(register, layer)
        candidates, notes = _candidates(register, demand, query)
        stations = _stations(register, query)
        return cls(
            query=query,
            register=register,
            layer=layer,
            demand=demand,
            candidates=candidates,
            existing=len(stations),
            problem=_problem(demand, candidates, stations, query),
            notes=notes,
        )

    def solve(self, sites: int | None, seconds: float, watch: Watch | None) -> Siting:
        problem = self.problem
        if sites is not None and sites < int(problem.required.sum()) and sites != self.query.sites:
            # On the way up the curve there is no room yet for all that must be there in the end.
            problem = replace(problem, required=np.zeros_like(problem.required))
        return solve(
            problem,
            self.query.goal,
            sites=sites,
            radius=None if self.query.radius is None else self.query.radius + _TOLERANCE_M,
            seconds=seconds,
            watch=watch,
        )

    def suggestion(
        self, siting: Siting, curve: tuple[CurvePoint, ...], seconds: float
    ) -> Suggestion:
        chosen, gained = self._worth(siting)
        notes = list(self.notes)
        if len(chosen) < len(siting.sites):
            notes.append(
                f"{len(chosen)} of {len(siting.sites)} sites achieve it; the others add nothing "
                "and are left out"
            )
        unreachable = np.array(siting.unreachable, dtype=np.intp)
        offset = self.problem.sites - len(self.candidates.names)
        layer = self.layer
        return Suggestion(
            query=self.query,
            goal=siting.goal,
            status=siting.status,
            reason=siting.reason,
            objective=siting.objective,
            bound=siting.bound,
            gap=siting.gap,
            before=self._achieved(()),
            sites=tuple(
                SuggestedSite(
                    at=self.candidates.at[number - offset],
                    name=self.candidates.names[number - offset],
                    required=bool(self.candidates.required[number - offset]),
                    gained=gain,
                )
                for number, gain in zip(chosen, gained, strict=True)
            ),
            seconds=seconds,
            demand=len(self.demand),
            demand_total=self.demand.total,
            unit="m²" if layer is None else layer.unit,
            layer=None if layer is None else layer.id,
            estimate=EVENLY_SPREAD if layer is None else layer.estimate,
            candidates=len(self.candidates.names),
            existing=self.existing,
            unreachable=tuple(self.demand.at[int(place)] for place in unreachable),
            unreachable_demand=float(self.demand.weight[unreachable].sum()),
            distance_type=self.query.distances.distance_type,
            revision=self.register.revision.number,
            curve=curve,
            notes=tuple(notes),
        )

    def _achieved(self, sites: Sequence[int]) -> float | None:
        radius = None if self.query.radius is None else self.query.radius + _TOLERANCE_M
        return achieved(self.problem, self.query.goal, sites, radius=radius)

    def _worth(self, siting: Siting) -> tuple[list[int], list[float | None]]:
        """Return the sites that do anything, and what each alone does."""
        kept = list(siting.sites)
        if siting.objective is None or not self.query.goal.needs_sites:
            return kept, [None] * len(kept)
        for number in reversed(siting.sites):
            others = [each for each in kept if each != number]
            if not self.problem.required[number] and _same(
                self._achieved(others), siting.objective
            ):
                kept = others
        gains: list[float | None] = []
        for number in kept:
            without = self._achieved([each for each in kept if each != number])
            gains.append(None if without is None else abs(siting.objective - without))
        return kept, gains


def _same(left: float | None, right: float) -> bool:
    return left is not None and abs(left - right) <= 1e-9 * max(abs(right), 1.0)


def _demand(register: Register, layer: DemandLayer | None) -> DemandPoints:
    if layer is not None:
        if not len(layer.points):
            raise InvalidQueryError(ParameterFault("demand", f"{layer.id!r} has no points"))
        return layer.points
    ground = _ground(register)
    at = even_grid(ground.outline, register.crs, wanted=DEMAND_POINTS)
    return DemandPoints(at=at, weight=np.full(len(at), ground.area_m2 / len(at)))


def _ground(register: Register) -> Ground:
    (city,) = register.survey(Level.CITY).units
    if city.ground is None:
        raise InvalidQueryError(
            ParameterFault("candidates", f"the place has no ground: {city.why_no_ground}")
        )
    return city.ground


def _stations(register: Register, query: SuggestionQuery) -> Coordinates:
    era = register.eras.on(query.on or datetime.now(UTC))
    return register.select(query.conditions, era).coordinates


def _candidates(
    register: Register, demand: DemandPoints, query: SuggestionQuery
) -> tuple[CandidateSites, tuple[str, ...]]:
    """Return all candidates, the required ones first, none of the others on excluded ground."""
    match query.candidates:
        case CandidateSites() as listed:
            sites = listed
        case CandidateSource.GRID:
            at = even_grid(_ground(register).outline, register.crs, wanted=GRID_CANDIDATES)
            sites = _optional(at, tuple(f"grid-{number:04}" for number in range(1, len(at) + 1)))
        case CandidateSource.DEMAND:
            sites = _optional(demand.at, _demand_names(demand))
    notes = []
    if query.excluded is not None:
        shapely.prepare(query.excluded)
        inside = shapely.intersects_xy(query.excluded, *sites.at.degrees)
        kept = np.flatnonzero(~inside | sites.required)
        notes.append(f"{len(sites.names) - len(kept)} candidates lie on excluded ground")
        sites = sites.of(kept)
    if query.required is not None:
        sites = query.required.and_then(sites)
    if not len(sites.names):
        raise InvalidQueryError(ParameterFault("candidates", "there are none"))
    if len(sites.names) > MOST_CANDIDATES:
        reason = f"{len(sites.names):,} are more than {MOST_CANDIDATES:,}"
        raise InvalidQueryError(ParameterFault("candidates", reason))
    return sites, tuple(notes)


def _optional(at: Coordinates, names: tuple[str, ...]) -> CandidateSites:
    return CandidateSites(at=at, names=names, required=np.zeros(len(at), dtype=bool))


def _demand_names(demand: DemandPoints) -> tuple[str, ...]:
    names = demand.names or ("",) * len(demand)
    return tuple(name or f"demand-{number:05}" for number, name in enumerate(names, start=1))


def _problem(
    demand: DemandPoints, candidates: CandidateSites, stations: Coordinates, query: SuggestionQuery
) -> SitingProblem:
    """Measure what can matter: pairs within the radius, or nearer than the nearest station."""
    by_radius = query.goal.needs_radius and query.radius is not None
    limit = Metres(query.radius or 0.0) if by_radius else Metres(0.0)
    near = query.distances.reach(demand.at, stations, limit)
    if by_radius:
        fixed = len(stations)
        place, site, distance = near.place, near.site, near.distance_m
    else:
        # Of the stations only the nearest matters: all of them together are one site.
        fixed = 1 if len(stations) else 0
        place = np.flatnonzero(np.isfinite(near.nearest_m))
        site, distance = np.zeros(len(place), dtype=np.intp), near.nearest_m[place]
        limit = Metres(float(near.nearest_m.max(initial=0.0)) if fixed else math.inf)
    reach = query.distances.reach(demand.at, candidates.at, limit)
    count = len(candidates.names)
    return SitingProblem(
        weight=demand.weight,
        existing=np.arange(fixed + count) < fixed,
        required=np.concatenate([np.zeros(fixed, dtype=bool), candidates.required]),
        place=np.concatenate([place, reach.place]),
        site=np.concatenate([site, reach.site + fixed]),
        distance=np.concatenate([distance, reach.distance_m]),
    )
