"""Say how well the stations that match cover each unit."""

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from shapely import MultiPolygon

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import CoverageReport, Level, catchments_of, gaps_of, measure
from geo_service.domain.opening_hours import Openness
from geo_service.domain.register import Register
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.units import members
from geo_service.services.openness import OpenCondition, openness_of

_ANSWERS_KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuery:
    """A planner's question: who is within the radius of a station that matches?

    ``open`` and ``instant`` stand together: what must be open, and when.
    """

    radius: Metres
    level: Level = Level.TOWNSHIP
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None
    instant: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAnswer:
    """The report, the stations it counted, and how many of them may be closed then."""

    query: CoverageQuery
    report: CoverageReport
    stations: tuple[Station, ...]
    of_unknown_openness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageDrawing:
    """What a map of an answer shows, in degrees: ground in reach, and by unit what is not."""

    catchments: MultiPolygon
    gaps: dict[str, MultiPolygon]


@dataclass(frozen=True, slots=True)
class _Key:
    """All that a measurement depends on, the register aside."""

    radius: float
    level: Level
    conditions: StationFilter
    stations: frozenset[str]


class _Kept:
    """Measurements of one revision; they go when the revision goes."""

    def __init__(self) -> None:
        self.reports: LRUCache[_Key, CoverageReport] = LRUCache(_ANSWERS_KEPT)
        self.drawings: LRUCache[_Key, CoverageDrawing] = LRUCache(_ANSWERS_KEPT)
        self.measuring = threading.Lock()


_KEPT: WeakKeyDictionary[Register, _Kept] = WeakKeyDictionary()


def measure_coverage(register: Register, query: CoverageQuery) -> CoverageAnswer:
    """Answer the question; the same question of the same revision is measured once."""
    stations, unknown = _counted(register, query)
    kept, key = _KEPT.setdefault(register, _Kept()), _key(query, stations)
    # One at a time: ten planners who open the same map should cost one measurement.
    with kept.measuring:
        report = kept.reports.get(key)
        if report is None:
            report = kept.reports[key] = measure(
                register.survey(query.level),
                stations,
                radius=query.radius,
                members=members(query.level, stations, register.townships),
            )
    return CoverageAnswer(
        query=query, report=report, stations=stations, of_unknown_openness=unknown
    )


def draw_coverage(register: Register, answer: CoverageAnswer) -> CoverageDrawing:
    """Return the shapes of an answer; made once, too."""
    kept, key = _KEPT.setdefault(register, _Kept()), _key(answer.query, answer.stations)
    with kept.measuring:
        drawing = kept.drawings.get(key)
        if drawing is None:
            radius = answer.query.radius
            survey = register.survey(answer.query.level)
            drawing = kept.drawings[key] = CoverageDrawing(
                catchments=catchments_of(answer.stations, radius=radius, crs=register.crs),
                gaps=gaps_of(survey, answer.stations, radius=radius),
            )
    return drawing


def _key(query: CoverageQuery, stations: tuple[Station, ...]) -> _Key:
    counted = frozenset(station.id for station in stations)
    return _Key(query.radius, query.level, query.conditions, counted)


def _counted(register: Register, query: CoverageQuery) -> tuple[tuple[Station, ...], int]:
    """Return the stations that count, and how many of them have no known hours."""
    selection = register.select(query.conditions)
    # Each counts for the services that answer the question, not for all it offers.
    answering = [(replace(station, services=found), found) for station, found in selection]
    if query.open is None or query.instant is None:
        return tuple(station for station, _ in answering), 0
    counted, unknown = [], 0
    for station, services in answering:
        states = [each.state for each in openness_of(register, services, query.instant)]
        if query.open.keeps(states):
            counted.append(station)
            unknown += Openness.OPEN not in states
    return tuple(counted), unknown
