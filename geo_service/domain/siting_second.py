"""Second cover: the largest weight that has two open sites within the radius or more."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse

from geo_service.domain.siting_assignment import Floats, Marks, Whole
from geo_service.domain.siting_program import Ending, Program, loaded, run, solve_program
from geo_service.domain.siting_search import Search

_CUT_ROUNDS: Final = 10
_VIOLATED: Final = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SecondCover:
    """Places that lack one open site or two (``lacking``), and which new sites reach them.

    ``matrix`` (places, sites) has a one where a site reaches; every place can be satisfied.
    """

    matrix: Any
    lacking: Whole
    weight: Floats
    required: Marks
    opened: int

    def missed(self, opened: Marks) -> float:
        """Return the weight that still lacks a site."""
        return float(self.weight[self.matrix @ opened.astype(np.int32) < self.lacking].sum())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Second:
    """The best sites found, the weight they miss, the bound on it, the proof."""

    opened: Marks
    missed: float
    bound: float
    proven: bool


def cover_twice(model: SecondCover, search: Search) -> Second:
    """Find the sites that miss the least weight, or the best until the limit."""
    best = _greedy(model, search)
    missed = model.missed(best)
    search.found(missed)
    if missed == 0.0 or model.opened >= len(model.required):
        return Second(opened=best, missed=missed, bound=missed, proven=True)
    scale = max(float(model.weight.sum()), 1e-300) / 1e4
    whole = bool(np.all(model.weight == np.round(model.weight)))
    program = _program(model, scale)
    program = _strengthened(model, program, search)
    outcome = solve_program(
        program,
        search,
        start=_start(model, program, best),
        absolute_gap=0.999 / scale if whole else 0.0,
        scale=scale,
    )
    bound = outcome.bound * scale
    if outcome.values is not None:
        found = outcome.values[: len(model.required)] > 0.5
        if model.missed(found) < missed:
            best, missed = found, model.missed(found)
    proven = outcome.ending is not Ending.LIMIT
    return Second(
        opened=best,
        missed=missed,
        bound=missed if proven else max(0.0, min(bound, missed)),
        proven=proven,
    )


def _greedy(model: SecondCover, search: Search) -> Marks:
    """Open what satisfies most, and of equals what comes nearest to it."""
    opened = model.required.copy()
    reach = model.matrix @ opened.astype(np.int32)
    by_site = model.matrix.T.tocsr()
    while opened.sum() < min(model.opened, len(opened)) and not search.asked():
        left = np.maximum(model.lacking - reach, 0)
        value = model.weight * ((left == 1) + (left == 2) * 0.4)
        saved = by_site @ value
        saved[opened] = -1.0
        best = int(np.argmax(saved))
        opened[best] = True
        reach = model.matrix @ opened.astype(np.int32)
    return opened


def _program(model: SecondCover, scale: float) -> Program:
    """Sites first, then for each place whether it is missed: lacking x missed + open >= lacking."""
    places, sites = model.matrix.shape
    lacking = model.lacking.astype(np.float64)
    rows = sparse.hstack([model.matrix, sparse.diags_array(lacking)], format="csr")
    count = sparse.csr_array(np.concatenate([np.ones(sites), np.zeros(places)]).reshape(1, -1))
    return Program(
        cost=np.concatenate([np.zeros(sites), model.weight / scale]),
        lower=np.concatenate([model.required.astype(np.float64), np.zeros(places)]),
        upper=np.ones(sites + places),
        whole=sites + places,
        matrix=sparse.vstack([count, rows], format="csr"),
        row_lower=np.concatenate([[0.0], lacking]),
        row_upper=np.concatenate([[float(model.opened)], np.full(places, math.inf)]),
    )


def _strengthened(model: SecondCover, program: Program, search: Search) -> Program:
    """Add what is true of whole sites and not of parts: without its best one, one must be left."""
    twice = np.flatnonzero(model.lacking == 2)
    if not len(twice):
        return program
    sites = model.matrix.shape[1]
    near = model.matrix[twice].tocsr()
    for _ in range(_CUT_ROUNDS):
        solver = loaded(program)
        if not run(solver, search, seconds=search.remaining / 4) or search.over:
            break
        values = np.array(solver.getSolution().col_value)
        if len(values) != len(program.cost):
            break
        opened = values[:sites]
        weighted = near.multiply(opened[None, :]).tocsr()
        most = np.asarray(weighted.max(axis=1).todense()).ravel()
        at = np.asarray(weighted.argmax(axis=1)).ravel()
        others = np.asarray(near @ opened) - most
        cut = np.flatnonzero(others + values[sites + twice] < 1 - _VIOLATED)
        if not len(cut):
            break
        rows = near[cut].astype(np.float64).tolil()
        rows[np.arange(len(cut)), at[cut]] = 0.0
        mark = sparse.csr_array(
            (np.ones(len(cut)), (np.arange(len(cut)), twice[cut])),
            shape=(len(cut), model.matrix.shape[0]),
        )
        added = sparse.hstack([rows.tocsr(), mark], format="csr")
        added.eliminate_zeros()
        program = Program(
            cost=program.cost,
            lower=program.lower,
            upper=program.upper,
            whole=program.whole,
            matrix=sparse.vstack([program.matrix, added], format="csr"),
            row_lower=np.concatenate([program.row_lower, np.ones(len(cut))]),
            row_upper=np.concatenate([program.row_upper, np.full(len(cut), math.inf)]),
        )
    return program


def _start(model: SecondCover, program: Program, opened: Marks) -> Floats:
    values = np.zeros(len(program.cost))
    sites = len(model.required)
    values[:sites] = opened
    values[sites:] = model.matrix @ opened.astype(np.int32) < model.lacking
    return values
