"""Stations as GeoJSON text, made once for each station and datum.

A feature is the same for every question but for its distance, its walk and whether its services
are open. So it is built once, by ``geojson``, with marks where those go, and parted at the marks;
an answer is a join of text. Nothing expires: the texts belong to one revision of the register.
"""

from collections.abc import Iterable
from datetime import datetime
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
from geo_service.web.heads import AnswerHeads

if TYPE_CHECKING:
    from geo_service.web import shapes

# No text of the register holds a NUL: PostgreSQL takes none.
_MARK: Final = cast("shapes.OpennessShape", "\0")
_MARK_TEXT: Final = '"\\u0000"'
_COLLECTION: Final = b'{"type":"FeatureCollection",'
_PROPERTIES: Final = '"properties":{'

# Some 4 kB each: a city's are all kept; of a nation's, those asked for since the last clearing.
_TEXTS_KEPT: Final = 50_000
_OPENNESS_KEPT: Final = 5_000

_Openness = tuple[OpennessAt, ...]


class _Feature:
    """A feature's text up to its properties, and its properties around the marks in them.

    Between the marks of the properties stands whether each service is open; ``shown`` has the
    properties with that filled in for one such state, around the moment it is told for.
    """

    __slots__ = ("between", "head", "shown")

    def __init__(self, text: str) -> None:
        head, properties, rest = text.partition(_PROPERTIES)
        self.head = (head + properties).encode()
        self.between = tuple(rest.split(_MARK_TEXT))
        self.shown: tuple[_Openness | None, tuple[bytes, ...]] = (None, ())


class FeatureTexts:
    """The features of one revision of the register, in one datum; all text is UTF-8."""

    def __init__(self, register: Register, datum: Datum) -> None:
        self._shapes = StationShapes(register, datum)
        self._features: dict[StationId, _Feature] = {}
        self._openness: dict[OpennessAt, tuple[str, str]] = {}
        self._heads = AnswerHeads(datum)

    def head(self, register: Register, instant: datetime, written: bytes) -> bytes:
        """Write what an answer says of itself; the instant is ``written`` in RFC 3339."""
        return self._heads.text(register, instant, written)

    def collection_head(self, register: Register, instant: datetime, written: bytes) -> bytes:
        """Write the same as the beginning of a FeatureCollection."""
        return _COLLECTION + self._heads.text(register, instant, written)[1:]

    def feature(self, found: StationNow, at_text: bytes) -> bytes:
        """Write a station's Feature; ``at_text`` is the moment of its openness in RFC 3339."""
        feature = self._feature_of(found.station)
        return feature.head + at_text.join(self._shown(feature, found.openness))

    def nearby(self, found: NearbyStation, at_text: bytes) -> bytes:
        """Write a nearby station's Feature; ``at_text`` is the moment of its openness."""
        way = (
            f'"distance_m":{round(found.distance, 2)},'
            f'"walk_minutes":{found.walk_minutes},"walk_is_estimate":true,'
        )
        return self.feature_with(way.encode(), found, at_text)

    def feature_with(self, more: bytes, found: StationNow | NearbyStation, at_text: bytes) -> bytes:
        """Write a station's Feature with more properties in front, each with a comma behind."""
        feature = self._feature_of(found.station)
        properties = at_text.join(self._shown(feature, found.openness))
        return b"".join((feature.head, more, properties))

    def collection(
        self, stations: Iterable[Station], openness: Iterable[_Openness], at_text: bytes
    ) -> bytes:
        """Write a FeatureCollection; the openness of each station stands beside it."""
        features = []
        for station, states in zip(stations, openness, strict=True):
            feature = self._feature_of(station)
            features.append(feature.head + at_text.join(self._shown(feature, states)))
        return b"".join((b'{"type":"FeatureCollection","features":[', b",".join(features), b"]}"))

    def openness(self, states: Iterable[OpennessAt], at_text: str) -> str:
        """Write whether services are open, as a JSON array."""
        return f"[{','.join(at_text.join(self._halves(each)) for each in states)}]"

    def _shown(self, feature: _Feature, openness: _Openness) -> tuple[bytes, ...]:
        """Return a feature's properties around the moment of its openness, wherever that stands.

        From one question to the next the openness is the same, to the object, until a door opens.
        """
        told_for, pieces = feature.shown
        if told_for != openness:
            text = feature.between[0]
            for state, behind in zip(openness, feature.between[1:], strict=True):
                text += _MARK_TEXT.join(self._halves(state)) + behind
            pieces = tuple(piece.encode() for piece in text.split(_MARK_TEXT))
            feature.shown = openness, pieces
        return pieces

    def _halves(self, state: OpennessAt) -> tuple[str, str]:
        """Return an openness before and behind the moment it is told for."""
        halves = self._openness.get(state)
        if halves is None:
            before, after = json_text(self._shapes.openness(state, "\0")).split(_MARK_TEXT)
            if len(self._openness) >= _OPENNESS_KEPT:
                self._openness.clear()
            halves = self._openness[state] = (f'{before}"', f'"{after}')
        return halves

    def _feature_of(self, station: Station) -> _Feature:
        feature = self._features.get(station.id)
        if feature is None:
            shape = self._shapes.feature(station, [_MARK] * len(station.services))
            if len(self._features) >= _TEXTS_KEPT:
                self._features.clear()
            feature = self._features[station.id] = _Feature(json_text(shape))
        return feature


_KEPT: WeakKeyDictionary[Register, dict[Datum, FeatureTexts]] = WeakKeyDictionary()


def features_of(register: Register, datum: Datum) -> FeatureTexts:
    """Return the texts of a register's features in a datum."""
    kept = _KEPT.setdefault(register, {})
    texts = kept.get(datum)
    if texts is None:
        texts = kept[datum] = FeatureTexts(register, datum)
    return texts
