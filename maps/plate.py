"""A map for paper and for pictures: one SVG in millimetres, drawn in the plane of the data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.planar import PlanarCrs

# The five colours of the choropleth, light to dark, as on the screen: ColorBrewer's YlGnBu, which
# the colour-blind tell apart and a photocopier too.
COLOURS: Final = ("#ffffcc", "#a1dab4", "#41b6c4", "#2c7fb8", "#253494")
UNKNOWN: Final = "#f2f2ee"

_MARGIN_MM: Final = 4.0
_FINEST_MM: Final = 0.12  # no printer shows less, no reader sees it
_BARS_M: Final = tuple(step * 10**power for power in range(2, 7) for step in (1, 2, 5))
_LONGEST_BAR_MM: Final = 40.0
_MOST_STATIONS: Final = 20_000
_TEXT_MM: Final = {"county": 3.8, "unit": 2.3}
_APART_MM: Final = 4.4

_TEMPLATES: Final = Environment(
    loader=PackageLoader("maps"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateUnit:
    """A unit to draw, in degrees; ``colour`` counts COLOURS, None where no figure is known."""

    name: str
    boundary: BaseGeometry
    colour: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateLayers:
    """What lies over the units, in degrees; ``marked`` places are numbered from 1."""

    counties: Sequence[tuple[str, BaseGeometry]] = ()
    catchments: BaseGeometry | None = None
    stations: Sequence[Coordinate] = ()
    marked: Sequence[Coordinate] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A word on the map, in the middle of what it names."""

    text: str
    kind: str
    x: float
    y: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """All that an SVG of this size shows; paths and places are in its millimetres."""

    width: float
    height: float
    units: tuple[tuple[str, str], ...]
    counties: tuple[str, ...]
    catchments: str
    stations: tuple[tuple[float, float], ...]
    marked: tuple[tuple[float, float, float, float], ...]
    labels: tuple[Label, ...]
    bar_mm: float
    bar_m: int

    def svg(self, *, title: str, bar_text: str, north: str) -> Markup:
        """Return the drawing; ``title`` is what it is called where it cannot be seen."""
        drawn = _TEMPLATES.get_template("plate.svg.j2").render(
            plate=self, title=title, bar_text=bar_text, north=north
        )
        return Markup(drawn)  # noqa: S704 - an autoescaped template


def lay_out(
    units: Sequence[PlateUnit],
    layers: PlateLayers,
    *,
    crs: PlanarCrs,
    width: float,
    height: float,
) -> Plate | None:
    """Lay a map out on paper, north up; None where there is nothing to draw."""
    ground = [unit.boundary for unit in units] + [boundary for _, boundary in layers.counties]
    places = [*layers.stations, *layers.marked]
    shapes = [*ground, *(shapely.Point(at.longitude, at.latitude) for at in places)]
    if not shapes:
        return None
    frame = _Frame.around(shapes, crs, width, height)
    named = [("county", name, boundary) for name, boundary in layers.counties]
    if len(layers.counties) != len(units):  # else the units are the counties
        named += [("unit", unit.name, unit.boundary) for unit in units]
    bar = max(each for each in _BARS_M if each / frame.metres_per_mm <= _LONGEST_BAR_MM)
    stations = layers.stations if len(layers.stations) <= _MOST_STATIONS else ()
    return Plate(
        width=width,
        height=frame.height,
        units=tuple((frame.path(unit.boundary), _fill(unit.colour)) for unit in units),
        counties=tuple(frame.path(boundary) for _, boundary in layers.counties),
        catchments="" if layers.catchments is None else frame.path(layers.catchments),
        stations=tuple(frame.spot(each) for each in stations),
        marked=_marked([frame.spot(each) for each in layers.marked], width, frame.height),
        labels=tuple(_labels(named, frame)),
        bar_mm=round(bar / frame.metres_per_mm, 2),
        bar_m=bar,
    )


def _fill(colour: int | None) -> str:
    return UNKNOWN if colour is None else COLOURS[colour]


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plane onto paper: millimetres from the upper left corner."""

    crs: PlanarCrs
    west: float
    north: float
    metres_per_mm: float
    height: float

    @classmethod
    def around(
        cls, shapes: Sequence[BaseGeometry], crs: PlanarCrs, width: float, height: float
    ) -> "_Frame":
        """Fit shapes in; paper that a wide place would leave empty is cut off."""
        drawn = [crs.to_plane(each) for each in shapes]
        left, bottom, right, top = (float(each) for each in shapely.total_bounds(drawn))
        wide, high = max(right - left, 500.0), max(top - bottom, 500.0)
        room_w, room_h = width - 2 * _MARGIN_MM, height - 2 * _MARGIN_MM
        scale = max(wide / room_w, high / room_h)
        tall = min(height, high / scale + 2 * _MARGIN_MM)
        west = (left + right) / 2 - width / 2 * scale
        return cls(crs, west, (top + bottom) / 2 + tall / 2 * scale, scale, round(tall, 2))

    def on_paper(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in degrees as it lies on the paper."""
        drawn: BaseGeometry = shapely.transform(
            self.crs.to_plane(geometry),
            lambda at: (
                np.column_stack((at[:, 0] - self.west, self.north - at[:, 1])) / self.metres_per_mm
            ),
        )
        return drawn

    def spot(self, at: Coordinate) -> tuple[float, float]:
        x, y = shapely.get_coordinates(
            self.on_paper(shapely.Point(at.longitude, at.latitude))
        ).tolist()[0]
        return round(x, 2), round(y, 2)

    def path(self, geometry: BaseGeometry) -> str:
        simple = shapely.simplify(self.on_paper(geometry), _FINEST_MM, preserve_topology=True)
        rings = [
            ring
            for part in shapely.get_parts(simple)
            if part.geom_type == "Polygon"
            for ring in (part.exterior, *part.interiors)
        ]
        return "".join(
            "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ring.coords[:-1]) + "Z" for ring in rings
        )


def _labels(named: Iterable[tuple[str, str, BaseGeometry]], frame: _Frame) -> Iterable[Label]:
    """Place each name where it fits into what it names and hides no other; others are left out."""
    taken: list[tuple[float, float, float, float]] = []
    for kind, name, boundary in named:
        parts = shapely.get_parts(frame.on_paper(boundary))
        largest = max(parts, key=lambda part: part.area)
        size = _TEXT_MM[kind]
        wide = size * sum(1.0 if ord(sign) > 0x2E80 else 0.55 for sign in name)
        left, top, right, bottom = largest.bounds
        if kind == "unit" and (right - left < wide * 1.05 or bottom - top < size * 1.5):
            continue
        centre = largest.centroid
        place = centre if largest.contains(centre) else largest.representative_point()
        box = (place.x - wide / 2, place.y - size / 2, place.x + wide / 2, place.y + size / 2)
        if any(_overlap(box, other) for other in taken):
            continue
        taken.append(box)
        yield Label(
            text=name,
            kind=kind,
            x=round(place.x, 2),
            y=round(place.y + size * 0.36, 2),
            size=size,
        )


def _overlap(
    box: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def _marked(
    spots: Sequence[tuple[float, float]], width: float, height: float
) -> tuple[tuple[float, float, float, float], ...]:
    """Return each place, and where its number stands: above it, or where no other one is."""
    taken: list[tuple[float, float]] = []
    for x, y in spots:
        tries = [(x + dx, y + dy) for dx, dy in _AROUND]
        inside = [at for at in tries if 2 < at[0] < width - 2 and 2 < at[1] < height - 2]
        free = (
            at
            for at in inside
            if all(abs(at[0] - ox) + abs(at[1] - oy) > _APART_MM for ox, oy in taken)
        )
        taken.append(next(free, (inside or tries)[0]))
    return tuple(
        (x, y, round(at[0], 2), round(at[1], 2)) for (x, y), at in zip(spots, taken, strict=True)
    )


_AROUND: Final = ((0.0, -3.6), (3.6, 0.0), (-3.6, 0.0), (0.0, 3.6), (4.4, -4.4), (-4.4, -4.4))
