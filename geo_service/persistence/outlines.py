"""GeoJSON outlines of townships and counties, read with every fault noted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geo_service.domain.township import BoundaryStatus
from geo_service.persistence.faults import (
    LARGEST_WHOLE,
    LONGEST_CODE,
    Faults,
    bytes_of,
    why_unfit,
)

Outline = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class Properties:
    """The members of one JSON object; each method reads one, or notes its fault."""

    file: str
    place: str
    members: dict[str, Any]
    faults: Faults

    def fault(self, key: str, reason: str) -> None:
        """Note that a member is wrong."""
        value = self.members.get(key)
        shown = None if value is None else _shown(value)
        self.faults.add(self.file, f"{self.place}{reason}", column=key, value=shown)

    def text(self, key: str) -> str | None:
        """Read text; absent, null and empty are None."""
        value = self.members.get(key)
        if value is None:
            return None
        reason = why_unfit(value) if isinstance(value, str) else "must be text"
        if reason is not None:
            self.fault(key, reason)
            return None
        return value.strip() or None

    def required(self, key: str) -> str:
        """Read text that must be there."""
        noted = len(self.faults.found)
        value = self.text(key)
        if value is None:
            if len(self.faults.found) == noted:
                self.fault(key, "must not be empty")
            return ""
        return value

    def code(self, key: str) -> str:
        """Read an official code, which must be there."""
        value = self.required(key)
        if len(value) > LONGEST_CODE:
            self.fault(key, f"is longer than {LONGEST_CODE} characters")
        return value

    def whole(self, key: str) -> int | None:
        """Read a whole number of 0 or more."""
        value = self.members.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_WHOLE:
            self.fault(key, f"must be a whole number from 0 to {LARGEST_WHOLE}")
            return None
        return value

    def decimal_in(self, key: str, low: float, high: float) -> float | None:
        """Read a number between two bounds."""
        value = self.members.get(key)
        if value is None:
            return None
        if (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not low <= value <= high
        ):
            self.fault(key, f"must be a number from {low:g} to {high:g}")
            return None
        return float(value)


@dataclass(frozen=True, slots=True)
class OutlineFeature:
    """One feature of a file: its properties, and its outline."""

    properties: Properties
    geometry: Outline | None

    def boundary_status(self) -> BoundaryStatus:
        """Read what the outline is worth; it must be ``none`` exactly where there is none."""
        given = self.properties.required("boundary_status")
        try:
            status = BoundaryStatus(given)
        except ValueError:
            if given:
                reason = f"is not one of {', '.join(BoundaryStatus)}"
                self.properties.fault("boundary_status", reason)
            return BoundaryStatus.NONE if self.geometry is None else BoundaryStatus.APPROXIMATE
        if (status is BoundaryStatus.NONE) != (self.geometry is None):
            self.properties.fault(
                "boundary_status", "must be none exactly where the geometry is null"
            )
        return status


def read_json(path: Path, faults: Faults) -> Any:
    """Return the document in a JSON file, or None with the fault noted."""
    raw = bytes_of(path, faults)
    if raw is None:
        return None
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        # Where it went wrong helps; of a text in another encoding only that it is another.
        place = ""
        if isinstance(error, json.JSONDecodeError):
            place = f": {error.msg} in line {error.lineno}, column {error.colno}"
        if isinstance(error, RecursionError):
            place = ": it is nested too deep"
        faults.add(path.name, f"is not JSON in UTF-8{place}")
        return None


def read_features(path: Path, faults: Faults) -> Iterator[OutlineFeature]:
    """Go through the features of a GeoJSON FeatureCollection (RFC 7946)."""
    noted = len(faults.found)
    document = read_json(path, faults)
    if len(faults.found) > noted:
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        faults.add(path.name, "is not a GeoJSON FeatureCollection")
        return
    if "crs" in document:
        faults.add(path.name, "names a CRS; RFC 7946 knows WGS 84 alone: reproject and drop it")
        return
    for number, feature in enumerate(features, start=1):
        where = f"(feature {number}) "
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            faults.add(path.name, f"{where}is not a Feature with properties")
            continue
        properties = Properties(path.name, where, feature["properties"], faults)
        yield OutlineFeature(properties, _outline(properties, feature.get("geometry")))


def _outline(of: Properties, geometry: Any) -> Outline | None:
    if geometry is None:
        return None
    try:
        with np.errstate(invalid="ignore"):  # NaN: found below
            outline = shape(geometry)
    except (ShapelyError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        outline = None
    if not isinstance(outline, Polygon | MultiPolygon) or outline.is_empty:
        of.faults.add(of.file, f"{of.place}needs a Polygon, a MultiPolygon or null as geometry")
        return None
    outline = shapely.force_2d(outline)  # heights say nothing here
    degrees = shapely.get_coordinates(outline)
    if not (abs(degrees) <= (180.0, 90.0)).all():  # NaN is not, either
        of.faults.add(of.file, f"{of.place}has coordinates that are not degrees on WGS 84")
        return None
    if not outline.is_valid:
        reason = shapely.is_valid_reason(outline)
        of.faults.add(of.file, f"{of.place}has an outline that crosses or touches itself: {reason}")
        return None
    return outline


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
