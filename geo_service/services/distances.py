"""The types of distance that can be measured here."""

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.reach import Distances, DistanceType, StraightLines
from geo_service.domain.walking import Walking


def distances_of(kind: DistanceType, walking: Walking) -> Distances:
    """Return how to measure distances of a type.

    Raises:
        InvalidQueryError: it needs a street network, and none is there.
    """
    match kind:
        case DistanceType.STRAIGHT:
            return StraightLines()
        case DistanceType.ESTIMATED_WALK:
            return StraightLines(factor=walking.detour_factor)
        case DistanceType.NETWORK_WALK:
            reason = "no street network is loaded here; use straight or estimated_walk"
            raise InvalidQueryError(ParameterFault("distance", reason))
