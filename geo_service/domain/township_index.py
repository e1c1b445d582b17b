"""In which township a place lies, by the outlines."""

from collections.abc import Iterable

import shapely

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.township import Township


class TownshipIndex:
    """The townships by their outlines."""

    def __init__(self, townships: Iterable[Township]) -> None:
        known = list(townships)
        outlines = {each.code: each.boundary for each in known if each.boundary is not None}
        self._codes = list(outlines)
        self._tree = shapely.STRtree(list(outlines.values()))
        self._without = {each.code for each in known} - outlines.keys()

    def code_at(self, at: Coordinate, *, recorded: str | None) -> str | None:
        """Return the code of the township around a place; on a shared border, the first by code.

        What lies in none stays in the one it is recorded in, if nobody knows that one's border.
        """
        found = self._tree.query(shapely.Point(at.longitude, at.latitude), predicate="intersects")
        codes = [self._codes[int(number)] for number in found]
        if codes:
            return min(codes)
        return recorded if recorded in self._without else None
