"""How long all that is told of openness stays the same.

Between two moments at which any door of the register opens or closes, every answer about the
present is the same, whichever stations it is about. The days of the place cut that, too: stations
come into being and end by the day, and so do the years that notes speak of.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import floor
from typing import Final

from geo_service.domain.opening_hours import Schedule
from geo_service.domain.register import Register


@dataclass(frozen=True, slots=True)
class Standstill:
    """A stretch in which nothing that is told changes: from, until (epoch seconds).

    Of one revision, ``until`` names it: another stretch ends at another moment.
    """

    since: int
    until: int

    def __contains__(self, seconds: int) -> bool:
        """Say whether a moment lies in it."""
        return self.since <= seconds < self.until


_NEVER_YET: Final = Standstill(0, 0)


class Standstills:
    """The stretches of one register; at worst two threads work out the same one."""

    def __init__(self, register: Register) -> None:
        # Not the register itself: what is kept of it must not keep it alive.
        self._zone = register.place.zone
        expressions = {
            service.opening_hours
            for traits in register.stations.traits
            for service in traits.services
        }
        found = (register.schedules.of(each) for each in expressions)
        self._schedules = tuple(each for each in found if each is not None)
        self._day = self._stretch = _NEVER_YET

    def day(self, seconds: int) -> Standstill:
        """Return the day of the place that a moment lies in."""
        if seconds not in self._day:
            midnight = datetime.combine(
                datetime.fromtimestamp(seconds, self._zone).date(), time(), self._zone
            )
            following = datetime.combine(midnight.date() + timedelta(days=1), time(), self._zone)
            self._day = Standstill(floor(midnight.timestamp()), floor(following.timestamp()))
        return self._day

    def around(self, seconds: int) -> Standstill:
        """Return the stretch that a moment lies in, within its day."""
        if seconds not in self._stretch:
            self._stretch = self._worked_out(seconds, self.day(seconds))
        return self._stretch

    def _worked_out(self, seconds: int, day: Standstill) -> Standstill:
        since, until = day.since, day.until
        for schedule in self._schedules:
            told = schedule.at_second(seconds)
            since = max(since, schedule.stretch_at(seconds)[0])
            if told.next_change is not None:
                until = min(until, floor(told.next_change.timestamp()))
            elif _comes_into_sight(schedule, seconds, day):
                return Standstill(seconds, seconds + 1)
        return Standstill(since, until)


def _comes_into_sight(schedule: Schedule, seconds: int, day: Standstill) -> bool:
    """Say whether a change that is too far off to be told of yet will be told of this same day.

    Once it is, it goes on being told of: so the last second of the day shows it.
    """
    return schedule.at_second(day.until - 1) != schedule.at_second(seconds)
