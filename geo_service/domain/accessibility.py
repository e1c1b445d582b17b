"""Supply set against the demand that shares it: floating catchment areas in two steps.

Each station's supply is divided by the demand within its catchment, Rⱼ = Sⱼ / Σᵢ wᵢⱼ Pᵢ, and each
place is given what the stations in its own catchment have for it, Aᵢ = Σⱼ wᵢⱼ Rⱼ.

- *2SFCA*: every pair within the radius counts in full (Luo and Wang 2003, doi 10.1068/b29120).
- *E2SFCA*: a pair counts by the ring it falls in (Luo and Qi 2009, doi
  10.1016/j.healthplace.2009.06.002). Their rings end at 10, 20 and 30 minutes; these end at one
  third, two thirds and the whole of the radius, with the same weights.

Weighted by demand, the places of an area add up to the supply that anybody can reach.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.reach import Reach

RINGS: Final = ((1 / 3, 1.0), (2 / 3, 0.68), (1.0, 0.22))
"""Of E2SFCA: where each ring ends, as a share of the radius, and what a pair in it counts."""

# As in ``reach``: a pair exactly at a ring's end is within it.
_TOLERANCE_M: Final = 1e-3


def two_step(
    reach: Reach, demand: NDArray[np.float64], supply: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the supply for each of its demand that a place has, by 2SFCA.

    Args:
        reach: who is within the radius of what.
        demand: the weight of each place, shape (places,).
        supply: what each site has to give, shape (sites,).

    Returns:
        Supply per unit of demand, shape (places,): 0 where nothing is within reach.
    """
    return _floating(reach, demand, supply, np.ones(len(reach.place)))


def enhanced_two_step(
    reach: Reach, demand: NDArray[np.float64], supply: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the same by E2SFCA, whose nearer pairs count more."""
    return _floating(reach, demand, supply, ring_weights(reach))


def ring_weights(reach: Reach) -> NDArray[np.float64]:
    """Return what each pair of a reach counts in E2SFCA, shape (pairs,)."""
    ends = np.array([share * reach.limit_m + _TOLERANCE_M for share, _ in RINGS])
    ring = np.minimum(np.searchsorted(ends, reach.distance_m), len(RINGS) - 1)
    return np.array([weight for _, weight in RINGS])[ring]


def _floating(
    reach: Reach,
    demand: NDArray[np.float64],
    supply: NDArray[np.float64],
    counts: NDArray[np.float64],
) -> NDArray[np.float64]:
    asked = np.bincount(reach.site, weights=counts * demand[reach.place], minlength=reach.sites)
    # A station that nobody can reach has nothing to give anybody.
    ratio = np.divide(supply, asked, out=np.zeros(reach.sites), where=asked > 0)
    had = np.bincount(reach.place, weights=counts * ratio[reach.site], minlength=reach.places)
    return had.astype(np.float64)
