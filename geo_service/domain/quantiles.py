"""Quantiles of values that lie in many parts, each with a weight of its own."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BINS: Final = 4096
_VALUES_AT_ONCE: Final = 1_000_000
_ROUNDING: Final = 1e-12


def weighted_quantiles(
    parts: Sequence[Floats], weights: Sequence[float], shares: Sequence[float]
) -> list[float]:
    """Return the smallest values up to which at least these shares of all weight lie.

    The values are never sorted, nor copied, as a whole: they are counted into bins, and the bin in
    which a quantile falls is gone through.

    Args:
        parts: values, not negative; together not empty.
        weights: what one value of each part weighs, above 0.
        shares: from 0 to 1.
    """
    largest = max(float(part.max()) for part in parts if len(part))
    width = largest / _BINS or 1.0
    weight_of_bin = np.zeros(_BINS + 1)
    for values, weight in _together(parts, weights):
        weight_of_bin += np.bincount(_bin(values, width), weights=weight, minlength=_BINS + 1)
    up_to = np.cumsum(weight_of_bin)
    wanted = [max(share, _ROUNDING) * up_to[-1] * (1 - _ROUNDING) for share in shares]
    bins = [int(np.searchsorted(up_to, each)) for each in wanted]
    found: dict[int, list[tuple[Floats, Floats]]] = {each: [] for each in bins}
    for values, weight in _together(parts, weights):
        of = _bin(values, width)
        for each, inside in found.items():
            here = of == each
            inside.append((values[here], weight[here]))
    return [
        _quantile_in(found[each], total - (up_to[each] - weight_of_bin[each]))
        for each, total in zip(bins, wanted, strict=True)
    ]


def _bin(values: Floats, width: float) -> NDArray[np.intp]:
    return np.minimum((values / width).astype(np.intp), _BINS)


def _together(parts: Sequence[Floats], weights: Sequence[float]) -> Iterator[tuple[Floats, Floats]]:
    """Yield values and what each weighs, many parts at a time."""
    pairs = iter(zip(parts, weights, strict=True))
    average = max(1, sum(map(len, parts)) // len(parts))
    while some := list(islice(pairs, max(1, _VALUES_AT_ONCE // average))):
        lengths = [len(part) for part, _ in some]
        yield (
            np.concatenate([part for part, _ in some]),
            np.repeat([weight for _, weight in some], lengths),
        )


def _quantile_in(inside: list[tuple[Floats, Floats]], wanted: float) -> float:
    values = np.concatenate([each for each, _ in inside])
    order = np.argsort(values)
    up_to = np.cumsum(np.concatenate([each for _, each in inside])[order])
    place = min(int(np.searchsorted(up_to, wanted)), len(values) - 1)
    return float(values[order[place]])
