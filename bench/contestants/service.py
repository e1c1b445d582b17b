"""The service itself, with a clock that starts at a chosen moment, so that hours are the same."""

import os
from datetime import UTC, datetime
from typing import Self

from flask import Flask

import geo_service
from geo_service.runtime import Clock


class ShiftedClock(Clock):
    """A clock that began at a given moment and runs on."""

    def __init__(self, began: datetime) -> None:
        self._ahead = began - datetime.now(UTC)

    @classmethod
    def at(cls, text: str) -> Self:
        """Return a clock that begins at an RFC 3339 instant."""
        return cls(datetime.fromisoformat(text))

    def now(self) -> datetime:
        """Return the moment it shows."""
        return datetime.now(UTC) + self._ahead


def create_app() -> Flask:
    """Build it from the environment; BENCH_BEGINS is the moment its clock starts at."""
    return geo_service.create_app(clock=ShiftedClock.at(os.environ["BENCH_BEGINS"]))
