"""Whether the positions of a file are measured against what their sender says.

A datum is nowhere written into a pair of degrees. But a reading taken for another datum's lies some
hundred metres off, and two things tell: the township that its row names, and the place where the
register has the same station already. Each such row is asked under which datum it comes out right;
of the rows that come out right under one of two datums only, a majority that chance would hardly
make (a sign test, one in twenty) and that is clear (three to one) speaks for that one.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import comb
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.domain.coordinate import WGS84
from geo_service.domain.datum import Datum, to_wgs84

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


@dataclass(slots=True)
class DatumEvidence:
    """The readings of a file that something else speaks of, as they come."""

    declared: Datum
    boundary_of: Callable[[str], shapely.Geometry | None]
    _in_township: dict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _known: list[tuple[float, float, float, float]] = field(default_factory=list)

    def in_township(self, x: float, y: float, code: str) -> None:
        """Note a reading whose row names a township."""
        self._in_township[code].append((x, y))

    def known_at(self, x: float, y: float, longitude: float, latitude: float) -> None:
        """Note a reading of a station whose place the register has."""
        self._known.append((x, y, longitude, latitude))

    def check(self) -> DatumCheck:
        """Judge all that was noted."""
        tried = list(Datum)
        rights: list[NDArray[np.bool_]] = [self._known_right(tried)]
        for code, readings in self._in_township.items():
            boundary = self.boundary_of(code)
            if boundary is not None:
                rights.append(_inside(boundary, readings, tried))
        right = np.concatenate(rights, axis=1)
        told = right.any(axis=0)
        return _judged(self.declared, dict(zip(tried, right[:, told], strict=True)))

    def _known_right(self, tried: list[Datum]) -> _Flags:
        if not self._known:
            return np.zeros((len(tried), 0), bool)
        x, y, longitude, latitude = np.array(self._known).T
        rows = []
        for datum in tried:
            there_x, there_y = to_wgs84(x, y, datum)
            _, _, metres = WGS84.inv(there_x, there_y, longitude, latitude)
            rows.append(np.asarray(metres) <= SAME_PLACE_M)
        return np.array(rows)


def _inside(
    boundary: shapely.Geometry, readings: list[tuple[float, float]], tried: list[Datum]
) -> _Flags:
    x, y = np.array(readings).T
    shapely.prepare(boundary)
    rows = []
    for datum in tried:
        longitudes, latitudes = to_wgs84(x, y, datum)
        rows.append(shapely.intersects_xy(boundary, longitudes, latitudes))
    return np.array(rows, bool)


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
    return as_many <= _CHANCE * 2**tosses
