"""When stations came into being and ended: the days on which the register's stations change.

Between two of those days the same stations are in being. Such a span is an era; what is made for
one holds for all its days, so nothing that is kept by era ever expires.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Final, NewType
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

Era = NewType("Era", int)
"""The number of an era: how many of the register's days of change it comes after."""

ALWAYS: Final = 0
"""The day a station opened, where nobody knows: before all days (as ``date.toordinal`` counts)."""
NEVER: Final = date.max.toordinal() + 1
"""The day a station closed that has not, or of which nobody knows: after all days."""


class Lifetimes:
    """The first day of each station, and the first day that is no longer one of its own.

    Two columns of days since the year 1, four bytes each: stations that differ by nothing else
    would not be alike any more if these lay among their traits.
    """

    __slots__ = ("closed", "opened")

    def __init__(self) -> None:
        self.opened = array("i")
        self.closed = array("i")

    def __len__(self) -> int:
        """Count the stations."""
        return len(self.opened)

    def add(self, opened: int, closed: int) -> None:
        """Take in one more station."""
        self.opened.append(opened)
        self.closed.append(closed)

    def reordered(self, order: Iterable[int]) -> "Lifetimes":
        """Return those of the stations in another order."""
        made = Lifetimes()
        for number in order:
            made.add(self.opened[number], self.closed[number])
        return made

    def opened_on(self, number: int) -> date | None:
        """Return the first day of a station; None where nobody knows."""
        day = self.opened[number]
        return None if day == ALWAYS else date.fromordinal(day)

    def closed_on(self, number: int) -> date | None:
        """Return the first day on which a station is no more; None where there is none known."""
        day = self.closed[number]
        return None if day == NEVER else date.fromordinal(day)

    def days_of_change(self) -> list[int]:
        """Return all days on which a station comes or goes, in order."""
        days = np.unique(np.concatenate([np.asarray(self.opened), np.asarray(self.closed)]))
        found: list[int] = days[(days != ALWAYS) & (days != NEVER)].tolist()
        return found

    def in_being(self, day: int) -> NDArray[np.bool_]:
        """Say of each station whether it is in being on a day."""
        return (np.asarray(self.opened) <= day) & (day < np.asarray(self.closed))


class Eras:
    """The eras of a register, told by the days of the place's own calendar."""

    def __init__(self, days: Iterable[int], zone: ZoneInfo) -> None:
        self._days = list(days)
        self._zone = zone
        # Where each begins, in seconds since 1970 UTC: so an instant needs no calendar.
        self._midnights = [
            datetime.combine(date.fromordinal(day), time(), zone).timestamp() for day in self._days
        ]

    def __len__(self) -> int:
        """Count the eras: one more than there are days of change."""
        return len(self._days) + 1

    def on(self, day: date) -> Era:
        """Return the era of a day of the place's calendar, or of the day that a moment is in."""
        if isinstance(day, datetime):
            return self.at(day)
        return Era(bisect_right(self._days, day.toordinal()))

    def at(self, instant: datetime) -> Era:
        """Return the era of an instant."""
        if not self._midnights:
            return Era(0)
        return Era(bisect_right(self._midnights, instant.timestamp()))

    def first_day(self, era: Era) -> int:
        """Return the day that an era begins with; ``ALWAYS`` for the first."""
        return self._days[era - 1] if era else ALWAYS

    def day_of(self, moment: date) -> date:
        """Return the day of the place's calendar that an instant is in; a day is its own."""
        return moment.astimezone(self._zone).date() if isinstance(moment, datetime) else moment

    @property
    def first_change(self) -> date | None:
        """The first day on which anything is known to have changed; None where nothing has."""
        return date.fromordinal(self._days[0]) if self._days else None
