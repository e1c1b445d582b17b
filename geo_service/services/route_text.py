"""Lines that people have, read: coordinates as text, GeoJSON, GPX.

Nothing here opens a file, follows a link or expands an entity: GPX with a document type, which
alone could declare one, is refused. What cannot be read is said with the place where it stands.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn
from xml.parsers import expat

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum, readings_to_coordinates
from geo_service.domain.route import MOST_PLACES

Reading = tuple[float, float]

# Comma, semicolon and digits as a Chinese keyboard writes them.
_NARROW: Final = str.maketrans("，；０１２３４５６７８９．－　", ",;0123456789.- ")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]*)?", re.ASCII)
_BETWEEN: Final = re.compile(r"[\s,]+")
_SHOWN: Final = 40
_LINES: Final = {"LineString", "MultiLineString"}


class UnreadableRouteError(ValueError):
    """A text that is no route: ``key`` says why, ``values`` where and what; English as text."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(REASONS[key].format(**values))
        self.key = key
        self.values = values


REASONS: Final = {
    "empty": "There is nothing in it.",
    "encoding": "The file is not text in UTF-8 (or GB 18030).",
    "position": "Line {line}: {text!r} is not a position; write longitude,latitude like "
    "114.0163,33.5814.",
    "range": "Position {place}: {text} lies nowhere on earth; longitude comes first, from -180 to "
    "180, then latitude, from -90 to 90.",
    "swapped": "Position {place}: {text} has its latitude first; longitude comes first.",
    "json": "Line {line}, column {column}: this is not well-formed JSON.",
    "json_deep": "The JSON is nested too deeply.",
    "geojson": "The GeoJSON holds no LineString.",
    "several": "There are {count} lines in it; send one.",
    "geojson_position": "Position {place} of the GeoJSON is not [longitude, latitude].",
    "xml": "Line {line}, column {column}: this is not well-formed GPX.",
    "xml_entities": "Line {line}: GPX with a document type or entities is not read.",
    "gpx": "The GPX holds no track and no route.",
    "gpx_position": "Line {line}: a point has no readable lat and lon.",
    "few": "A route needs two different positions at least.",
    "many": "There are {count:,} positions; at most {most:,} are taken.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteText:
    """What was read: readings, longitude first; the name and the datum where the text has them."""

    readings: tuple[Reading, ...]
    name: str | None = None
    datum: Datum | None = None

    def places(self, datum: Datum) -> Coordinates:
        """Return the positions on WGS 84; ``datum`` holds where the text does not say its own."""
        x, y = zip(*self.readings, strict=True)
        return readings_to_coordinates(x, y, self.datum or datum)


def decoded(content: bytes) -> str:
    """Return a file's text, or raise UnreadableRouteError."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableRouteError("encoding")


def read_route(text: str) -> RouteText:
    """Read a route in whatever of the three forms it is, or raise UnreadableRouteError."""
    stripped = text.lstrip("\ufeff \t\r\n")
    if not stripped.strip():
        raise UnreadableRouteError("empty")
    if stripped[0] == "<":
        found = _read_gpx(stripped)
    elif stripped[0] in "[{":
        found = _read_geojson(stripped)
    else:
        found = RouteText(readings=tuple(_read_lines(text.removeprefix("\ufeff"))))
    _check(found.readings)
    return found


def _check(readings: Sequence[Reading]) -> None:
    if len(readings) > MOST_PLACES:
        raise UnreadableRouteError("many", count=len(readings), most=MOST_PLACES)
    for place, (x, y) in enumerate(readings, start=1):
        if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
            swapped = abs(x) <= 90.0 < abs(y) <= 180.0
            key = "swapped" if swapped else "range"
            raise UnreadableRouteError(key, place=place, text=f"{x:g},{y:g}")
    if len(set(readings)) < 2:
        raise UnreadableRouteError("few")


# -- plain coordinates ---------------------------------------------------------------------


def _read_lines(text: str) -> Iterator[Reading]:
    for number, line in enumerate(text.translate(_NARROW).splitlines(), start=1):
        for pair in line.split(";"):
            if not pair.strip():
                continue
            numbers = _BETWEEN.split(pair.strip(" \t,"))
            if len(numbers) not in {2, 3} or not all(map(_NUMBER.fullmatch, numbers[:2])):
                raise UnreadableRouteError("position", line=number, text=pair.strip()[:_SHOWN])
            yield float(numbers[0]), float(numbers[1])


# -- GeoJSON -------------------------------------------------------------------------------


def _read_geojson(text: str) -> RouteText:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise UnreadableRouteError("json", line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise UnreadableRouteError("json_deep") from None
    except ValueError:  # NaN, Infinity, or an integer of thousands of digits
        raise UnreadableRouteError("geojson") from None
    if isinstance(document, list):
        return RouteText(readings=tuple(_geojson_readings(document)))
    lines = list(_lines_in(document, None))
    if not lines:
        raise UnreadableRouteError("geojson")
    if len(lines) > 1:
        raise UnreadableRouteError("several", count=len(lines))
    name, coordinates = lines[0]
    return RouteText(readings=tuple(_geojson_readings(coordinates)), name=name)


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _lines_in(thing: object, name: str | None) -> Iterator[tuple[str | None, list[Any]]]:
    """Go through the lines of a GeoJSON object, each with the name of its feature."""
    if not isinstance(thing, dict):
        return
    match thing.get("type"), thing:
        case "FeatureCollection", {"features": [*features]}:
            for each in features:
                if isinstance(each, dict) and each.get("type") == "Feature":
                    yield from _lines_in(each, None)
        case "Feature", {"geometry": geometry}:
            if isinstance(geometry, dict) and geometry.get("type") in _LINES:
                yield from _lines_in(geometry, _name_of(thing.get("properties")))
        case "LineString", {"coordinates": [*coordinates]}:
            yield name, coordinates
        case "MultiLineString", {"coordinates": [*parts]}:
            yield from ((name, part) for part in parts if isinstance(part, list))


def _name_of(properties: object) -> str | None:
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None


def _geojson_readings(coordinates: Sequence[object]) -> Iterator[Reading]:
    for place, position in enumerate(coordinates, start=1):
        match position:
            case [float() | int() as x, float() | int() as y, *_] if not (
                isinstance(x, bool) or isinstance(y, bool)
            ):
                try:
                    yield float(x), float(y)
                except OverflowError:
                    raise UnreadableRouteError("geojson_position", place=place) from None
            case _:
                raise UnreadableRouteError("geojson_position", place=place)


# -- GPX -----------------------------------------------------------------------------------


def _read_gpx(text: str) -> RouteText:
    reader = _GpxReader()
    reader.read(text)
    # A track is what was travelled; a route is a plan of it.
    for lines in (reader.tracks, reader.routes):
        if len(lines) > 1:
            raise UnreadableRouteError("several", count=len(lines))
        if lines:
            name = lines[0].name.strip()
            return RouteText(
                readings=tuple(lines[0].readings), name=name or None, datum=Datum.WGS84
            )
    raise UnreadableRouteError("gpx")


@dataclass(slots=True)
class _GpxLine:
    name: str = ""
    readings: list[Reading] = field(default_factory=list)


class _GpxReader:
    """Takes tracks and routes out of GPX; all else in it is passed over."""

    def __init__(self) -> None:
        self.tracks: list[_GpxLine] = []
        self.routes: list[_GpxLine] = []
        self._path: list[str] = []
        self._parser = parser = expat.ParserCreate("utf-8")  # whatever the text says of itself
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 - the last part
        except expat.ExpatError as error:
            raise UnreadableRouteError("xml", line=error.lineno, column=error.offset + 1) from None

    def _refuse(self, *_: object) -> NoReturn:
        raise UnreadableRouteError("xml_entities", line=self._parser.CurrentLineNumber)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = name.rpartition(":")[2]
        self._path.append(element)
        if element == "trk":
            self.tracks.append(_GpxLine())
        elif element == "rte":
            self.routes.append(_GpxLine())
        elif element in {"trkpt", "rtept"}:
            line = self._line()
            if line is not None:
                line.readings.append(self._reading(attributes))

    def _reading(self, attributes: dict[str, str]) -> Reading:
        x, y = attributes.get("lon", "").strip(), attributes.get("lat", "").strip()
        if not (_NUMBER.fullmatch(x) and _NUMBER.fullmatch(y)):
            raise UnreadableRouteError("gpx_position", line=self._parser.CurrentLineNumber)
        return float(x), float(y)

    def _end(self, _: str) -> None:
        self._path.pop()

    def _words(self, text: str) -> None:
        if self._path[-2:] in (["trk", "name"], ["rte", "name"]):
            line = self._line()
            if line is not None:
                line.name += text

    def _line(self) -> _GpxLine | None:
        lines = self.tracks if "trk" in self._path else self.routes
        return lines[-1] if lines and ("trk" in self._path or "rte" in self._path) else None
