"""Stations as GeoJSON text, made once for each station and datum.

A feature is the same for every question but for its distance, its walk and whether its services
are open. So it is built once, by ``geojson``, with marks where those go, and parted at the marks;
an answer is a join of text. Nothing expires: the texts belong to one revision of the register.
"""

from collections.abc import Iterable
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
_MARK_TEXT: Final = '"\\u0000"'
_PROPERTIES: Final = '"properties":{'

# Some 2 kB each: a city's are all kept; of a nation's, those asked for since the last clearing.
_TEXTS_KEPT: Final = 50_000
_OPENNESS_KEPT: Final = 5_000


@dataclass(frozen=True, slots=True)
class _Parts:
    """A feature's text around its marks: up to its properties, and between its openness."""

    head: str
    between: tuple[str, ...]


class FeatureTexts:
    """The features of one revision of the register, in one datum."""

    def __init__(self, register: Register, datum: Datum) -> None:
        self._shapes = StationShapes(register, datum)
        self._parts: dict[StationId, _Parts] = {}
        self._openness: dict[OpennessAt, tuple[str, str]] = {}

    def feature(self, found: StationNow, at_text: str) -> str:
        """Write a station's Feature; ``at_text`` is the moment of its openness in RFC 3339."""
        parts = self._parts_of(found.station)
        return parts.head + self._joined(parts, found.openness, at_text)

    def nearby(self, found: NearbyStation, at_text: str) -> str:
        """Write a nearby station's Feature; ``at_text`` is the moment of its openness."""
        parts = self._parts_of(found.station)
        return (
            f'{parts.head}"distance_m":{round(found.distance, 2)},'
            f'"walk_minutes":{found.walk_minutes},"walk_is_estimate":true,'
            f"{self._joined(parts, found.openness, at_text)}"
        )

    def openness(self, states: Iterable[OpennessAt], at_text: str) -> str:
        """Write whether services are open, as a JSON array."""
        return f"[{','.join(self._state(each, at_text) for each in states)}]"

    def _joined(self, parts: _Parts, openness: tuple[OpennessAt, ...], at_text: str) -> str:
        first, *rest = parts.between
        pieces = [first]
        for state, text in zip(openness, rest, strict=True):
            pieces += (self._state(state, at_text), text)
        return "".join(pieces)

    def _state(self, state: OpennessAt, at_text: str) -> str:
        halves = self._openness.get(state)
        if halves is None:
            shape = self._shapes.openness(state, "\0")
            before, after = json_text(shape).split(_MARK_TEXT)
            if len(self._openness) >= _OPENNESS_KEPT:
                self._openness.clear()
            halves = self._openness[state] = (f'{before}"', f'"{after}')
        return f"{halves[0]}{at_text}{halves[1]}"

    def _parts_of(self, station: Station) -> _Parts:
        parts = self._parts.get(station.id)
        if parts is None:
            feature = self._shapes.feature(station, [_MARK] * len(station.services))
            head, properties, rest = json_text(feature).partition(_PROPERTIES)
            if len(self._parts) >= _TEXTS_KEPT:
                self._parts.clear()
            parts = _Parts(head + properties, tuple(rest.split(_MARK_TEXT)))
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
