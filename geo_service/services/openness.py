"""Which of a selection's stations are open at an instant, or on arrival."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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

    def keeps(self, states: tuple[OpennessAt, ...]) -> bool:
        """Say whether a station is kept, given the states of its services."""
        return any(
            each.state is Openness.OPEN or (each.state is Openness.UNKNOWN and not self.certain)
            for each in states
        )


def openness_of(
    register: Register, services: tuple[Service, ...], instant: datetime
) -> tuple[OpennessAt, ...]:
    """Say of each service whether it is open at an instant; without hours it is unknown."""
    found = []
    for service in services:
        schedule = register.schedules.of(service.opening_hours)
        found.append(UNKNOWN if schedule is None else schedule.at(instant))
    return tuple(found)


UNKNOWN = OpennessAt(state=Openness.UNKNOWN, next_change=None, next_state=None)


def open_count(
    register: Register, selection: Selection, condition: OpenCondition, instant: datetime
) -> int:
    """Count the stations of a selection that are kept at an instant."""
    return sum(
        count
        for services, count in selection.combinations.items()
        if condition.keeps(openness_of(register, services, instant))
    )
