"""Whether the positions of a file are measured against what their sender says.

A datum is nowhere written into a pair of degrees. But a reading taken for another datum's lies some
hundred metres off, and two things tell: the township that its row names, and the place where the
register has the same station already. Each such row is asked under which datum it comes out right;
of the rows that come out right under one of two datums only, a majority that chance would hardly
make (a sign test, one in twenty) and that is clear (three to one) speaks for that one.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import comb, nan
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry

from geo_service.domain.coordinate import WGS84, Coordinate
from geo_service.domain.datum import Datum, Degrees, to_wgs84

# A station that was measured again lies within this of where it was; another datum is further off.
SAME_PLACE_M: Final = 50.0
_CHANCE: Final = 0.05
_CLEAR: Final = 3
# Past so many rows to one side, chance has long been left out.
_MOST_COUNTED: Final = 400

_Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatumCheck:
    """Of how many rows the place is right, under each datum, among those where it can be told.

    ``rows`` can be told of; ``likely`` is another datum than the declared one, if it speaks
    clearly for itself: right on ``better`` rows where the declared one is wrong, wrong on
    ``worse`` where that is right.
    """

    declared: Datum
    rows: int
    right: Mapping[Datum, int]
    likely: Datum | None = None
    better: int = 0
    worse: int = 0


class DatumEvidence:
    """The readings of a file that something else speaks of, as they come."""

    def __init__(self, declared: Datum, boundary_of: Callable[[str], Geometry | None]) -> None:
        self._declared = declared
        self._boundary_of = boundary_of
        self._readings: list[tuple[float, float]] = []
        self._known: list[tuple[float, float]] = []
        self._township_of: list[str | None] = []

    def add(self, x: float, y: float, *, known: Coordinate | None, township: str | None) -> None:
        """Note a reading: where its station is known to stand, and the township its row names."""
        if known is None and township is None:
            return
        self._readings.append((x, y))
        self._known.append((nan, nan) if known is None else (known.longitude, known.latitude))
        self._township_of.append(township)

    def check(self) -> DatumCheck:
        """Judge all that was noted."""
        x, y = np.array(self._readings, float).reshape(-1, 2).T
        places = {datum: to_wgs84(x, y, datum) for datum in Datum}
        right = {datum: self._near_known(*places[datum]) for datum in Datum}
        # Where a station stands says more than a township does, if it is there at all.
        open_still = ~np.any(list(right.values()), axis=0)
        for code, rows in self._rows_by_township(open_still).items():
            if (boundary := self._boundary_of(code)) is not None:
                shapely.prepare(boundary)
                for datum in Datum:
                    longitudes, latitudes = places[datum]
                    inside = shapely.intersects_xy(boundary, longitudes[rows], latitudes[rows])
                    right[datum][rows] = inside
        told = np.any(list(right.values()), axis=0)
        return _judged(self._declared, {datum: flags[told] for datum, flags in right.items()})

    def _near_known(self, longitudes: Degrees, latitudes: Degrees) -> _Flags:
        known = np.array(self._known, float).reshape(-1, 2)
        there = ~np.isnan(known[:, 0])
        near = np.zeros(len(known), bool)
        _, _, metres = WGS84.inv(longitudes[there], latitudes[there], *known[there].T)
        near[there] = np.asarray(metres) <= SAME_PLACE_M
        return near

    def _rows_by_township(self, wanted: _Flags) -> dict[str, list[int]]:
        rows: dict[str, list[int]] = defaultdict(list)
        for row, (code, is_wanted) in enumerate(zip(self._township_of, wanted, strict=True)):
            if code is not None and is_wanted:
                rows[code].append(row)
        return rows


def _judged(declared: Datum, right: Mapping[Datum, _Flags]) -> DatumCheck:
    counts = {datum: int(flags.sum()) for datum, flags in right.items()}
    found = DatumCheck(declared=declared, rows=len(right[declared]), right=counts)
    others = [each for each in Datum if each is not declared]
    best = max(others, key=lambda each: counts[each])
    better = int((right[best] & ~right[declared]).sum())
    worse = int((~right[best] & right[declared]).sum())
    if not _is_clear(better, worse):
        return found
    return DatumCheck(
        declared=declared,
        rows=found.rows,
        right=counts,
        likely=best,
        better=better,
        worse=worse,
    )


def _is_clear(better: int, worse: int) -> bool:
    """Say whether a majority is clear and hardly one that chance makes."""
    if better < _CLEAR * worse or not better:
        return False
    tosses = better + worse
    if tosses > _MOST_COUNTED:
        return True
    as_many = sum(comb(tosses, heads) for heads in range(better, tosses + 1))
    return float(as_many) <= _CHANCE * 2.0**tosses
