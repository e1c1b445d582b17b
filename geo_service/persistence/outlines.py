"""GeoJSON outlines of townships and counties, read with every fault noted."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon, is_valid_reason
from shapely.errors import ShapelyError
from shapely.geometry import shape

from geo_service.domain.township import BoundaryStatus
from geo_service.persistence.tabular import Faults

Outline = Polygon | MultiPolygon


@dataclass(frozen=True, slots=True)
class OutlineFeature:
    """One feature of a file: its place in it, its properties, its outline."""

    file: str
    number: int
    properties: dict[str, Any]
    geometry: Outline | None
    faults: Faults

    def fault(self, key: str, reason: str) -> None:
        """Note that a property is wrong."""
        value = self.properties.get(key)
        shown = None if value is None else str(value)
        self.faults.add(self.file, f"(feature {self.number}) {reason}", column=key, value=shown)

    def text(self, key: str) -> str | None:
        """Read text; absent, null and empty are None."""
        value = self.properties.get(key)
        if value is not None and not isinstance(value, str):
            self.fault(key, "must be text")
            return None
        return value or None

    def required(self, key: str) -> str:
        """Read text that must be there."""
        value = self.text(key)
        if value is None:
            self.fault(key, "must not be empty")
            return ""
        return value

    def whole(self, key: str) -> int | None:
        """Read a whole number of 0 or more."""
        value = self.properties.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fault(key, "must be a whole number of 0 or more")
            return None
        return value

    def decimal(self, key: str) -> float | None:
        """Read a finite number."""
        value = self.properties.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(key, "must be a number")
            return None
        return float(value) if math.isfinite(value) else None

    def boundary_status(self) -> BoundaryStatus:
        """Read what the outline is worth; it must be ``none`` exactly where there is none."""
        try:
            status = BoundaryStatus(self.required("boundary_status"))
        except ValueError:
            self.fault("boundary_status", f"is not one of {', '.join(BoundaryStatus)}")
            status = BoundaryStatus.NONE if self.geometry is None else BoundaryStatus.APPROXIMATE
        if (status is BoundaryStatus.NONE) != (self.geometry is None):
            self.fault("boundary_status", "must be none exactly where the geometry is null")
        return status


def read_features(path: Path, faults: Faults) -> Iterator[OutlineFeature]:
    """Go through the features of a GeoJSON FeatureCollection (RFC 7946)."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        faults.add(path.name, "is not JSON in UTF-8")
        return
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        faults.add(path.name, "is not a GeoJSON FeatureCollection")
        return
    if "crs" in document:
        faults.add(path.name, "names a CRS; RFC 7946 knows WGS 84 alone: reproject and drop it")
        return
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties"), dict):
            faults.add(path.name, f"(feature {number}) is not a Feature with properties")
            continue
        geometry = _outline(path.name, number, feature.get("geometry"), faults)
        yield OutlineFeature(path.name, number, feature["properties"], geometry, faults)


def _outline(file: str, number: int, geometry: Any, faults: Faults) -> Outline | None:
    if geometry is None:
        return None
    try:
        outline = shape(geometry)
    except (ShapelyError, AttributeError, KeyError, TypeError, ValueError):
        outline = None
    if not isinstance(outline, Polygon | MultiPolygon) or outline.is_empty:
        faults.add(file, f"(feature {number}) needs a Polygon, a MultiPolygon or null")
        return None
    west, south, east, north = outline.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        faults.add(file, f"(feature {number}) has coordinates that are not degrees on WGS 84")
        return None
    if not outline.is_valid:
        reason = is_valid_reason(outline)
        faults.add(file, f"(feature {number}) crosses or touches itself: {reason}")
        return None
    return outline
