"""GeoJSON of stations (RFC 7946), one feature at a time: no document is held whole.

Properties are the columns. A feature's position is its Point, unless its properties carry degrees
themselves: those are the reading as it was given, and the Point must be the same place.
"""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.errors import InvalidCoordinateError
from geo_service.persistence.station_files.cells import Raw, Unreadable
from geo_service.persistence.station_files.drafts import Column, Sheet
from geo_service.persistence.station_files.faults import Said, UnfitError, shown
from geo_service.persistence.station_files.headers import field_of
from geo_service.persistence.station_files.rows import Line, RowParser
from geo_service.persistence.station_files.tables import MOST_ROWS

_PIECE: Final = 1 << 16
# One member beside the features, or one feature; it also bounds how deep JSON can be.
_LONGEST: Final = 1 << 20
_MOST_PROPERTIES: Final = 256
_SPACE: Final = " \t\r\n"
_SAME_PLACE_M: Final = 5.0
_SAME_CRS: Final = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}
)
_NESTED: Final = Said("不是文字、数字或它们的列表", "must be text, a number, or a list of such")


class FeatureRows:
    """The features of one document, as rows."""

    def __init__(self, raw: IO[bytes], parser: RowParser) -> None:
        self._members = _Members(raw)
        self._parser = parser
        self._known: dict[str, Column] = {}
        self._unknown: dict[str, Column] = {}

    def sheet(self) -> Sheet:
        """Return what is understood of the properties met so far."""
        known = {each.field: each for each in reversed(self._known.values())}
        return Sheet(
            name=None, header_row=None, columns=known, unknown=tuple(self._unknown.values())
        )

    def lines(self) -> Iterator[Line]:
        """Go through the features. Raises UnfitError where the document is none of features."""
        number = 0
        for name, value in self._members:
            if name is None:
                number += 1
                if number > MOST_ROWS:
                    raise UnfitError(
                        f"多于 {MOST_ROWS:,} 个站点；请分成几个文件",
                        f"holds more than {MOST_ROWS:,} features",
                    )
                line = self._line(number, value)
                if line is not None:
                    yield line
            elif name == "type" and value != "FeatureCollection":
                raise UnfitError(
                    "不是 GeoJSON 的 FeatureCollection", "is not a GeoJSON FeatureCollection"
                )
            elif name == "crs" and _crs_named(value) not in _SAME_CRS:
                raise UnfitError(
                    "声明的坐标参考系不是经纬度；请先转换",
                    "names a CRS that is not degrees: reproject it",
                )

    def _line(self, number: int, feature: Any) -> Line | None:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if properties is None and isinstance(feature, dict):
            properties = {}
        if not isinstance(properties, dict) or feature.get("type") != "Feature":
            said = Said("不是带 properties 的 Feature", "is not a Feature with properties")
            return self._parser.broken(None, number, said)
        given: dict[str, tuple[Column, Raw]] = {}
        for name, value in properties.items():
            column = self._column(name)
            if column is None:
                continue
            if column.field in given:
                first = given[column.field][0].header
                given[column.field] = (column, Unreadable(_same_as(first), shown(str(value))))
            else:
                given[column.field] = (column, _raw(value))
        self._place(feature.get("geometry"), given)
        return self._parser.line(None, number, given.values())

    def _column(self, name: str) -> Column | None:
        known = self._known.get(name)
        if known is not None or name in self._unknown:
            return known
        if len(self._known) + len(self._unknown) >= _MOST_PROPERTIES:
            raise UnfitError(
                f"多于 {_MOST_PROPERTIES} 种属性", f"has more than {_MOST_PROPERTIES} properties"
            )
        field = field_of(name)
        column = Column(field=field or "", header=shown(name))
        (self._known if field else self._unknown)[name] = column
        return column if field else None

    def _place(self, geometry: Any, given: dict[str, tuple[Column, Raw]]) -> None:
        """Take the degrees of the Point, or hold those of the properties against it."""
        if geometry is None:
            return
        point = _point(geometry)
        if point is None:
            said = Said("几何须是 Point [经度, 纬度]", "needs a Point of [longitude, latitude]")
            self._give(given, "longitude", Unreadable(said, ""))
            self._give(given, "latitude", None)
            return
        own = (given.get("longitude", (None, None))[1], given.get("latitude", (None, None))[1])
        if own == (None, None):
            self._give(given, "longitude", point[0])
            self._give(given, "latitude", point[1])
            self._hold_datum(given)
        elif self._elsewhere(point, own, given.get("datum")):
            said = Said(
                "属性里的经纬度和几何不是同一个地方", "is not where the geometry of the feature is"
            )
            self._give(given, "longitude", Unreadable(said, str(own[0])))

    def _hold_datum(self, given: dict[str, tuple[Column, Raw]]) -> None:
        """See to it that a Point is read in the datum declared, WGS 84 where none is.

        A property may name the datum of another reading than the Point's, which RFC 7946 has in
        WGS 84: the service itself writes such files.
        """
        declared = self._parser.datum or Datum.WGS84
        named = _datum(given.get("datum"))
        if named is not None and named is not declared:
            said = Said(
                f"说是 {named}，几何却按 {declared} 读；请核对",
                f"names {named}, and the geometry is taken for {declared}: which is it?",
            )
            self._give(given, "datum", Unreadable(said, named))
        elif self._parser.datum is None:
            self._give(given, "datum", declared.value)

    def _give(self, given: dict[str, tuple[Column, Raw]], field: str, raw: Raw) -> None:
        named = given[field][0] if field in given else Column(field=field, header="geometry")
        given[field] = (named, raw)

    def _elsewhere(
        self, point: tuple[float, float], own: tuple[Raw, Raw], named: tuple[Column, Raw] | None
    ) -> bool:
        x, y = own
        if not isinstance(x, int | float) or not isinstance(y, int | float):
            return False  # their own faults say it
        datums = {Datum.WGS84, self._parser.datum, _datum(named)} - {None}
        try:
            at = Coordinate(longitude=point[0], latitude=point[1])
            places = [Coordinate(longitude=float(x), latitude=float(y))]
            places += [reading_to_coordinate(float(x), float(y), each) for each in datums if each]
        except InvalidCoordinateError:
            return False
        return all(at.distance_to(each) > _SAME_PLACE_M for each in places)


def _datum(named: tuple[Column, Raw] | None) -> Datum | None:
    try:
        return None if named is None else Datum(str(named[1]))
    except ValueError:
        return None


def _same_as(first: str) -> Said:
    return Said(f"与属性“{first}”意思相同", f"means the same as the property “{first}”")


def _raw(value: Any) -> Raw:
    if isinstance(value, list):
        if all(isinstance(each, str) for each in value):
            return ";".join(value)
        return Unreadable(_NESTED, "")
    return Unreadable(_NESTED, "") if isinstance(value, dict) else value


def _point(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) not in {2, 3}:
        return None
    x, y = position[:2]
    if any(isinstance(each, bool) or not isinstance(each, int | float) for each in (x, y)):
        return None
    return float(x), float(y)


def _crs_named(crs: Any) -> str | None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None


class _Members:
    """The members of the outermost object; each of ``features`` comes alone, without a name."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._decoder = json.JSONDecoder(
            parse_constant=_no_constant, object_pairs_hook=_object, parse_float=_finite
        )
        self._begun = b""  # bytes of a sign that is not whole yet
        self._text = ""
        self._at = 0
        self._over = False

    def __iter__(self) -> Iterator[tuple[str | None, Any]]:
        self._expect("{")
        seen: set[str] = set()
        while self._next() != "}":
            if seen:
                self._expect(",")
            name = self._value()
            if not isinstance(name, str) or name in seen:
                raise _no_json()
            seen.add(name)
            self._expect(":")
            if name == "features":
                for feature in self._each():
                    yield None, feature
            else:
                yield name, self._value()
        self._expect("}")
        if self._next():
            raise _no_json()
        if not {"type", "features"} <= seen:
            raise UnfitError(
                "不是 GeoJSON 的 FeatureCollection", "is not a GeoJSON FeatureCollection"
            )

    def _each(self) -> Iterator[Any]:
        self._expect("[")
        first = True
        while self._next() != "]":
            if not first:
                self._expect(",")
            first = False
            yield self._value()
        self._expect("]")

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise _no_json()
        self._at += 1

    def _next(self) -> str:
        """Return the next sign that is no space, or nothing at the end; it is not consumed."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in _SPACE:
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def _value(self) -> Any:
        self._next()
        wanted = _PIECE
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                end = -1
            except RecursionError:
                raise UnfitError("JSON 嵌套过深", "is JSON nested too deeply") from None
            except ValueError:  # a number of thousands of digits
                raise _no_json() from None
            # A number at the very end of what is there may go on.
            if end >= 0 and (end < len(self._text) or self._over):
                self._at = end
                return value
            if len(self._text) - self._at > _LONGEST:
                raise UnfitError(
                    "有一个要素或成员过大，或者不是完好的 JSON",
                    "has a feature or member larger than 1 MiB, or is not well-formed JSON",
                )
            # Twice as much at each attempt, or a long feature would be begun a thousand times.
            if not self._more(wanted):
                raise _no_json()
            wanted *= 2

    def _more(self, wanted: int = _PIECE) -> bool:
        """Read on; return whether there was anything."""
        piece = self._raw.read(wanted)
        before = len(self._text) - self._at
        whole = self._begun + piece
        try:
            text = whole.decode("utf-8")
            self._begun = b""
        except UnicodeDecodeError as error:
            if len(whole) - error.start > 3 or not piece:
                raise UnfitError("不是 UTF-8 编码", "is not UTF-8 text") from None
            text, self._begun = whole[: error.start].decode("utf-8"), whole[error.start :]
        self._text = self._text[self._at :] + text
        self._at = 0
        self._over = not piece
        if self._text.startswith("\ufeff") and before == 0:
            self._at = 1
        return bool(piece)


def _object(members: list[tuple[str, Any]]) -> Mapping[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise UnfitError("JSON 里有重名的成员", "is JSON with a member given twice")
    return found


def _no_constant(_: str) -> Any:
    raise _no_json()


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _no_json()
    return number


def _no_json() -> UnfitError:
    return UnfitError("不是完好的 JSON", "is not well-formed JSON")
