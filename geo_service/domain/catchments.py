"""The ground within a radius of stations, as shapes to draw.

A catchment is a disc, drawn in a conformal plane as a regular polygon of exactly the disc's area,
its radius multiplied by the plane's scale at the station. What it measures is measured without
polygons: see ``covered_ground``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Metres
from geo_service.domain.covered_ground import Discs, DistinctDiscs
from geo_service.domain.ground_figures import discs_about
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station
from geo_service.domain.tessellation import voronoi_cells

Geometries = NDArray[np.object_]

# A disc's polygon strays from the circle by 0.00015 of the radius, 15 cm on a kilometre, to either
# side in equal parts: its area is the disc's.
SEGMENTS: Final = 128


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catchments:
    """The catchments of stations in the plane, one for each distinct place of a station.

    ``shapes`` are whole; ``pieces`` are what of each lies nearer to its station than to others.
    """

    shapes: Geometries
    pieces: Geometries

    @classmethod
    def around(
        cls, stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs, reaching: Geometries
    ) -> Self:
        """Draw the catchments of the stations that can reach some outlines."""
        discs = discs_about(stations, radius=radius, crs=crs).reaching(reaching).distinct()
        if not len(discs):
            return cls(shapes=np.array([], dtype=object), pieces=np.array([], dtype=object))
        shapes = _shapes(discs)
        return cls(shapes=shapes, pieces=np.asarray(shapely.intersection(shapes, _cells(discs))))

    def left_of(self, outlines: Geometries) -> Geometries:
        """Return what the catchments leave uncovered of each outline."""
        if not len(self.pieces):
            return outlines
        left = outlines.copy()
        outline, disc = shapely.STRtree(self.pieces).query(outlines, predicate="intersects")
        # A disc that is nowhere the nearest in an outline would add nothing to the union.
        for which, nearest_in_it in _grouped(outline, self.shapes[disc]):
            left[which] = shapely.difference(outlines[which], shapely.union_all(nearest_in_it))
        return left


def union_of_discs(stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs) -> BaseGeometry:
    """Return the ground within the radius of any station as one shape in the plane."""
    return shapely.union_all(_shapes(discs_about(stations, radius=radius, crs=crs)))


def _shapes(discs: Discs | DistinctDiscs) -> Geometries:
    """Return regular polygons with the area of circles."""
    step = 2 * np.pi / SEGMENTS
    # A polygon of n corners on a circle of radius ρ has the area n ρ² sin(2π / n) / 2.
    corner_radii = discs.radii * np.sqrt(step / np.sin(step))
    angle = step * np.arange(SEGMENTS)
    corners = discs.centres[:, None, :] + corner_radii[:, None, None] * np.column_stack(
        [np.cos(angle), np.sin(angle)]
    )
    return np.asarray(shapely.polygons(corners))


def _cells(discs: DistinctDiscs) -> Geometries:
    cells = np.empty(len(discs), dtype=object)
    for group in voronoi_cells(discs.sites, reach=float(discs.radii.max())):
        corners = group.corners + discs.sites[group.place][:, None]
        # Its hull is the cell itself, without corners that coincide but for rounding.
        owner = np.repeat(np.arange(len(corners)), corners.shape[1])
        points = shapely.multipoints(corners.reshape(-1, 2), indices=owner)
        cells[group.place] = shapely.convex_hull(points)
    return cells


def _grouped(owners: NDArray[np.intp], geometries: Geometries) -> Iterator[tuple[int, Geometries]]:
    """Yield each owner with its geometries, in the order given; owners come sorted already."""
    each, starts = np.unique(owners, return_index=True)
    ends = [*starts[1:], len(owners)]
    for owner, start, end in zip(each, starts, ends[: len(each)], strict=True):
        yield int(owner), geometries[start:end]
