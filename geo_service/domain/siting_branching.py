"""Decide what the linear program leaves open: branch and cut over the sites.

Each node of the tree is a set of sites taken as open and one taken as closed. Its linear program is
refined by cuts, which hold in all other nodes as well; what its bound excludes is cut off. The node
with the least bound comes next, after a dive from the last one.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from geo_service.domain.siting_assignment import Assignment, Floats, Marks
from geo_service.domain.siting_cuts import CutProgram
from geo_service.domain.siting_lagrangian import Settled
from geo_service.domain.siting_search import Search

_WHOLE: Final = 1e-6
_ROUNDS: Final = 12
_STALLED: Final = 0.01
_PATIENCE: Final = 40
_ROUNDED_EVERY: Final = 16


@dataclass(order=True, slots=True)
class _Node:
    bound: float
    number: int
    settled: Settled = field(compare=False)


def branch(  # noqa: PLR0913 - the parts of a search, each with its name
    model: Assignment,
    program: CutProgram,
    search: Search,
    *,
    cutoff: Callable[[], float],
    offer: Callable[[Marks], None],
    prove: Callable[[float], None],
) -> bool:
    """Go through the tree; returns whether it was gone through to the end.

    Args:
        model: the problem.
        program: its linear program, with the cuts so far.
        search: for its limit.
        cutoff: returns what an answer must not exceed to be better than the best so far.
        offer: takes a set of sites that may be better.
        prove: takes a bound on all answers.
    """
    program.patience = _PATIENCE
    root = Settled(
        opened=np.zeros(model.sites, dtype=bool), closed=np.zeros(model.sites, dtype=bool)
    )
    heap, number = [_Node(-np.inf, 0, root)], 0
    following: _Node | None = None
    while heap or following is not None:
        node = following if following is not None else heapq.heappop(heap)
        following = None
        if node.bound > cutoff():
            continue
        if search.asked():
            return False
        bound, openness = _evaluate(program, node, search, cutoff)
        if bound == -np.inf:
            return False
        prove(min(bound, heap[0].bound) if heap else bound)
        if openness is None:
            continue
        fractional = np.minimum(openness, 1.0 - openness)
        rounded = np.zeros(model.sites, dtype=bool)
        rounded[np.argsort(-openness, kind="stable")[: model.opened]] = True
        if fractional.max() <= _WHOLE:
            offer(openness > 0.5)
            continue
        if number % _ROUNDED_EVERY == 0:
            offer(rounded)
        site = int(np.argmax(fractional))
        children = []
        for opened in (True, False):
            number += 1
            settled = Settled(opened=node.settled.opened.copy(), closed=node.settled.closed.copy())
            (settled.opened if opened else settled.closed)[site] = True
            children.append(_Node(bound, number, settled))
        following = children[0] if openness[site] >= 0.5 else children[1]
        heapq.heappush(heap, children[1] if following is children[0] else children[0])
    return True


def _evaluate(
    program: CutProgram, node: _Node, search: Search, cutoff: Callable[[], float]
) -> tuple[float, Floats | None]:
    """Return a node's bound, and how far its sites are open; None if nothing good is in it."""
    bound = node.bound
    openness: Floats | None = None
    for _ in range(_ROUNDS):
        step = program.solve(search, node.settled, cutoff())
        if step.bound == -np.inf:
            return -np.inf, None
        gained = step.bound - bound
        bound = max(bound, step.bound)
        openness = step.openness
        if bound > cutoff():
            return bound, None
        stalled = gained < _STALLED * (cutoff() - bound)
        if not step.refined or (stalled and np.isfinite(gained)):
            whole = np.minimum(openness, 1.0 - openness).max() <= _WHOLE
            if not step.refined or not whole:
                break
    return bound, openness
