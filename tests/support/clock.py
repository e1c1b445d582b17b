"""A clock for tests."""

from datetime import datetime

from geo_service.runtime import Clock


class StoppedClock(Clock):
    """Shows one instant."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """Return the instant."""
        return self._instant
