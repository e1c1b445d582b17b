"""The fewest sites that cover every row: set covering, with what is superfluous taken out first.

A row is the set of sites that cover some demand. A row that contains another is covered with it;
a site whose rows are all another's too is never needed (Garfinkel and Nemhauser 1972).
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from geo_service.domain.siting_assignment import Marks, Whole
from geo_service.domain.siting_program import Ending, Program, loaded, run, solve_program
from geo_service.domain.siting_search import Search

# Beyond so many rows or columns, comparing all with all costs more than it saves.
_COMPARED: Final = 3_000
_DENSE: Final = 6_000_000
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cover:
    """The sites of the cover (None: none found), a bound on their number, and whether that is all.

    ``proven``: no cover is smaller or, without sites, none is as small as asked for.
    """

    opened: Marks | None
    bound: int
    proven: bool


def row_matrix(row: Whole, site: Whole, *, rows: int, sites: int) -> Any:
    """Return pairs of row and site as a matrix of ones."""
    return sparse.csr_array((np.ones(len(row), dtype=np.int32), (row, site)), shape=(rows, sites))


def fewest(matrix: Any, required: Marks, search: Search, *, at_most: int | None = None) -> Cover:
    """Find the smallest set of sites, the required among them, that covers every row.

    With ``at_most``, any set of no more sites will do, and none is the proof that there is none.
    Rows without a site make it impossible: take them out first.
    """
    sites = matrix.shape[1]
    opened = required.copy()
    limit = math.inf if at_most is None else at_most - int(opened.sum())
    # What required sites cover is covered; the others of them are free to choose.
    matrix = matrix[np.flatnonzero((matrix @ opened.astype(np.int32)) == 0)]
    matrix, numbers = _simplified(matrix)
    if matrix.shape[0] == 0:
        return Cover(opened=opened, bound=int(opened.sum()), proven=limit >= 0)
    best = _greedy(matrix, search)
    answer = _best_cover(matrix, best, limit, search, int(opened.sum()))
    if answer.opened is None:
        return Cover(opened=None, bound=answer.bound + int(opened.sum()), proven=answer.proven)
    wide = np.zeros(sites, dtype=bool)
    wide[numbers[answer.opened]] = True
    return Cover(opened=opened | wide, bound=answer.bound + int(opened.sum()), proven=answer.proven)


def some_cover(matrix: Any, required: Marks, at_most: int, search: Search) -> Marks | None:
    """Return a cover of so many sites that is found at once; None does not say that none is."""
    opened = required.copy()
    matrix = matrix[np.flatnonzero((matrix @ opened.astype(np.int32)) == 0)]
    opened |= _greedy(matrix, search, most=at_most - int(opened.sum()))
    covered = not matrix.shape[0] or bool((matrix @ opened.astype(np.int32) > 0).all())
    return opened if covered and int(opened.sum()) <= at_most else None


def fewest_at_least(matrix: Any, required: Marks, search: Search) -> int:
    """Return a number that no cover is smaller than, by the linear program if there is time."""
    opened = required.astype(np.int32)
    matrix = matrix[np.flatnonzero((matrix @ opened) == 0)]
    matrix, _ = _simplified(matrix)
    return int(opened.sum()) + (_linear_bound(matrix, search) if matrix.shape[0] else 0)


def _best_cover(matrix: Any, best: Marks, limit: float, search: Search, fixed: int) -> Cover:
    known, decides = int(best.sum()), not math.isinf(limit)
    if decides and known <= limit:
        return Cover(opened=best, bound=0, proven=True)
    if decides:
        search = search.aside()
    search.found(float(known + fixed))
    bound = _linear_bound(matrix, search)
    search.proved(float(bound + fixed))
    if bound > limit:
        return Cover(opened=None, bound=bound, proven=True)
    if bound >= known:
        return Cover(opened=best, bound=bound, proven=True)
    rows, columns = matrix.shape
    program = Program(
        cost=np.ones(columns),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        whole=columns,
        matrix=sparse.vstack([matrix, sparse.csr_array(np.ones((1, columns)))], format="csr"),
        row_lower=np.concatenate([np.ones(rows), [float(bound)]]),
        row_upper=np.concatenate([np.full(rows, math.inf), [min(limit, float(known))]]),
    )
    outcome = solve_program(
        program,
        search,
        start=best.astype(np.float64) if known <= limit else None,
        absolute_gap=1 - _ROUNDING,
        offset=float(fixed),
        target=limit + 0.5 if decides else None,
    )
    if outcome.values is not None:
        found = outcome.values > 0.5
        if int(found.sum()) <= min(known, limit) and ((matrix @ found.astype(np.int32)) > 0).all():
            best, known = found, int(found.sum())
    bound = max(bound, _whole_above(outcome.bound))
    if known > limit:
        return Cover(opened=None, bound=bound, proven=outcome.ending is Ending.INFEASIBLE)
    # Asked for any cover of so many, the first is as good as another.
    proven = decides or outcome.ending is not Ending.LIMIT or bound >= known
    return Cover(opened=best, bound=known if proven else bound, proven=proven)


def _whole_above(bound: float) -> int:
    return math.ceil(bound - _ROUNDING) if math.isfinite(bound) else 0


def _linear_bound(matrix: Any, search: Search) -> int:
    """Return a whole number that no cover is below, from duals made feasible by hand."""
    rows, columns = matrix.shape
    solver = loaded(
        Program(
            cost=np.ones(columns),
            lower=np.zeros(columns),
            upper=np.full(columns, math.inf),
            whole=0,
            matrix=matrix,
            row_lower=np.ones(rows),
            row_upper=np.full(rows, math.inf),
        )
    )
    if not run(solver, search) or solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return 0
    duals = np.maximum(np.array(solver.getSolution().row_dual), 0.0)
    # No site may be worth more than the 1 that it costs.
    worth = float((matrix.T @ duals).max(initial=1.0))
    return _whole_above(float(duals.sum()) / max(worth, 1.0))


def _greedy(matrix: Any, search: Search, *, most: float = math.inf) -> Marks:
    """Open the site that covers most of what is left, until nothing is; then close the needless.

    It ends before, with rows not covered, when more than ``most`` sites are open.
    """
    by_site = matrix.tocsc()
    by_row = matrix.T.tocsr()
    counts = np.zeros(matrix.shape[0], dtype=np.intp)
    opened: list[int] = []
    # A cover there must be, whatever the time: who waits is only told.
    while (left := (counts == 0).astype(np.int32)).any() and len(opened) <= most:
        search.tell()
        best = int(np.argmax(by_row @ left))
        opened.append(best)
        counts[_rows_of(by_site, best)] += 1
    chosen = np.zeros(matrix.shape[1], dtype=bool)
    chosen[opened] = True
    for site in opened:
        rows = _rows_of(by_site, site)
        if (counts[rows] > 1).all():
            counts[rows] -= 1
            chosen[site] = False
    return chosen


def _rows_of(by_site: Any, site: int) -> NDArray[np.int32]:
    rows: NDArray[np.int32] = by_site.indices[by_site.indptr[site] : by_site.indptr[site + 1]]
    return rows


def _simplified(matrix: Any) -> tuple[Any, Whole]:
    """Drop superfluous rows and sites, as long as there are any; returns the sites' numbers."""
    numbers = np.arange(matrix.shape[1])
    while True:
        before = matrix.shape
        matrix = matrix[np.flatnonzero(~_contain_another(matrix))]
        columns = np.flatnonzero(~_contained_in_another(matrix))
        matrix, numbers = matrix[:, columns].tocsr(), numbers[columns]
        if matrix.shape == before:
            return matrix, numbers


def _contain_another(matrix: Any) -> Marks:
    """Mark the rows that have all sites of another row, or of an equal one before them."""
    if not 0 < matrix.shape[0] <= _COMPARED:
        return np.zeros(matrix.shape[0], dtype=bool)
    subsets = _subsets(matrix)
    equal = subsets & subsets.T
    return np.asarray((subsets & ~equal).any(axis=0) | np.triu(equal, 1).any(axis=0))


def _contained_in_another(matrix: Any) -> Marks:
    """Mark the sites whose rows are all another's, or an equal one's before them."""
    empty: Marks = np.asarray(matrix.sum(axis=0)) == 0
    if not 0 < matrix.shape[1] <= _COMPARED:
        return empty
    subsets = _subsets(matrix.T.tocsr())
    # Of equal ones the first stays: here the contained is dropped, not the container.
    equal = subsets & subsets.T
    return np.asarray((subsets & ~equal).any(axis=1) | np.triu(equal, 1).any(axis=0) | empty)


def _subsets(sets: Any) -> NDArray[np.bool_]:
    """Return where set i is contained in set k, i different from k."""
    sizes = np.asarray(sets.sum(axis=1))
    if sets.shape[0] * sets.shape[1] <= _DENSE:
        dense = sets.toarray().astype(np.float32)
        shared = dense @ dense.T
    else:
        shared = (sets @ sets.T).toarray()
    subsets: NDArray[np.bool_] = shared == sizes[:, None]
    np.fill_diagonal(subsets, val=False)
    return subsets
