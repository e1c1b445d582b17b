"""Where places meet the streets: the nearest point of the nearest edge."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.planar import PlanarCrs

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]

NO_EDGE: Final = -1

# The plane is true to 1 in 1,000 where it is used: looked for that much farther, then measured.
_PLANE_ERROR: Final = 1.001


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footholds:
    """Places joined to edges; arrays of shape (places,).

    ``edge`` is ``NO_EDGE`` for a place that is too far from any street. ``across_m`` is the
    straight way to the street, and ``along_m`` goes on from there to the edge's tail and
    ``rest_m`` to its head; infinite where there is no edge.
    """

    at: Coordinates
    edge: Ints
    across_m: Floats
    along_m: Floats
    rest_m: Floats

    def __len__(self) -> int:
        """Count the places."""
        return len(self.edge)

    @property
    def joined(self) -> NDArray[np.bool_]:
        """Whether a place is near enough to a street."""
        return np.asarray(self.edge != NO_EDGE)

    @property
    def to_tail_m(self) -> Floats:
        """The walk to the edge's tail."""
        return self.across_m + self.along_m

    @property
    def to_head_m(self) -> Floats:
        """The walk to the edge's head."""
        return self.across_m + self.rest_m

    def of(self, places: Ints) -> "Footholds":
        """Return some of them, in the order asked for."""
        return Footholds(
            at=self.at.of(places),
            edge=self.edge[places],
            across_m=self.across_m[places],
            along_m=self.along_m[places],
            rest_m=self.rest_m[places],
        )

    def along_one_edge(self, others: "Footholds") -> tuple[Ints, Ints, Floats]:
        """Measure between all of these and those others that stand at one edge, along it alone."""
        order = np.argsort(others.edge, kind="stable")
        edges = others.edge[order]
        mine = np.flatnonzero(self.joined)
        first = np.searchsorted(edges, self.edge[mine], side="left")
        count = np.searchsorted(edges, self.edge[mine], side="right") - first
        this = np.repeat(mine, count)
        # 0, 1, 2 … within each run of one edge, without a loop.
        place_in_run = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        that = order[np.repeat(first, count) + place_in_run]
        apart = np.abs(self.along_m[this] - others.along_m[that])
        return this, that, self.across_m[this] + apart + others.across_m[that]


class StreetIndex:
    """Finds the nearest street to any place."""

    def __init__(
        self, nodes: Coordinates, tail: Ints, head: Ints, metres: Floats, plane: PlanarCrs
    ) -> None:
        self._plane = plane
        self._metres = metres
        places = np.column_stack(plane.forward(*nodes.degrees))
        self._from, self._to = places[tail], places[head]
        ends = np.stack([self._from, self._to], axis=1)
        self._tree = shapely.STRtree(np.asarray(shapely.linestrings(ends)))

    def join(self, places: Coordinates, within: Metres) -> Footholds:
        """Join places to the streets at most so far away, as geodesics go."""
        edge = np.full(len(places), NO_EDGE, dtype=np.intp)
        across, along, rest = (np.full(len(places), np.inf) for _ in range(3))
        place, near = self._nearest(places, within)
        share, metres = self._foot(places.of(place), near)
        kept = metres <= within
        place, near, share = place[kept], near[kept], share[kept]
        edge[place] = near
        across[place] = metres[kept]
        along[place] = share * self._metres[near]
        rest[place] = (1.0 - share) * self._metres[near]
        return Footholds(at=places, edge=edge, across_m=across, along_m=along, rest_m=rest)

    def _nearest(self, places: Coordinates, within: Metres) -> tuple[Ints, Ints]:
        x, y = self._plane.forward(*places.degrees)
        on_plane = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(self._tree) or not len(on_plane):
            return _NONE, _NONE
        asked = shapely.points(x[on_plane], y[on_plane])
        found = self._tree.query_nearest(
            asked, max_distance=within * _PLANE_ERROR, all_matches=False
        )
        return on_plane[found[0]], found[1].astype(np.intp)

    def _foot(self, places: Coordinates, edge: Ints) -> tuple[Floats, Floats]:
        """Return how far along its edge each place is joined, as a share, and how far off it."""
        at = np.column_stack(self._plane.forward(*places.degrees))
        start, run = self._from[edge], self._to[edge] - self._from[edge]
        length2 = np.maximum((run**2).sum(axis=1), np.finfo(float).tiny)
        share = np.clip(((at - start) * run).sum(axis=1) / length2, 0.0, 1.0)
        foot = start + share[:, None] * run
        metres = WGS84.inv(*places.degrees, *self._plane.backward(foot[:, 0], foot[:, 1]))[2]
        return share, np.asarray(metres, dtype=np.float64)


_NONE: Final = np.empty(0, dtype=np.intp)
