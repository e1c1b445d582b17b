"""The register as a picture: where its stations are, and which of them have something to see to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.planar import PlanarCrs
from geo_service.domain.register import Register
from geo_service.services.quality import Finding, Quality

WIDTH: Final = 720
HEIGHT: Final = 460
_MARGIN: Final = 12
_SIMPLIFIED: Final = 0.4  # of a pixel
_LEAST_METRES: Final = 2000.0
_DOTS: Final = 3000  # more cannot be told apart, nor sent

# What everybody sees to first; the rest of a record's gaps are counted beside the picture.
_URGENT: Final = (Finding.REPORTED_CLOSED, Finding.OUTSIDE_TOWNSHIP, Finding.DUPLICATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A station; ``look`` is urgent, gaps or sound."""

    x: float
    y: float
    look: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Outlines as paths, stations as dots, the urgent drawn last; ``left_out`` are not drawn."""

    townships: str
    counties: str
    dots: list[Dot]
    left_out: int


def picture(register: Register, quality: Quality) -> Picture | None:
    """Draw the stations in being; None where there is nothing to draw."""
    frame = _Frame.around(register)
    if frame is None:
        return None
    urgent = {number for finding in _URGENT for number in quality.numbers[finding]}
    being = register.numbers_in(register.eras.on(quality.on))
    looks = [
        (
            number,
            "urgent" if number in urgent else "gaps" if number in quality.troubled else "sound",
        )
        for number in being
    ]
    looks.sort(key=lambda each: ("sound", "gaps", "urgent").index(each[1]))
    drawn = looks[-_DOTS:]
    return Picture(
        townships=frame.paths(unit.boundary for unit in register.townships),
        counties=frame.paths(unit.boundary for unit in register.counties),
        dots=frame.dots(register, drawn),
        left_out=len(looks) - len(drawn),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """The plane as a drawing: its west and north edge, and how many metres a pixel is."""

    crs: PlanarCrs
    west: float
    north: float
    metres: float

    @classmethod
    def around(cls, register: Register) -> "_Frame | None":
        outlines = [unit.boundary for unit in register.townships]
        outlines += [unit.boundary for unit in register.counties]
        boxes = [register.crs.to_plane(each).bounds for each in outlines if each is not None]
        if corners := register.stations.corners():
            x, y = register.crs.forward(
                [each.longitude for each in corners], [each.latitude for each in corners]
            )
            boxes.append((x.min(), y.min(), x.max(), y.max()))
        if not boxes:
            return None
        west, south, east, north = (
            float(pick) for pick in (*np.min(boxes, axis=0)[:2], *np.max(boxes, axis=0)[2:])
        )
        metres = max(
            (east - west) / (WIDTH - 2 * _MARGIN),
            (north - south) / (HEIGHT - 2 * _MARGIN),
            _LEAST_METRES / WIDTH,
        )
        return cls(
            crs=register.crs,
            west=(west + east) / 2 - WIDTH / 2 * metres,
            north=(south + north) / 2 + HEIGHT / 2 * metres,
            metres=metres,
        )

    def paths(self, outlines: Iterable[BaseGeometry | None]) -> str:
        """Return outlines in degrees as one path."""
        return "".join(self._path(each) for each in outlines if each is not None)

    def dots(self, register: Register, looks: list[tuple[int, str]]) -> list[Dot]:
        """Return stations as dots."""
        if not looks:
            return []
        numbers = np.array([number for number, _ in looks])
        stations = register.stations
        x, y = self.crs.forward(
            np.asarray(stations.longitudes)[numbers], np.asarray(stations.latitudes)[numbers]
        )
        places = self._pixels(np.column_stack((x, y))).round(1).tolist()
        return [
            Dot(x=at[0], y=at[1], look=look, id=stations.ids[number], name=stations[number].name)
            for (number, look), at in zip(looks, places, strict=True)
        ]

    def _path(self, ground: BaseGeometry) -> str:
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

    def _pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            ((places[:, 0] - self.west) / self.metres, (self.north - places[:, 1]) / self.metres)
        )
