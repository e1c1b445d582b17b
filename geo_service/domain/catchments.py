"""The ground within a radius of stations: once, twice, and drawn.

A catchment is a disc, drawn in a conformal plane as a regular polygon of exactly the disc's area,
its radius multiplied by the plane's scale at the station.

Neither the union of many discs nor all their pairwise intersections is ever formed to measure
them: both grow out of hand where stations stand close. The plane is cut into the Voronoi cells of
the stations instead. In the cell of a station

- what is covered at all is covered by that station, the nearest: cell ∩ its disc;
- what is covered twice is covered by the second nearest too, and that is always the station of a
  neighbouring cell: cell ∩ union of the neighbours' discs.

The pieces do not overlap, so areas add up, and there are about as many of them as stations.
See Okabe, Boots, Sugihara and Chiu, Spatial Tessellations (2000), on ordered Voronoi diagrams.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Metres
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station

Geometries = NDArray[np.object_]

# A disc's polygon strays from the circle by 0.00015 of the radius, 15 cm on a kilometre, to either
# side in equal parts: its area is the disc's.
SEGMENTS: Final = 128

# Stations nearer to each other than this share of the whole extent, and never less than the
# absolute, stand in one place: 20 cm over a prefecture of 100 km. Qhull lifts the plane on to a
# paraboloid, where nearer ones drown in rounding: at 1.4e-7 it was seen to lose cells silently.
_SAME_PLACE: Final = 2e-6
_SAME_PLACE_M: Final = 0.01


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Catchments:
    """The catchments of stations in the plane: ``discs`` whole, and the pieces they cover.

    The three run in parallel, one entry for each distinct place of a station. ``once`` and
    ``twice`` are free of overlaps among themselves.
    """

    discs: Geometries
    once: Geometries
    twice: Geometries

    @classmethod
    def around(
        cls, stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs, reaching: Geometries
    ) -> Self:
        """Draw and cut up the catchments of the stations that can reach some outlines.

        A stray station far away must not count: it would cost all others their precision.
        """
        places, radii = _places(stations, radius=radius, crs=crs)
        if len(reaching):
            places, radii = _near(reaching, places, radii)
        if not len(reaching) or not len(places):
            return cls(discs=_nothing(), once=_nothing(), twice=_nothing())
        sites, first, crowd = _distinct(places)
        places, radii = places[first], radii[first]
        discs = _discs(places, radii)
        cells, neighbours = _voronoi(sites, float(radii.max()))
        once = np.asarray(shapely.intersection(discs, cells))
        twice = _twice(discs, cells, _within_reach(neighbours, places, radii))
        return cls(discs=discs, once=once, twice=np.where(crowd > 1, once, twice))

    def left_of(self, outlines: Geometries) -> Geometries:
        """Return what the catchments leave uncovered of each outline."""
        if not len(self.once):
            return outlines
        left = outlines.copy()
        outline, disc = shapely.STRtree(self.once).query(outlines, predicate="intersects")
        # A disc that is nowhere the nearest in an outline would add nothing to the union.
        for which, nearest_in_it in _grouped(outline, self.discs[disc]):
            left[which] = shapely.difference(outlines[which], shapely.union_all(nearest_in_it))
        return left


def union_of_discs(stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs) -> BaseGeometry:
    """Return the ground within the radius of any station as one shape in the plane."""
    return shapely.union_all(_discs(*_places(stations, radius=radius, crs=crs)))


def covered_areas(outlines: Geometries, pieces: Geometries) -> NDArray[np.float64]:
    """Measure, for each outline, how much of it pieces free of overlaps cover, in the plane."""
    if not len(pieces):
        return np.zeros(len(outlines))
    unit, piece = shapely.STRtree(pieces).query(outlines, predicate="intersects")
    shapely.prepare(outlines)
    within = shapely.contains_properly(outlines[unit], pieces[piece])
    shared = shapely.area(pieces[piece])
    cut = ~within
    shared[cut] = shapely.area(shapely.intersection(outlines[unit[cut]], pieces[piece[cut]]))
    # Floating, though mypy takes any count for whole numbers.
    return np.bincount(unit, weights=shared, minlength=len(outlines)).astype(np.float64)


def _places(
    stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where stations stand in the plane, and how large their discs are there.

    A station that the plane has no place for is half the earth away and left out.
    """
    longitude = np.array([station.coordinate.longitude for station in stations], dtype=float)
    latitude = np.array([station.coordinate.latitude for station in stations], dtype=float)
    places = np.column_stack(crs.forward(longitude, latitude))
    radii = radius * crs.scale_at(longitude, latitude)
    drawable = np.isfinite(places).all(axis=1) & np.isfinite(radii)
    return places[drawable], radii[drawable]


def _near(
    outlines: Geometries, places: NDArray[np.float64], radii: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Keep the places whose discs reach the box around all outlines."""
    west, south, east, north = shapely.total_bounds(outlines)
    offset = np.maximum(np.maximum([west, south] - places, places - [east, north]), 0.0)
    reaches = np.hypot(offset[:, 0], offset[:, 1]) <= radii * 1.001
    return places[reaches], radii[reaches]


def _nothing() -> Geometries:
    return np.array([], dtype=object)


def _distinct(
    places: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.intp]]:
    """Return the distinct places, rounded; where each first occurs; how many stations share it."""
    unit = max(_SAME_PLACE_M, float(np.ptp(places, axis=0).max()) * _SAME_PLACE)
    sites, first, crowd = np.unique(
        np.round(places / unit), axis=0, return_index=True, return_counts=True
    )
    return sites * unit, first, crowd


def _discs(places: NDArray[np.float64], radii: NDArray[np.float64]) -> Geometries:
    """Return regular polygons with the area of circles."""
    step = 2 * np.pi / SEGMENTS
    # A polygon of n corners on a circle of radius ρ has the area n ρ² sin(2π / n) / 2.
    corner_radii = radii * np.sqrt(step / np.sin(step))
    angle = step * np.arange(SEGMENTS)
    corners = places[:, None, :] + corner_radii[:, None, None] * np.column_stack(
        [np.cos(angle), np.sin(angle)]
    )
    return np.asarray(shapely.polygons(corners))


def _voronoi(places: NDArray[np.float64], reach: float) -> tuple[Geometries, NDArray[np.intp]]:
    """Return each place's cell, as far as ``reach`` at least, and the pairs of neighbours."""
    centre = (places.min(axis=0) + places.max(axis=0)) / 2
    local = places - centre
    # Eight sentries far outside close the cells that would be open; they take nothing that is
    # within reach of a place, for that is nearer to the place than to them.
    angle = np.arange(8) * np.pi / 4
    far = 2 * np.hypot(*local.T).max() + 4 * reach
    sentries = far * np.column_stack([np.cos(angle), np.sin(angle)])
    diagram = Voronoi(np.vstack([local, sentries]))
    regions = [diagram.regions[region] for region in diagram.point_region[: len(places)]]
    owner = np.repeat(np.arange(len(regions)), [len(region) for region in regions])
    corners = diagram.vertices[np.concatenate(regions).astype(np.intp)] + centre
    # A cell is convex, so its hull puts the corners in order.
    cells = shapely.convex_hull(shapely.multipoints(corners, indices=owner))
    pairs = np.asarray(diagram.ridge_points, dtype=np.intp)
    return np.asarray(cells), pairs[(pairs < len(places)).all(axis=1)]


def _within_reach(
    pairs: NDArray[np.intp], places: NDArray[np.float64], radii: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Keep the neighbours whose discs meet, each pair in both directions, sorted."""
    one, other = pairs[:, 0], pairs[:, 1]
    apart = np.hypot(*(places[one] - places[other]).T)
    meeting = pairs[apart < (radii[one] + radii[other]) * 1.001]
    both = np.vstack([meeting, meeting[:, ::-1]])
    return both[np.lexsort((both[:, 1], both[:, 0]))]


def _twice(discs: Geometries, cells: Geometries, neighbours: NDArray[np.intp]) -> Geometries:
    """Return, for each cell, what of it the discs of neighbouring cells cover."""
    twice = np.full(len(cells), Polygon(), dtype=object)
    owner, other = neighbours[:, 0], neighbours[:, 1]
    parts = np.asarray(shapely.intersection(discs[other], cells[owner]))
    for place, its_parts in _grouped(owner, parts):
        twice[place] = shapely.union_all(its_parts)
    return twice


def _grouped(owners: NDArray[np.intp], geometries: Geometries) -> Iterator[tuple[int, Geometries]]:
    """Yield each owner with its geometries, in the order given; owners come sorted already."""
    each, starts = np.unique(owners, return_index=True)
    ends = [*starts[1:], len(owners)]
    for owner, start, end in zip(each, starts, ends[: len(each)], strict=True):
        yield int(owner), geometries[start:end]
