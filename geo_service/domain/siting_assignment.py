"""At most N sites opened so that serving everybody costs least: p-median and covering in one.

Each place is served by the open site that is cheapest for it, or goes without at the cost of its
``cap``. With weight x distance as costs that is the p-median problem; with costs of 0 for sites
within the radius and the weight as cap it is the maximal covering problem.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, eq=False)
class Assignment:
    """The costs of serving places from sites, by place, then by cost.

    ``place``, ``site`` and ``cost`` have shape (pairs,), every cost below the ``cap`` of its place.
    A ``cap`` (places,) of infinity means that the place must be served. ``required`` (sites,) must
    be open. ``opened`` is how many sites may be, the required ones among them.
    """

    place: Whole
    site: Whole
    cost: Floats
    cap: Floats
    required: Marks
    opened: int

    @classmethod
    def of(  # noqa: PLR0913 - the parts of a model, each with its name
        cls, place: Whole, site: Whole, cost: Floats, *, cap: Floats, required: Marks, opened: int
    ) -> Self:
        """Put pairs in order; those that cost as much as going without are of no use."""
        useful = np.flatnonzero(cost < cap[place])
        order = useful[np.lexsort((site[useful], cost[useful], place[useful]))]
        return cls(
            place=place[order],
            site=site[order],
            cost=cost[order],
            cap=cap,
            required=required,
            opened=min(opened, len(required)),
        )

    @property
    def places(self) -> int:
        """Count the places."""
        return len(self.cap)

    @property
    def sites(self) -> int:
        """Count the sites."""
        return len(self.required)

    @cached_property
    def first(self) -> Whole:
        """Where each place's pairs begin, and in the end how many pairs there are."""
        return np.searchsorted(self.place, np.arange(self.places + 1))

    @cached_property
    def hard(self) -> Marks:
        """The places that must be served."""
        return np.isinf(self.cap)

    @cached_property
    def soft_cap(self) -> Floats:
        """The caps, with a cost beyond all others where a place must be served."""
        dearest = float(self.cost.max(initial=0.0))
        caps = self.cap[~self.hard]
        dearest = max(dearest, float(caps.max(initial=0.0)), 1.0)
        return np.where(self.hard, 4.0 * dearest, self.cap)

    @cached_property
    def whole(self) -> bool:
        """Whether all costs are whole numbers, small enough to be exact in sums."""
        values = np.concatenate([self.cost, self.cap[~self.hard]])
        return bool(np.all(values == np.round(values)) and np.abs(values).sum() < 2**50)

    def cost_of(self, opened: Marks) -> float:
        """Return what it costs if these are open; infinite if somebody goes without who must not.

        Places are served one by one, so that whole numbers add up exactly.
        """
        return float(self._served(opened, self.cap).sum())

    def soft_cost_of(self, opened: Marks) -> float:
        """Return the same with a high price where there is none."""
        return float(self._served(opened, self.soft_cap).sum())

    def _served(self, opened: Marks, cap: Floats) -> Floats:
        served = cap.copy()
        kept = np.flatnonzero(opened[self.site])
        place = self.place[kept]
        first = np.ones(len(kept), dtype=bool)
        first[1:] = place[1:] != place[:-1]
        served[place[first]] = self.cost[kept[first]]
        return served

    def proven(self, best: float | None, bound: float | None) -> bool:
        """Say whether nothing better than the best can be, given the bound."""
        if best is None or bound is None:
            return False
        return bound >= self.cutoff(best)

    def cutoff(self, best: float) -> float:
        """Return the bound from which on nothing better than ``best`` can be."""
        if self.whole:
            return best - 1.0 + 1e-6 * max(1.0, abs(best) * 1e-6)
        return best - 1e-9 * max(abs(best), 1e-300)

    def without(self, closed: Marks, opened: Marks) -> "Reduced":
        """Return what is left to decide once some sites are known to stay closed or be open."""
        base = np.minimum(self.cap, self._served(opened, self.cap))
        left = ~closed & ~opened
        numbers = np.flatnonzero(left)
        number_of = np.full(self.sites, -1)
        number_of[numbers] = np.arange(len(numbers))
        kept = left[self.site] & (self.cost < base[self.place])
        served = np.unique(self.place[kept])
        place_of = np.full(self.places, -1)
        place_of[served] = np.arange(len(served))
        others = np.ones(self.places, dtype=bool)
        others[served] = False
        inner = Assignment(
            place=place_of[self.place[kept]],
            site=number_of[self.site[kept]],
            cost=self.cost[kept],
            cap=base[served],
            required=np.zeros(len(numbers), dtype=bool),
            opened=min(self.opened - int(opened.sum()), len(numbers)),
        )
        return Reduced(
            inner=inner,
            sites=numbers,
            places=served,
            opened=opened.copy(),
            fixed_cost=float(base[others].sum()),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reduced:
    """A smaller problem: the numbers its sites and places have in the larger, what is settled."""

    inner: Assignment
    sites: Whole
    places: Whole
    opened: Marks
    fixed_cost: float

    def widen(self, opened: Marks) -> Marks:
        """Return the open sites of the larger problem."""
        wide = self.opened.copy()
        wide[self.sites[opened]] = True
        return wide
