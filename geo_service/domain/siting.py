"""Where next: the question of which sites to open, and what can be said of its answer.

Goals, with the papers that named them; N is the number of new sites, and stations that exist
already stay, count as open and cost nothing:

- *mclp*: at most N new sites, the largest weight within the radius of an open one (Church and
  ReVelle 1974, maximal covering location problem).
- *lscp*: the fewest new sites with all demand within the radius of an open one (Toregas et al.
  1971, location set covering problem). Weights do not matter.
- *p-median*: at most N new sites, the smallest sum of weight x distance to the nearest open one
  (Hakimi 1964; ReVelle and Swain 1970).
- *p-center*: at most N new sites, the smallest distance that nobody's way to the nearest open one
  exceeds (Hakimi 1964). Weights do not matter.
- *second-cover*: at most N new sites, the largest weight within the radius of two open ones or
  more (after Hogan and ReVelle 1986, backup coverage).

``geo_service.domain.solving`` answers; ``optimal`` is said only of what has been proven.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray


class Goal(StrEnum):
    """What the choice of sites is to achieve."""

    MCLP = "mclp"
    LSCP = "lscp"
    P_MEDIAN = "p-median"
    P_CENTER = "p-center"
    SECOND_COVER = "second-cover"

    @property
    def needs_radius(self) -> bool:
        """Say whether it asks who is within a radius."""
        return self in {Goal.MCLP, Goal.LSCP, Goal.SECOND_COVER}

    @property
    def needs_sites(self) -> bool:
        """Say whether it asks what a number of sites can do."""
        return self is not Goal.LSCP

    @property
    def maximises(self) -> bool:
        """Say whether a larger objective is better."""
        return self in {Goal.MCLP, Goal.SECOND_COVER}


class Status(StrEnum):
    """What has been shown about an answer.

    ``optimal``: no better one exists, and that is proven. ``time_limit`` and ``cancelled``: the
    best found until then; its gap says how much better an answer could be at most.
    ``infeasible``: nothing fulfils the question, and ``reason`` says why.
    """

    OPTIMAL = "optimal"
    TIME_LIMIT = "time_limit"
    INFEASIBLE = "infeasible"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far solving has come: the best answer so far and what none can beat, where known.

    ``step`` and ``steps`` count problems where several are solved one after the other.
    """

    best: float | None
    bound: float | None
    seconds: float
    step: int = 1
    steps: int = 1

    @property
    def gap(self) -> float | None:
        """The share of the best answer by which another could be better; None if not known."""
        return gap_between(self.best, self.bound)


# Called while solving; False ends it, with the best answer until then.
Watch = Callable[[Progress], bool | None]

# What two ways to add up the same numbers may differ by.
_SAME: Final = 1e-9


def gap_between(best: float | None, bound: float | None) -> float | None:
    """Return |best - bound| / |best|, 0 where they are the same, None where it cannot be said."""
    if best is None or bound is None:
        return None
    difference = abs(best - bound)
    if difference <= _SAME * max(abs(best), abs(bound)):
        return 0.0
    return difference / abs(best) if best else None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingProblem:
    """Demand, sites, and the pairs of them that are in reach of each other.

    ``weight`` has shape (demand,); ``existing`` and ``required`` have shape (sites,): what is open
    already, and what of the rest must be among the chosen. ``place``, ``site`` and ``distance``
    have shape (pairs,), in any order, no pair twice; a pair that is missing is out of reach.
    """

    weight: NDArray[np.float64]
    existing: NDArray[np.bool_]
    required: NDArray[np.bool_]
    place: NDArray[np.intp]
    site: NDArray[np.intp]
    distance: NDArray[np.float64]

    @property
    def demand(self) -> int:
        """Count the demand."""
        return len(self.weight)

    @property
    def sites(self) -> int:
        """Count the sites, existing ones included."""
        return len(self.existing)

    @classmethod
    def of_matrix(
        cls,
        distances: Sequence[Sequence[float]] | NDArray[np.float64],
        *,
        weight: Sequence[float] | None = None,
        existing: Sequence[int] = (),
        required: Sequence[int] = (),
    ) -> Self:
        """Return the problem of a matrix, demand by site; what is not finite is out of reach."""
        matrix = np.asarray(distances, dtype=np.float64)
        place, site = np.nonzero(np.isfinite(matrix))
        demand, sites = matrix.shape
        return cls(
            weight=np.ones(demand) if weight is None else np.asarray(weight, dtype=np.float64),
            existing=np.isin(np.arange(sites), list(existing)),
            required=np.isin(np.arange(sites), list(required)),
            place=place,
            site=site,
            distance=matrix[place, site],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Siting:
    """An answer: the new sites, as places in the problem's list, and what is known about them.

    ``objective`` is what the sites achieve, computed from them; ``bound`` what no choice can beat;
    both None where there is nothing to say. ``unreachable`` are the places of the demand that no
    site at all is near enough to; they are left out, and whoever must serve everybody (lscp,
    p-median, p-center) then has no answer: the status is ``infeasible`` and the sites are the best
    for all the others.
    """

    goal: Goal
    status: Status
    objective: float | None
    bound: float | None
    sites: tuple[int, ...]
    seconds: float
    unreachable: tuple[int, ...] = ()
    reason: str | None = None

    @property
    def gap(self) -> float | None:
        """The share of the objective by which another choice could be better."""
        return gap_between(self.objective, self.bound)
