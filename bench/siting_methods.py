"""Three ways to choose sites: the service's, a textbook's model in HiGHS, and spopt's in CBC."""

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from geo_service.domain.siting import Goal, SitingProblem
from geo_service.domain.siting_solve import achieved, solve

Floats = NDArray[np.float64]

_WHOLE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question, and the name that the table gives it."""

    name: str
    problem: SitingProblem
    goal: Goal
    sites: int | None
    radius: float | None = None
    by_spopt: bool = True

    def achieved(self, sites: Sequence[int]) -> float | None:
        """Return what sites achieve, computed from them alone, whoever chose them."""
        return achieved(self.problem, self.goal, sites, radius=self.radius)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a method found: what its sites achieve, and whether it says that none are better."""

    objective: float | None
    proven: bool


def by_service(case: Case, seconds: float) -> Choice:
    """Ask the service."""
    found = solve(case.problem, case.goal, sites=case.sites, radius=case.radius, seconds=seconds)
    return Choice(objective=case.achieved(found.sites), proven=found.gap == 0.0)


def by_textbook(case: Case, seconds: float) -> Choice:
    """Write down the model as textbooks have it; stations that exist are open, and no more."""
    problem, opened = case.problem, case.problem.existing
    program = _Program(problem.sites)
    kept = np.arange(len(problem.place))
    if case.radius is not None:
        kept = np.flatnonzero(problem.distance <= case.radius)
    place, site, distance = problem.place[kept], problem.site[kept], problem.distance[kept]
    if case.goal is not Goal.LSCP:
        program.rows([0] * problem.sites, range(problem.sites), 1.0)
        program.bounds(1, 0.0, float((case.sites or 0) + opened.sum()))
    match case.goal:
        case Goal.LSCP:
            program.cost[: problem.sites] = ~opened
            program.rows(place, site, 1.0)
            program.bounds(problem.demand, 1.0, math.inf)
        case Goal.MCLP:
            covered = program.columns(-problem.weight)
            program.rows(place, site, 1.0)
            program.rows(np.arange(problem.demand), covered, -1.0)
            program.bounds(problem.demand, 0.0, math.inf)
        case Goal.P_MEDIAN | Goal.P_CENTER:
            _serve(program, case, (place, site, distance))
        case _:
            raise ValueError(f"no textbook's model of {case.goal} is measured here")
    values, proven = program.solved(opened, problem.sites, seconds)
    if values is None:
        return Choice(objective=None, proven=False)
    chosen = np.flatnonzero((values[: problem.sites] > _WHOLE) & ~opened)
    return Choice(objective=case.achieved(chosen.tolist()), proven=proven)


def _serve(program: "_Program", case: Case, pairs: tuple[Any, Any, Floats]) -> None:
    """Serve each place from one open site: a variable and a row for every pair."""
    (place, site, distance), problem = pairs, case.problem
    worst = case.goal is Goal.P_CENTER
    count = np.arange(len(place))
    served = program.columns(
        np.zeros(len(place)) if worst else problem.weight[place] * distance, whole=False
    )
    program.rows(place, served, 1.0)
    program.bounds(problem.demand, 1.0, 1.0)
    program.rows(count, site, 1.0)
    program.rows(count, served, -1.0)
    program.bounds(len(place), 0.0, math.inf)
    if worst:
        longest = program.columns(np.ones(1), whole=False, most=math.inf)
        program.rows(place, served, -distance)
        program.rows(np.arange(problem.demand), np.repeat(longest, problem.demand), 1.0)
        program.bounds(problem.demand, 0.0, math.inf)


class _Program:
    """A mixed-integer program that grows by columns and by rows; the first columns are sites."""

    def __init__(self, sites: int) -> None:
        self.cost = np.zeros(sites)
        self._whole, self._most = np.ones(sites, dtype=np.intp), np.ones(sites)
        self._row: list[Any] = []
        self._column: list[Any] = []
        self._value: list[Any] = []
        self._lower: list[Floats] = []
        self._upper: list[Floats] = []
        self._count = 0

    def columns(self, cost: Floats, *, whole: bool = True, most: float = 1.0) -> NDArray[np.intp]:
        first = len(self.cost)
        self.cost = np.concatenate([self.cost, cost])
        self._whole = np.concatenate([self._whole, np.full(len(cost), int(whole))])
        self._most = np.concatenate([self._most, np.full(len(cost), most)])
        return np.arange(first, len(self.cost))

    def rows(self, row: Any, column: Any, value: Any) -> None:
        """Put values into the rows whose bounds come next."""
        self._row.append(np.asarray(row) + self._count)
        self._column.append(np.asarray(column))
        self._value.append(np.broadcast_to(np.asarray(value, dtype=np.float64), len(row)))

    def bounds(self, count: int, lower: float, upper: float) -> None:
        self._lower.append(np.full(count, lower))
        self._upper.append(np.full(count, upper))
        self._count += count

    def solved(
        self, opened: NDArray[np.bool_], sites: int, seconds: float
    ) -> tuple[Floats | None, bool]:
        at = (np.concatenate(self._row), np.concatenate(self._column))
        matrix = sparse.csr_array(
            (np.concatenate(self._value), at), shape=(self._count, len(self.cost))
        )
        least = np.zeros(len(self.cost))
        least[:sites] = opened
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the limit: the status says so
            result: Any = milp(
                self.cost,
                integrality=self._whole,
                bounds=Bounds(least, self._most),
                constraints=LinearConstraint(
                    matrix, np.concatenate(self._lower), np.concatenate(self._upper)
                ),
                options={"time_limit": seconds, "mip_rel_gap": 0.0},
            )
        return result.x, result.status == 0


def by_spopt(case: Case, seconds: float) -> Choice:
    """Ask spopt with the solver that comes with it."""
    import pulp  # noqa: PLC0415 - heavy, and of development
    from spopt.locate import LSCP, MCLP, PCenter, PMedian  # noqa: PLC0415

    problem = case.problem
    ways = np.full((problem.demand, problem.sites), 1e9)
    ways[problem.place, problem.site] = problem.distance
    existing = problem.existing.astype(int) if problem.existing.any() else None
    count = (case.sites or 0) + int(problem.existing.sum())
    model: Any
    match case.goal:
        case Goal.LSCP:
            model = LSCP.from_cost_matrix(ways, case.radius, predefined_facilities_arr=existing)
        case Goal.MCLP:
            model = MCLP.from_cost_matrix(
                ways, problem.weight, case.radius, count, predefined_facilities_arr=existing
            )
        case Goal.P_MEDIAN:
            model = PMedian.from_cost_matrix(
                ways, problem.weight, count, predefined_facilities_arr=existing
            )
        case Goal.P_CENTER:
            model = PCenter.from_cost_matrix(ways, count, predefined_facilities_arr=existing)
        case _:
            raise ValueError(f"spopt is not measured on {case.goal} here")
    solver = pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds, gapRel=0.0)
    try:
        model.solve(solver, results=False)
    except RuntimeError:  # it found none in its time
        return Choice(objective=None, proven=False)
    values = np.array([each.value() or 0.0 for each in model.fac_vars])
    chosen = np.flatnonzero((values > _WHOLE) & ~problem.existing)
    proven = model.problem.sol_status == pulp.LpSolutionOptimal
    return Choice(objective=case.achieved(chosen.tolist()), proven=proven)
