"""Where the register's own records are weak: what to look after next, station by station."""

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinate import Metres
from geo_service.domain.likeness import Duplicate, duplicates
from geo_service.domain.register import Register
from geo_service.domain.scorecard import Having, Shown, Tally, card_of, metres_to_next
from geo_service.domain.station import Station, StationId
from geo_service.domain.township import Township


class Finding(StrEnum):
    """One thing that a record lacks, or that does not fit; the worst come first."""

    REPORTED_CLOSED = "reported_closed"
    OUTSIDE_TOWNSHIP = "outside_township"
    DUPLICATE = "duplicate"
    HOURS_UNKNOWN = "hours_unknown"
    ACCURACY_UNKNOWN = "accuracy_unknown"
    TOWNSHIP_UNKNOWN = "township_unknown"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A station that lies outside the township it is recorded in: how far, and in which instead."""

    recorded: Township
    distance: Metres
    within: Township | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding about one station, with what there is to say of it."""

    station: Station
    finding: Finding
    outside: Outside | None = None
    duplicate: Duplicate | None = None

    @property
    def twin(self) -> StationId | None:
        """Return the identifier of the station that this one may be the same as."""
        pair = self.duplicate
        if pair is None:
            return None
        return pair.second if pair.first == self.station.id else pair.first


class Lying(NamedTuple):
    """Where a station lies that is not in its township: metres, and the place of another one."""

    metres: float
    within: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What there is to see to in the register on a day.

    Stations stand in it by their numbers, and the register they are numbered in is not kept: a
    nation's would fill the memory otherwise.
    """

    on: date
    verify_after_days: int
    stations: int
    sound: int
    six: Tally
    numbers: Mapping[Finding, "array[int]"]
    troubled: Mapping[int, int] = field(repr=False)
    lying: Mapping[int, Lying] = field(repr=False)
    pairs: Mapping[int, Duplicate] = field(repr=False)

    def count(self, finding: Finding) -> int:
        """Say how many stations it is found of."""
        return len(self.numbers[finding])

    def rows(
        self, register: Register, finding: Finding, begin: int = 0, most: int | None = None
    ) -> list[Found]:
        """Return what was found, some at a time; outside their township the farthest first."""
        end = None if most is None else begin + most
        return [
            self._found(register, number, finding) for number in self.numbers[finding][begin:end]
        ]

    def _found(self, register: Register, number: int, finding: Finding) -> Found:
        station = register.stations[number]
        lying = self.lying.get(number) if finding is Finding.OUTSIDE_TOWNSHIP else None
        townships = register.townships_by_code
        return Found(
            station=station,
            finding=finding,
            outside=None
            if lying is None
            else Outside(
                recorded=townships[station.township_code or ""],
                distance=Metres(lying.metres),
                within=None if lying.within is None else townships[lying.within],
            ),
            duplicate=self.pairs.get(number) if finding is Finding.DUPLICATE else None,
        )


def quality_of(register: Register, on: date, *, verify_after_days: int) -> Quality:
    """Look through all stations that are in being on a day; kept for who asks again."""
    key = on, verify_after_days
    kept = _KEPT.get(register)
    if kept is None or kept[0] != key:
        kept = _KEPT[register] = key, _looked_through(register, on, verify_after_days)
    return kept[1]


def wants_verifying(station: Station, on: date, after_days: int) -> bool:
    """Say whether nobody has verified a station for so many days, or ever."""
    return station.verified_on is None or station.verified_on < on - timedelta(days=after_days)


_KEPT: Final[WeakKeyDictionary[Register, tuple[tuple[date, int], Quality]]] = WeakKeyDictionary()


def _looked_through(register: Register, on: date, verify_after_days: int) -> Quality:
    numbers = list(register.numbers_in(register.eras.on(on)))
    found = {finding: array("I") for finding in Finding}
    recorded: dict[str, array[int]] = {}
    counts = {having: dict.fromkeys(Shown, 0) for having in Having}
    all_six = 0
    apart = _apart(register, numbers)
    for number, metres in zip(numbers, apart, strict=True):
        station = register.stations.made(number)
        for finding in _missing(station, on, verify_after_days):
            found[finding].append(number)
        if station.township_code is not None:
            recorded.setdefault(station.township_code, array("I")).append(number)
        card = card_of(station, Metres(metres))
        all_six += card.shown == len(Having)
        for having, mark in card.marks.items():
            counts[having][mark.shown] += 1
    lying = dict(_lying_outside(register, recorded))
    found[Finding.OUTSIDE_TOWNSHIP].extend(
        sorted(lying, key=lambda number: (-lying[number].metres, number))
    )
    pairs = _pairs(register, numbers)
    found[Finding.DUPLICATE].extend(pairs)
    troubled = Counter(number for each in found.values() for number in each)
    return Quality(
        on=on,
        verify_after_days=verify_after_days,
        stations=len(numbers),
        sound=len(numbers) - len(troubled),
        six=Tally(stations=len(numbers), all_six=all_six, counts=counts),
        numbers=found,
        troubled=troubled,
        lying=lying,
        pairs=pairs,
    )


def _missing(station: Station, on: date, verify_after_days: int) -> Iterator[Finding]:
    """Return what a record shows by itself."""
    if station.reported_closed_on is not None:
        yield Finding.REPORTED_CLOSED
    if any(service.opening_hours is None for service in station.services):
        yield Finding.HOURS_UNKNOWN
    if station.accuracy_m is None:
        yield Finding.ACCURACY_UNKNOWN
    if station.township_code is None:
        yield Finding.TOWNSHIP_UNKNOWN
    if wants_verifying(station, on, verify_after_days):
        yield Finding.UNVERIFIED


def _apart(register: Register, numbers: Sequence[int]) -> list[float]:
    longitudes, latitudes = _degrees(register, numbers)
    metres: list[float] = metres_to_next(longitudes, latitudes).tolist()
    return metres


def _lying_outside(
    register: Register, recorded: Mapping[str, "array[int]"]
) -> Iterator[tuple[int, Lying]]:
    """Yield the stations outside the outline of their township, where it has one."""
    outlined = [(each.code, each.boundary) for each in register.townships if each.boundary]
    tree = shapely.STRtree([outline for _, outline in outlined])
    for code, outline in outlined:
        if (numbers := recorded.get(code)) is None:
            continue
        longitudes, latitudes = _degrees(register, numbers)
        shapely.prepare(outline)
        inside = shapely.intersects_xy(outline, longitudes, latitudes)
        if inside.all():
            continue
        out = np.flatnonzero(~inside)
        places = shapely.points(*register.crs.forward(longitudes[out], latitudes[out]))
        metres = np.asarray(shapely.distance(register.crs.to_plane(outline), places))
        around = tree.query(shapely.points(longitudes[out], latitudes[out]), "intersects")
        within = {int(place): outlined[int(at)][0] for place, at in zip(*around, strict=True)}
        for place, far in enumerate(metres.tolist()):
            yield numbers[int(out[place])], Lying(far, within.get(place))


def _pairs(register: Register, numbers: Sequence[int]) -> dict[int, Duplicate]:
    """Return of each station that may be another the one that it is most like, the likest first."""
    in_being = set(numbers)
    found: dict[int, Duplicate] = {}
    for pair in duplicates(register.stations):
        both = [register.stations.number_of(each) for each in (pair.first, pair.second)]
        if all(number in in_being for number in both):
            for number in both:
                assert number is not None
                found.setdefault(number, pair)
    return found


def _degrees(
    register: Register, numbers: "Sequence[int] | array[int]"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places = np.asarray(numbers, dtype=np.intp)
    stations = register.stations
    return np.asarray(stations.longitudes)[places], np.asarray(stations.latitudes)[places]
