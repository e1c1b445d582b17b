"""A lower bound on serving everybody, and sites that it shows to be open or closed.

With a price u for serving each place, every site is worth the sum of what it saves against the
prices, and the best N are found by sorting: whatever the prices, the result is a bound that no
choice of sites can beat (Cornuéjols, Fisher and Nemhauser 1977). Prices are improved by
subgradients (Held, Wolfe and Crowder 1974), which ends near the linear program's bound.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo_service.domain.siting_assignment import Assignment, Floats, Marks, Whole
from geo_service.domain.siting_search import Search

_PATIENCE: Final = 20
_LEAST_STEP: Final = 1e-3
_INERTIA: Final = 0.3


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearBound:
    """A bound of the form: ``constant`` - the ``worth`` (sites,) of the open sites, for any set."""

    constant: float
    worth: Floats

    def least(self, model: Assignment, settled: "Settled") -> float:
        """Return the least that any set of open sites costs."""
        return self.constant - float(self.worth[self._best(model, settled)].sum())

    def settle(self, model: Assignment, settled: "Settled", cutoff: float) -> None:
        """Note the sites without which, or with which, nothing is below the cutoff."""
        best = self._best(model, settled)
        bound = self.constant - float(self.worth[best].sum())
        free = settled.free
        chosen = np.zeros(model.sites, dtype=bool)
        chosen[best] = True
        inside, outside = np.flatnonzero(free & chosen), np.flatnonzero(free & ~chosen)
        if not len(inside) or bound > cutoff:
            return
        full = len(best) >= model.opened
        # To let one in, another has to go, if no place is left.
        weakest = float(self.worth[inside].min()) if full else 0.0
        strongest = max(float(self.worth[outside].max(initial=0.0)), 0.0)
        settled.closed[outside[bound + weakest - self.worth[outside] > cutoff]] = True
        settled.opened[inside[bound + self.worth[inside] - strongest > cutoff]] = True

    def _best(self, model: Assignment, settled: "Settled") -> Whole:
        free = np.flatnonzero(settled.free & (self.worth > 0))
        room = model.opened - int(settled.opened.sum())
        if len(free) > room:
            order = np.argpartition(-self.worth[free], max(room - 1, 0))[: max(room, 0)]
            free = free[order]
        return np.concatenate([np.flatnonzero(settled.opened), free])


@dataclass(slots=True, kw_only=True, eq=False)
class Settled:
    """The sites known to be open, or closed, in any answer that is better than the best known."""

    opened: Marks
    closed: Marks

    @property
    def free(self) -> Marks:
        """The sites still to be decided."""
        return ~self.opened & ~self.closed


class Lagrangian:
    """Prices of places, improved step by step."""

    def __init__(self, model: Assignment, settled: Settled) -> None:
        self._model = model
        self._settled = settled
        self.prices = self._first_prices()
        self.bound = -np.inf
        self.candidates: Marks = model.required.copy()

    def improve(self, search: Search, best: float, *, rounds: int) -> bool:
        """Raise the bound; returns whether it now proves ``best``.

        ``candidates`` are then the sites of the best round: a good start for an exchange.
        """
        model, settled = self._model, self._settled
        cutoff = model.cutoff(best)
        prices, direction = self.prices.copy(), np.zeros(model.places)
        step, since = 1.0, 0
        for _ in range(rounds):
            if search.asked() or step < _LEAST_STEP:
                break
            linear, served = self._evaluate(prices)
            bound = linear.least(model, settled)
            since += 1
            if bound > self.bound:
                self.bound, self.prices, since = bound, prices.copy(), 0
                linear.settle(model, settled, cutoff)
                if bound >= cutoff:
                    return True
            if since >= _PATIENCE:
                step, since, prices = step / 2, 0, self.prices.copy()
                direction[:] = 0.0
                continue
            lacking = 1.0 - served
            direction = lacking + _INERTIA * direction
            length = float(direction @ direction)
            if length < 1e-12:
                break
            target = best * 1.0005 if best > 0 else best + 1.0
            prices = prices + step * (target - bound) / length * direction
            np.minimum(prices, model.soft_cap, out=prices)
        return False

    def _first_prices(self) -> Floats:
        """Begin with what each place pays for its next-nearest site or so."""
        model = self._model
        spread = max(model.sites // max(model.opened, 1) // 2, 1)
        last = model.first[1:] - 1
        at = np.minimum(model.first[:-1] + spread, np.maximum(last, model.first[:-1]))
        has = model.first[1:] > model.first[:-1]
        prices = model.soft_cap.copy()
        prices[has] = np.minimum(model.cost[at[has]], prices[has])
        return prices

    def _evaluate(self, prices: Floats) -> tuple[LinearBound, Floats]:
        """Return the bound at these prices, and how often each place is served in it."""
        model = self._model
        saving = np.maximum(prices[model.place] - model.cost, 0.0)
        worth = np.bincount(model.site, weights=saving, minlength=model.sites).astype(np.float64)
        linear = LinearBound(constant=float(prices.sum()), worth=worth)
        best = linear._best(model, self._settled)  # noqa: SLF001 - of this module
        chosen = np.zeros(model.sites, dtype=bool)
        chosen[best] = True
        self.candidates = chosen
        active = (saving > 0) & chosen[model.site]
        served = np.bincount(model.place[active], minlength=model.places).astype(np.float64)
        # Going without is bought where it costs no more than the price; then all is balanced.
        served[(prices >= model.soft_cap) & (served == 0)] = 1.0
        return linear, served
