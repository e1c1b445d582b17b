"""Say how well the stations that match cover each unit."""

import threading
from array import array
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Final, overload
from weakref import WeakKeyDictionary

from cachetools import LRUCache
from shapely import MultiPolygon

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import CoverageReport, Level, catchments_of, gaps_of, measure
from geo_service.domain.opening_hours import Openness
from geo_service.domain.register import Register, Selection
from geo_service.domain.station import Station, StationFilter
from geo_service.domain.units import members
from geo_service.services.openness import OpenCondition, openness_of

_ANSWERS_KEPT: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageQuery:
    """A planner's question: who is within the radius of a station that matches?

    ``open`` and ``instant`` stand together: what must be open, and when. ``on`` is the day on which
    stations must be in being, or a moment of it; None: that of the instant, or else today.
    """

    radius: Metres
    level: Level = Level.TOWNSHIP
    conditions: StationFilter = field(default_factory=StationFilter)
    open: OpenCondition | None = None
    instant: datetime | None = None
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
    """The report, the stations it counted, and how many of them may be closed then."""

    query: CoverageQuery
    report: CoverageReport
    stations: CountedStations
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
    stations: bytes


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
            made = tuple(stations)
            report = kept.reports[key] = measure(
                register.survey(query.level),
                made,
                radius=query.radius,
                members=members(query.level, made, register.townships),
            )
    return CoverageAnswer(
        query=query, report=report, stations=stations, of_unknown_openness=unknown
    )


def day_counted(register: Register, query: CoverageQuery) -> date:
    """Return the day, in the place's calendar, whose stations answer the question."""
    return register.eras.day_of(query.on or query.instant or datetime.now(UTC))


def draw_coverage(register: Register, answer: CoverageAnswer) -> CoverageDrawing:
    """Return the shapes of an answer; made once, too."""
    kept, key = _KEPT.setdefault(register, _Kept()), _key(answer.query, answer.stations)
    with kept.measuring:
        drawing = kept.drawings.get(key)
        if drawing is None:
            radius, stations = answer.query.radius, tuple(answer.stations)
            survey = register.survey(answer.query.level)
            drawing = kept.drawings[key] = CoverageDrawing(
                catchments=catchments_of(stations, radius=radius, crs=register.crs),
                gaps=gaps_of(survey, stations, radius=radius),
            )
    return drawing


def _key(query: CoverageQuery, stations: "CountedStations") -> _Key:
    return _Key(query.radius, query.level, query.conditions, stations.key)


def _counted(register: Register, query: CoverageQuery) -> tuple["CountedStations", int]:
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
