"""Where the rows of a dry run lie: a drawing of our own, over the townships."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.planar import PlanarCrs
from geo_service.domain.register import Register

WIDTH: Final = 640
HEIGHT: Final = 480
MOST_DOTS: Final = 2000
_MARGIN: Final = 12
_LEAST_METRES: Final = 2000.0
_SIMPLIFIED: Final = 0.4  # of a pixel


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A row on the drawing; ``look`` is new, moved, alike, astray or wrong."""

    x: float
    y: float
    look: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """The townships as one path, and the rows."""

    townships: str
    dots: tuple[Dot, ...]

    def count(self, look: str) -> int:
        """Count the dots of a look."""
        return sum(dot.look == look for dot in self.dots)


def sketch_of(register: Register, places: Sequence[Mapping[str, Any]]) -> Sketch | None:
    """Draw where entries lie; None where there is nothing to draw."""
    if not places:
        return None
    crs = register.crs
    outlines = [each.boundary for each in register.townships if each.boundary is not None]
    x, y = crs.forward(
        [each["longitude"] for each in places], [each["latitude"] for each in places]
    )
    points = np.column_stack((x, y))
    frame = _Frame.around(crs, outlines, points)
    pixels = frame.pixels(points)
    low, high = (_MARGIN / 2, _MARGIN / 2), (WIDTH - _MARGIN / 2, HEIGHT - _MARGIN / 2)
    held = np.clip(np.nan_to_num(pixels, posinf=WIDTH, neginf=0.0), low, high).round(1).tolist()
    return Sketch(
        townships=frame.path_of(outlines),
        dots=tuple(
            Dot(x=at[0], y=at[1], look=_look(each), name=_name(each))
            for each, at in zip(places, held, strict=True)
        ),
    )


def _look(place: Mapping[str, Any]) -> str:
    if place["kind"] == "wrong":
        return "wrong"
    marks = place["marks"]
    for mark in ("alike", "moved", "astray"):
        if mark in marks:
            return mark
    return str(place["kind"])


def _name(place: Mapping[str, Any]) -> str:
    return " ".join(str(each) for each in (place["station_id"], place["name"]) if each)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    crs: PlanarCrs
    west: float
    north: float
    metres: float

    @classmethod
    def around(cls, crs: PlanarCrs, outlines: list[Any], points: NDArray[np.float64]) -> "_Frame":
        if outlines:
            bounds = np.array([crs.to_plane(each).bounds for each in outlines])
            west, south = bounds[:, 0].min(), bounds[:, 1].min()
            east, north = bounds[:, 2].max(), bounds[:, 3].max()
        else:
            there = points[np.isfinite(points).all(axis=1)]
            if not len(there):
                there = np.zeros((1, 2))
            (west, south), (east, north) = there.min(axis=0), there.max(axis=0)
        metres = max(
            (east - west) / (WIDTH - 2 * _MARGIN),
            (north - south) / (HEIGHT - 2 * _MARGIN),
            _LEAST_METRES / WIDTH,
        )
        return cls(
            crs=crs,
            west=float((west + east) / 2 - WIDTH / 2 * metres),
            north=float((south + north) / 2 + HEIGHT / 2 * metres),
            metres=float(metres),
        )

    def pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            ((places[:, 0] - self.west) / self.metres, (self.north - places[:, 1]) / self.metres)
        )

    def path_of(self, outlines: Iterable[BaseGeometry]) -> str:
        return "".join(map(self._path, outlines))

    def _path(self, ground: BaseGeometry) -> str:
        drawn = shapely.transform(self.crs.to_plane(ground), self.pixels)
        drawn = shapely.simplify(drawn, _SIMPLIFIED)
        rings = [
            ring
            for part in shapely.get_parts(drawn)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        return "".join(
            "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1]) + "Z"
            for ring in rings
        )
