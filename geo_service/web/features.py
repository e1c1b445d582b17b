"""Stations as GeoJSON text in UTF-8, made once for each station and datum.

A feature is the same for every question but for its distance, its walk and whether its services
are open. So it is built once, by ``geojson``, with marks where those go, and parted at the marks;
an answer is a join of text. Nothing expires: the texts belong to one revision of the register.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakKeyDictionary

from geo_service.domain.datum import Datum
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Station, StationId
from geo_service.services.browse import StationNow
from geo_service.services.nearest import NearbyStation
from geo_service.web.answers import json_text
from geo_service.web.geojson import StationShapes

if TYPE_CHECKING:
    from geo_service.web import shapes

# No text of the register holds a NUL: PostgreSQL takes none.
_MARK: Final = cast("shapes.OpennessShape", "\0")
_MARK_TEXT: Final = b'"\\u0000"'
_GAP: Final = b""
_PROPERTIES: Final = b'"properties":{'

# Some 2 kB each: a city's are all kept; of a nation's, those asked for since the last clearing.
_TEXTS_KEPT: Final = 50_000
_OPENNESS_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Parts:
    """A feature's text: up to its properties, and the rest, every other piece of it a gap."""

    head: bytes
    rest: list[bytes]

    def filled(self, openness: Sequence[bytes]) -> list[bytes]:
        """Return the pieces of the rest, its gaps filled; there must be as many as texts."""
        pieces = self.rest.copy()
        pieces[1::2] = openness
        return pieces


class FeatureTexts:
    """The features of one revision of the register, in one datum."""

    def __init__(self, register: Register, datum: Datum) -> None:
        self._shapes = StationShapes(register, datum)
        self._parts: dict[StationId, _Parts] = {}
        self._openness: dict[OpennessAt, tuple[bytes, bytes]] = {}

    def feature(self, found: StationNow, at_text: str) -> bytes:
        """Write a station's Feature; ``at_text`` is the moment of its openness in RFC 3339."""
        parts = self._parts_of(found.station)
        states = self._states(found.openness, at_text)
        return b"".join((parts.head, *parts.filled(states)))

    def collection(
        self,
        stations: Sequence[Station],
        openness: Sequence[tuple[OpennessAt, ...]],
        at_text: str,
    ) -> Iterator[bytes]:
        """Write a FeatureCollection, in pieces to be joined: of thousands it is megabytes.

        Openness that many stations share is best one object.
        """
        written: dict[int, list[bytes]] = {}
        yield b'{"type":"FeatureCollection","features":['
        comma = b""
        for station, states in zip(stations, openness, strict=True):
            texts = written.get(id(states))
            if texts is None:
                texts = written[id(states)] = self._states(states, at_text)
            parts = self._parts_of(station)
            yield comma
            yield parts.head
            yield from parts.filled(texts)
            comma = b","
        yield b"]}"

    def nearby(self, found: NearbyStation, at_text: str) -> bytes:
        """Write a nearby station's Feature; ``at_text`` is the moment of its openness."""
        parts = self._parts_of(found.station)
        walk = (
            f'"distance_m":{round(found.distance, 2)},'
            f'"walk_minutes":{found.walk_minutes},"walk_is_estimate":true,'
        )
        states = self._states(found.openness, at_text)
        return b"".join((parts.head, walk.encode(), *parts.filled(states)))

    def openness(self, states: Iterable[OpennessAt], at_text: str) -> bytes:
        """Write whether services are open, as a JSON array."""
        return b"[%b]" % b",".join(self._states(states, at_text))

    def _states(self, states: Iterable[OpennessAt], at_text: str) -> list[bytes]:
        at = at_text.encode()
        texts = []
        for state in states:
            before, after = self._openness.get(state) or self._halves_of(state)
            texts.append(before + at + after)
        return texts

    def _halves_of(self, state: OpennessAt) -> tuple[bytes, bytes]:
        shape = self._shapes.openness(state, "\0")
        before, after = json_text(shape).encode().split(_MARK_TEXT)
        if len(self._openness) >= _OPENNESS_KEPT:
            self._openness.clear()
        halves = self._openness[state] = (before + b'"', b'"' + after)
        return halves

    def _parts_of(self, station: Station) -> _Parts:
        parts = self._parts.get(station.id)
        if parts is None:
            feature = self._shapes.feature(station, [_MARK] * len(station.services))
            head, properties, rest = json_text(feature).encode().partition(_PROPERTIES)
            if len(self._parts) >= _TEXTS_KEPT:
                self._parts.clear()
            first, *others = rest.split(_MARK_TEXT)
            pieces = [first]
            for each in others:
                pieces += (_GAP, each)
            parts = _Parts(head + properties, pieces)
            self._parts[station.id] = parts
        return parts


_KEPT: WeakKeyDictionary[Register, dict[Datum, FeatureTexts]] = WeakKeyDictionary()


def features_of(register: Register, datum: Datum) -> FeatureTexts:
    """Return the texts of a register's features in a datum."""
    kept = _KEPT.setdefault(register, {})
    texts = kept.get(datum)
    if texts is None:
        texts = kept[datum] = FeatureTexts(register, datum)
    return texts
