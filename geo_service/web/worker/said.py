"""Distances, walks and doors in the words of a person who stands in the street.

static/worker/said.js says the same from the register in the phone's pocket; a browser test
holds the two together, card by card.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from math import floor
from typing import Final, Literal

from geo_service.domain.opening_hours import Openness, OpennessAt
from geo_service.domain.station import Group

Words = Mapping[str, str]
Look = Literal["open", "hurry", "closed", "unknown"]

# Who arrives with less than this left before the door closes had better hurry.
HURRY: Final = timedelta(minutes=15)
_EARLY_UNTIL: Final = 10  # o'clock: "tomorrow early" reads wrong after it


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether it is worth going: how it looks, and what it says."""

    look: Look
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Leaving ``now`` and getting there at ``arrival``; both aware."""

    now: datetime
    arrival: datetime
    zone: tzinfo


def verdict(
    leaving: OpennessAt, arriving: OpennessAt, visit: Visit, words: Words, *, can_call: bool
) -> Verdict:
    """Say of one service whether its door is open when the worker gets there."""
    match arriving.state:
        case Openness.OPEN:
            return _open(leaving, arriving, visit, words)
        case Openness.CLOSED:
            return _closed(leaving, arriving, visit, words)
        case _:
            return Verdict(look="unknown", text=words["unknown_call" if can_call else "unknown"])


def _open(leaving: OpennessAt, arriving: OpennessAt, visit: Visit, words: Words) -> Verdict:
    closes = arriving.next_change
    if closes is None:
        return Verdict(look="open", text=words["open_always"])
    if closes - visit.arrival < HURRY and arriving.next_state is Openness.CLOSED:
        return Verdict(look="hurry", text=words["hurry"].format(when=when(closes, visit, words)))
    if leaving.state is Openness.CLOSED and leaving.next_change is not None:
        opens = when(leaving.next_change, visit, words)
        return Verdict(look="open", text=words["opens_before_arrival"].format(when=opens))
    return Verdict(look="open", text=words["open_until"].format(when=when(closes, visit, words)))


def _closed(leaving: OpennessAt, arriving: OpennessAt, visit: Visit, words: Words) -> Verdict:
    if leaving.state is Openness.OPEN and leaving.next_change is not None:
        closes = when(leaving.next_change, visit, words)
        return Verdict(look="closed", text=words["too_late"].format(when=closes))
    if arriving.next_change is None:
        return Verdict(look="closed", text=words["closed_for_long"])
    if arriving.next_state is not Openness.OPEN:
        return Verdict(look="closed", text=words["closed_now"])
    opens = when(arriving.next_change, visit, words)
    return Verdict(look="closed", text=words["closed_until"].format(when=opens))


def when(moment: datetime, visit: Visit, words: Words) -> str:
    """Say a moment as it is said in the street: 7:10, tomorrow 5:30, Monday 8:00."""
    there, today = moment.astimezone(visit.zone), visit.now.astimezone(visit.zone).date()
    time = f"{there.hour}:{there:%M}"
    days = (there.date() - today).days
    if days == 0:
        return time
    if days == 1:
        return words["tomorrow_early" if there.hour < _EARLY_UNTIL else "tomorrow"].format(
            time=time
        )
    if 0 < days < 7:
        return words["weekday"].format(day=words["weekdays"].split()[there.weekday()], time=time)
    month = words["months"].split()[there.month - 1]
    return words["date"].format(month=month, day=there.day, time=time)


def distance(metres: float, words: Words) -> str:
    """Say a distance no finer than it can be walked: 320 m, 1.2 km, 14 km."""
    if metres < 995:
        return words["metres"].format(number=max(10, 10 * floor(metres / 10 + 0.5)))
    if metres < 9_950:
        return words["kilometres"].format(number=f"{floor(metres / 100 + 0.5) / 10:.1f}")
    return words["kilometres"].format(number=floor(metres / 1000 + 0.5))


def walk(minutes: int, words: Words) -> str:
    """Say how long a walk takes, as the estimate that it is."""
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return words["walk"].format(number=minutes)
    return words["walk_hours" if rest else "walk_whole_hours"].format(hours=hours, number=rest)


def audience(groups: frozenset[Group], words: Words) -> str:
    """Say for whom a service is; empty where it is for anyone."""
    if not groups:
        return ""
    return words["only_both" if len(groups) > 1 else f"only_{next(iter(groups))}"]
