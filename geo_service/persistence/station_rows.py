"""Stations as flat rows of text and numbers, as PostGIS gives them and as a file can keep them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

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

Row = Sequence[Any]

COLUMNS: Final = (
    *("id", "name", "name_en", "longitude", "latitude"),
    *("reading_x", "reading_y", "reading_datum", "amenities", "address", "township_code"),
    *("telephone", "capacity", "accessibility", "data_status", "source", "accuracy_m"),
    *("verified_on", "services"),
)
"""``amenities`` are words with spaces between, ``verified_on`` is ISO 8601, ``services`` are
lists of kind, opening hours and the groups' words."""


class StationReader:
    """Makes stations of rows; what many stations have in common is made once and shared."""

    def __init__(self) -> None:
        self._amenities: dict[str, frozenset[Amenity]] = {}
        self._services: dict[tuple[Any, ...], Service] = {}
        self._offers: dict[tuple[tuple[Any, ...], ...], tuple[Service, ...]] = {}
        self._words: dict[str, str] = {}

    def station(self, row: Row) -> Station:
        """Make a station of a row that has ``COLUMNS``, in their order."""
        # Once for each of perhaps hundreds of thousands: by position, and without detours.
        (
            identifier, name, name_en, longitude, latitude, x, y, datum, amenities, address,
            township_code, telephone, capacity, accessibility, data_status, source, accuracy_m,
            verified_on, services,
        ) = row  # fmt: skip
        return Station(
            id=StationId(identifier),
            name=name,
            name_en=name_en,
            coordinate=Coordinate(longitude=longitude, latitude=latitude),
            reading=Reading(x=x, y=y, datum=_DATUMS[datum]),
            services=self._offer(services),
            amenities=self._amenities_of(amenities),
            address=address,
            township_code=township_code and self._words.setdefault(township_code, township_code),
            telephone=telephone,
            capacity=capacity,
            accessibility=_ACCESSIBILITY[accessibility],
            data_status=_STATUS[data_status],
            source=self._words.setdefault(source, source),
            accuracy_m=None if accuracy_m is None else Metres(accuracy_m),
            verified_on=None if verified_on is None else date.fromisoformat(verified_on),
        )

    def _offer(self, given: Sequence[Sequence[Any]]) -> tuple[Service, ...]:
        key = tuple(map(tuple, given))
        if (kept := self._offers.get(key)) is None:
            found = {service.kind: service for service in map(self._service, key)}
            kept = tuple(found[kind] for kind in ServiceKind if kind in found)
            self._offers[key] = kept
        return kept

    def _service(self, key: tuple[Any, ...]) -> Service:
        if (kept := self._services.get(key)) is None:
            kind, opening_hours, groups = key
            kept = self._services[key] = Service(
                kind=ServiceKind(kind),
                opening_hours=opening_hours,
                groups=frozenset(map(Group, groups.split())),
            )
        return kept

    def _amenities_of(self, words: str) -> frozenset[Amenity]:
        if (kept := self._amenities.get(words)) is None:
            kept = self._amenities[words] = frozenset(map(Amenity, words.split()))
        return kept


_DATUMS: Final = {each.value: each for each in Datum}
_ACCESSIBILITY: Final = {each.value: each for each in Accessibility}
_STATUS: Final = {each.value: each for each in DataStatus}


def row_of(station: Station) -> list[Any]:
    """Make a row of a station."""
    return [
        station.id,
        station.name,
        station.name_en,
        station.coordinate.longitude,
        station.coordinate.latitude,
        station.reading.x,
        station.reading.y,
        station.reading.datum.value,
        _words(Amenity, station.amenities),
        station.address,
        station.township_code,
        station.telephone,
        station.capacity,
        station.accessibility.value,
        station.data_status.value,
        station.source,
        station.accuracy_m,
        None if station.verified_on is None else station.verified_on.isoformat(),
        [
            [each.kind.value, each.opening_hours, _words(Group, each.groups)]
            for each in station.services
        ],
    ]


def _words(kind: type[Amenity] | type[Group], held: frozenset[Any]) -> str:
    return " ".join(each.value for each in kind if each in held) if held else ""
