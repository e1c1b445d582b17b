"""The types of distance that can be measured here."""

from collections.abc import Callable

from geo_service.domain.reach import Distances, DistanceType, StraightLines
from geo_service.domain.walking import Walking


def distances_of(
    kind: DistanceType, walking: Walking, network: Callable[[], Distances]
) -> Distances:
    """Return how to measure distances of a type; ``network`` reads the streets when it needs them.

    Raises:
        NoStreetNetworkError: it needs a street network, and none is loaded.
    """
    match kind:
        case DistanceType.STRAIGHT:
            return StraightLines()
        case DistanceType.ESTIMATED_WALK:
            return StraightLines(factor=walking.detour_factor)
        case DistanceType.NETWORK_WALK:
            return network()
