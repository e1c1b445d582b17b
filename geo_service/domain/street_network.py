"""Streets and paths that people walk, as a graph, and the ways along them.

A place is not on a street: it is joined to the nearest one in a straight line, and that walk
counts. From there the way goes along edges, either way, to where the other place is joined. A
place farther than ``joined_within`` from any street is out of reach, and so is one of another part
of the network: its ways are infinite.

Islands, small parts that hang together with nothing else, are mostly faults of mapping (a path
drawn a metre short of its road). They are left out and counted, so that places beside them are
joined to the streets that lead somewhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo_service.domain.coordinate import Bounds, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.footholds import Footholds, StreetIndex
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.reach import DistanceType, Reach

JOINED_WITHIN: Final = Metres(500.0)
EVERYWHERE: Final = Metres(np.inf)

# A part of less street than either is an island: a village that stands alone is none.
_LONG_ENOUGH_M: Final = 2_000.0
_SHARE_ENOUGH: Final = 0.01

# A pair exactly as far apart as the limit is within it, whatever floating point makes of it.
_TOLERANCE_M: Final = 1e-3

# How many distances are held at once: 64 MB of them.
_CELLS: Final = 8_000_000

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkSource:
    """Where a network comes from; ``attribution`` is printed wherever it is used."""

    file: str
    sha256: str
    attribution: str
    licence: str
    loaded_at: datetime
    as_of: str | None = None

    @property
    def imprint(self) -> str:
        """Whose the streets are, under which licence, of which day: for wherever they are used."""
        return ", ".join(filter(None, (self.attribution, self.licence, self.as_of)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Islands:
    """What was left out because it hangs together with nothing else."""

    parts: int = 0
    nodes: int = 0
    metres: float = 0.0


@dataclass(frozen=True, kw_only=True, eq=False)
class StreetNetwork:
    """A graph of walked streets; edges are walked both ways.

    ``tail``, ``head`` (numbers of nodes) and ``metres`` have shape (edges,). No edge joins a node
    to itself and no two join the same nodes: ``of`` sees to it.
    """

    nodes: Coordinates
    tail: Ints
    head: Ints
    metres: Floats
    source: NetworkSource
    islands: Islands = field(default_factory=Islands)
    joined_within: Metres = JOINED_WITHIN

    @classmethod
    def of(
        cls, nodes: Coordinates, tail: Ints, head: Ints, metres: Floats, source: NetworkSource
    ) -> Self:
        """Make a network of edges as they come: of parallel ones the shortest, without islands."""
        tail, head, metres = _shortest(tail, head, metres)
        graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(nodes), len(nodes)))
        _, part_of = connected_components(graph.tocsr(), directed=False)
        lengths = np.bincount(part_of[tail], weights=metres, minlength=part_of.max(initial=-1) + 1)
        main = lengths >= min(_LONG_ENOUGH_M, _SHARE_ENOUGH * lengths.sum())
        on_an_edge = np.zeros(len(nodes), dtype=bool)
        on_an_edge[tail] = on_an_edge[head] = True
        kept, inside = on_an_edge & main[part_of], main[part_of[tail]]
        islands = Islands(
            parts=len(np.unique(part_of[tail][~inside])),
            nodes=int(np.count_nonzero(on_an_edge & ~kept)),
            metres=float(metres[~inside].sum()),
        )
        number = np.cumsum(kept) - 1
        return cls(
            nodes=nodes.of(np.flatnonzero(kept)),
            tail=number[tail[inside]],
            head=number[head[inside]],
            metres=metres[inside],
            source=source,
            islands=islands,
        )

    @property
    def distance_type(self) -> DistanceType:
        """Say that its metres are walked ones."""
        return DistanceType.NETWORK_WALK

    @cached_property
    def bounds(self) -> Bounds | None:
        """The box around all streets; None of a network without any."""
        x, y = self.nodes.degrees
        if not len(x):
            return None
        return Bounds.of((float(x.min()), float(y.min()), float(x.max()), float(y.max())))

    def footholds(self, places: Coordinates) -> Footholds:
        """Join places to the nearest street each."""
        return self._index.join(places, self.joined_within)

    def part_of(self, places: Footholds) -> Ints:
        """Number the part of the network each place is joined to; -1 where none.

        Between two places of different parts there is no way.
        """
        if not len(self.tail):
            return np.full(len(places), -1)
        return np.where(places.joined, self._parts[self._ends_of(places)[0]], -1)

    def reach(self, places: Coordinates, sites: Coordinates, limit: Metres) -> Reach:
        """Measure all pairs at most ``limit`` metres of walking apart; infinity: all there are."""
        of_places, of_sites = self.footholds(places), self.footholds(sites)
        place, site, metres = self._pairs(of_places, of_sites, limit)
        return Reach(
            places=len(places),
            sites=len(sites),
            limit_m=limit,
            distance_type=self.distance_type,
            place=place,
            site=site,
            distance_m=metres,
            nearest_m=self._ends(of_places, self.from_any(of_sites), of_sites),
        )

    def ways(self, starts: Footholds, goals: Footholds, limit: Metres) -> Floats:
        """Measure from each start to each goal, shape (starts, goals); infinite beyond the limit.

        Meant for a few starts: what is held grows with starts and nodes.
        """
        way = np.full((len(starts), len(goals)), np.inf)
        for first, which, some in self._some_at_a_time(starts, goals, limit):
            way[first : first + len(some), which] = some
        return way

    def from_any(self, starts: Footholds, limit: Metres = EVERYWHERE) -> Floats:
        """Measure to each node from the start that is nearest to it, shape (nodes,)."""
        joined = starts.joined
        edge = starts.edge[joined]
        node = np.concatenate([self.tail[edge], self.head[edge]])
        metres = np.concatenate([starts.to_tail_m[joined], starts.to_head_m[joined]])
        order = np.lexsort((metres, node))
        node, first = np.unique(node[order], return_index=True)
        rows = np.array([0, len(node)])
        whole: Floats = self._dijkstra(rows, node, metres[order][first], limit)[0]
        return whole

    @cached_property
    def _index(self) -> StreetIndex:
        bounds = self.bounds or Bounds(west=-180.0, south=-90.0, east=180.0, north=90.0)
        return StreetIndex(self.nodes, self.tail, self.head, self.metres, PlanarCrs.choose(bounds))

    @cached_property
    def _parts(self) -> Ints:
        found = connected_components(self._graph, directed=False)[1]
        return np.asarray(found, dtype=np.intp)

    @cached_property
    def _graph(self) -> csr_array[np.float64]:
        # No pair of nodes stands twice: the conversion would add their metres up.
        ends = (np.concatenate([self.tail, self.head]), np.concatenate([self.head, self.tail]))
        size = len(self.nodes)
        return coo_array((np.tile(self.metres, 2), ends), shape=(size, size)).tocsr()

    def _dijkstra(self, rows: Ints, node: Ints, metres: Floats, limit: Metres) -> Floats:
        """Measure from starts of their own to all nodes, shape (starts, nodes).

        A start is a node more, which edges leave and none enter: those from ``rows[i]`` on.
        """
        graph, size, starts = self._graph, len(self.nodes), len(rows) - 1
        grown = csr_array(
            (
                np.concatenate([graph.data, metres]),
                np.concatenate([graph.indices, node]),
                np.concatenate([graph.indptr, graph.indptr[-1] + rows[1:]]),
            ),
            shape=(size + starts, size + starts),
        )
        indices = np.arange(size, size + starts)
        found = dijkstra(grown, directed=True, indices=indices, limit=limit + _TOLERANCE_M)
        return np.asarray(found)[:, :size]

    def _from_each(self, starts: Footholds, limit: Metres) -> Floats:
        joined = starts.joined
        edge = starts.edge[joined]
        rows = np.concatenate([[0], np.cumsum(2 * joined)])
        node = np.column_stack([self.tail[edge], self.head[edge]]).ravel()
        ways = np.column_stack([starts.to_tail_m[joined], starts.to_head_m[joined]]).ravel()
        return self._dijkstra(rows, node, ways, limit)

    def _some_at_a_time(
        self, starts: Footholds, goals: Footholds, limit: Metres
    ) -> Iterator[tuple[int, Ints, Floats]]:
        """Measure from some starts, and then from the next, in bounded memory.

        Yields the number of the first start, the goals that any of them may reach, and the ways
        to those, infinite beyond the limit.
        """
        if not len(self.tail):
            return
        step = max(1, _CELLS // (len(self.nodes) + 3 * len(goals) + 1))
        tail, head = self._ends_of(goals)
        for first in range(0, len(starts), step):
            some = starts.of(np.arange(first, min(first + step, len(starts))))
            to_node = self._from_each(some, limit)
            start, goal, metres = some.along_one_edge(goals)
            seen = np.asarray(np.isfinite(to_node).any(axis=0))
            near = (seen[tail] | seen[head]) & goals.joined
            near[goal] = True
            which = np.flatnonzero(near)
            way = np.minimum(
                to_node[:, tail[which]] + goals.to_tail_m[which],
                to_node[:, head[which]] + goals.to_head_m[which],
            )
            place = np.searchsorted(which, goal)
            way[start, place] = np.minimum(way[start, place], metres)
            way[way > limit + _TOLERANCE_M] = np.inf
            yield first, which, way

    def _pairs(
        self, places: Footholds, sites: Footholds, limit: Metres
    ) -> tuple[Ints, Ints, Floats]:
        turned = len(places) < len(sites)  # the fewer are what ways are sought from
        starts, goals = (places, sites) if turned else (sites, places)
        found: list[tuple[Ints, Ints, Floats]] = [(_NONE, _NONE, _NO_METRES)]
        for first, which, way in self._some_at_a_time(starts, goals, limit):
            start, goal = np.nonzero(np.isfinite(way))
            found.append((start + first, which[goal], way[start, goal]))
        start, goal, metres = (np.concatenate(each) for each in zip(*found, strict=True))
        place, site = (start, goal) if turned else (goal, start)
        order = np.lexsort((site, metres, place))
        return place[order], site[order], metres[order]

    def _ends(self, places: Footholds, to_node: Floats, starts: Footholds) -> Floats:
        """Measure to places when the way to each node is known, and where it started."""
        if not len(self.tail):
            return np.full(len(places), np.inf)
        tail, head = self._ends_of(places)
        way: Floats = np.minimum(to_node[tail] + places.to_tail_m, to_node[head] + places.to_head_m)
        place, _, metres = places.along_one_edge(starts)
        np.minimum.at(way, place, metres)
        return way

    def _ends_of(self, places: Footholds) -> tuple[Ints, Ints]:
        """Return the ends of the edges that places are joined to; where none, any: it is far."""
        edge = np.maximum(places.edge, 0)
        return self.tail[edge], self.head[edge]


_NONE: Final = np.empty(0, dtype=np.intp)
_NO_METRES: Final = np.empty(0)


def _shortest(tail: Ints, head: Ints, metres: Floats) -> tuple[Ints, Ints, Floats]:
    """Return each pair of joined nodes once, with the shortest of its edges."""
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    order = np.lexsort((metres, high, low))
    low, high, metres = low[order], high[order], metres[order]
    first = np.ones(len(low), dtype=bool)
    first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    first &= low != high
    return low[first], high[first], metres[first]
