"""How many of something a question may ask for."""

from geo_service.domain.errors import InvalidQueryError, ParameterFault


def check_limit(limit: int, most: int) -> None:
    """Raise InvalidQueryError for a ``limit`` outside of 1 to the most that is answered."""
    if not 1 <= limit <= most:
        raise InvalidQueryError(ParameterFault("limit", f"must be a whole number from 1 to {most}"))
