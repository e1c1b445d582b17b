"""Figures about ground, followed from one question to the next.

The next question is often nearly the last one: a station has moved, or it is a month later. What
was measured last for a survey and a radius is kept, and only what differs is measured; a survey is
shared by the revisions of a register whose units are the same.
"""

import threading
from collections.abc import Sequence
from typing import Final

from cachetools import LRUCache

from geo_service.domain.coordinate import Metres
from geo_service.domain.ground_figures import GroundFigures
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey

# Figures weigh some ten bytes a place of their grids: a nation's 200 MB, a city's 1 MB.
_PLACES_KEPT: Final = 25_000_000
_FEWEST_COUNTED: Final = 2_500_000  # so that of cities' no more than ten are kept


def _places(figures: GroundFigures) -> int:
    return max(_FEWEST_COUNTED, sum(map(len, figures.distances)))


# By survey, told from others by its identity, which is its own as long as it is kept here.
_LAST: LRUCache[tuple[int, float], GroundFigures] = LRUCache(_PLACES_KEPT, getsizeof=_places)
_LOOKING: Final = threading.Lock()


def figures_of(survey: Survey, stations: Sequence[Station], *, radius: Metres) -> GroundFigures:
    """Return the figures of a survey, from those of the last question if there are any."""
    key = id(survey), float(radius)
    with _LOOKING:
        before = _LAST.get(key)
    if before is None:
        figures = GroundFigures.of(survey, stations, radius=radius)
    else:
        figures = before.with_stations(stations)
    with _LOOKING:
        if _places(figures) <= _PLACES_KEPT:
            _LAST[key] = figures
    return figures
