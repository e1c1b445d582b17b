"""Choosing sites: right against every choice there is, and honest about what is proven."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import floyd_warshall

from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.siting import Goal, Progress, SitingProblem, Status
from geo_service.domain.siting_solve import achieved, solve
from tests.domain.siting_cases import best_of_all, problems

EVERYBODY = {Goal.LSCP, Goal.P_MEDIAN, Goal.P_CENTER}


@pytest.mark.parametrize("goal", Goal)
@settings(max_examples=60, deadline=None)
@given(problem=problems(), sites=st.integers(0, 4), radius=st.integers(0, 9).map(float))
def test_no_other_choice_is_better(
    goal: Goal, problem: SitingProblem, sites: int, radius: float
) -> None:
    siting = solve(problem, goal, sites=sites, radius=radius)

    best = best_of_all(problem, goal, sites, radius if goal.needs_radius else None)
    if best is None:
        assert (siting.status, siting.objective) == (Status.INFEASIBLE, None)
    else:
        assert siting.objective == pytest.approx(best, rel=1e-9, abs=1e-12)
        assert siting.bound == siting.objective
        left_out = bool(siting.unreachable) and goal in EVERYBODY
        assert siting.status is (Status.INFEASIBLE if left_out else Status.OPTIMAL)


@pytest.mark.parametrize("goal", Goal)
@settings(max_examples=40, deadline=None)
@given(problem=problems(), sites=st.integers(0, 4), radius=st.integers(0, 9).map(float))
def test_the_sites_achieve_the_objective(
    goal: Goal, problem: SitingProblem, sites: int, radius: float
) -> None:
    siting = solve(problem, goal, sites=sites, radius=radius)

    if siting.objective is not None:
        assert not problem.existing[list(siting.sites)].any()
        assert set(np.flatnonzero(problem.required)) <= set(siting.sites)
        assert achieved(problem, goal, siting.sites, radius=radius) == siting.objective


def test_as_many_sites_are_chosen_as_asked_for() -> None:
    problem = SitingProblem.of_matrix([[0.0, 1.0, 9.0]])

    siting = solve(problem, Goal.MCLP, sites=2, radius=1.0)

    assert len(siting.sites) == 2


def test_fewer_candidates_than_asked_for_are_all_chosen() -> None:
    problem = SitingProblem.of_matrix([[1.0, 2.0]])

    siting = solve(problem, Goal.P_MEDIAN, sites=5)

    assert (siting.status, siting.objective, siting.sites) == (Status.OPTIMAL, 1.0, (0, 1))


def test_demand_that_no_site_reaches_is_named_and_the_others_are_served() -> None:
    problem = SitingProblem.of_matrix([[1.0, 9.0], [9.0, 9.0], [9.0, 1.0]])

    siting = solve(problem, Goal.LSCP, radius=2.0)

    assert siting.status is Status.INFEASIBLE
    assert (siting.unreachable, siting.sites) == ((1,), (0, 1))
    assert siting.reason is not None
    assert "1 of 3" in siting.reason


def test_too_few_sites_to_reach_everybody_is_said_in_words() -> None:
    problem = SitingProblem.of_matrix([[1.0, math.inf], [math.inf, 1.0]])

    siting = solve(problem, Goal.P_MEDIAN, sites=1)

    assert (siting.status, siting.objective, siting.sites) == (Status.INFEASIBLE, None, ())
    assert siting.reason is not None
    assert "no 1 new sites reach everybody" in siting.reason


def test_more_required_sites_than_allowed_is_said_in_words() -> None:
    problem = SitingProblem.of_matrix([[1.0, 1.0]], required=[0, 1])

    siting = solve(problem, Goal.MCLP, sites=1, radius=1.0)

    assert (siting.status, siting.reason) == (
        Status.INFEASIBLE,
        "2 sites are required, 1 allowed",
    )


@pytest.mark.parametrize(
    ("goal", "sites", "radius"), [(Goal.MCLP, 1, None), (Goal.P_MEDIAN, None, 1.0)]
)
def test_a_question_without_what_its_goal_needs_is_refused(
    goal: Goal, sites: int | None, radius: float | None
) -> None:
    with pytest.raises(InvalidQueryError):
        solve(SitingProblem.of_matrix([[1.0]]), goal, sites=sites, radius=radius)


def plane(demand: int, sites: int, seed: int) -> SitingProblem:
    """Return demand and sites scattered over a square of 1,000 by 1,000."""
    random = np.random.default_rng(seed)
    people, places = random.random((demand, 2)) * 1000, random.random((sites, 2)) * 1000
    distance = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1))
    return SitingProblem.of_matrix(distance, weight=random.integers(1, 100, demand).tolist())


def test_a_watcher_sees_the_best_and_the_bound_approach_each_other() -> None:
    seen: list[Progress] = []

    siting = solve(plane(300, 300, 2), Goal.P_MEDIAN, sites=8, watch=seen.append)

    assert siting.status is Status.OPTIMAL
    assert siting.objective is not None
    bests = [each.best for each in seen if each.best is not None]
    bounds = [each.bound for each in seen if each.bound is not None]
    assert bests == sorted(bests, reverse=True)
    assert bounds == sorted(bounds)
    assert bounds[-1] <= siting.objective <= bests[-1]


# -- a second way to the optimum: the textbook's model, whole ------------------------------


def textbook_p_median(distance: NDArray[np.float64], opened: int) -> float:
    """Solve min sum d x, each x to one open y, with every variable and every row."""
    demand, sites = distance.shape
    pairs = demand * sites
    place, site = np.divmod(np.arange(pairs), sites)
    ones, rows = np.ones(pairs), np.arange(pairs)
    served = sparse.csr_array((ones, (place, rows)), shape=(demand, pairs + sites))
    linked = sparse.csr_array(
        (
            np.concatenate([ones, -ones]),
            (np.concatenate([rows, rows]), np.concatenate([rows, pairs + site])),
        ),
        shape=(pairs, pairs + sites),
    )
    count = sparse.csr_array(np.concatenate([np.zeros(pairs), np.ones(sites)]).reshape(1, -1))
    result = milp(
        np.concatenate([distance.ravel(), np.zeros(sites)]),
        integrality=np.concatenate([np.zeros(pairs), np.ones(sites)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(served, 1, 1),
            LinearConstraint(linked, -np.inf, 0),
            LinearConstraint(count, opened, opened),
        ],
        options={"mip_rel_gap": 0},
    )
    assert result.fun is not None, result.message
    return float(result.fun)


def random_graph(nodes: int, seed: int) -> NDArray[np.float64]:
    """Return all shortest ways of a graph made as Beasley's (1985): n² / 50 edges of 1 to 100."""
    random = np.random.default_rng(seed)
    lengths = np.zeros((nodes, nodes))
    order = random.permutation(nodes)
    edges = [*pairwise(order)]
    while len(edges) < max(nodes * nodes // 50, nodes):
        edges.append(tuple(random.choice(nodes, 2, replace=False)))
    for one, other in edges:
        lengths[one, other] = lengths[other, one] = random.integers(1, 101)
    return np.asarray(floyd_warshall(sparse.csr_array(lengths), directed=False))


@pytest.mark.parametrize(("nodes", "opened"), [(40, 3), (60, 4), (60, 12)])
def test_p_median_on_graphs_is_what_the_textbook_model_gives(nodes: int, opened: int) -> None:
    distance = random_graph(nodes, seed=nodes + opened)

    siting = solve(SitingProblem.of_matrix(distance), Goal.P_MEDIAN, sites=opened)

    assert siting.status is Status.OPTIMAL
    assert siting.objective == pytest.approx(textbook_p_median(distance, opened))


@pytest.mark.parametrize(("nodes", "opened"), [(200, 5), (200, 20), (300, 100)])
def test_p_median_on_graphs_of_the_published_sizes_is_proven(nodes: int, opened: int) -> None:
    problem = SitingProblem.of_matrix(random_graph(nodes, seed=opened))

    siting = solve(problem, Goal.P_MEDIAN, sites=opened, seconds=120)

    assert (siting.status, siting.gap) == (Status.OPTIMAL, 0.0)
