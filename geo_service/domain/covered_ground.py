"""How much of each outline discs cover, once and twice: exactly, and in time for a nation.

Neither the union of many discs nor all their pairwise intersections is ever formed: both grow out
of hand where stations stand close. The plane is cut into the Voronoi cells of the stations
instead. In the cell of a station

- what is covered at all is covered by that station, the nearest: cell ∩ its disc;
- what is covered twice is covered by the second nearest too. That is always the station of a
  neighbouring cell, and the cell is cut once more, by which of them is the second nearest: each
  piece ∩ the disc of its second nearest.

The pieces are convex, do not overlap, and number some seven a station; the area that one shares
with a disc has a closed form. Only pieces whose disc meets a border are cut by it.
See Okabe, Boots, Sugihara and Chiu, Spatial Tessellations (2000), on ordered Voronoi diagrams.
"""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.disc_areas import polygons_in_discs, shared_with_disc
from geo_service.domain.tessellation import Cells, clipped, voronoi_cells, without_repeats

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Geometries = NDArray[np.object_]

# Stations nearer to each other than this share of the whole extent, and never less than the
# absolute, stand in one place: 20 cm over a prefecture of 100 km. Qhull lifts the plane on to a
# paraboloid, where nearer ones drown in rounding: at 1.4e-7 it was seen to lose cells silently.
_SAME_PLACE: Final = 2e-6
_SAME_PLACE_M: Final = 0.01

_PLACES_A_TILE: Final = 20_000
_PIECES_AT_ONCE: Final = 20_000  # more of them leave the processor's cache
_CORNERS_TO_TIDY: Final = 8
_MARGIN: Final = 1.001
_DECIMALS: Final = 6  # of a metre
_POLYGON: Final = 3  # GEOS's number of the type


class Covered(NamedTuple):
    """Areas in the plane, one for each outline."""

    once: Floats
    twice: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Discs:
    """Discs in the plane: centres, shape (n, 2), and radii, shape (n,)."""

    centres: Floats
    radii: Floats

    def __len__(self) -> int:
        """Count them."""
        return len(self.radii)

    def reaching(self, outlines: Geometries) -> "Discs":
        """Return those that reach into the box around some outlines.

        A stray station far away must not count: it would cost all others their precision.
        """
        if not len(outlines):
            return Discs(centres=self.centres[:0], radii=self.radii[:0])
        west, south, east, north = shapely.total_bounds(outlines)
        offset = np.maximum(
            np.maximum([west, south] - self.centres, self.centres - [east, north]), 0.0
        )
        near = np.hypot(offset[:, 0], offset[:, 1]) <= self.radii * _MARGIN
        return Discs(centres=self.centres[near], radii=self.radii[near])

    def distinct(self) -> "DistinctDiscs":
        """Return one disc for each distinct place."""
        extent = float(np.ptp(self.centres, axis=0).max()) if len(self) else 0.0
        unit = max(_SAME_PLACE_M, extent * _SAME_PLACE)
        sites, first, crowd = np.unique(
            np.round(self.centres / unit), axis=0, return_index=True, return_counts=True
        )
        return DistinctDiscs(
            centres=self.centres[first],
            radii=self.radii[first],
            crowd=crowd,
            sites=sites * unit,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DistinctDiscs:
    """Discs about distinct places, and how many stations share each.

    ``sites`` are the centres rounded, shape (n, 2): what the plane is cut up by.
    """

    centres: Floats
    radii: Floats
    crowd: Numbers
    sites: Floats

    def __len__(self) -> int:
        """Count them."""
        return len(self.radii)

    def of(self, chosen: Numbers) -> "DistinctDiscs":
        """Return some of them."""
        return DistinctDiscs(
            centres=self.centres[chosen],
            radii=self.radii[chosen],
            crowd=self.crowd[chosen],
            sites=self.sites[chosen],
        )


def covered_areas(outlines: Geometries, discs: Discs) -> Covered:
    """Measure, for each outline in the plane, how much of it discs cover once, and twice.

    Tiles of the plane are measured side by side: numpy and GEOS leave the interpreter to others.
    """
    covered = Covered(np.zeros(len(outlines)), np.zeros(len(outlines)))
    reaching = discs.reaching(outlines).distinct()
    if len(reaching):
        borders = _Borders(outlines)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for part in pool.map(partial(_measure_tile, borders), _tiles(reaching)):
                for areas, its_areas in zip(covered, part, strict=True):
                    np.add(areas, its_areas, out=areas)
    return covered


class _Tile(NamedTuple):
    """Discs close together; the first ``own`` of them are measured, the others cover them too."""

    own: int
    discs: DistinctDiscs


def _tiles(discs: DistinctDiscs) -> Iterator[_Tile]:
    """Split the discs; to each tile those around come that have a part in its cells."""
    waiting: list[Numbers] = [np.arange(len(discs))]
    while waiting:
        own = waiting.pop()
        if len(own) > _PLACES_A_TILE:
            axis = int(np.argmax(np.ptp(discs.sites[own], axis=0)))
            halves = np.argpartition(discs.sites[own, axis], len(own) // 2)
            waiting += [own[halves[: len(own) // 2]], own[halves[len(own) // 2 :]]]
            continue
        # Whatever covers a place in one of these discs stands within two radii of its centre.
        reach = 2 * _MARGIN * float(discs.radii[own].max())
        low, high = discs.sites[own].min(axis=0) - reach, discs.sites[own].max(axis=0) + reach
        around = ((discs.sites >= low) & (discs.sites <= high)).all(axis=1)
        around[own] = False
        yield _Tile(len(own), discs.of(np.concatenate([own, np.flatnonzero(around)])))


class _Borders:
    """Outlines, made ready to be asked which discs they meet."""

    def __init__(self, outlines: Geometries) -> None:
        self.outlines = outlines
        self._lines = np.asarray(shapely.boundary(outlines))
        shapely.prepare(self.outlines)
        shapely.prepare(self._lines)
        self._tree = shapely.STRtree(outlines)

    def met(self, discs: DistinctDiscs) -> tuple[Numbers, Numbers, NDArray[np.bool_]]:
        """Return pairs of disc and outline that meet, and whether the outline's border is met."""
        x, y, r = *discs.centres.T, discs.radii * _MARGIN
        disc, outline = self._tree.query(shapely.box(x - r, y - r, x + r, y + r))
        centres = shapely.points(discs.centres[disc])
        near = shapely.dwithin(self.outlines[outline], centres, r[disc])
        disc, outline, centres = disc[near], outline[near], centres[near]
        return disc, outline, shapely.dwithin(self._lines[outline], centres, r[disc])


class _Pieces(NamedTuple):
    """Convex pieces of cells: whose cell, the corners, and the disc that covers them."""

    owner: Numbers
    corners: Floats
    disc: Numbers

    def areas(self, discs: DistinctDiscs) -> Floats:
        """Return how much of each its disc covers."""
        centred = self.corners - discs.centres[self.disc][:, None]
        return polygons_in_discs(centred, discs.radii[self.disc])

    def of(self, chosen: NDArray[np.bool_]) -> "_Pieces":
        """Return some of them."""
        return _Pieces(self.owner[chosen], self.corners[chosen], self.disc[chosen])


def _measure_tile(borders: _Borders, tile: _Tile) -> Covered:
    covered = Covered(np.zeros(len(borders.outlines)), np.zeros(len(borders.outlines)))
    disc, outline, crosses = borders.met(tile.discs.of(np.arange(tile.own)))
    crossed = disc[crosses], outline[crosses]
    cut = np.zeros(tile.own, dtype=bool)
    cut[crossed[0]] = True
    whole = Covered(np.zeros(tile.own), np.zeros(tile.own))
    for depth, pieces in _pieces(tile):
        areas = pieces.areas(tile.discs)
        whole[depth][:] += np.bincount(pieces.owner, weights=areas, minlength=tile.own)
        at_borders = pieces.of(cut[pieces.owner])
        _add_cut(at_borders, tile.discs, borders.outlines, crossed, covered[depth])
    for areas, sums in zip(whole, covered, strict=True):
        np.add.at(sums, outline[~crosses], areas[disc[~crosses]])
    return covered


_ONCE: Final = 0
_TWICE: Final = 1


def _pieces(tile: _Tile) -> Iterator[tuple[int, _Pieces]]:
    """Cut the cells of a tile's own places up; yield pieces covered once, and covered twice."""
    discs = tile.discs
    for cells in voronoi_cells(discs.sites, reach=float(discs.radii.max()) * _MARGIN):
        own = cells.of(cells.place < tile.own)
        whole = _Pieces(own.place, own.corners + discs.sites[own.place][:, None], own.place)
        yield _ONCE, whole
        crowded = discs.crowd[own.place] > 1
        yield _TWICE, whole.of(crowded)
        for pieces in _by_second_nearest(own.of(~crowded), discs):
            yield _TWICE, pieces


def _by_second_nearest(cells: Cells, tile: DistinctDiscs) -> Iterator[_Pieces]:
    """Cut cells up by which of the neighbours is the second nearest, where discs meet."""
    real = cells.neighbours < len(tile)
    across = np.where(real, cells.neighbours, 0)
    ahead = tile.sites[across] - tile.sites[cells.place][:, None]
    apart2 = np.einsum("ijk,ijk->ij", ahead, ahead)
    reach = _MARGIN * (tile.radii[across] + tile.radii[cells.place][:, None])
    which, edge = np.nonzero(real & (apart2 < reach**2))
    count = cells.corners.shape[1]
    for begin in range(0, len(which), _PIECES_AT_ONCE):
        row = which[begin : begin + _PIECES_AT_ONCE]
        mine = edge[begin : begin + _PIECES_AT_ONCE]
        corners = cells.corners[row]
        # Its neighbours first: they cut most off, and few corners are left for the rest.
        for step in sorted(range(1, count), key=lambda step: min(step, count - step)):
            other = (mine + step) % count
            # Nearer to one neighbour than to another, seen from the cell's own place. A sentry
            # is no station, and never the second nearest.
            normal = ahead[row, other] - ahead[row, mine]
            offset = (apart2[row, other] - apart2[row, mine]) / 2
            corners = clipped(corners, normal, np.where(real[row, other], offset, np.inf))
            if corners.shape[1] > _CORNERS_TO_TIDY:
                corners = without_repeats(corners)
        place = cells.place[row]
        yield _Pieces(place, corners + tile.sites[place][:, None], across[row, mine])


def _add_cut(
    pieces: _Pieces,
    tile: DistinctDiscs,
    outlines: Geometries,
    crossed: tuple[Numbers, Numbers],
    sums: Floats,
) -> None:
    """Add, to the sums of the outlines that pieces are crossed by, what lies in them."""
    if not len(pieces.owner):
        return
    piece, outline = _joined(pieces.owner, *crossed)
    boxed = _in_box_of_disc(pieces, tile)
    shapes = np.asarray(shapely.polygons(boxed))
    within = shapely.contains_properly(outlines[outline], shapes[piece])
    areas = pieces.areas(tile)
    np.add.at(sums, outline[within], areas[piece[within]])
    piece, outline = piece[~within], outline[~within]
    parts, pair = shapely.get_parts(
        np.asarray(shapely.intersection(outlines[outline], shapes[piece])), return_index=True
    )
    solid = shapely.get_type_id(parts) == _POLYGON
    shared = _shapes_in_discs(parts[solid], pieces.disc[piece[pair[solid]]], tile)
    np.add.at(sums, outline[pair[solid]], shared)


def _joined(owner: Numbers, disc: Numbers, outline: Numbers) -> tuple[Numbers, Numbers]:
    """Return every pair of a piece and an outline that its owner's disc crosses."""
    order = np.argsort(disc, kind="stable")
    disc, outline = disc[order], outline[order]
    first, last = np.searchsorted(disc, owner, "left"), np.searchsorted(disc, owner, "right")
    count = last - first
    piece = np.repeat(np.arange(len(owner)), count)
    place = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return piece, outline[np.repeat(first, count) + place]


def _in_box_of_disc(pieces: _Pieces, tile: DistinctDiscs) -> Floats:
    """Cut off what is far beyond the disc: cells can be as wide as a country.

    Corners that are the same but for floating point become the same: GEOS takes offence at them.
    """
    centre, reach = tile.centres[pieces.disc], tile.radii[pieces.disc] * _MARGIN
    corners = pieces.corners - centre[:, None]
    for direction in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)):
        corners = clipped(corners, np.broadcast_to(direction, centre.shape), reach)
    return without_repeats(np.round(corners + centre[:, None], _DECIMALS))


def _shapes_in_discs(shapes: Geometries, disc: Numbers, tile: DistinctDiscs) -> Floats:
    """Return the area each polygon, without its holes, shares with a disc."""
    rings, shape = shapely.get_rings(shapes, return_index=True)
    places, ring = shapely.get_coordinates(rings, return_index=True)
    of = disc[shape[ring]]
    centred = places - tile.centres[of]
    same = ring[1:] == ring[:-1]
    edges = shared_with_disc(centred[:-1][same], centred[1:][same], tile.radii[of[:-1][same]])
    # Whichever way round a ring is drawn; the first of a polygon's is its outside.
    inside = np.abs(np.bincount(ring[:-1][same], weights=edges, minlength=len(rings)))
    outer = np.diff(shape, prepend=-1) > 0
    sums = np.bincount(shape, weights=np.where(outer, inside, -inside), minlength=len(shapes))
    return sums.astype(np.float64)
