"""The least worst way: the smallest distance within which N sites cover everybody.

The answer is one of the distances there are. Whether N sites can cover everybody within one of
them is a set covering problem; the smallest for which they can is found by halving (Minieka 1970),
first with the greedy method's word that they can and the linear program's that they cannot, then
with proofs (Elloumi, Labbé and Pochet 2004).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from geo_service.domain.siting_assignment import Floats, Marks, Whole
from geo_service.domain.siting_cover import fewest, fewest_at_least, row_matrix, some_cover
from geo_service.domain.siting_search import Search


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Center:
    """The best sites (None: none reach everybody), their distance, the bound on it, the proof."""

    opened: Marks | None
    distance: float
    bound: float
    proven: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CenterModel:
    """Places and sites and their distances (pairs,); ``nearest`` (places,) is what is open already.

    An infinite ``nearest`` is none.
    """

    place: Whole
    site: Whole
    distance: Floats
    nearest: Floats
    required: Marks
    opened: int

    def worst(self, opened: Marks) -> float:
        """Return the longest way to the nearest open site."""
        ways = self.nearest.copy()
        kept = np.flatnonzero(opened[self.site])
        np.minimum.at(ways, self.place[kept], self.distance[kept])
        return float(ways.max(initial=0.0))

    def rows(self, distance: float) -> Any | None:
        """Return which sites cover the places not covered yet; None if some place has none."""
        left = np.flatnonzero(self.nearest > distance)
        row_of = np.full(len(self.nearest), -1)
        row_of[left] = np.arange(len(left))
        kept = np.flatnonzero((self.distance <= distance) & (row_of[self.place] >= 0))
        matrix = row_matrix(
            row_of[self.place[kept]], self.site[kept], rows=len(left), sites=len(self.required)
        )
        return matrix if bool((np.diff(matrix.indptr) > 0).all()) else None

    def levels(self) -> Floats:
        """Return all distances that the answer can be, in order."""
        finite = self.nearest[np.isfinite(self.nearest)]
        zero = [] if len(self.nearest) else [0.0]
        return np.unique(np.concatenate([self.distance, finite, zero]))


def center(model: CenterModel, search: Search) -> Center:
    """Find the sites with the least worst way, or the best until the limit."""
    levels = model.levels()
    if model.rows(float(levels[-1])) is None:
        return Center(opened=None, distance=np.inf, bound=np.inf, proven=True)
    best = _quickly(model, levels, search)
    # The last level is tried too: not even it need be within reach of so few sites.
    high = len(levels)
    if best is not None:
        high = int(np.searchsorted(levels, model.worst(best)))
    last = min(high, len(levels) - 1)
    low = _first(levels, 0, last, lambda level: _may_do(model, level, search))
    search.proved(float(levels[low]))
    while low < high and not search.asked():
        middle = min((low + high) // 2, len(levels) - 1)
        matrix = model.rows(float(levels[middle]))
        cover = None
        if matrix is not None:
            cover = fewest(matrix, model.required, search, at_most=model.opened)
            if cover.opened is None and not cover.proven:
                break
        if cover is None or cover.opened is None:
            low = middle + 1
            if low < len(levels):
                search.proved(float(levels[low]))
            continue
        best = cover.opened
        distance = model.worst(best)
        search.found(distance)
        high = int(np.searchsorted(levels, distance))
    if best is None:
        proven = low == len(levels)
        bound = np.inf if proven else float(levels[low])
        return Center(opened=None, distance=np.inf, bound=bound, proven=proven)
    return Center(
        opened=best,
        distance=float(levels[high]),
        bound=float(levels[low]),
        proven=low == high,
    )


def _quickly(model: CenterModel, levels: Floats, search: Search) -> Marks | None:
    """Return good sites without a proof, None if none are found that reach everybody."""
    best, worst = _farthest_first(model), np.inf
    if np.isfinite(model.worst(best)):
        worst = model.worst(best)
        search.found(worst)

    def does(level: float) -> bool:
        nonlocal best, worst
        if worst <= level:
            return True
        matrix = None if search.asked() else model.rows(level)
        cover = None if matrix is None else some_cover(matrix, model.required, model.opened, search)
        if cover is None:
            return False
        best, worst = cover, model.worst(cover)
        search.found(worst)
        return True

    _first(levels, 0, len(levels) - 1, does)
    return best if np.isfinite(worst) else None


def _farthest_first(model: CenterModel) -> Marks:
    """Open the site nearest to whoever has the longest way, again and again (Gonzalez 1985)."""
    opened = model.required.copy()
    by_place = np.lexsort((model.distance, model.place))
    by_site = np.argsort(model.site, kind="stable")
    first_of_place = np.searchsorted(model.place[by_place], np.arange(len(model.nearest) + 1))
    first_of_site = np.searchsorted(model.site[by_site], np.arange(len(model.required) + 1))
    ways = model.nearest.copy()
    for site in np.flatnonzero(opened).tolist():
        _shorten(model, ways, by_site[first_of_site[site] : first_of_site[site + 1]])
    while len(ways) and opened.sum() < model.opened:
        worst = int(np.argmax(ways))
        pairs = by_place[first_of_place[worst] : first_of_place[worst + 1]]
        if not len(pairs) or model.distance[pairs[0]] >= ways[worst]:
            break
        site = int(model.site[pairs[0]])
        opened[site] = True
        _shorten(model, ways, by_site[first_of_site[site] : first_of_site[site + 1]])
    return opened


def _shorten(model: CenterModel, ways: Floats, pairs: Whole) -> None:
    places = model.place[pairs]
    ways[places] = np.minimum(ways[places], model.distance[pairs])


def _may_do(model: CenterModel, level: float, search: Search) -> bool:
    if search.asked():  # what is not known to be impossible may be possible
        return True
    matrix = model.rows(level)
    return matrix is not None and fewest_at_least(matrix, model.required, search) <= model.opened


def _first(levels: Floats, low: int, high: int, does: Callable[[float], bool]) -> int:
    """Return the first level that does, or the last of all."""
    while low < high:
        middle = (low + high) // 2
        if does(float(levels[middle])):
            high = middle
        else:
            low = middle + 1
    return low
