"""What a filter may say of stations: their properties, as columns of values."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Offer,
    ServiceKind,
)

if TYPE_CHECKING:
    from geo_service.domain.station_columns import StationColumns
    from geo_service.domain.township import County, Township

ANYONE: Final = "anyone"
GEOMETRY: Final = "geometry"

# Cells of columns that are kept: all columns of a city; of a nation, the last or two.
_CELLS_KEPT: Final = 300_000


class Kind(StrEnum):
    """What the values of a property are."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    DAY = "day"
    WORDS = "list of words"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The different values of a property, and which of them each station has; None: not known."""

    values: Sequence[Any]
    value_of: NDArray[np.intp]


class Stations(Protocol):
    """What columns are made of."""

    @property
    def stations(self) -> "StationColumns":
        """The stations."""

    @property
    def townships_by_code(self) -> "Mapping[str, Township]":
        """The townships, by official code."""

    @property
    def counties_by_code(self) -> "Mapping[str, County]":
        """The counties, by official code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One thing that is known of stations.

    ``value`` takes it from a station; where ``shared`` is set, it can be taken from what many
    stations have in common, and ``unit`` makes it out of a value when that needs the register.
    """

    name: str
    kind: Kind
    title: str
    value: Callable[[Any], Any]
    words: tuple[str, ...] = ()
    shared: bool = False
    unit: Callable[[Stations, Any], Any] | None = None


def _of(*offered: ServiceKind) -> Iterator[Property]:
    for kind in offered:
        yield Property(
            name=f"{kind}_hours",
            kind=Kind.TEXT,
            title=f"Opening hours of the service {kind}, in the OSM grammar.",
            value=partial(_hours, kind),
            shared=True,
        )
        yield Property(
            name=f"{kind}_for",
            kind=Kind.WORDS,
            title=f"For whom the service {kind} is; null where it is not offered.",
            value=partial(_groups, kind),
            words=(ANYONE, *(each.value for each in Group)),
            shared=True,
        )


def _hours(kind: ServiceKind, offer: Offer) -> str | None:
    return next((each.opening_hours for each in offer.services if each.kind is kind), None)


def _groups(kind: ServiceKind, offer: Offer) -> frozenset[str] | None:
    for service in offer.services:
        if service.kind is kind:
            return frozenset(each.value for each in service.groups) or frozenset({ANYONE})
    return None


def _township(at: Stations, code: str | None) -> str | None:
    unit = at.townships_by_code.get(code or "")
    return None if unit is None else unit.name


def _county_code(at: Stations, code: str | None) -> str | None:
    unit = at.townships_by_code.get(code or "")
    return None if unit is None else unit.county_code


def _county(at: Stations, code: str | None) -> str | None:
    unit = at.counties_by_code.get(_county_code(at, code) or "")
    return None if unit is None else unit.name


def _words(vocabulary: Iterable[StrEnum]) -> tuple[str, ...]:
    return tuple(each.value for each in vocabulary)


def _text(name: str, title: str) -> Property:
    return Property(name=name, kind=Kind.TEXT, title=title, value=lambda each: getattr(each, name))


def _day(name: str, title: str) -> Property:
    return Property(name=name, kind=Kind.DAY, title=title, value=lambda each: getattr(each, name))


def _unit(name: str, title: str, unit: Callable[[Stations, Any], Any] | None) -> Property:
    return Property(
        name=name, kind=Kind.TEXT, title=title, value=lambda each: each.township_code, unit=unit
    )


_ALL: Final = (
    _text("id", "Identifier."),
    _text("name", "Name."),
    _text("name_en", "English name."),
    Property(
        name="services",
        kind=Kind.WORDS,
        title="The services offered.",
        value=lambda offer: frozenset(each.kind.value for each in offer.services),
        words=_words(ServiceKind),
        shared=True,
    ),
    *_of(*ServiceKind),
    Property(
        name="amenities",
        kind=Kind.WORDS,
        title="What is found there.",
        value=lambda offer: frozenset(each.value for each in offer.amenities),
        words=_words(Amenity),
        shared=True,
    ),
    _text("address", "Address."),
    _unit("township_code", "Official code of the township.", None),
    _unit("township", "Name of the township.", _township),
    _unit("county_code", "Official code of the county.", _county_code),
    _unit("county", "Name of the county.", _county),
    _text("telephone", "Telephone number."),
    Property(
        name="capacity",
        kind=Kind.WHOLE,
        title="How many people it holds.",
        value=lambda station: station.capacity,
    ),
    Property(
        name="accessibility",
        kind=Kind.TEXT,
        title="Whether a wheelchair gets in.",
        value=lambda offer: offer.accessibility.value,
        words=_words(Accessibility),
        shared=True,
    ),
    Property(
        name="data_status",
        kind=Kind.TEXT,
        title="How far the record may be trusted.",
        value=lambda offer: offer.data_status.value,
        words=_words(DataStatus),
        shared=True,
    ),
    Property(
        name="source",
        kind=Kind.TEXT,
        title="Where the record is from.",
        value=lambda offer: offer.source,
        shared=True,
    ),
    Property(
        name="accuracy_m",
        kind=Kind.NUMBER,
        title="How far off the position may be, in metres.",
        value=lambda station: station.accuracy_m,
    ),
    _day("verified_on", "Day of the last verification."),
    _day("opened_on", "First day of the station."),
    _day("closed_on", "First day without the station."),
    _day("reported_closed_on", "Day on which several had found it shut, not looked at yet."),
)

PROPERTIES: Final[Mapping[str, Property]] = {each.name: each for each in _ALL}
"""All that a filter may name, the geometry aside; by name, in the order of the documents."""


class Columns:
    """The columns of one revision's stations, made when a filter first asks for them."""

    def __init__(self, of: Stations) -> None:
        # Not the register itself: a revision that was replaced is not to be kept alive.
        self.stations = of.stations
        self.townships_by_code = of.townships_by_code
        self.counties_by_code = of.counties_by_code
        self._made: LRUCache[str, Column] = LRUCache(
            max(_CELLS_KEPT, len(of.stations)), getsizeof=lambda column: len(column.value_of)
        )
        self._keeping = threading.Lock()

    def __len__(self) -> int:
        """Count the stations."""
        return len(self.stations)

    @property
    def degrees(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes and latitudes of the stations, in this order."""
        return np.asarray(self.stations.longitudes), np.asarray(self.stations.latitudes)

    def of(self, wanted: Property) -> Column:
        """Return one column. Two threads may make the same at once; each is right."""
        with self._keeping:
            column = self._made.get(wanted.name)
        if column is None:
            column = self._shared(wanted) if wanted.shared else self._own(wanted)
            with self._keeping:
                self._made[wanted.name] = column
        return column

    def _shared(self, wanted: Property) -> Column:
        values = [wanted.value(traits) for traits in self.stations.traits]
        return Column(values, np.asarray(self.stations.traits_of, np.intp))

    def _own(self, wanted: Property) -> Column:
        numbers: dict[Any, int] = {}
        value_of = np.fromiter(
            (numbers.setdefault(wanted.value(each), len(numbers)) for each in self.stations),
            np.intp,
            count=len(self.stations),
        )
        if wanted.unit is None:
            return Column(list(numbers), value_of)
        return Column([wanted.unit(self, each) for each in numbers], value_of)
