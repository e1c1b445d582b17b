"""A sketch of a route and the stations on it: a small drawing that needs no map and no script."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.ecef import gaussian_radius
from geo_service.domain.register import Register

WIDTH: Final = 340
HEIGHT: Final = 250
_MARGIN: Final = 26
_LEAST_METRES: Final = 400.0  # so much is shown at least, however short the route
_SIMPLIFIED_PIXELS: Final = 0.4
_BARS: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000)
_LONGEST_BAR: Final = 110.0

_Floats = NDArray[np.float64]


class Point(NamedTuple):
    """A place on the drawing."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Paths and points of a drawing ``WIDTH`` wide and ``HEIGHT`` high."""

    townships: list[str]
    counties: list[str]
    line: str
    start: Point
    end: Point
    stations: list[Point]
    bar: float
    bar_metres: int


def sketch_of(register: Register, line: Coordinates, stations: Sequence[Coordinate]) -> Sketch:
    """Draw a route, with the outlines about it, so that all of it and its stations are seen."""
    frame = _Frame.around(line, stations)
    drawn = shapely.simplify(
        shapely.LineString(np.column_stack(frame.pixels(*line.degrees))), _SIMPLIFIED_PIXELS
    )
    ends = shapely.get_coordinates(drawn)
    bar_metres = max((each for each in _BARS if each / frame.metres <= _LONGEST_BAR), default=50)
    return Sketch(
        townships=frame.outlines([unit.boundary for unit in register.townships]),
        counties=frame.outlines([unit.boundary for unit in register.counties]),
        line=_path(ends),
        start=_point(*ends[0]),
        end=_point(*ends[-1]),
        stations=[
            _point(*(float(each[0]) for each in frame.pixels(at.longitude, at.latitude)))
            for at in stations
        ],
        bar=round(bar_metres / frame.metres, 1),
        bar_metres=bar_metres,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A piece of the earth as a drawing: its middle, and how many metres a pixel is.

    Degrees east are taken from the middle, so a route may cross the antimeridian.
    """

    middle: Coordinate
    metres: float

    @classmethod
    def around(cls, line: Coordinates, stations: Sequence[Coordinate]) -> "_Frame":
        first = float(line.longitudes[0])
        x = np.append(line.longitudes, [at.longitude for at in stations])
        y = np.append(line.latitudes, [at.latitude for at in stations])
        east = (x - first + 540.0) % 360.0 - 180.0
        south, north = float(y.min()), float(y.max())
        longitude = first + (float(east.min()) + float(east.max())) / 2.0
        middle = Coordinate(
            longitude=(longitude + 540.0) % 360.0 - 180.0, latitude=(south + north) / 2.0
        )
        degree = _metres_a_degree(middle)
        wide = (float(east.max()) - float(east.min())) * degree * _narrowing(middle)
        high = (north - south) * degree
        metres = max(
            wide / (WIDTH - 2 * _MARGIN), high / (HEIGHT - 2 * _MARGIN), _LEAST_METRES / WIDTH
        )
        return cls(middle=middle, metres=metres)

    def pixels(self, x: "_Floats | float", y: "_Floats | float") -> tuple[_Floats, _Floats]:
        degree = _metres_a_degree(self.middle) / self.metres
        east = (np.atleast_1d(x) - self.middle.longitude + 540.0) % 360.0 - 180.0
        return (
            WIDTH / 2.0 + east * degree * _narrowing(self.middle),
            HEIGHT / 2.0 - (np.atleast_1d(y) - self.middle.latitude) * degree,
        )

    def outlines(self, boundaries: Sequence[BaseGeometry | None]) -> list[str]:
        """Return the paths of the borders that are seen."""
        paths = []
        seen = shapely.box(-4, -4, WIDTH + 4, HEIGHT + 4)
        for boundary in boundaries:
            if boundary is None:
                continue
            drawn = shapely.transform(
                boundary.boundary, lambda at: np.column_stack(self.pixels(at[:, 0], at[:, 1]))
            )
            cut = shapely.intersection(shapely.simplify(drawn, _SIMPLIFIED_PIXELS), seen)
            paths += [
                _path(shapely.get_coordinates(part))
                for part in shapely.get_parts(cut)
                if part.geom_type == "LineString" and not part.is_empty
            ]
        return paths


def _metres_a_degree(at: Coordinate) -> float:
    return float(gaussian_radius(at.latitude)) * math.pi / 180.0


def _narrowing(at: Coordinate) -> float:
    return max(math.cos(math.radians(at.latitude)), 0.01)


def _path(points: NDArray[np.float64]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist())


def _point(x: float, y: float) -> Point:
    return Point(round(float(x), 1), round(float(y), 1))
