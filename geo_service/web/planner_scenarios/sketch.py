"""Two maps side by side as drawings of our own: what is covered, gained and lost."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.planar import PlanarCrs
from geo_service.domain.register import Register
from geo_service.domain.station import Station, StationId
from geo_service.services.comparing import Comparison
from geo_service.services.coverage import draw_coverage

WIDTH: Final = 480
HEIGHT: Final = 400
_MARGIN: Final = 10
_SIMPLIFIED: Final = 0.4  # of a pixel
_LEAST_METRES: Final = 2000.0
_BARS: Final = (200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000)
_LONGEST_BAR: Final = 110.0
_DOTS: Final = 3000  # more cannot be told apart, nor sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A station on the drawing; ``look`` is station, added or closed."""

    x: float
    y: float
    look: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One of the two maps."""

    covered: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """Both maps in one frame, what they have in common, and what differs."""

    townships: str
    counties: str
    before: Picture
    after: Picture
    gained: str
    lost: str
    bar: float
    bar_metres: int


def side_by_side(today: Register, compared: Comparison) -> SideBySide | None:
    """Draw a comparison; None where no shape says what is in reach."""
    if compared.ground is None:
        return None
    frame = _Frame.around(today, compared)
    changes = compared.changes
    moved = {each.after.id for each in changes.moved}
    closed = {each.id for each in changes.closed} | moved
    added = {each.id for each in changes.added} | moved
    bar = max((each for each in _BARS if each / frame.metres <= _LONGEST_BAR), default=_BARS[0])
    sides = zip(
        (compared.before, compared.after),
        compared.answers,
        (dict.fromkeys(closed, "closed"), dict.fromkeys(added, "added")),
        strict=True,
    )
    before, after = (
        Picture(
            covered=frame.path(draw_coverage(side.register, answer).catchments),
            dots=frame.dots(answer.stations, looks),
        )
        for side, answer, looks in sides
    )
    return SideBySide(
        townships=frame.path_of([unit.boundary for unit in today.townships]),
        counties=frame.path_of([unit.boundary for unit in today.counties]),
        before=before,
        after=after,
        gained=frame.path(compared.ground.gained),
        lost=frame.path(compared.ground.lost),
        bar=round(bar / frame.metres, 1),
        bar_metres=bar,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The plane as a drawing: its west and north edge, and how many metres a pixel is."""

    crs: PlanarCrs
    west: float
    north: float
    metres: float

    @classmethod
    def around(cls, register: Register, compared: Comparison) -> "_Frame":
        crs = register.crs
        outlines = [unit.boundary for unit in register.townships]
        outlines += [unit.boundary for unit in register.counties]
        bounds = [crs.to_plane(each).bounds for each in outlines if each is not None]
        for answer in compared.answers:
            if len(answer.stations):
                x, y = crs.forward(
                    [each.coordinate.longitude for each in answer.stations],
                    [each.coordinate.latitude for each in answer.stations],
                )
                bounds.append((x.min(), y.min(), x.max(), y.max()))
        if not bounds:
            bounds = [(0.0, 0.0, 0.0, 0.0)]
        corners = np.array(bounds)
        west, south = corners[:, 0].min(), corners[:, 1].min()
        east, north = corners[:, 2].max(), corners[:, 3].max()
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

    def path(self, ground: BaseGeometry) -> str:
        """Return polygons in degrees as one path."""
        drawn = shapely.transform(self.crs.to_plane(ground), self._pixels)
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

    def path_of(self, outlines: Iterable[BaseGeometry | None]) -> str:
        """Return outlines as one path."""
        return "".join(self.path(each) for each in outlines if each is not None)

    def dots(self, stations: Sequence[Station], looks: dict[StationId, str]) -> tuple[Dot, ...]:
        """Return stations as dots, those that differ drawn last."""
        shown = [station for station in stations if station.id in looks]
        if len(stations) <= _DOTS:
            shown = [station for station in stations if station.id not in looks] + shown
        if not shown:
            return ()
        x, y = self.crs.forward(
            [each.coordinate.longitude for each in shown],
            [each.coordinate.latitude for each in shown],
        )
        places = self._pixels(np.column_stack((x, y))).round(1).tolist()
        return tuple(
            Dot(x=at[0], y=at[1], look=looks.get(station.id, "station"), name=station.name)
            for station, at in zip(shown, places, strict=True)
        )

    def _pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            ((places[:, 0] - self.west) / self.metres, (self.north - places[:, 1]) / self.metres)
        )
