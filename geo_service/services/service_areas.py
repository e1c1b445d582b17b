"""Say what ground can be reached on foot along streets: from one place, or from all stations."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from cachetools import LRUCache
from shapely import MultiPolygon

from geo_service.domain.coordinate import WGS84, Coordinate, Metres
from geo_service.domain.footholds import Footholds
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.register import Register
from geo_service.domain.service_areas import BESIDE, ServiceArea, service_areas
from geo_service.domain.station import StationFilter
from geo_service.domain.street_network import StreetNetwork
from geo_service.domain.survey import Level, Unit, polygons_of
from geo_service.domain.walking import Walking
from geo_service.services.on_foot import foothold_of, footholds_of

MOST_MINUTES: Final = 60
MOST_ISOCHRONES: Final = 6
# From all stations at once, an hour's walk is nearly everywhere, and takes long to draw.
MOST_MINUTES_OF_ALL: Final = 30

_ANSWERS_KEPT: Final = 16
# Degrees are kept to a centimetre; a shape that is valid stays so on this grid.
_DEGREE_GRID: Final = 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Isochrone:
    """The ground within so many minutes of walking, in degrees on WGS 84.

    ``beside`` is how far off a walked street ground still counts.
    """

    minutes: int
    walk: Metres
    ground: MultiPolygon
    area_m2: float
    beside: Metres = BESIDE


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitReached:
    """The share of a unit's area within each number of minutes; None without a boundary."""

    unit: Unit
    shares: tuple[float, ...] | None
    why_none: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAreas:
    """What can be reached from all stations that match, together."""

    isochrones: tuple[Isochrone, ...]
    units: tuple[UnitReached, ...]
    stations: int
    off_the_streets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAreasQuery:
    """A planner's question: what is within so many minutes on foot of a station that matches?"""

    minutes: tuple[int, ...]
    conditions: StationFilter
    level: Level | None = None


def isochrones_around(
    network: StreetNetwork,
    origin: Coordinate,
    minutes: Sequence[int],
    *,
    walking: Walking,
    plane: PlanarCrs,
) -> tuple[Isochrone, ...]:
    """Draw what is within so many minutes of one place, the fewest minutes first.

    Raises:
        OffTheStreetsError: the place is too far from any street.
    """
    drawn = _areas(network, foothold_of(network, origin), minutes, walking, plane)
    return tuple(_isochrone(each, walking, plane) for each in drawn)


class _Kept:
    """Service areas of one revision; they go when the revision goes."""

    def __init__(self) -> None:
        self.answers: LRUCache[tuple[object, ...], ServiceAreas] = LRUCache(_ANSWERS_KEPT)
        self.drawing = threading.Lock()


_KEPT: Final[WeakKeyDictionary[Register, _Kept]] = WeakKeyDictionary()


def areas_of_all(
    register: Register, network: StreetNetwork, query: ServiceAreasQuery, walking: Walking
) -> ServiceAreas:
    """Draw what is within reach of any station that matches; the same is drawn once."""
    kept = _KEPT.setdefault(register, _Kept())
    key = (network.source.sha256, network.source.loaded_at, query, walking)
    # One at a time: ten planners who open the same map should cost one drawing.
    with kept.drawing:
        answer = kept.answers.get(key)
        if answer is None:
            answer = kept.answers[key] = _areas_of_all(register, network, query, walking)
    return answer


def _areas_of_all(
    register: Register, network: StreetNetwork, query: ServiceAreasQuery, walking: Walking
) -> ServiceAreas:
    places = footholds_of(network, register.select(query.conditions))
    areas = _areas(network, places, query.minutes, walking, register.crs)
    return ServiceAreas(
        isochrones=tuple(_isochrone(each, walking, register.crs) for each in areas),
        units=() if query.level is None else _units(register, areas, query.level),
        stations=len(places),
        off_the_streets=int(np.count_nonzero(~places.joined)),
    )


def _areas(
    network: StreetNetwork,
    places: Footholds,
    minutes: Sequence[int],
    walking: Walking,
    plane: PlanarCrs,
) -> list[ServiceArea]:
    walks = [Metres(each * walking.metres_per_minute) for each in minutes]
    return service_areas(network, places, walks, plane=plane)


def _isochrone(area: ServiceArea, walking: Walking, plane: PlanarCrs) -> Isochrone:
    located = shapely.set_precision(plane.to_degrees(area.ground), _DEGREE_GRID)
    # RFC 7946 wants outer rings anticlockwise.
    ground = polygons_of(shapely.orient_polygons(located))
    return Isochrone(
        minutes=round(area.walk_m / walking.metres_per_minute),
        walk=area.walk_m,
        ground=ground,
        area_m2=abs(WGS84.geometry_area_perimeter(ground)[0]) if ground.geoms else 0.0,
    )


def _units(
    register: Register, areas: Sequence[ServiceArea], level: Level
) -> tuple[UnitReached, ...]:
    survey = register.survey(level)
    measured = [each.ground.outline for each in survey.units if each.ground is not None]
    outlines = np.array([*measured, None], dtype=object)[:-1]
    reached = np.array([*(each.ground for each in areas), None], dtype=object)[:-1]
    shared = shapely.area(shapely.intersection(outlines[:, None], reached))
    shares = iter(np.minimum(shared / shapely.area(outlines)[:, None], 1.0))
    return tuple(
        UnitReached(
            unit=each.unit,
            shares=None if each.ground is None else tuple(next(shares).tolist()),
            why_none=each.why_no_ground,
        )
        for each in survey.units
    )
