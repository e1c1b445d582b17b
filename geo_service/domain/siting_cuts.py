"""The linear program's bound on serving everybody, by Benders cuts.

What serving a place costs is a variable t, bounded from below by cuts t >= D - sum of (D - cost)
over the sites cheaper than D, each times how far it is open: true for every D, and for the right
one, found by adding up from the cheapest site until one whole site is open, as strong as the whole
model (Cornuéjols, Nemhauser and Wolsey 1980; Durán-Mateluna, Ales and Elloumi 2023,
10.1016/j.ejor.2023.05.030). So only thousands of rows are needed where there are millions of pairs.
"""

from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from scipy import sparse

from geo_service.domain.siting_assignment import Assignment, Floats, Whole
from geo_service.domain.siting_lagrangian import LinearBound, Settled
from geo_service.domain.siting_program import add_rows, new_solver, run
from geo_service.domain.siting_search import Search

_VIOLATED: Final = 1e-6
_WHOLE: Final = 1 - 1e-9
_PATIENCE: Final = 4


@dataclass
class _Rows:
    """The cuts in the program: level D and place of each, the open sites' coefficients."""

    place: Whole
    level: Floats
    matrix: Any
    age: Whole


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """What one solution shows: a bound, how far each site is open, whether cuts were added to it.

    A bound of minus infinity: the time was up.
    """

    bound: float
    refined: bool
    openness: Floats


class CutProgram:
    """The linear program, refined cut by cut; columns are the sites, then the places."""

    def __init__(self, model: Assignment, scale: float) -> None:
        self._model = model
        self._scale = scale
        self._cost = model.cost / scale
        self._cap = model.soft_cap / scale
        self._cheapest = self._cap.copy()
        has = model.first[1:] > model.first[:-1]
        self._cheapest[has] = self._cost[model.first[:-1][has]]
        self._cover = _cover_rows(model)
        self._head = 1 + self._cover.shape[0]
        self._solver = self._started()
        self._rows = _Rows(
            place=np.empty(0, dtype=np.intp),
            level=np.empty(0),
            matrix=sparse.csr_array((0, model.sites)),
            age=np.empty(0, dtype=np.intp),
        )
        self.patience = _PATIENCE

    def add_prices(self, prices: Floats) -> None:
        """Add the cut of each place at its price."""
        self._add(np.arange(self._model.places), prices / self._scale)

    def solve(self, search: Search, settled: Settled, cutoff: float) -> Step:
        """Solve once, settle what can be, add violated cuts."""
        model, solver = self._model, self._solver
        self._fix(settled)
        if not run(solver, search):
            return Step(bound=-np.inf, refined=False, openness=np.zeros(model.sites))
        status = solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return Step(bound=np.inf, refined=False, openness=np.zeros(model.sites))
        if status != highspy.HighsModelStatus.kOptimal:
            return Step(bound=-np.inf, refined=False, openness=np.zeros(model.sites))
        solution = solver.getSolution()
        values = np.array(solution.col_value)
        openness = np.clip(values[: model.sites], 0.0, 1.0)
        all_duals = np.array(solution.row_dual)
        duals = np.maximum(all_duals[self._head :], 0.0)
        linear = self._linear_bound(duals, np.maximum(all_duals[1 : self._head], 0.0))
        bound = linear.least(model, settled)
        linear.settle(model, settled, cutoff)
        self._drop_idle(duals)
        if bound > cutoff:
            return Step(bound=bound, refined=False, openness=openness)
        return Step(
            bound=bound, refined=self._separate(openness, values[model.sites :]), openness=openness
        )

    def _started(self) -> Any:
        model = self._model
        solver = new_solver()
        sites, places = model.sites, model.places
        columns = sites + places
        empty = np.empty(0, dtype=np.int32)
        solver.addCols(
            columns,
            np.concatenate([np.zeros(sites), np.ones(places)]),
            np.concatenate([np.zeros(sites), self._cheapest]),
            np.concatenate([np.ones(sites), np.full(places, highspy.kHighsInf)]),
            0, empty, empty, np.empty(0),
        )  # fmt: skip
        all_sites = np.arange(sites, dtype=np.int32)
        solver.addRow(0.0, float(model.opened), sites, all_sites, np.ones(sites))
        add_rows(solver, self._cover, np.ones(self._cover.shape[0]), highspy.kHighsInf)
        return solver

    def _fix(self, settled: Settled) -> None:
        sites = self._model.sites
        self._solver.changeColsBounds(
            sites,
            np.arange(sites, dtype=np.int32),
            settled.opened.astype(np.float64),
            1.0 - settled.closed,
        )

    def _linear_bound(self, duals: Floats, cover: Floats) -> LinearBound:
        """Add the cuts up as the duals weigh them: a bound that rests on no solver's tolerance."""
        model, rows = self._model, self._rows
        share = np.bincount(rows.place, weights=duals, minlength=model.places)
        duals = duals / np.maximum(share, 1.0)[rows.place]
        # What the cuts leave of a place's cost is at least its cheapest site.
        left = 1.0 - np.bincount(rows.place, weights=duals, minlength=model.places)
        constant = float(duals @ rows.level) + float(np.maximum(left, 0.0) @ self._cheapest)
        worth = rows.matrix.T @ duals + self._cover.T @ cover
        return LinearBound(
            constant=(constant + float(cover.sum())) * self._scale, worth=worth * self._scale
        )

    def _separate(self, openness: Floats, costs: Floats) -> bool:
        """Add the strongest cut of each place that the solution violates; returns whether any."""
        model = self._model
        opened = openness[model.site]
        added = np.cumsum(opened)
        before = np.concatenate([[0.0], added])[model.first[:-1]]
        added -= before[model.place]
        pairs = len(model.place)
        full = np.flatnonzero(added >= _WHOLE)
        critical = np.full(model.places, pairs)
        # The first pair of each place at which a whole site is open.
        np.minimum.at(critical, model.place[full], full)
        level = self._cap.copy()
        reached = critical < pairs
        level[reached] = self._cost[critical[reached]]
        below = np.maximum(level[model.place] - self._cost, 0.0) * opened
        needed = level - np.bincount(model.place, weights=below, minlength=model.places)
        violated = np.flatnonzero(needed > costs + _VIOLATED * np.maximum(1.0, np.abs(needed)))
        if len(violated):
            self._add(violated, level[violated])
        return bool(len(violated))

    def _add(self, places: Whole, levels: Floats) -> None:
        model = self._model
        level_of = np.full(model.places, -np.inf)
        level_of[places] = levels
        kept = np.flatnonzero(self._cost < level_of[model.place])
        row_of = np.full(model.places, -1)
        row_of[places] = np.arange(len(places))
        matrix = sparse.csr_array(
            (
                level_of[model.place[kept]] - self._cost[kept],
                (row_of[model.place[kept]], model.site[kept]),
            ),
            shape=(len(places), model.sites),
        )
        ones = sparse.csr_array(
            (np.ones(len(places)), (np.arange(len(places)), places)),
            shape=(len(places), model.places),
        )
        both = sparse.hstack([matrix, ones], format="csr")
        add_rows(self._solver, both, levels, highspy.kHighsInf)
        rows = self._rows
        self._rows = _Rows(
            place=np.concatenate([rows.place, places]),
            level=np.concatenate([rows.level, levels]),
            matrix=sparse.vstack([rows.matrix, matrix], format="csr"),
            age=np.concatenate([rows.age, np.zeros(len(places), dtype=np.intp)]),
        )

    def _drop_idle(self, duals: Floats) -> None:
        rows = self._rows
        rows.age = np.where(duals > 0, 0, rows.age + 1)
        idle = np.flatnonzero(rows.age >= self.patience)
        if len(idle) * 4 < len(rows.age):
            return
        self._solver.deleteRows(len(idle), (idle + self._head).astype(np.int32))
        kept = np.flatnonzero(rows.age < self.patience)
        self._rows = _Rows(
            place=rows.place[kept],
            level=rows.level[kept],
            matrix=rows.matrix[kept],
            age=rows.age[kept],
        )


def _cover_rows(model: Assignment) -> Any:
    """Return the rows of the places that must be served and that not every site can serve."""
    places = np.flatnonzero(model.hard & (np.diff(model.first) < model.sites))
    row_of = np.full(model.places, -1)
    row_of[places] = np.arange(len(places))
    kept = np.flatnonzero(row_of[model.place] >= 0)
    return sparse.csr_array(
        (np.ones(len(kept)), (row_of[model.place[kept]], model.site[kept])),
        shape=(len(places), model.sites),
    )
