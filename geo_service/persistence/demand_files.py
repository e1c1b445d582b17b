"""Demand points read from a file, CSV or GeoJSON, with every fault noted: whole or not at all.

Nothing here hands a file to a library that follows what it names: both forms are read as text.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from geo_service.domain.datum import Datum, readings_to_coordinates
from geo_service.domain.demand import LARGEST_WEIGHT, MOST_POINTS, DemandPoints
from geo_service.domain.errors import DatasetError, Fault
from geo_service.persistence.faults import Faults
from geo_service.persistence.outlines import Properties, read_json
from geo_service.persistence.tabular import Row, text_of

LARGEST_FILE: Final = 64 * 1024 * 1024

# What each column may be called; the first is the name that faults use where it is missing.
_CALLED: Final = {
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "weight": ("weight", "权重", "人数"),
    "name": ("name", "名称"),
}
_OPTIONAL: Final = frozenset({"name"})
_LONGEST_NAME: Final = 200
MOST_FAULTS: Final = 100
_SWAPPED: Final = "; are longitude and latitude swapped?"
# Writers of older GeoJSON name the system that RFC 7946 takes for granted.
_SAME_CRS: Final = frozenset(
    {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDemand:
    """The points of a file, and where in it each stands: a row, or a feature."""

    points: DemandPoints
    places: Sequence[int]
    by: str


@dataclass(slots=True)
class _Columns:
    """The points read so far, as readings."""

    by: str
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def add(
        self, place: int, reading: tuple[float, float], weight: float, name: str | None
    ) -> None:
        self.x.append(reading[0])
        self.y.append(reading[1])
        self.weights.append(weight)
        self.names.append(name or "")
        self.places.append(place)

    def read(self, datum: Datum) -> ReadDemand:
        points = DemandPoints(
            at=readings_to_coordinates(self.x, self.y, datum),
            weight=np.array(self.weights, dtype=np.float64),
            names=tuple(self.names) if any(self.names) else None,
        )
        return ReadDemand(points=points, places=self.places, by=self.by)


def read_demand(path: Path, datum: Datum) -> ReadDemand:
    """Read the points of a CSV or GeoJSON file, whose coordinates are in ``datum``.

    Raises:
        DatasetError: the file has faults; the first hundred are listed.
    """
    faults = Faults()
    columns = _read(path, faults)
    if columns is not None and not faults.found:
        if not columns.places:
            faults.add(path.name, "holds no point")
        elif not any(columns.weights):
            faults.add(path.name, "holds no demand: every weight is 0")
    if faults.found or columns is None:
        raise DatasetError(_listed(faults.found, path.name))
    return columns.read(datum)


def _read(path: Path, faults: Faults) -> _Columns | None:
    try:
        size = path.stat().st_size
        with path.open("rb") as opened:
            begins = opened.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        faults.add(path.name, f"cannot be read: {error.strerror}")
        return None
    if size > LARGEST_FILE:
        faults.add(path.name, f"is larger than {LARGEST_FILE // 2**20} MiB")
        return None
    return _from_geojson(path, faults) if begins.startswith(b"{") else _from_csv(path, faults)


def _listed(found: Sequence[Fault], file: str) -> Sequence[Fault]:
    if len(found) < MOST_FAULTS:
        return found
    return [*found[:MOST_FAULTS], Fault(file=file, reason="more faults may follow")]


def _must_stop(columns: _Columns, file: str, place: int, faults: Faults) -> bool:
    """Say whether to read no further: past the bound, or when nobody would read more faults."""
    if len(columns.places) >= MOST_POINTS:
        faults.add(file, f"holds more than {MOST_POINTS:,} points", row=place)
        return True
    return len(faults.found) >= MOST_FAULTS


# -- CSV -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Header:
    """What the columns of a file are called in it; ``name`` is None where there is none."""

    lon: str
    lat: str
    weight: str
    name: str | None

    @classmethod
    def of(cls, file: str, header: Sequence[str], faults: Faults) -> Self | None:
        noted = len(faults.found)
        found: dict[str, str] = {}
        for cell in header:
            meaning = _meaning(cell)
            if meaning is None:
                reason = "is an unknown column; known are " + _known_columns()
                faults.add(file, reason, row=1, column=cell)
            elif meaning in found:
                faults.add(file, f"means the same as {found[meaning]}", row=1, column=cell)
            else:
                found[meaning] = cell
        for meaning in _CALLED.keys() - found.keys() - _OPTIONAL:
            others = ", ".join(_CALLED[meaning][1:])
            faults.add(file, f"is a missing column (or {others})", row=1, column=meaning)
        if len(faults.found) > noted:
            return None
        return cls(found["lon"], found["lat"], found["weight"], found.get("name"))


def _meaning(cell: str) -> str | None:
    called = cell.strip().lower()
    return next((meaning for meaning, names in _CALLED.items() if called in names), None)


def _known_columns() -> str:
    return "; ".join("/".join(names) for names in _CALLED.values())


def _from_csv(path: Path, faults: Faults) -> _Columns | None:
    text = text_of(path, faults)
    if text is None:
        return None
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns, number = _Columns("row"), 1  # a row as a spreadsheet counts it
    try:
        first = next(lines, [])
        header = _Header.of(path.name, first, faults)
        if header is None:
            return None
        for number, cells in enumerate(lines, start=2):
            if not any(cells):
                continue
            if _must_stop(columns, path.name, number, faults):
                return None
            if len(cells) != len(first):
                reason = f"has {len(cells)} cells where the header has {len(first)}"
                faults.add(path.name, reason, row=number)
                continue
            row = Row(path.name, number, dict(zip(first, cells, strict=True)), faults)
            _add_row(columns, row, header)
    except csv.Error as error:
        faults.add(path.name, f"is not well-formed CSV: {error}", row=number + 1)
    return columns


def _add_row(columns: _Columns, row: Row, header: _Header) -> None:
    noted = len(row.faults.found)
    x = _number(row, header.lon, -180.0, 180.0)
    y = _number(row, header.lat, -90.0, 90.0, _SWAPPED)
    weight = _number(row, header.weight, 0.0, LARGEST_WEIGHT)
    name = None if header.name is None else row.text(header.name)
    if name is not None and (reason := _why_no_name(name)) and header.name is not None:
        row.fault(header.name, reason)
    if len(row.faults.found) == noted:
        assert x is not None  # else it is a fault
        assert y is not None
        assert weight is not None
        columns.add(row.number, (x, y), weight, name)


def _number(row: Row, column: str, low: float, high: float, hint: str = "") -> float | None:
    if not row.cells[column].strip():
        row.fault(column, "must not be empty")
        return None
    return row.number_in(column, low, high, hint)


def _why_no_name(name: str) -> str | None:
    if len(name) > _LONGEST_NAME:
        return f"is longer than {_LONGEST_NAME} characters"
    return None if name.isprintable() else "is more than one line of text"


# -- GeoJSON -------------------------------------------------------------------------------


def _from_geojson(path: Path, faults: Faults) -> _Columns | None:
    columns = _Columns("feature")
    for number, feature in _features(path, faults):
        if _must_stop(columns, path.name, number, faults):
            return None
        _add_feature(columns, path.name, number, feature, faults)
    return columns


def _features(path: Path, faults: Faults) -> Iterator[tuple[int, Any]]:
    noted = len(faults.found)
    document = read_json(path, faults)
    if len(faults.found) > noted:
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        faults.add(path.name, "is not a GeoJSON FeatureCollection of points")
        return
    if "crs" in document and _crs_named(document["crs"]) not in _SAME_CRS:
        reason = "names a CRS that is not degrees of longitude and latitude: reproject it"
        faults.add(path.name, reason)
        return
    yield from enumerate(features, start=1)


def _crs_named(crs: Any) -> str | None:
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    return name if isinstance(name, str) else None


def _add_feature(columns: _Columns, file: str, number: int, feature: Any, faults: Faults) -> None:
    where = f"(feature {number}) "
    if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
        faults.add(file, f"{where}is not a Feature with properties")
        return
    noted = len(faults.found)
    properties = Properties(file, where, feature["properties"], faults)
    reading = _reading(feature.get("geometry"))
    if reading is None:
        reason = "needs a Point of longitude (-180 to 180) and latitude (-90 to 90) as geometry"
        faults.add(file, where + reason)
    key = _key(properties.members, "weight")
    weight = properties.decimal_in(key, 0.0, LARGEST_WEIGHT)
    if properties.members.get(key) is None:
        properties.fault(key, "must not be empty")
    key = _key(properties.members, "name")
    name = properties.text(key)
    if name is not None and (why := _why_no_name(name)):
        properties.fault(key, why)
    if len(faults.found) == noted:
        assert reading is not None  # else it is a fault
        assert weight is not None
        columns.add(number, reading, weight, name)


def _key(members: Mapping[str, Any], meaning: str) -> str:
    return next((name for name in _CALLED[meaning] if name in members), meaning)


def _reading(geometry: Any) -> tuple[float, float] | None:
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) not in {2, 3}:
        return None
    x, y = position[:2]
    for value, most in ((x, 180), (y, 90)):
        # A NaN, which Python's JSON reads, lies between no bounds.
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        if not -most <= value <= most:
            return None
    return float(x), float(y)
