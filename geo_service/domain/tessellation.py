"""The Voronoi cells of places in the plane, as arrays: corners in order, neighbours in order.

Cells are grouped by how many neighbours they have, so that those of a group fill one array and are
worked on together. They come from the Delaunay triangulation: around a place the triangles form a
fan, their circumcentres are the cell's corners, their other ends its neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """The cells of m places that have k neighbours each.

    ``place``, shape (m,), numbers the places; ``corners``, shape (m, k, 2), are counterclockwise
    and relative to the place; ``neighbours``, shape (m, k), number the places across each edge.
    """

    place: Numbers
    corners: Floats
    neighbours: Numbers

    def of(self, kept: NDArray[np.bool_]) -> "Cells":
        """Return some of them."""
        return Cells(
            place=self.place[kept], corners=self.corners[kept], neighbours=self.neighbours[kept]
        )


def voronoi_cells(places: Floats, *, reach: float) -> Iterator[Cells]:
    """Cut the plane into the cells of distinct places, shape (n, 2).

    A cell is right as far as ``reach`` from its place, at least; one that would be open is closed
    somewhere beyond. Neighbours beyond the last place are sentries that close it.
    """
    centre = (places.min(axis=0) + places.max(axis=0)) / 2
    local = np.vstack([places - centre, _sentries(places - centre, reach)])
    triangulation = Delaunay(local)
    if len(triangulation.coplanar):
        raise ArithmeticError("places too close together for their distance from the others")
    triangles = triangulation.simplices.astype(np.intp)
    corners = _circumcentres(local[triangles])
    # Each triangle once for each of its ends: the place, and the next end counterclockwise.
    place = triangles.ravel()
    following = triangles[:, [1, 2, 0]].ravel()
    mine = place < len(places)
    number = np.repeat(np.arange(len(triangles)), 3)[mine]
    place, following = place[mine], following[mine]
    ahead = local[following] - local[place]
    order = np.lexsort((np.arctan2(ahead[:, 1], ahead[:, 0]), place))
    place, following, number = place[order], following[order], number[order]
    starts = np.flatnonzero(np.diff(place, prepend=-1))
    counts = np.diff(starts, append=len(place))
    for count in np.unique(counts):
        chosen = starts[counts == count]
        fan = chosen[:, None] + np.arange(count)
        owner = place[chosen]
        yield Cells(
            place=owner,
            corners=corners[number[fan]] - local[owner][:, None],
            neighbours=following[fan],
        )


def _sentries(places: Floats, reach: float) -> Floats:
    """Return eight places far outside: they close open cells and take nothing within reach.

    For what is within reach of a place is nearer to that than to them.
    """
    angle = np.arange(8) * np.pi / 4
    far = 2 * np.hypot(*places.T).max() + 4 * reach
    return np.asarray(far * np.column_stack([np.cos(angle), np.sin(angle)]))


def _circumcentres(triangles: Floats) -> Floats:
    """Return the places equally far from three ends; triangles have shape (m, 3, 2)."""
    first = triangles[:, 0]
    u, v = triangles[:, 1] - first, triangles[:, 2] - first
    twice_area = 2 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
    uu, vv = np.einsum("ij,ij->i", u, u), np.einsum("ij,ij->i", v, v)
    x = (v[:, 1] * uu - u[:, 1] * vv) / twice_area
    y = (u[:, 0] * vv - v[:, 0] * uu) / twice_area
    centres: Floats = first + np.column_stack([x, y])
    return centres


def clipped(polygons: Floats, normal: Floats, offset: Floats) -> Floats:
    """Cut convex polygons by a line each; what is kept has ``corner · normal <= offset``.

    Args:
        polygons: corners in order, shape (m, k, 2); corners may be repeated.
        normal: shape (m, 2).
        offset: shape (m,).

    Returns:
        The polygons, shape (m, at most k + 1, 2). Of one that is cut away a single corner is left,
        repeated: an area of nothing.
    """
    side = np.einsum("ijk,ik->ij", polygons, normal) - offset[:, None]
    cut = np.flatnonzero((side > 0).any(axis=1))
    if not len(cut):
        return polygons
    longer = np.concatenate([polygons[:, :1], polygons], axis=1)
    longer[cut] = _cut(polygons[cut], side[cut])
    return longer


def _cut(polygons: Floats, side: Floats) -> Floats:
    """Cut polygons that have corners outside; ``side`` is positive there.

    The corners outside are one run. Turned so that it comes first, its corners make room for the
    two places where the outline crosses the line.
    """
    count = polygons.shape[1]
    outside = side > 0
    begins = np.argmax(outside & ~np.roll(outside, 1, axis=1), axis=1)
    turned = (np.arange(count) + begins[:, None]) % count
    corners = np.take_along_axis(polygons, turned[:, :, None], axis=1)
    side = np.take_along_axis(side, turned, axis=1)
    run = side > 0
    length = run.sum(axis=1)
    rows = np.arange(len(corners))
    enters = _crossing(corners[:, -1], corners[:, 0], side[:, -1], side[:, 0])
    last, after = length - 1, length % count
    leaves = _crossing(
        corners[rows, last], corners[rows, after], side[rows, last], side[rows, after]
    )
    gone = length == count
    enters[gone] = leaves[gone] = corners[gone, 0]
    replaced = np.where(run[:, :, None], leaves[:, None], corners)
    return np.concatenate([enters[:, None], replaced], axis=1)


def _crossing(one: Floats, other: Floats, side_one: Floats, side_other: Floats) -> Floats:
    apart = side_one - side_other
    share = np.divide(side_one, apart, out=np.zeros_like(apart), where=apart != 0)
    return one + (other - one) * share[:, None]


def without_repeats(polygons: Floats) -> Floats:
    """Return the same polygons in as few corners as the richest of them needs."""
    fresh = (polygons != np.roll(polygons, 1, axis=1)).any(axis=2)
    counts = np.maximum(fresh.sum(axis=1), 1)
    most = int(counts.max(initial=1))
    if most == polygons.shape[1]:
        return polygons
    order = np.argsort(~fresh, axis=1, kind="stable")
    kept = np.minimum(np.arange(most), counts[:, None] - 1)
    chosen = np.take_along_axis(order, kept, axis=1)
    return np.take_along_axis(polygons, chosen[:, :, None], axis=1)
