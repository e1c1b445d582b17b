"""Choosing sites ends when it has to, with the best until then and never a proof it has not."""

import math
import threading
import time
from itertools import product
from typing import Any

import numpy as np
import pytest

from geo_service.domain.siting import Goal, Progress, SitingProblem, Status
from geo_service.domain.siting_program import run
from geo_service.domain.siting_search import Search
from geo_service.domain.siting_solve import achieved, solve


def lines(dimension: int) -> SitingProblem:
    """Return the points of an affine space over three elements as sites, its lines as demand.

    A line's three points are at distance 1, all others at 2. Sets of points that meet every line
    are the complements of cap sets: in four dimensions 61 points are needed, and linear programs
    say 27. No solver proves it in a moment (Fulkerson, Nemhauser and Trotter 1974).
    """
    points = list(product(range(3), repeat=dimension))
    number_of = {point: number for number, point in enumerate(points)}
    found = {
        frozenset((one, other, number_of[_third(points[one], points[other])]))
        for one in range(len(points))
        for other in range(one)
    }
    distance = np.full((len(found), len(points)), 2.0)
    for number, line in enumerate(sorted(map(sorted, found))):
        distance[number, line] = 1.0
    return SitingProblem.of_matrix(distance)


def _third(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(-(a + b) % 3 for a, b in zip(one, other, strict=True))


# One site fewer than meet every line; of two on each line nobody knows how many can be had.
UNPROVABLE = [
    pytest.param(Goal.P_MEDIAN, 60, None, id="p-median"),
    pytest.param(Goal.P_CENTER, 60, None, id="p-center"),
    pytest.param(Goal.LSCP, None, 1.0, id="lscp"),
    pytest.param(Goal.MCLP, 60, 1.0, id="mclp"),
    pytest.param(Goal.SECOND_COVER, 40, 1.0, id="second-cover"),
]


@pytest.mark.parametrize(("goal", "sites", "radius"), UNPROVABLE)
def test_the_time_limit_gives_the_best_found_and_says_how_far_it_may_be_from_the_best(
    goal: Goal, sites: int | None, radius: float | None
) -> None:
    problem = lines(4)

    siting = solve(problem, goal, sites=sites, radius=radius, seconds=0.6)

    assert siting.status is Status.TIME_LIMIT
    assert siting.unreachable == ()
    assert siting.objective is not None
    assert siting.objective == achieved(problem, goal, siting.sites, radius=radius)
    if siting.bound is not None:
        better = siting.bound > siting.objective
        assert better if goal.maximises else siting.bound < siting.objective


@pytest.mark.parametrize(("goal", "sites", "radius"), UNPROVABLE)
@pytest.mark.parametrize("calls", [1, 12], ids=["at once", "a while later"])
def test_a_watcher_who_has_had_enough_gets_the_best_until_then(
    goal: Goal, sites: int | None, radius: float | None, calls: int
) -> None:
    seen: list[float] = []

    def watch(_: Progress) -> bool:
        seen.append(time.monotonic())
        return len(seen) < calls

    problem = lines(4)
    siting = solve(problem, goal, sites=sites, radius=radius, watch=watch)

    assert time.monotonic() - seen[-1] < 10.0  # a fraction of a second, if nobody else works
    assert len(seen) == calls  # nobody is asked again
    assert siting.status is Status.CANCELLED
    assert siting.objective is not None
    assert siting.objective == achieved(problem, goal, siting.sites, radius=radius)


def test_the_watcher_is_asked_where_he_waits_and_not_in_the_solver_s_thread() -> None:
    seen: set[threading.Thread] = set()

    def watch(_: Progress) -> None:
        seen.add(threading.current_thread())

    solve(lines(4), Goal.LSCP, radius=1.0, seconds=0.6, watch=watch)

    assert seen == {threading.current_thread()}


class Deaf:
    """A solver that never asks whether to go on."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.cbSimplexInterrupt = self.cbMipInterrupt = self
        self.released = threading.Event()
        self._fault = fault

    def subscribe(self, _: Any) -> None:
        """Take nothing in."""

    def unsubscribe(self, _: Any) -> None:
        """Likewise."""

    def getRunTime(self) -> float:  # noqa: N802 - HiGHS's name
        """Say that no time has gone by."""
        return 0.0

    def setOptionValue(self, *_: Any) -> None:  # noqa: N802 - HiGHS's name
        """Take nothing in."""

    def run(self) -> None:
        """Work until released."""
        if self._fault is not None:
            raise self._fault
        self.released.wait()


def test_a_solver_that_does_not_hear_is_left_behind() -> None:
    solver = Deaf()

    done = run(solver, Search(math.inf, lambda _: False))
    solver.released.set()

    assert not done


def test_what_goes_wrong_in_the_solver_s_thread_is_raised_where_it_is_waited_for() -> None:
    with pytest.raises(MemoryError):
        run(Deaf(MemoryError()), Search(math.inf))
