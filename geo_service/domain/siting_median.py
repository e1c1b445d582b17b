"""Serve everybody at the least cost, with a proof.

First a good answer (greedy, exchanges), then a bound (prices, then the linear program by cuts);
what the two together settle about sites leaves a small problem, which branch and cut solves.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo_service.domain.siting_assignment import Assignment, Floats, Marks, Reduced
from geo_service.domain.siting_branching import branch
from geo_service.domain.siting_cuts import CutProgram
from geo_service.domain.siting_interchange import Interchange
from geo_service.domain.siting_lagrangian import Lagrangian, Settled
from geo_service.domain.siting_search import Search

_PRICE_ROUNDS: Final = 400
_MOST_KICKS: Final = 10
_KICKED_PAIRS: Final = 2_000_000
_CUT_ROUNDS: Final = 100
_SCALED_COST: Final = 1e4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Answer:
    """The best set found (None: none serves all who must be served), its cost, the bound.

    ``proven``: the set is the best there is, or, without one, there is none.
    """

    opened: Marks | None
    cost: float
    bound: float
    proven: bool


def serve(model: Assignment, search: Search) -> Answer:
    """Choose the sites that serve everybody at the least cost, or the best until the limit."""
    return _Solution(model, search).solve()


class _Solution:
    def __init__(self, model: Assignment, search: Search) -> None:
        self._model, self._search = model, search
        self._exchange = Interchange(model)
        self._settled = Settled(
            opened=model.required.copy(), closed=np.zeros(model.sites, dtype=bool)
        )
        self._best: Marks | None = None
        self._cost = np.inf
        self._bound = -np.inf

    def solve(self) -> Answer:
        model, search = self._model, self._search
        opened = self._exchange.improve(self._exchange.greedy(search), search)
        self._offer(opened)
        self._prove(self._least_of_each())
        if self._is_proven():
            return self._answer()
        if not len(model.place) or model.opened >= model.sites:
            return self._answer(proven=True)
        prices = self._price(opened)
        if self._is_proven() or search.over:
            return self._answer()
        self._cut(prices)
        if self._is_proven() or search.over:
            return self._answer()
        return self._answer(proven=self._branch(prices))

    def _price(self, opened: Marks) -> Floats:
        """Raise the bound by prices, and look for better answers where they point."""
        search = self._search
        lagrangian = Lagrangian(self._model, self._settled)
        for rounds in (_PRICE_ROUNDS, _PRICE_ROUNDS // 2):
            target = self._cost if self._best is not None else self._model.soft_cost_of(opened)
            lagrangian.improve(search, target, rounds=rounds)
            self._prove(lagrangian.bound)
            if self._is_proven() or search.over:
                break
            self._offer(self._exchange.improve(lagrangian.candidates, search))
            kicks = int(np.clip(_KICKED_PAIRS // len(self._model.place), 1, _MOST_KICKS))
            for kick in range(kicks):
                if search.over:
                    break
                start = self._best if self._best is not None else opened
                kicked = self._exchange.kick(start, 2 + kick % 4)
                self._offer(self._exchange.improve(kicked, search))
        return lagrangian.prices

    def _cut(self, prices: Floats) -> None:
        """Raise the bound by the linear program, then branch on what it leaves open."""
        reduced = self._reduced()
        inner = reduced.inner
        if not len(inner.place) or inner.opened <= 0:
            return
        settled = Settled(opened=inner.required.copy(), closed=inner.required.copy())
        program = CutProgram(inner, self._scale(reduced))
        program.add_prices(np.minimum(prices[reduced.places], inner.soft_cap))
        openness = None
        for turn in range(_CUT_ROUNDS):
            if self._search.over:
                break
            step = program.solve(self._search, settled, self._cutoff() - reduced.fixed_cost)
            openness = step.openness
            self._prove(step.bound + reduced.fixed_cost)
            if self._is_proven() or not step.refined:
                break
            if turn % 5 == 4:
                self._round(reduced, openness)
        if openness is not None:
            self._round(reduced, openness)
        self._settled.closed[reduced.sites[settled.closed]] = True
        self._settled.opened[reduced.sites[settled.opened]] = True

    def _branch(self, prices: Floats) -> bool:
        """Decide by branching what is left; returns whether that is proof."""
        reduced = self._reduced()
        inner = reduced.inner
        if inner.opened < 0:
            return True
        if not len(inner.place) or inner.opened == 0:
            self._offer(reduced.widen(np.zeros(inner.sites, dtype=bool)))
            return True
        program = CutProgram(inner, self._scale(reduced))
        program.add_prices(np.minimum(prices[reduced.places], inner.soft_cap))

        def offer(opened: Marks) -> None:
            self._offer(self._exchange.improve(reduced.widen(opened), self._search))

        return branch(
            inner,
            program,
            self._search,
            cutoff=lambda: self._cutoff() - reduced.fixed_cost,
            offer=offer,
            prove=lambda bound: self._prove(bound + reduced.fixed_cost),
        )

    def _least_of_each(self) -> float:
        """Return the cost if every site were open."""
        return float(self._model.soft_cost_of(np.ones(self._model.sites, dtype=bool)))

    def _round(self, reduced: Reduced, openness: Floats) -> None:
        """Open what the linear program opens most, and exchange from there."""
        inner = reduced.inner
        opened = np.zeros(inner.sites, dtype=bool)
        opened[np.argsort(-openness, kind="stable")[: inner.opened]] = True
        self._offer(self._exchange.improve(reduced.widen(opened), self._search))

    def _reduced(self) -> Reduced:
        return self._model.without(self._settled.closed, self._settled.opened)

    def _scale(self, reduced: Reduced) -> float:
        left = self._cost - reduced.fixed_cost
        if not np.isfinite(left) or left <= 0:
            left = float(reduced.inner.soft_cap.sum())
        return 1.0 if self._model.whole and left < 1e6 else max(left / _SCALED_COST, 1e-300)

    def _cutoff(self) -> float:
        return self._model.cutoff(self._cost) if self._best is not None else np.inf

    def _offer(self, opened: Marks) -> None:
        cost = self._model.cost_of(opened)
        if cost < self._cost:
            self._best, self._cost = opened.copy(), cost
            self._search.found(cost)

    def _prove(self, bound: float) -> None:
        self._bound = max(self._bound, min(bound, self._cost))
        if np.isfinite(self._bound):
            self._search.proved(self._bound)

    def _is_proven(self) -> bool:
        return self._best is not None and self._bound >= self._cutoff()

    def _answer(self, *, proven: bool = False) -> Answer:
        proven = proven or self._is_proven()
        bound = self._cost if proven else min(self._bound, self._cost)
        return Answer(opened=self._best, cost=self._cost, bound=bound, proven=proven)
