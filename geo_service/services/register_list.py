"""Go through the register as its keepers do: by name, place, service and what is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.register import Register
from geo_service.domain.station import ServiceKind, Station
from geo_service.services.search import MAX_FOUND, find_by_name

PAGE: Final = 50


class State(StrEnum):
    """What may be so of a station on a day."""

    OPEN = "open"  # it is in being
    COMING = "coming"
    CLOSED = "closed"
    UNVERIFIED = "unverified"  # in being, and nobody looked for long
    REPORTED = "reported"  # several found it closed, and nobody has looked yet


class Order(StrEnum):
    """What the list begins with."""

    ID = "id"
    VERIFIED = "verified"  # what was verified longest ago, or never


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which stations, and in what order; every condition set must hold."""

    now: datetime
    due_after: timedelta
    text: str = ""
    county: str | None = None
    township: str | None = None
    service: ServiceKind | None = None
    state: State | None = None
    order: Order = Order.ID
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One station of the list, and how it stands on the day."""

    station: Station
    state: State
    is_due: bool
    is_reported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One page of what matches; ``counts`` is of the whole register, by state."""

    matched: int
    page: int
    pages: int
    stations: tuple[Listed, ...]
    counts: dict[State, int]
    is_cut: bool  # there may be more that are called so


def list_stations(register: Register, query: ListQuery) -> ListPage:
    """Return the page asked for; the last one, if there are fewer."""
    columns = _columns_of(register)
    today = register.eras.day_of(query.now)
    states = _states(register, columns, today, query.due_after)
    kept = _kept(register, columns, query)
    if query.state is not None:
        kept &= states[query.state]
    numbers = np.flatnonzero(kept)
    is_cut = False
    if query.text:
        called, is_cut = _called(register, query)
        numbers = np.array([each for each in called if kept[each]], dtype=np.intp)
    elif query.order is Order.VERIFIED:
        numbers = numbers[np.argsort(columns.verified[numbers], kind="stable")]
    pages = max(1, -(-len(numbers) // PAGE))
    page = min(max(1, query.page), pages)
    return ListPage(
        matched=len(numbers),
        page=page,
        pages=pages,
        stations=tuple(
            _listed(register, states, int(number))
            for number in numbers[(page - 1) * PAGE : page * PAGE]
        ),
        counts={state: int(of_state.sum()) for state, of_state in states.items()},
        is_cut=is_cut,
    )


class _Columns(NamedTuple):
    """What the list is filtered by and lies in the text of each station, one after the other."""

    townships: NDArray[np.intc]  # by the number of the register's; -1: none
    verified: NDArray[np.intc]  # the day, as Python counts them; 0: never


# A walk through all stations, once a revision: a second for a nation's.
_COLUMNS: Final[WeakKeyDictionary[Register, _Columns]] = WeakKeyDictionary()


def _columns_of(register: Register) -> _Columns:
    known = _COLUMNS.get(register)
    if known is None:
        numbers = {unit.code: number for number, unit in enumerate(register.townships)}
        count = len(register.stations)
        townships, verified = np.full(count, -1, np.intc), np.zeros(count, np.intc)
        for number, station in enumerate(register.stations):
            townships[number] = numbers.get(station.township_code or "", -1)
            if station.verified_on is not None:
                verified[number] = station.verified_on.toordinal()
        known = _COLUMNS[register] = _Columns(townships, verified)
    return known


def _states(
    register: Register, columns: _Columns, today: date, due_after: timedelta
) -> dict[State, NDArray[np.bool_]]:
    day, lifetimes = today.toordinal(), register.stations.lifetimes
    is_open = lifetimes.in_being(day)
    is_closed = np.asarray(lifetimes.closed) <= day
    is_reported = np.zeros(len(register.stations), np.bool_)
    is_reported[list(register.stations.reported)] = True
    is_late = columns.verified < day - due_after.days
    return {
        State.OPEN: is_open,
        State.COMING: ~is_open & ~is_closed,
        State.CLOSED: is_closed,
        State.UNVERIFIED: is_open & is_late,
        State.REPORTED: is_reported,
    }


def _kept(register: Register, columns: _Columns, query: ListQuery) -> NDArray[np.bool_]:
    kept = np.ones(len(register.stations), np.bool_)
    if query.county is not None or query.township is not None:
        wanted = [
            number
            for number, unit in enumerate(register.townships)
            if query.township in {None, unit.code} and query.county in {None, unit.county_code}
        ]
        kept &= np.isin(columns.townships, wanted)
    if query.service is not None:
        offering = [
            number
            for number, traits in enumerate(register.stations.traits)
            if any(each.kind is query.service for each in traits.services)
        ]
        kept &= np.isin(np.asarray(register.stations.traits_of), offering)
    return kept


def _called(register: Register, query: ListQuery) -> tuple[Sequence[int], bool]:
    """Return the numbers of the stations that a text may mean, the likeliest first.

    Those that are no more, or not yet, are found by a part of what is written of them.
    """
    found = find_by_name(register, query.text, query.now, MAX_FOUND).stations
    numbers = [register.stations.number_of(each.station.id) for each in found]
    today = register.eras.day_of(query.now).toordinal()
    wanted = query.text.casefold().strip()
    for number in np.flatnonzero(~register.stations.lifetimes.in_being(today)).tolist():
        each = register.stations.made(number)
        said = "\n".join((each.id, each.name, each.name_en or "", each.address or ""))
        if wanted in said.casefold():
            numbers.append(number)
    return [each for each in numbers if each is not None], len(found) == MAX_FOUND


def _listed(register: Register, states: dict[State, NDArray[np.bool_]], number: int) -> Listed:
    state = next(each for each in (State.OPEN, State.CLOSED, State.COMING) if states[each][number])
    return Listed(
        station=register.stations[number],
        state=state,
        is_due=bool(states[State.UNVERIFIED][number]),
        is_reported=bool(states[State.REPORTED][number]),
    )
