"""Places along a route: how far along it each is passed, how far off it, on which side.

A route is a chain of geodesic segments on WGS 84. A place's offset is the geodesic to the closest
point of the chain. That point is found in two steps. Pieces of the chain so short that they are
straight chords (at 200 m a chord leaves the spheroid by less than a millimetre) tell which
segments can hold it; on each of these an iteration finds the foot: from a point X of the segment,
at the distance d of the place and the angle A between the two directions, the foot lies about
R·atan(tan(d/R)·cos A) further on, as in a right triangle on a sphere of the local radius R.

The iteration is that of S. Baselga and J. C. Martínez-Llario, "Intersection and point-to-line
solutions for geodesics on the ellipsoid", Stud. Geophys. Geod. 62 (2018) 353-363,
doi 10.1007/s11200-017-1020-z. It shrinks an error by some d²/R² times the flattening a round, and
ends at a step below a micrometre: offsets as far as ``FARTHEST`` are exact to that.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.ecef import ecef, gaussian_radius
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.station_index import StationIndex

MOST_PLACES: Final = 5_000
LONGEST: Final = Metres(2_000_000.0)
FARTHEST: Final = Metres(10_000.0)

_Floats = NDArray[np.float64]
_Numbers = NDArray[np.intp]

# Pieces are so long: short enough for chords, long enough to be few.
_SHORTEST_PIECE_M: Final = 25.0
_LONGEST_PIECE_M: Final = 200.0
_PIECES: Final = 10_000
# Candidates are drawn around so many points of the route at most.
_DRAWN_AROUND: Final = 2_000
# More than chords differ from geodesics here: 0.8 mm for a piece, 5 mm for 10 km of offset.
_SLACK_M: Final = 0.02
_ROUNDS: Final = 8
_SETTLED_M: Final = 1e-6
# Of two passes equally close, the first counts; so close is equally close.
_EQUALLY_M: Final = 0.01
# Nearer than this, nobody can say on which side.
_ON_IT_M: Final = 0.5


class Side(StrEnum):
    """Where a place lies, seen in the direction of travel."""

    LEFT = "left"
    RIGHT = "right"
    ON = "on"


_SIDES: Final = (Side.LEFT, Side.ON, Side.RIGHT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """Places passed, in order of travel: their numbers, and beside them where and how far off.

    ``along`` is metres from the route's start to its point closest to the place, ``offset``
    metres from there to the place.
    """

    numbers: list[int]
    along: list[float]
    offsets: list[float]
    sides: list[Side]

    def __len__(self) -> int:
        """Count the places."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Route:
    """A chain of geodesic segments: places, and for each segment its azimuth and length.

    ``starts`` are metres from the route's beginning to that of each segment.
    """

    places: Coordinates
    azimuths: _Floats
    lengths: _Floats
    starts: _Floats
    length: Metres

    @classmethod
    def through(cls, places: Coordinates) -> Self:
        """Return the route through places in their order, or raise InvalidQueryError."""
        if len(places) > MOST_PLACES:
            raise _fault(f"has {len(places):,} positions; at most {MOST_PLACES:,} are taken")
        lon, lat = places.degrees
        moves = np.ones(len(places), np.bool_)
        moves[1:] = (lon[1:] != lon[:-1]) | (lat[1:] != lat[:-1])
        kept = places.of(np.flatnonzero(moves))
        if len(kept) < 2:
            raise _fault("needs two different positions at least")
        lon, lat = kept.degrees
        azimuths, _, lengths = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        ends = np.cumsum(lengths)
        if ends[-1] > LONGEST:
            raise _fault(
                f"is {ends[-1] / 1000:,.0f} km long; at most {LONGEST / 1000:,.0f} km are taken. "
                "Is longitude first, and the order that of travel?"
            )
        if ends[-1] < _SETTLED_M:
            raise _fault("needs two different positions at least")
        return cls(
            places=kept,
            azimuths=np.asarray(azimuths),
            lengths=np.asarray(lengths),
            starts=np.concatenate(([0.0], ends[:-1])),
            length=Metres(float(ends[-1])),
        )

    def passes(self, index: StationIndex, within: Metres) -> Passes:
        """Return the places of an index no farther from the route than ``within``."""
        if not 0.0 <= within <= FARTHEST:
            raise InvalidQueryError(
                ParameterFault("within", f"must be from 0 to {FARTHEST:,.0f} metres")
            )
        pieces = _Pieces.of(self)
        numbers = pieces.candidates(index, within)
        at = index.places(numbers)
        which, segments, guesses = pieces.feet(ecef(*at.degrees), within)
        feet = _feet(self, segments, guesses, at.of(which))
        chosen = _first_of_closest(which, self.starts[segments] + feet.along, feet.offsets)
        chosen = chosen[feet.offsets[chosen] <= within]
        along = self.starts[segments[chosen]] + feet.along[chosen]
        found = numbers[which[chosen]]
        order = np.lexsort((found, feet.offsets[chosen], along))
        offsets = feet.offsets[chosen][order]
        turned = np.where(offsets < _ON_IT_M, 0, feet.turned[chosen][order])
        return Passes(
            numbers=found[order].tolist(),
            along=along[order].tolist(),
            offsets=offsets.tolist(),
            sides=[_SIDES[side + 1] for side in turned.tolist()],
        )


def _fault(reason: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("line", reason))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Pieces:
    """A route cut into short pieces; ``points`` are their ends, one more than there are pieces.

    ``segments`` and ``begins`` say on which segment each piece lies, and how far along that.
    """

    places: Coordinates
    points: _Floats
    segments: _Numbers
    begins: _Floats
    along: _Floats
    longest: float

    @classmethod
    def of(cls, route: Route) -> "_Pieces":
        longest = float(np.clip(route.length / _PIECES, _SHORTEST_PIECE_M, _LONGEST_PIECE_M))
        counts = np.maximum(1, np.ceil(route.lengths / longest).astype(np.intp))
        segments = np.repeat(np.arange(len(counts)), counts)
        rank = np.arange(len(segments)) - np.repeat(np.cumsum(counts) - counts, counts)
        begins = rank * (route.lengths / counts)[segments]
        lon, lat = route.places.degrees
        x, y, _ = WGS84.fwd(
            lon[segments], lat[segments], route.azimuths[segments], begins, return_back_azimuth=True
        )
        places = Coordinates(longitudes=np.append(x, lon[-1]), latitudes=np.append(y, lat[-1]))
        return cls(
            places=places,
            points=ecef(*places.degrees),
            segments=segments,
            begins=begins,
            along=np.append(route.starts[segments] + begins, route.length),
            longest=longest,
        )

    def candidates(self, index: StationIndex, within: Metres) -> _Numbers:
        """Return the numbers of all places that may be so near, and of some others."""
        step = max(within, self.along[-1] / _DRAWN_AROUND)
        marks = np.searchsorted(self.along, np.arange(0.0, self.along[-1], step))
        drawn = np.unique(np.append(marks, len(self.along) - 1))
        gap = float(np.diff(self.along[drawn]).max(initial=0.0))
        return index.around(self.places.of(drawn), Metres(within + gap / 2.0 + 1.0))

    def feet(self, points: _Floats, within: Metres) -> tuple[_Numbers, _Numbers, _Floats]:
        """Return where the feet of places in space may be: the places, segments, metres along.

        A piece's closest point is one of its ends, or less than half its length from one and at
        right angles; so no piece does whose ends both lie farther than the closest of all ends
        and half a piece make together, at right angles.
        """
        tree = cKDTree(self.points)
        closest = np.asarray(tree.query(points)[0])
        half = self.longest / 2.0
        near = np.flatnonzero(closest <= np.hypot(within, half) + _SLACK_M)
        reach = np.hypot(closest[near], half) + _SLACK_M
        ends = tree.query_ball_point(points[near], reach)
        counts = np.fromiter(map(len, ends), np.intp, len(ends))
        which = np.repeat(near, counts)
        end = np.concatenate([np.empty(0, np.intp), *map(np.asarray, ends)]).astype(np.intp)
        # An end belongs to the piece behind it and to the one before it.
        which, piece = np.concatenate((which, which)), np.concatenate((end - 1, end))
        real = (piece >= 0) & (piece < len(self.segments))
        which, piece = which[real], piece[real]
        share, apart = self._projected(points[which], piece)
        least = np.full(len(points), np.inf)
        np.minimum.at(least, which, apart)
        kept = (apart <= least[which] + _SLACK_M) & (apart <= within + _SLACK_M)
        which, piece, share = which[kept], piece[kept], share[kept]
        lengths = self.along[piece + 1] - self.along[piece]
        return which, self.segments[piece], self.begins[piece] + share * lengths

    def _projected(self, points: _Floats, piece: _Numbers) -> tuple[_Floats, _Floats]:
        """Return the closest point of each chord, as a share of it, and its distance in space."""
        start = self.points[piece]
        chord = self.points[piece + 1] - start
        to = points - start
        squared = np.maximum((chord**2).sum(axis=1), np.finfo(float).tiny)
        share = np.clip((to * chord).sum(axis=1) / squared, 0.0, 1.0)
        return share, np.sqrt(((to - share[:, None] * chord) ** 2).sum(axis=1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Feet:
    """Feet on segments: metres along the segment and off it; 1 for right, -1 for left."""

    along: _Floats
    offsets: _Floats
    turned: _Numbers


def _feet(route: Route, segments: _Numbers, guesses: _Floats, places: Coordinates) -> _Feet:
    """Find the closest point of a segment to each place, from a guess."""
    lon, lat = (degrees[segments] for degrees in route.places.degrees)
    azimuths, lengths = route.azimuths[segments], route.lengths[segments]
    radius = gaussian_radius(places.latitudes)
    along = np.clip(guesses, 0.0, lengths)
    for _ in range(_ROUNDS):
        x, y, back = WGS84.fwd(lon, lat, azimuths, along)
        to, _, offsets = WGS84.inv(x, y, *places.degrees)
        # Straight on is the way back turned round.
        angle = np.radians(np.asarray(to) - np.asarray(back) - 180.0)
        step = radius * np.arctan(np.tan(np.asarray(offsets) / radius) * np.cos(angle))
        further = np.clip(along + step, 0.0, lengths)
        moved, along = np.abs(further - along), further
        if moved.max(initial=0.0) <= _SETTLED_M:
            break
    return _Feet(
        along=along,
        offsets=np.asarray(offsets),
        turned=np.sign(np.sin(angle)).astype(np.intp),
    )


def _first_of_closest(which: _Numbers, along: _Floats, offsets: _Floats) -> _Numbers:
    """Return for each place the row of the first pass that is as close as any."""
    if not len(which):
        return np.empty(0, np.intp)
    least = np.full(int(which.max()) + 1, np.inf)
    np.minimum.at(least, which, offsets)
    rows = np.flatnonzero(offsets <= least[which] + _EQUALLY_M)
    rows = rows[np.lexsort((along[rows], which[rows]))]
    _, first = np.unique(which[rows], return_index=True)
    return np.asarray(rows[first])
