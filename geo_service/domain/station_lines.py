r"""A station as a line of text: the compact form in which registers are held, read and kept.

A line is cells with tabs between, in the order of ``CELLS``, written as PostgreSQL's COPY writes
text: ``\N`` for nothing, a backslash before what would end a cell or a line. So what the database
sends is held as it came, and nothing is made of it before somebody asks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)

PLACED: Final = ("id", "longitude", "latitude")
"""What is needed to find a station."""
DATED: Final = ("opened_on", "closed_on")
"""From when to when there is such a station."""
REPORTED: Final = ("reported_closed_on",)
"""What hardly any station has: held for those alone."""
SHARED: Final = (
    *("reading_datum", "amenities", "accessibility", "data_status", "source"),
    *(f"{kind}_{what}" for kind in ServiceKind for what in ("hours", "groups")),
)
"""What many stations have in common. Amenities and groups are words with spaces between; no groups
at all (``\\N``) say that the service is not offered."""
OWN: Final = (
    *("name", "name_en", "reading_x", "reading_y", "address", "township_code"),
    *("telephone", "capacity", "accuracy_m", "verified_on"),
)
"""What is each station's own."""
CELLS: Final = (*PLACED, *DATED, *REPORTED, *SHARED, *OWN)

Cell = str | None
Days = tuple[date | None, date | None, date | None]

_NOTHING: Final = "\\N"
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_CONTROLS: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNSAFE: Final = re.compile(r"[\\\b\f\n\r\t\v]")
_ESCAPES: Final = {sign: f"\\{letter}" for letter, sign in _CONTROLS.items()} | {"\\": "\\\\"}

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What many stations have in common: there are far fewer of these than of stations."""

    services: tuple[Service, ...]
    amenities: frozenset[Amenity]
    datum: Datum
    accessibility: Accessibility
    data_status: DataStatus
    source: str

    @classmethod
    def of(cls, station: Station) -> "Traits":
        """Take them from a station."""
        return cls(
            services=station.services,
            amenities=station.amenities,
            datum=station.reading.datum,
            accessibility=station.accessibility,
            data_status=station.data_status,
            source=station.source,
        )

    @classmethod
    def read(cls, cells: Sequence[Cell]) -> "Traits":
        """Read the cells of ``SHARED``; raises ValueError at a word that is not known."""
        datum, amenities, accessibility, data_status, source, *offered = cells
        return cls(
            services=tuple(
                Service(kind=kind, opening_hours=hours, groups=_words(Group, groups))
                for kind, hours, groups in zip(
                    ServiceKind, offered[::2], offered[1::2], strict=True
                )
                if groups is not None
            ),
            amenities=_words(Amenity, amenities or ""),
            datum=Datum(datum or ""),
            accessibility=Accessibility(accessibility or ""),
            data_status=DataStatus(data_status or ""),
            source=source or "",
        )

    def cells(self) -> list[Cell]:
        """Return the cells that ``read`` reads."""
        offered: list[Cell] = []
        by_kind = {service.kind: service for service in self.services}
        for kind in ServiceKind:
            service = by_kind.get(kind)
            offered += (
                (None, None)
                if service is None
                else (service.opening_hours, _text(Group, service.groups))
            )
        return [
            self.datum.value,
            _text(Amenity, self.amenities),
            self.accessibility.value,
            self.data_status.value,
            self.source,
            *offered,
        ]


def own_cells(station: Station) -> list[Cell]:
    """Return the cells of ``OWN``."""
    return [
        station.name,
        station.name_en,
        repr(station.reading.x),
        repr(station.reading.y),
        station.address,
        station.township_code,
        station.telephone,
        None if station.capacity is None else str(station.capacity),
        None if station.accuracy_m is None else repr(station.accuracy_m),
        _day(station.verified_on),
    ]


def station_of(
    identifier: StationId,
    at: Coordinate,
    traits: Traits,
    own: str,
    days: Days = (None, None, None),
) -> Station:
    """Make a station; ``own`` is the end of its line, the cells of ``OWN``.

    The days are those of ``DATED`` and ``REPORTED``.
    """
    (
        name, name_en, x, y, address, township_code, telephone, capacity, accuracy_m, verified_on,
    ) = split(own)  # fmt: skip
    return Station(
        id=identifier,
        name=name or "",
        name_en=name_en,
        coordinate=at,
        reading=Reading(x=float(x or "nan"), y=float(y or "nan"), datum=traits.datum),
        services=traits.services,
        amenities=traits.amenities,
        address=address,
        township_code=township_code,
        telephone=telephone,
        capacity=None if capacity is None else int(capacity),
        accessibility=traits.accessibility,
        data_status=traits.data_status,
        source=traits.source,
        accuracy_m=None if accuracy_m is None else Metres(float(accuracy_m)),
        verified_on=None if verified_on is None else date.fromisoformat(verified_on),
        opened_on=days[0],
        closed_on=days[1],
        reported_closed_on=days[2],
    )


def joined(cells: Iterable[Cell]) -> str:
    """Write cells as a line, or a part of one."""
    return "\t".join(_NOTHING if cell is None else _escaped(cell) for cell in cells)


def split(text: str) -> list[Cell]:
    """Read the cells of a line, or of a part of one."""
    return [
        cell if "\\" not in cell else None if cell == _NOTHING else unescaped(cell)
        for cell in text.split("\t")
    ]


def unescaped(cell: str) -> str:
    """Read a cell that holds something."""
    return _ESCAPED.sub(lambda found: _CONTROLS.get(found[1], found[1]), cell)


def _day(given: date | None) -> Cell:
    return None if given is None else given.isoformat()


def _escaped(cell: str) -> str:
    return _UNSAFE.sub(lambda found: _ESCAPES[found[0]], cell)


def _text(kind: type[StrEnum], held: frozenset[StrEnum]) -> str:
    return " ".join(each.value for each in kind if each in held)


def _words(kind: type[Word], text: str) -> frozenset[Word]:
    return frozenset(map(kind, text.split()))
