"""The planner's map: a drawing that needs no script, no tiles and no other host.

It lies in the plane that the areas are computed in, north up, so that a circle of the service
radius is a circle. All its coordinates are of a sheet ``WIDTH`` wide.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.planar import PlanarCrs
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.domain.survey import Level

WIDTH: Final = 1000
_MARGIN: Final = 14.0
_TALLEST: Final = 1.15  # of the width; what is taller is drawn narrower
_LOWEST: Final = 0.6
# A quarter of a pixel on the sheet: still fine at the nearest view.
_SIMPLIFIED: Final = 0.25
_BARS: Final = (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
_LONGEST_BAR: Final = 150.0
# Wider than most names are at the size they are drawn in.
_NAME_WIDE: Final = 15.0
_MANY_STATIONS: Final = 1_500


@dataclass(frozen=True, slots=True)
class Outline:
    """A unit on the sheet: its border as a path, where its name stands and how much room it has."""

    path: str
    x: float
    y: float
    room: float


@dataclass(frozen=True, slots=True)
class Ground:
    """The sheet: its height, its scale, every unit's outline by code, and the counties' borders."""

    height: float
    metres: float
    west: float
    north: float
    crs: PlanarCrs
    outlines: Mapping[str, Outline]
    counties: tuple[str, ...]

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        """Return where a coordinate lies on the sheet."""
        x, y = self.places([longitude], [latitude])
        return float(x[0]), float(y[0])

    def places(
        self, longitudes: Sequence[float], latitudes: Sequence[float]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return where coordinates lie on the sheet."""
        x, y = self.crs.forward(longitudes, latitudes)
        return (
            np.round((x - self.west) / self.metres, 1),
            np.round((self.north - y) / self.metres, 1),
        )

    @property
    def bar(self) -> tuple[float, int]:
        """How long the scale bar is on the sheet, and in metres."""
        metres = max(
            (each for each in _BARS if each / self.metres <= _LONGEST_BAR), default=_BARS[0]
        )
        return round(metres / self.metres, 1), metres


@dataclass(frozen=True, slots=True)
class Dots:
    """Stations on the sheet: one path of all, and each with its name where they are not many."""

    path: str
    named: tuple[tuple[float, float, str, str], ...]


_KEPT: WeakKeyDictionary[Register, dict[Level, Ground | None]] = WeakKeyDictionary()
_DRAWING: Final = threading.Lock()


def ground_of(register: Register, level: Level) -> Ground | None:
    """Return the sheet for a level, drawn once a revision; None where no unit has a border."""
    with _DRAWING:
        kept = _KEPT.setdefault(register, {})
        if level not in kept:
            kept[level] = _drawn(register, level)
        return kept[level]


def dots_of(ground: Ground, stations: Sequence[Station]) -> Dots:
    """Return the stations on the sheet."""
    made = list(stations)
    if not made:
        return Dots("", ())
    x, y = ground.places(
        [each.coordinate.longitude for each in made], [each.coordinate.latitude for each in made]
    )
    path = "".join(f"M{east:g} {south:g}h0" for east, south in zip(x, y, strict=True))
    if len(made) > _MANY_STATIONS:
        return Dots(path, ())
    places = zip(x.tolist(), y.tolist(), made, strict=True)
    return Dots(path, tuple((east, south, each.id, each.name) for east, south, each in places))


def _drawn(register: Register, level: Level) -> Ground | None:
    units = [each for each in register.survey(level).units if each.ground is not None]
    if not units:
        return None
    crs = register.crs
    outlines = [each.ground.outline for each in units if each.ground is not None]
    counties = [
        crs.to_plane(each.boundary) for each in register.counties if each.boundary is not None
    ]
    west, south, east, north = (float(each) for each in shapely.total_bounds(outlines + counties))
    metres = max(
        (east - west) / (WIDTH - 2 * _MARGIN),
        (north - south) / (_TALLEST * WIDTH - 2 * _MARGIN),
        1e-3,
    )
    height = max((north - south) / metres + 2 * _MARGIN, _LOWEST * WIDTH)
    sheet = Ground(
        height=round(height, 1),
        metres=metres,
        west=(west + east) / 2 - metres * WIDTH / 2,
        north=(north + south) / 2 + metres * height / 2,
        crs=crs,
        outlines={},
        counties=(),
    )
    drawn = {
        each.unit.code: _outline(sheet, outline)
        for each, outline in zip(units, outlines, strict=True)
    }
    return Ground(
        height=sheet.height,
        metres=sheet.metres,
        west=sheet.west,
        north=sheet.north,
        crs=crs,
        outlines=drawn,
        counties=tuple(_path(_on_sheet(sheet, each)) for each in counties),
    )


def _outline(sheet: Ground, outline: BaseGeometry) -> Outline:
    drawn = _on_sheet(sheet, outline)
    largest = max(shapely.get_parts(drawn), key=lambda part: part.area)
    centre = largest.centroid
    place = centre if largest.contains(centre) else largest.representative_point()
    west, _, east, _ = largest.bounds
    return Outline(
        path=_path(drawn),
        x=round(place.x, 1),
        y=round(place.y, 1),
        room=round((east - west) / _NAME_WIDE, 1),
    )


def _on_sheet(sheet: Ground, geometry: BaseGeometry) -> BaseGeometry:
    moved = shapely.transform(
        geometry,
        lambda at: np.column_stack(
            ((at[:, 0] - sheet.west) / sheet.metres, (sheet.north - at[:, 1]) / sheet.metres)
        ),
    )
    simple = shapely.simplify(moved, _SIMPLIFIED)
    return moved if simple.is_empty else simple


def _path(geometry: BaseGeometry) -> str:
    rings = [
        ring
        for part in shapely.get_parts(geometry)
        for ring in (part.exterior, *part.interiors)
        if part.geom_type == "Polygon"
    ]
    return "".join(_ring(shapely.get_coordinates(ring)) for ring in rings)


def _ring(points: NDArray[np.float64]) -> str:
    rounded = np.round(points[:-1], 1).tolist()
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in rounded) + "z"
