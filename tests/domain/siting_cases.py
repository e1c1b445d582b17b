"""Small problems, and every choice of sites gone through: an oracle that cannot share a bug."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo_service.domain.siting import Goal, SitingProblem

Matrix = NDArray[np.float64]


@st.composite
def problems(draw: st.DrawFn) -> SitingProblem:
    """Draw up to 8 demand points and 7 sites, some out of reach, some existing or required."""
    demand, sites = draw(st.integers(1, 8)), draw(st.integers(1, 7))
    distance = st.one_of(
        st.integers(0, 9).map(float), st.floats(0, 9, allow_subnormal=False), st.just(np.inf)
    )
    matrix = draw(
        st.lists(
            st.lists(distance, min_size=sites, max_size=sites), min_size=demand, max_size=demand
        )
    )
    weight = st.one_of(st.integers(0, 5).map(float), st.floats(0.125, 5))
    roles = draw(st.lists(st.sampled_from("     er"), min_size=sites, max_size=sites))
    return SitingProblem.of_matrix(
        matrix,
        weight=draw(st.lists(weight, min_size=demand, max_size=demand)),
        existing=[site for site, role in enumerate(roles) if role == "e"],
        required=[site for site, role in enumerate(roles) if role == "r"],
    )


def matrix_of(problem: SitingProblem) -> Matrix:
    """Return demand by site, infinite where there is no pair."""
    matrix = np.full((problem.demand, problem.sites), np.inf)
    matrix[problem.place, problem.site] = problem.distance
    return matrix


def best_of_all(
    problem: SitingProblem, goal: Goal, sites: int | None, radius: float | None
) -> float | None:
    """Return the best objective over all choices, None if there is no choice."""
    values = list(_values(problem, goal, sites, radius))
    if not values:
        return None
    return max(values) if goal.maximises else min(values)


def _values(
    problem: SitingProblem, goal: Goal, sites: int | None, radius: float | None
) -> Iterator[float]:
    candidates = np.flatnonzero(~problem.existing).tolist()
    required = set(np.flatnonzero(problem.required).tolist())
    counts = range(len(candidates) + 1) if goal is Goal.LSCP else [min(sites or 0, len(candidates))]
    for count in counts:
        for chosen in combinations(candidates, count):
            if required <= set(chosen):
                value = _value(problem, goal, list(chosen), radius)
                if np.isfinite(value):
                    yield value


def _value(problem: SitingProblem, goal: Goal, chosen: list[int], radius: float | None) -> float:
    matrix = matrix_of(problem)
    matrix = matrix if radius is None else np.where(matrix <= radius, matrix, np.inf)
    reached = np.isfinite(matrix).any(axis=1)
    opened = matrix[:, [*np.flatnonzero(problem.existing).tolist(), *chosen]]
    times = np.isfinite(opened).sum(axis=1)
    nearest = opened.min(axis=1, initial=np.inf)
    if goal is Goal.MCLP:
        return float(problem.weight[times >= 1].sum())
    if goal is Goal.SECOND_COVER:
        return float(problem.weight[times >= 2].sum())
    if goal is Goal.LSCP:
        return len(chosen) if (times[reached] >= 1).all() else np.inf
    if goal is Goal.P_CENTER:
        return float(nearest[reached].max(initial=0.0))
    counted = reached & (problem.weight > 0)
    return float(problem.weight[counted] @ nearest[counted])
