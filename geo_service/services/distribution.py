"""How the distances to the nearest station are spread: the shape behind a mean and a maximum."""

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.demand_coverage import positions
from geo_service.domain.register import Register
from geo_service.services.coverage import CoverageAnswer, key_of, placed_demand

_WANTED_BARS: Final = 22
_STEPS: Final = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 25_000, 50_000)
_SHOWN: Final = 0.995  # what lies farther is told in the last bar
_KEPT_EACH: Final = 16
_NO_PAIRS: Final = Metres(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Shares of the demand by its distance to the nearest station, in bars of ``step_m``.

    Bar ``i`` holds what lies from ``i·step_m`` to below ``(i + 1)·step_m``; the last one holds all
    that is farther as well. ``cut_off`` is the share from which no way leads to any station; the
    other figures are of the rest.
    """

    step_m: int
    shares: tuple[float, ...]
    median_m: Metres
    p90_m: Metres
    max_m: Metres
    cut_off: float


_KEPT: WeakKeyDictionary[Register, LRUCache[object, Distribution | None]] = WeakKeyDictionary()


def distribution_of(register: Register, answer: CoverageAnswer) -> Distribution | None:
    """Return how the nearest distances of an answer are spread; None where there are none.

    Of the answer's demand layer, or of the ground where it has none; in its type of distance. It
    does not depend on the radius: a planner who moves that is answered from what is kept.
    """
    kept = _KEPT.setdefault(register, LRUCache(_KEPT_EACH))
    asked = key_of(answer.query, answer.stations)
    key = asked.level, asked.stations, asked.distances, asked.layer
    if key not in kept:
        kept[key] = _measured(register, answer)
    return kept[key]


def _measured(register: Register, answer: CoverageAnswer) -> Distribution | None:
    query = answer.query
    points = placed_demand(register, query.level, query.demand).points
    if not len(answer.stations) or not points.total:
        return None
    reach = query.distances.reach(points.at, positions(tuple(answer.stations)), _NO_PAIRS)
    joined = np.isfinite(reach.nearest_m)
    if not points.weight[joined].sum():
        return None
    distance, weight = reach.nearest_m[joined], points.weight[joined]
    cut_off = 1.0 - float(weight.sum()) / points.total
    return _spread(distance, weight / weight.sum(), cut_off=max(cut_off, 0.0))


def _spread(
    distance: NDArray[np.float64], share: NDArray[np.float64], *, cut_off: float
) -> Distribution:
    median, p90, shown = np.quantile(
        distance, [0.5, 0.9, _SHOWN], weights=share, method="inverted_cdf"
    )
    step = next((each for each in _STEPS if shown / each <= _WANTED_BARS), _STEPS[-1])
    bars = int(shown // step) + 1
    bar = np.minimum((distance // step).astype(np.intp), bars - 1)
    shares = np.bincount(bar, weights=share, minlength=bars)
    return Distribution(
        step_m=step,
        shares=tuple(shares.tolist()),
        median_m=Metres(float(median)),
        p90_m=Metres(float(p90)),
        max_m=Metres(float(distance[share > 0].max())),
        cut_off=cut_off,
    )
