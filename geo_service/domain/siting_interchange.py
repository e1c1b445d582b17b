"""Good answers quickly, without a proof: greedy, then one site for another while that helps.

The exchange is Teitz and Bart's (1968), each one the best of all, with gains, losses and their
overlap computed for all pairs of sites at once (Resende and Werneck 2007, 10.1016/j.ejor.2005.05.
032). Kicks in random directions and a return follow while there is time.
"""

from typing import Final

import numpy as np

from geo_service.domain.siting_assignment import Assignment, Floats, Marks, Whole
from geo_service.domain.siting_search import Search

_SEED: Final = 20231
_ROUNDING: Final = 1e-9


class Interchange:
    """Searches the neighbourhood of sets of open sites."""

    def __init__(self, model: Assignment) -> None:
        self._model = model
        self._random = np.random.default_rng(_SEED)
        self._cap = model.soft_cap

    def greedy(self, search: Search) -> Marks:
        """Open the required sites, then the one that saves most, again and again."""
        model = self._model
        opened = model.required.copy()
        served = model._served(opened, self._cap)  # noqa: SLF001 - the model's own neighbour
        while opened.sum() < model.opened and not search.asked():
            saved = np.bincount(
                model.site,
                weights=np.maximum(served[model.place] - model.cost, 0.0),
                minlength=model.sites,
            )
            saved[opened] = -1.0
            best = int(np.argmax(saved))
            if saved[best] <= 0.0:
                break
            opened[best] = True
            served = model._served(opened, self._cap)  # noqa: SLF001
        return opened

    def improve(self, opened: Marks, search: Search) -> Marks:
        """Exchange sites while that helps; returns the set in which no exchange does."""
        opened = self._filled(opened)
        least = _ROUNDING * max(self._model.soft_cost_of(opened), 1e-300)
        while not search.asked():
            swap = self._best_swap(opened)
            if swap is None or swap[0] <= least:
                break
            _, entering, leaving = swap
            opened[entering], opened[leaving] = True, False
        return opened

    def kick(self, opened: Marks, strength: int) -> Marks:
        """Close some of the sites at random and open others in their place."""
        opened = opened.copy()
        closable = np.flatnonzero(opened & ~self._model.required)
        openable = np.flatnonzero(~opened)
        strength = min(strength, len(closable), len(openable))
        if strength:
            opened[self._random.choice(closable, strength, replace=False)] = False
            opened[self._random.choice(openable, strength, replace=False)] = True
        return opened

    def _filled(self, opened: Marks) -> Marks:
        """Open as many as may be: one more never costs."""
        opened = opened | self._model.required
        missing = self._model.opened - int(opened.sum())
        if missing > 0:
            opened[np.flatnonzero(~opened)[:missing]] = True
        return opened

    def _best_swap(self, opened: Marks) -> tuple[float, int, int] | None:
        model = self._model
        numbers = np.flatnonzero(opened)
        leavable = ~model.required[numbers]
        if not leavable.any() or len(numbers) == model.sites:
            return None
        nearest, served, next_best = self._two_best(opened, numbers)
        count = len(numbers)
        place = model.place
        served_here = served[place]
        gain = np.bincount(
            model.site,
            weights=np.maximum(served_here - model.cost, 0.0),
            minlength=model.sites,
        )
        # What closing costs, and what of it an opened site gives back.
        with_site = nearest >= 0
        loss = np.bincount(
            nearest[with_site], weights=(next_best - served)[with_site], minlength=count
        )
        back = next_best[place] - np.maximum(model.cost, served_here)
        kept = np.flatnonzero((back > 0) & with_site[place])
        overlap = np.bincount(
            model.site[kept] * count + nearest[place[kept]],
            weights=back[kept],
            minlength=model.sites * count,
        ).reshape(model.sites, count)
        profit = overlap.astype(np.float64, copy=False)  # of nothing, bincount makes whole numbers
        profit += gain[:, None]
        profit -= loss[None, :]
        profit[opened] = -np.inf
        profit[:, ~leavable] = -np.inf
        best = int(np.argmax(profit))
        entering, leaving = divmod(best, count)
        return float(profit[entering, leaving]), entering, int(numbers[leaving])

    def _two_best(self, opened: Marks, numbers: Whole) -> tuple[Whole, Floats, Floats]:
        """Return for each place the open site nearest it (-1: none), its cost, the next cost."""
        model = self._model
        number_of = np.full(model.sites, -1)
        number_of[numbers] = np.arange(len(numbers))
        kept = np.flatnonzero(opened[model.site])
        place = model.place[kept]
        new = np.ones(len(kept), dtype=bool)
        new[1:] = place[1:] != place[:-1]
        second = np.zeros(len(kept), dtype=bool)
        second[1:] = new[:-1] & ~new[1:]
        nearest = np.full(model.places, -1)
        served, next_best = self._cap.copy(), self._cap.copy()
        nearest[place[new]] = number_of[model.site[kept[new]]]
        served[place[new]] = model.cost[kept[new]]
        next_best[place[second]] = model.cost[kept[second]]
        return nearest, served, next_best
