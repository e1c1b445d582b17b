"""The ground that people reach on foot along streets within a length of walk.

A *service area* is made of the streets themselves: every stretch that is walked before the length
is used up, the straight way from each place to its street included, and the ground within
``beside`` metres of them. It is not a hull: what lies between two streets and farther from both
than that is not reached, though both are. Areas of growing length lie in one another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.coordinate import Metres
from geo_service.domain.footholds import Footholds
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.survey import polygons_of

BESIDE: Final = Metres(50.0)

# A quarter of a round end in so many pieces: 2 % of 50 m short of the arc at most, a metre.
_QUARTER: Final = 4

# What has no length is divided by as if it had a millimetre.
_SHORTEST_M: Final = 1e-3

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServiceArea:
    """The ground within a walk of any of some places, on a plane."""

    walk_m: Metres
    ground: MultiPolygon


def service_areas(
    network: StreetNetwork,
    places: Footholds,
    walks: Iterable[Metres],
    *,
    plane: PlanarCrs,
    beside: Metres = BESIDE,
) -> list[ServiceArea]:
    """Draw the ground within each walk of any of the places, shortest walk first.

    A place that is joined to no street reaches nothing.
    """
    lengths = sorted(set(walks))
    joined = places.of(np.flatnonzero(places.joined))
    if not lengths or not len(joined):
        return [ServiceArea(walk_m=each, ground=MultiPolygon()) for each in lengths]
    to_node = network.from_any(joined, lengths[-1])
    areas: list[ServiceArea] = []
    inner: BaseGeometry = MultiPolygon()
    for walk in lengths:
        lines = np.concatenate(
            [
                _walked_edges(network, to_node, walk, plane),
                _first_steps(network, joined, walk, plane),
            ]
        )
        # Rounding must not let a longer walk reach less.
        inner = shapely.union(_widened(lines, beside), inner)
        areas.append(ServiceArea(walk_m=walk, ground=polygons_of(inner)))
    return areas


def _walked_edges(
    network: StreetNetwork, to_node: Floats, walk: Metres, plane: PlanarCrs
) -> NDArray[np.object_]:
    """Return the stretches of edges that are walked from their ends before the walk is over."""
    left_at_tail = np.maximum(walk - to_node[network.tail], 0.0)
    left_at_head = np.maximum(walk - to_node[network.head], 0.0)
    walked = (left_at_tail > 0) | (left_at_head > 0)
    tail, head, metres = network.tail[walked], network.head[walked], network.metres[walked]
    length = np.maximum(metres, _SHORTEST_M)
    from_tail = np.minimum(left_at_tail[walked] / length, 1.0)
    from_head = np.minimum(left_at_head[walked] / length, 1.0)
    whole = from_tail + from_head >= 1.0
    start = np.column_stack(plane.forward(*network.nodes.of(tail).degrees))
    end = np.column_stack(plane.forward(*network.nodes.of(head).degrees))
    run = end - start
    return np.concatenate(
        [
            _lines(start[whole], end[whole]),
            _lines(start, start + from_tail[:, None] * run)[~whole & (from_tail > 0)],
            _lines(end, end - from_head[:, None] * run)[~whole & (from_head > 0)],
        ]
    )


def _first_steps(
    network: StreetNetwork, places: Footholds, walk: Metres, plane: PlanarCrs
) -> NDArray[np.object_]:
    """Return the ways from places to their streets, and along those as far as the walk goes."""
    at = np.column_stack(plane.forward(*places.at.degrees))
    start, end = (
        np.column_stack(plane.forward(*network.nodes.of(ends[places.edge]).degrees))
        for ends in (network.tail, network.head)
    )
    length = np.maximum(network.metres[places.edge], _SHORTEST_M)
    share = (places.along_m / length)[:, None]
    foot = start + share * (end - start)
    across = np.maximum(places.across_m, _SHORTEST_M)
    towards = at + np.minimum(walk / across, 1.0)[:, None] * (foot - at)
    left = (np.maximum(walk - places.across_m, 0.0) / length)[:, None]
    back = start + np.maximum(share - left, 0.0) * (end - start)
    forth = start + np.minimum(share + left, 1.0) * (end - start)
    on_street = left[:, 0] > 0
    return np.concatenate([_lines(at, towards), _lines(back[on_street], forth[on_street])])


def _lines(start: Floats, end: Floats) -> NDArray[np.object_]:
    return np.asarray(shapely.linestrings(np.stack([start, end], axis=1)), dtype=object)


def _widened(lines: NDArray[np.object_], beside: Metres) -> BaseGeometry:
    """Return the ground within some metres of lines.

    Each is made wider alone, then all are joined: many lines at once would be noded against each
    other in quadratic time, minutes for a dense square kilometre.
    """
    return shapely.union_all(shapely.buffer(lines, beside, quad_segs=_QUARTER))
