"""Candidate sites and excluded ground, read from files with every fault noted.

Candidates: CSV with the columns ``lon``, ``lat`` and perhaps ``name`` (or 经度, 纬度, 名称), or
GeoJSON points with the property ``name``. Excluded ground: GeoJSON polygons.
"""

import csv
import io
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum, readings_to_coordinates, to_wgs84
from geo_service.domain.errors import DatasetError
from geo_service.persistence.faults import Faults, bytes_of, why_unfit

_LARGEST_FILE: Final = 16 * 1024 * 1024
_MOST_FAULTS: Final = 50
_CALLED: Final = {
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
    "name": ("name", "名称"),
}

Place = tuple[float, float, str]


def read_candidates(path: Path, datum: Datum) -> tuple[Coordinates, tuple[str, ...]]:
    """Return the places of a file on WGS 84, and their names (numbered where they have none).

    Raises:
        DatasetError: the file has faults.
    """
    faults = Faults()
    text = _text(path, faults)
    places: list[Place] = []
    if text is not None:
        read = _from_geojson if text.lstrip().startswith("{") else _from_csv
        for place in read(path.name, text, faults):
            if len(faults.found) >= _MOST_FAULTS:
                break
            places.append(place)
    if not faults.found and not places:
        faults.add(path.name, "holds no place")
    if faults.found:
        raise DatasetError(faults.found)
    x, y, names = zip(*places, strict=True)
    numbered = (name or f"{path.stem}-{number:04}" for number, name in enumerate(names, start=1))
    return readings_to_coordinates(x, y, datum), tuple(numbered)


def read_excluded(path: Path, datum: Datum) -> Polygon | MultiPolygon:
    """Return the ground of a GeoJSON file's polygons, in degrees on WGS 84.

    Raises:
        DatasetError: the file has faults.
    """
    faults = Faults()
    text = _text(path, faults)
    areas = []
    for number, _, geometry in [] if text is None else _features(path.name, text, faults):
        area = _area(geometry)
        if area is None:
            faults.add(path.name, f"feature {number}: is not a polygon that encloses ground")
        else:
            areas.append(area)
    if not faults.found and not areas:
        faults.add(path.name, "holds no polygon")
    if faults.found:
        raise DatasetError(faults.found)
    whole = shapely.transform(
        shapely.union_all(areas),
        lambda places: np.column_stack(to_wgs84(places[:, 0], places[:, 1], datum)),
    )
    made = shapely.make_valid(whole, method="structure")
    assert isinstance(made, Polygon | MultiPolygon)  # of polygons, this method makes polygons
    return made


def _text(path: Path, faults: Faults) -> str | None:
    raw = bytes_of(path, faults)
    if raw is None:
        return None
    if len(raw) > _LARGEST_FILE:
        faults.add(path.name, f"is larger than {_LARGEST_FILE // 2**20} MiB")
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    faults.add(path.name, "is neither UTF-8 nor GB 18030 text")
    return None


def _from_csv(file: str, text: str, faults: Faults) -> Iterator[Place]:
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        at = {
            meaning: next((header.index(name) for name in names if name in header), None)
            for meaning, names in _CALLED.items()
        }
        lon, lat, name = at["lon"], at["lat"], at["name"]
        if lon is None or lat is None:
            column = "lon" if lon is None else "lat"
            faults.add(file, "is a missing column", row=1, column=column)
            return
        for cells in rows:
            if not any(cells):
                continue
            if len(cells) != len(header):
                reason = f"has {len(cells)} cells where the header has {len(header)}"
                faults.add(file, reason, row=rows.line_num)
                continue
            place = _place(cells[lon], cells[lat], "" if name is None else cells[name])
            if isinstance(place, str):
                faults.add(file, place, row=rows.line_num, value=f"{cells[lon]},{cells[lat]}")
            else:
                yield place
    except csv.Error as error:
        faults.add(file, f"is not well-formed CSV: {error}", row=rows.line_num)


def _from_geojson(file: str, text: str, faults: Faults) -> Iterator[Place]:
    for number, properties, geometry in _features(file, text, faults):
        position = geometry.get("coordinates") if geometry.get("type") == "Point" else None
        if not isinstance(position, list) or len(position) < 2:
            faults.add(file, f"feature {number}: is not a point")
            continue
        name = properties.get("name", properties.get("名称"))
        place = _place(str(position[0]), str(position[1]), name if isinstance(name, str) else "")
        if isinstance(place, str):
            faults.add(file, f"feature {number}: {place}")
        else:
            yield place


def _place(x: str, y: str, name: str) -> Place | str:
    """Return a place, or what is wrong with it."""
    try:
        longitude, latitude = float(x), float(y)
    except ValueError:
        return "is not a position; write degrees like 113.953125"
    if not (math.isfinite(longitude) and abs(longitude) <= 180 and abs(latitude) <= 90):
        return "lies nowhere on earth; are longitude and latitude swapped?"
    unfit = why_unfit(name)
    return (longitude, latitude, name.strip()) if unfit is None else f"the name {unfit}"


def _features(
    file: str, text: str, faults: Faults
) -> Iterator[tuple[int, dict[str, Any], dict[str, Any]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        faults.add(file, "is not well-formed JSON")
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        faults.add(file, "is not a GeoJSON FeatureCollection")
        return
    for number, feature in enumerate(features, start=1):
        geometry = feature.get("geometry") if isinstance(feature, dict) else None
        if not isinstance(geometry, dict):
            faults.add(file, f"feature {number}: has no geometry")
            continue
        properties = feature.get("properties")
        yield number, properties if isinstance(properties, dict) else {}, geometry


def _area(geometry: dict[str, Any]) -> Polygon | MultiPolygon | None:
    try:
        made = shape(geometry)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    if not isinstance(made, Polygon | MultiPolygon) or not np.isfinite(made.bounds).all():
        return None
    return made if made.is_valid and made.area > 0 else None
