"""A little map for paper: an outline, and stations by their numbers, in millimetres."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, hypot, radians
from typing import Final

from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Coordinate

Outline = Polygon | MultiPolygon

_METRES_PER_DEGREE: Final = 111_320.0
_MARGIN_MM: Final = 7.0
# Circles with a number in them; nearer than this two would hide each other.
_APART_MM: Final = 5.6
_ROUNDS: Final = 60
_SMALLEST_SPAN_M: Final = 600.0
_BARS_M: Final = (50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000)
_LONGEST_BAR_MM: Final = 45.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A station: where it is, and where its number stands."""

    number: int
    x: float
    y: float
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Sketch:
    """All that an SVG of this size shows; paths are in its millimetres."""

    width: float
    height: float
    outline: str
    around: str
    marks: tuple[Mark, ...]
    bar_mm: float
    bar_m: int


def sketch(
    outline: Outline | None,
    stations: Sequence[Coordinate],
    around: Iterable[Outline] = (),
    *,
    width: float = 180.0,
    height: float = 84.0,
) -> Sketch | None:
    """Draw stations, numbered from 1, within an outline; None where there is nothing to draw."""
    corners = [(at.longitude, at.latitude) for at in stations]
    if outline is not None:
        west, south, east, north = outline.bounds
        corners += [(west, south), (east, north)]
    if not corners:
        return None
    plane = _Plane.around(corners, width, height)
    spots = [plane.spot(at.longitude, at.latitude) for at in stations]
    labels = _apart(spots, width, height)
    bar = max(
        (each for each in _BARS_M if each / plane.metres_per_mm <= _LONGEST_BAR_MM), default=50
    )
    return Sketch(
        width=width,
        height=height,
        outline="" if outline is None else plane.path(outline),
        around="".join(plane.path(each) for each in around if plane.shows(each)),
        marks=tuple(
            Mark(number, *spot, *label)
            for number, (spot, label) in enumerate(zip(spots, labels, strict=True), start=1)
        ),
        bar_mm=round(bar / plane.metres_per_mm, 2),
        bar_m=bar,
    )


@dataclass(frozen=True, slots=True)
class _Plane:
    """Degrees onto paper; over a township the earth is flat enough for that."""

    longitude: float
    latitude: float
    metres_per_mm: float
    width: float
    height: float

    @classmethod
    def around(
        cls, corners: Sequence[tuple[float, float]], width: float, height: float
    ) -> "_Plane":
        west, east = min(x for x, _ in corners), max(x for x, _ in corners)
        south, north = min(y for _, y in corners), max(y for _, y in corners)
        latitude = (south + north) / 2
        wide = (east - west) * _METRES_PER_DEGREE * cos(radians(latitude))
        high = (north - south) * _METRES_PER_DEGREE
        scale = max(
            wide / (width - 2 * _MARGIN_MM),
            high / (height - 2 * _MARGIN_MM),
            _SMALLEST_SPAN_M / width,
        )
        return cls((west + east) / 2, latitude, scale, width, height)

    def spot(self, longitude: float, latitude: float) -> tuple[float, float]:
        east = (longitude - self.longitude) * _METRES_PER_DEGREE * cos(radians(self.latitude))
        north = (latitude - self.latitude) * _METRES_PER_DEGREE
        x = self.width / 2 + east / self.metres_per_mm
        y = self.height / 2 - north / self.metres_per_mm
        return round(x, 2), round(y, 2)

    def path(self, outline: Outline) -> str:
        parts = outline.geoms if isinstance(outline, MultiPolygon) else [outline]
        rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
        return "".join(
            "M" + "L".join(f"{x:g} {y:g}" for x, y in self._spots(ring.coords[:-1])) + "Z"
            for ring in rings
        )

    def shows(self, outline: Outline) -> bool:
        west, south, east, north = outline.bounds
        (left, bottom), (right, top) = self.spot(west, south), self.spot(east, north)
        return left < self.width and right > 0 and top < self.height and bottom > 0

    def _spots(self, degrees: Iterable[Sequence[float]]) -> Iterable[tuple[float, float]]:
        return (self.spot(each[0], each[1]) for each in degrees)


def _apart(
    spots: Sequence[tuple[float, float]], width: float, height: float
) -> list[tuple[float, float]]:
    """Move labels off each other, each as little as it takes."""
    labels = [[x, y] for x, y in spots]
    edge = _APART_MM / 2 + 0.3
    for _ in range(_ROUNDS):
        for (first, one), (second, other) in combinations(enumerate(labels), 2):
            dx, dy = other[0] - one[0], other[1] - one[1]
            distance = hypot(dx, dy)
            if distance >= _APART_MM:
                continue
            if distance < 0.01:  # on one spot: each pair in a direction of its own
                dx, dy, distance = 1.0, (first + second) % 3 - 1.0, hypot(1.0, 1.0)
            push = (_APART_MM - hypot(other[0] - one[0], other[1] - one[1])) / 2 / distance
            one[0], one[1] = one[0] - dx * push, one[1] - dy * push
            other[0], other[1] = other[0] + dx * push, other[1] + dy * push
        for each in labels:
            each[0] = min(max(each[0], edge), width - edge)
            each[1] = min(max(each[1], edge), height - edge)
    return [(round(x, 2), round(y, 2)) for x, y in labels]
