"""Linear and mixed-integer programs, handed to HiGHS with a watcher, a limit and a start.

HiGHS asks whether to go on where it likes, which may be seconds apart. So it works in a thread of
its own: whoever waits for it asks the watcher all the while, and leaves it behind if it does not
hear. What is left behind ends when it next asks, and no process ends before.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final

import highspy
import numpy as np

from geo_service.domain.siting_assignment import Floats
from geo_service.domain.siting_search import Search

_RELATIVE_GAP: Final = 1e-9
_ASKED_EVERY_S: Final = 0.1
_GRACE_S: Final = 1.0


class Ending(Enum):
    """How HiGHS came to an end."""

    PROVEN = auto()
    LIMIT = auto()
    INFEASIBLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Program:
    """Minimise cost @ x, lower <= x <= upper, rows of ``matrix`` between bounds.

    The first ``whole`` columns are whole numbers.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    whole: int
    matrix: Any
    row_lower: Floats
    row_upper: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """The best values (None: none found), the bound on the cost, and how it ended."""

    ending: Ending
    values: Floats | None
    bound: float


def new_solver() -> Any:
    """Return HiGHS as it is used here: silent, in one thread."""
    solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    # One thread: HiGHS's own pool would not survive a fork of the process that started it.
    for option, value in (("output_flag", False), ("threads", 1), ("parallel", "off")):
        solver.setOptionValue(option, value)
    return solver


class _Run(threading.Thread):
    """One run of HiGHS, until it is done or ``stopped`` is set and noticed."""

    def __init__(self, solver: Any) -> None:
        super().__init__(name="highs")
        self._solver = solver
        self._error: BaseException | None = None
        self.stopped = threading.Event()

    def run(self) -> None:
        """Work; what goes wrong is kept for who waits."""
        events = (self._solver.cbSimplexInterrupt, self._solver.cbMipInterrupt)
        for each in events:
            each.subscribe(self._heed)
        try:
            self._solver.run()
        except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
            self._error = error
        for each in events:
            each.unsubscribe(self._heed)

    def wait(self, seconds: float) -> bool:
        """Wait for so long at most; return whether it is done."""
        self.join(seconds)
        if self._error is not None:
            raise self._error
        return not self.is_alive()

    def _heed(self, event: Any) -> None:
        if self.stopped.is_set():
            event.interrupt()


def run(
    solver: Any,
    search: Search,
    *,
    seconds: float = math.inf,
    enough: Callable[[], bool] | None = None,
) -> bool:
    """Let a solver work until it is done, its time is up, the search is over, or it is enough.

    Returns False if it had to be left behind: it then still works, and must not be touched.
    """
    limit = min(search.remaining, seconds)
    # Its clock goes on from run to run.
    solver.setOptionValue("time_limit", solver.getRunTime() + max(limit, 0.01))
    began = search.elapsed
    work = _Run(solver)
    work.start()
    while not work.wait(_ASKED_EVERY_S):
        search.tell()
        if search.over or search.elapsed - began > limit or (enough is not None and enough()):
            work.stopped.set()
            return work.wait(_GRACE_S)
    search.tell()
    return True


def add_rows(solver: Any, matrix: Any, lower: Floats, upper: Floats | float) -> None:
    """Add the rows of a sparse matrix."""
    count = matrix.shape[0]
    if count:
        solver.addRows(
            count,
            np.asarray(lower, dtype=np.float64),
            np.broadcast_to(np.asarray(upper, dtype=np.float64), count).copy(),
            matrix.nnz,
            matrix.indptr[:-1].astype(np.int32),
            matrix.indices.astype(np.int32),
            np.asarray(matrix.data, dtype=np.float64),
        )


def loaded(program: Program) -> Any:
    """Return a solver that holds a program."""
    solver = new_solver()
    columns = len(program.cost)
    empty = np.empty(0, dtype=np.int32)
    solver.addCols(
        columns, program.cost, program.lower, program.upper, 0, empty, empty, np.empty(0)
    )
    add_rows(solver, program.matrix, program.row_lower, program.row_upper)
    return solver


def solve_program(  # noqa: PLR0913 - all optional, each with its name
    program: Program,
    search: Search,
    *,
    start: Floats | None = None,
    enough: float = math.inf,
    absolute_gap: float = 0.0,
    scale: float = 1.0,
    offset: float = 0.0,
    target: float | None = None,
) -> Outcome:
    """Solve to a proof, or to the search's limit.

    Args:
        program: what to solve.
        search: told of bounds, as scale x bound + offset.
        start: values of all columns to begin with.
        enough: a bound that needs no further work.
        absolute_gap: a difference between best and bound that cannot matter.
        scale: what a unit of the program's cost is in the search's.
        offset: the search's cost when the program's is 0.
        target: a cost that is good enough: whoever costs no more ends the search.
    """
    solver = loaded(program)
    if program.whole:
        numbers = np.arange(program.whole, dtype=np.int32)
        kinds = np.full(program.whole, int(highspy.HighsVarType.kInteger), dtype=np.uint8)
        solver.changeColsIntegrality(program.whole, numbers, kinds)
    solver.setOptionValue("mip_rel_gap", _RELATIVE_GAP)
    solver.setOptionValue("mip_abs_gap", absolute_gap)
    if target is not None:
        solver.setOptionValue("objective_target", target)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)

    known = _Known()
    solver.cbMipInterrupt.subscribe(known.note_bound)
    solver.cbMipImprovingSolution.subscribe(known.note_values)

    def enough_now() -> bool:
        if math.isfinite(known.bound):
            search.proved(scale * known.bound + offset)
        return known.bound >= enough

    if run(solver, search, enough=enough_now):
        return _outcome(solver, enough)
    ending = Ending.PROVEN if known.bound >= enough else Ending.LIMIT
    return Outcome(ending=ending, values=known.values, bound=known.bound)


class _Known:
    """What HiGHS has said so far, for whoever cannot wait for its end."""

    def __init__(self) -> None:
        self.bound = -math.inf
        self.values: Floats | None = None

    def note_bound(self, event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if math.isfinite(bound):
            self.bound = max(self.bound, bound)

    def note_values(self, event: Any) -> None:
        self.values = np.array(event.data_out.mip_solution, dtype=np.float64)


def _outcome(solver: Any, enough: float) -> Outcome:
    status, found = solver.getModelStatus(), solver.getInfo()
    infeasible = {
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,
    }
    if status in infeasible:
        return Outcome(ending=Ending.INFEASIBLE, values=None, bound=math.inf)
    has_values = found.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solver.getSolution().col_value) if has_values else None
    bound = float(found.mip_dual_bound)
    proven = status == highspy.HighsModelStatus.kOptimal or bound >= enough
    return Outcome(
        ending=Ending.PROVEN if proven else Ending.LIMIT,
        values=values,
        bound=bound if math.isfinite(bound) else -math.inf,
    )
