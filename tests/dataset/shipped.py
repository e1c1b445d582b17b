"""Read the shipped folder with the standard library and shapely alone."""

import csv
import json
from pathlib import Path
from typing import Any

import shapely
from pyproj import Geod
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

FOLDER = Path(__file__).resolve().parents[2] / "data" / "stations"
SCRIPT = FOLDER / "make_demonstration.py"
LAYERS = ("townships", "counties")
SPHEROID = Geod(ellps="WGS84")


def rows(name: str) -> list[dict[str, str]]:
    """Read one table."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def features(layer: str) -> list[dict[str, Any]]:
    """Read one layer's features."""
    document = json.loads((FOLDER / f"{layer}.geojson").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = document["features"]
    return found


def units(layer: str) -> list[dict[str, Any]]:
    """Read one layer's properties."""
    return [feature["properties"] for feature in features(layer)]


def outlines(layer: str) -> dict[str, BaseGeometry]:
    """Read one layer's outlines by code; units without one are left out."""
    return {
        feature["properties"]["code"]: shape(feature["geometry"])
        for feature in features(layer)
        if feature["geometry"] is not None
    }


def square_kilometres(area: BaseGeometry) -> float:
    """Measure an area on the spheroid."""
    if area.is_empty:
        return 0.0
    metres, _ = SPHEROID.geometry_area_perimeter(shapely.orient_polygons(area))
    return float(metres) / 1e6
