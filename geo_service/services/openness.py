"""Which of a selection's stations are open at an instant, or on arrival."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from math import floor
from typing import Final
from weakref import WeakKeyDictionary

from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Service


class When(StrEnum):
    """The moment a question about openness means."""

    INSTANT = "instant"
    ARRIVAL = "arrival"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCondition:
    """Keep what is open, and what may be; ``certain`` drops what may be."""

    when: When
    certain: bool = False

    def keeps(self, states: Iterable[Openness]) -> bool:
        """Say whether a station is kept, given the states of its services."""
        return any(
            state is Openness.OPEN or (state is Openness.UNKNOWN and not self.certain)
            for state in states
        )


def openness_of(
    register: Register, services: tuple[Service, ...], instant: datetime
) -> tuple[OpennessAt, ...]:
    """Say of each service whether it is open at an instant; without hours it is unknown."""
    return openness_at_second(register, services, floor(instant.timestamp()))


def openness_at_second(
    register: Register, services: tuple[Service, ...], seconds: int
) -> tuple[OpennessAt, ...]:
    """Say the same for a moment in whole seconds since 1970 UTC."""
    schedule_of = register.schedules.of
    found = []
    for service in services:
        schedule = schedule_of(service.opening_hours)
        found.append(UNKNOWN if schedule is None else schedule.at_second(seconds))
    return tuple(found)


UNKNOWN = OpennessAt(state=Openness.UNKNOWN, next_change=None, next_state=None)
# Of a station that is no more, or not yet: its hours say nothing.
NO_SUCH_STATION = OpennessAt(state=Openness.CLOSED, next_change=None, next_state=None)


_EVER: Final = 1 << 62  # seconds; what nobody has stated hours for never changes


class Doors:
    """Which stations of a selection a condition keeps at a moment, by the kind of each.

    What holds for a kind holds until one of its services opens or closes, so a kind is looked
    at once, and again only for a moment outside that stretch. Safe to share between threads: at
    worst two of them look at the same.
    """

    def __init__(self, register: Register, selection: Selection, condition: OpenCondition) -> None:
        self._schedules, self._kinds = register.schedules, selection.kinds
        self._condition = condition
        self._held: list[tuple[int, int, bool]] = [(0, 0, False)] * len(self._kinds)

    def keeps(self, kind: int, seconds: int) -> bool:
        """Say whether stations of a kind are kept at a moment, in seconds since 1970 UTC."""
        start, end, kept = self._held[kind]
        if not start <= seconds < end:
            start, end, kept = self._held[kind] = self._looked_at(kind, seconds)
        return kept

    def _looked_at(self, kind: int, seconds: int) -> tuple[int, int, bool]:
        starts, ends, states = [], [], []
        for service in self._kinds[kind]:
            schedule = self._schedules.of(service.opening_hours)
            if schedule is None:
                states.append(Openness.UNKNOWN)
                continue
            start, end, state = schedule.stretch_at(seconds)
            starts.append(start)
            ends.append(end)
            states.append(state)
        kept = self._condition.keeps(states)
        return max(starts, default=-_EVER), min(ends, default=_EVER), kept


_DOORS: Final[WeakKeyDictionary[Selection, dict[OpenCondition, Doors]]] = WeakKeyDictionary()


def doors_of(register: Register, selection: Selection, condition: OpenCondition) -> Doors:
    """Return the doors of one of a register's selections: made once, while that is kept."""
    known = _DOORS.setdefault(selection, {})
    doors = known.get(condition)
    if doors is None:
        doors = known[condition] = Doors(register, selection, condition)
    return doors
