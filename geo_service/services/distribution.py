"""How the distances to the nearest station are spread: the shape behind a mean and a maximum."""

from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.distance_grid import StationDistances
from geo_service.domain.register import Register
from geo_service.domain.survey import Level
from geo_service.services.coverage import CoverageAnswer

_WANTED_BARS: Final = 22
_STEPS: Final = (50, 100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 25_000, 50_000)
_SHOWN: Final = 0.995  # what lies farther is told in the last bar
_KEPT_EACH: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """Shares of the ground by its distance to the nearest station, in bars of ``step_m``.

    Bar ``i`` holds what lies from ``i·step_m`` to below ``(i + 1)·step_m``; the last one holds all
    that is farther as well. Straight lines, by area: each place of a unit's grid stands for its
    part of the unit's ground.
    """

    step_m: int
    shares: tuple[float, ...]
    median_m: Metres
    p90_m: Metres
    max_m: Metres


@dataclass(frozen=True, slots=True)
class _Places:
    """Distances, rising, and the share of the ground that each stands for."""

    distance: NDArray[np.float64]
    share: NDArray[np.float64]


_Key = tuple[Level, bytes, object]
_KEPT: WeakKeyDictionary[Register, LRUCache[_Key, Distribution | None]] = WeakKeyDictionary()


def distribution_of(register: Register, answer: CoverageAnswer) -> Distribution | None:
    """Return how the nearest distances of an answer are spread; None where there are none.

    It does not depend on the radius: a planner who moves it is answered from what is kept.
    """
    kept = _KEPT.setdefault(register, LRUCache(_KEPT_EACH))
    key = (answer.query.level, answer.stations.key, answer.query.conditions)
    if key not in kept:
        kept[key] = _measured(register, answer)
    return kept[key]


def _measured(register: Register, answer: CoverageAnswer) -> Distribution | None:
    units = register.survey(answer.query.level).units
    grounds = [each.ground for each in units if each.ground is not None]
    if not grounds or not len(answer.stations):
        return None
    stations = StationDistances(tuple(answer.stations))
    distance = np.concatenate([stations.to_nearest(ground.grid) for ground in grounds])
    weight = np.concatenate(
        [np.full(len(ground.grid), ground.area_m2 / len(ground.grid)) for ground in grounds]
    )
    order = np.argsort(distance)
    return _spread(_Places(distance[order], weight[order] / weight.sum()))


def _spread(places: _Places) -> Distribution:
    median, p90, shown = np.quantile(
        places.distance, [0.5, 0.9, _SHOWN], weights=places.share, method="inverted_cdf"
    )
    step = next((each for each in _STEPS if shown / each <= _WANTED_BARS), _STEPS[-1])
    bars = int(shown // step) + 1
    bar = np.minimum((places.distance // step).astype(np.intp), bars - 1)
    shares = np.bincount(bar, weights=places.share, minlength=bars)
    return Distribution(
        step_m=step,
        shares=tuple(shares.tolist()),
        median_m=Metres(float(median)),
        p90_m=Metres(float(p90)),
        max_m=Metres(float(places.distance[-1])),
    )
