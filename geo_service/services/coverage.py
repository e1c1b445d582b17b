"""Say how well the stations that match cover each unit."""

import threading
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, overload
from weakref import WeakKeyDictionary

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from shapely import MultiPolygon

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import CoverageReport, Level, catchments_of, gaps_of
from geo_service.domain.demand import DemandLayer, DemandLayerId
from geo_service.domain.demand_coverage import DemandReport, measure_demand
from geo_service.domain.opening_hours import Openness
from geo_service.domain.placed_demand import PlacedDemand
from geo_service.domain.reach import Distances, StraightLines
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.units import members
from geo_service.domain.walked_ground import measure_ground, straight_radius
from geo_service.services.ground import figures_of
from geo_service.services.openness import OpenCondition, openness_of

_ANSWERS_KEPT: Final = 64
_LAYERS_KEPT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuery:
    """A planner's question: who is within the radius of a station that matches?

    ``radius`` is as ``distances`` counts metres. Without ``demand`` it is asked of the ground
    alone. ``open`` and ``instant`` stand together: what must be open, and when. ``on`` is the day
    on which stations must be in being, or a moment of it; None: that of the instant, or else today.
    """

    radius: Metres
    level: Level = Level.TOWNSHIP
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None
    instant: datetime | None = None
    demand: DemandLayer | None = None
    distances: Distances = field(default_factory=StraightLines)
    on: date | None = None


class CountedStations(Sequence[Station]):
    """The stations of some kinds, each with those of its services that answer the question alone.

    They are made anew each time they are gone through; ``key`` tells them from others of the same
    selection without making any.
    """

    def __init__(self, selection: Selection, kinds: Collection[int]) -> None:
        self._selection = selection
        self._numbers = array("I", selection.numbers(kinds))

    @property
    def key(self) -> bytes:
        """Their numbers in the register, in one piece."""
        return self._selection.in_register(self._numbers).tobytes()

    @property
    def numbers(self) -> NDArray[np.intp]:
        """Their numbers in the selection, where all of its kinds count, in order."""
        return np.asarray(self._numbers, dtype=np.intp)

    def __len__(self) -> int:
        """Count them."""
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Station: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Station, ...]: ...
    def __getitem__(self, at: int | slice) -> Station | tuple[Station, ...]:
        """Return one of them, or several."""
        if isinstance(at, slice):
            return tuple(map(self._station, self._numbers[at]))
        return self._station(self._numbers[at])

    def _station(self, number: int) -> Station:
        selection = self._selection
        return replace(selection[number], services=selection.kinds[selection.kind_of[number]])


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageAnswer:
    """The reports, the stations they counted, and how many of them may be closed then.

    ``report`` is of the ground; ``demand`` of the layer asked for, None where none was.
    """

    query: CoverageQuery
    report: CoverageReport
    demand: DemandReport | None
    stations: CountedStations
    of_unknown_openness: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageDrawing:
    """What a map of an answer shows, in degrees: ground in reach, and by unit what is not."""

    catchments: MultiPolygon
    gaps: dict[str, MultiPolygon]


_Layer = tuple[DemandLayerId, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageKey:
    """All that a measurement depends on, the register aside."""

    radius: float
    level: Level
    conditions: StationFilter
    stations: bytes
    distances: Distances
    layer: _Layer | None


class _Kept:
    """Measurements of one revision; they go when the revision goes."""

    def __init__(self) -> None:
        self.reports: LRUCache[CoverageKey, CoverageReport] = LRUCache(_ANSWERS_KEPT)
        self.demands: LRUCache[CoverageKey, DemandReport] = LRUCache(_ANSWERS_KEPT)
        self.drawings: LRUCache[CoverageKey, CoverageDrawing] = LRUCache(_ANSWERS_KEPT)
        self.placed: LRUCache[tuple[Level, _Layer | None], PlacedDemand] = LRUCache(_LAYERS_KEPT)
        self.measuring = threading.Lock()
        self.placing = threading.Lock()


_KEPT: WeakKeyDictionary[Register, _Kept] = WeakKeyDictionary()


def measure_coverage(register: Register, query: CoverageQuery) -> CoverageAnswer:
    """Answer the question; the same question of the same revision is measured once."""
    stations, unknown = counted_stations(register, query)
    kept = _KEPT.setdefault(register, _Kept())
    # One at a time: ten planners who open the same map should cost one measurement.
    with kept.measuring:
        report = _report(register, query, stations, kept)
        demand = _demand_report(register, query, stations, kept)
    return CoverageAnswer(
        query=query, report=report, demand=demand, stations=stations, of_unknown_openness=unknown
    )


def day_counted(register: Register, query: CoverageQuery) -> date:
    """Return the day, in the place's calendar, whose stations answer the question."""
    return register.eras.day_of(query.on or query.instant or datetime.now(UTC))


def draw_coverage(register: Register, answer: CoverageAnswer) -> CoverageDrawing:
    """Return the shapes of an answer; made once, too.

    Discs, for what is in reach along streets has no shape here: then those of the radius itself.
    """
    kept = _KEPT.setdefault(register, _Kept())
    key = _of_ground(key_of(answer.query, answer.stations))
    with kept.measuring:
        drawing = kept.drawings.get(key)
        if drawing is None:
            query, stations = answer.query, tuple(answer.stations)
            radius = straight_radius(query.radius, query.distances) or query.radius
            survey = register.survey(query.level)
            drawing = kept.drawings[key] = CoverageDrawing(
                catchments=catchments_of(stations, radius=radius, crs=register.crs),
                gaps=gaps_of(survey, stations, radius=radius),
            )
    return drawing


def placed_demand(register: Register, level: Level, layer: DemandLayer | None) -> PlacedDemand:
    """Return a layer's points by the units they lie in, or even ground for None; made once."""
    kept = _KEPT.setdefault(register, _Kept())
    key = level, _named(layer)
    with kept.placing:
        placed = kept.placed.get(key)
        if placed is None:
            survey = register.survey(level)
            placed = kept.placed[key] = (
                PlacedDemand.even(survey)
                if layer is None
                else PlacedDemand.over(survey, layer.points)
            )
    return placed


def _report(
    register: Register, query: CoverageQuery, stations: CountedStations, kept: _Kept
) -> CoverageReport:
    key = _of_ground(key_of(query, stations))
    report = kept.reports.get(key)
    if report is None:
        made = tuple(stations)
        report = kept.reports[key] = measure_ground(
            register.survey(query.level),
            made,
            radius=query.radius,
            distances=query.distances,
            members=members(query.level, made, register.townships),
            figures_of=figures_of,
        )
    return report


def _demand_report(
    register: Register, query: CoverageQuery, stations: CountedStations, kept: _Kept
) -> DemandReport | None:
    if query.demand is None:
        return None
    key = key_of(query, stations)
    report = kept.demands.get(key)
    if report is None:
        made = tuple(stations)
        report = kept.demands[key] = measure_demand(
            placed_demand(register, query.level, query.demand),
            made,
            radius=query.radius,
            distances=query.distances,
            members=members(query.level, made, register.townships),
        )
    return report


def key_of(query: CoverageQuery, stations: CountedStations) -> CoverageKey:
    """Return all that an answer depends on, the register aside."""
    return CoverageKey(
        radius=query.radius,
        level=query.level,
        conditions=query.conditions,
        stations=stations.key,
        distances=query.distances,
        layer=_named(query.demand),
    )


def _of_ground(key: CoverageKey) -> CoverageKey:
    return replace(key, layer=None)


def _named(layer: DemandLayer | None) -> _Layer | None:
    return None if layer is None else (layer.id, layer.version)


def counted_stations(register: Register, query: CoverageQuery) -> tuple[CountedStations, int]:
    """Return the stations that count, and how many of them have no known hours."""
    selection = register.select(query.conditions, register.eras.on(day_counted(register, query)))
    if query.open is None or query.instant is None:
        return CountedStations(selection, range(len(selection.kinds))), 0
    counted, unknown = [], 0
    # Stations of one kind open and close together.
    for kind, services in enumerate(selection.kinds):
        states = [each.state for each in openness_of(register, services, query.instant)]
        if query.open.keeps(states):
            counted.append(kind)
            unknown += selection.stations_of_kind[kind] * (Openness.OPEN not in states)
    return CountedStations(selection, counted), unknown
