"""Walked streets out of an extract of OpenStreetMap (.osm.pbf, or .osm as XML)."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo_service.domain.coordinate import WGS84, Bounds
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.errors import InvalidStreetNetworkError
from geo_service.domain.walked_ways import is_walked

if TYPE_CHECKING:
    from osmium.osm import Way

Ints = NDArray[np.intp]

# OSM keeps degrees as whole numbers of this size.
_PRECISION: Final = 1e-7
_SOURCE_DATE: Final = "osmosis_replication_timestamp"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Streets:
    """The edges of walked ways as an extract has them; shape (edges,), but for ``nodes``.

    ``as_of`` is the day of the data, as the file says, or that of its latest walked way.
    """

    nodes: Coordinates
    tail: Ints
    head: Ints
    metres: NDArray[np.float64]
    ways: int
    as_of: str | None


def read_streets(file: Path, bounds: Bounds | None = None) -> Streets:
    """Read the walked ways of an extract; of those that touch ``bounds``, where they are given.

    Where an extract was cut through a way, only its nodes inside are there: the way ends at the
    cut.

    Raises:
        InvalidStreetNetworkError: if it is no such file, is broken, or has no walked way.
    """
    # Not every process that serves needs to load it.
    import osmium  # noqa: PLC0415

    reading = _Reading(bounds)
    try:
        ways = (
            osmium.FileProcessor(file)
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        declared = ways.header.get(_SOURCE_DATE)
        for way in ways:
            reading.add(way)  # type: ignore[arg-type]  # the filter lets nothing else through
    except (RuntimeError, OSError) as error:
        raise InvalidStreetNetworkError(
            f"{file.name} cannot be read as an extract of OpenStreetMap: {error}"
        ) from None
    if not reading.tail:
        where = "" if bounds is None else " in these bounds"
        raise InvalidStreetNetworkError(f"{file.name} has no way that people walk{where}")
    return reading.streets(declared or None)


class _Reading:
    """Ways, as far as they have been read; one lives as long as one file is read."""

    def __init__(self, bounds: Bounds | None) -> None:
        self._bounds = bounds
        self._numbers: dict[int, int] = {}
        self._x, self._y = array("i"), array("i")
        self.tail, self._head = array("i"), array("i")
        self._ways = 0
        self._latest = datetime.min.replace(tzinfo=UTC)

    def add(self, way: "Way") -> None:
        """Add the edges of a way, if people walk it."""
        if not is_walked(dict(way.tags)):
            return
        edges = list(self._edges(way))
        if not edges:
            return
        self._ways += 1
        self._latest = max(self._latest, way.timestamp)
        for one, other in edges:
            self.tail.append(one)
            self._head.append(other)

    def streets(self, declared: str | None) -> Streets:
        """Return all that was added."""
        nodes = Coordinates(
            longitudes=np.asarray(self._x) * _PRECISION, latitudes=np.asarray(self._y) * _PRECISION
        )
        tail = np.asarray(self.tail, dtype=np.intp)
        head = np.asarray(self._head, dtype=np.intp)
        metres = WGS84.inv(*nodes.of(tail).degrees, *nodes.of(head).degrees)[2]
        latest = self._latest.date().isoformat() if self._latest.year > 1970 else None
        return Streets(
            nodes=nodes,
            tail=tail,
            head=head,
            metres=np.asarray(metres, dtype=np.float64),
            ways=self._ways,
            as_of=declared[:10] if declared else latest,
        )

    def _edges(self, way: "Way") -> Iterator[tuple[int, int]]:
        before: tuple[int, int, int] | None = None
        for node in way.nodes:
            location = node.location
            # One that the extract was cut from has no place: no edge leads there.
            here = (node.ref, location.x, location.y) if location.valid() else None
            if before and here and (self._is_near(before) or self._is_near(here)):
                yield self._number(*before), self._number(*here)
            before = here

    def _is_near(self, node: tuple[int, int, int]) -> bool:
        if (box := self._bounds) is None:
            return True
        x, y = node[1] * _PRECISION, node[2] * _PRECISION
        return box.west <= x <= box.east and box.south <= y <= box.north

    def _number(self, ref: int, x: int, y: int) -> int:
        number = self._numbers.setdefault(ref, len(self._numbers))
        if number == len(self._x):
            self._x.append(x)
            self._y.append(y)
        return number
