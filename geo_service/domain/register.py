"""The register at one revision: all that reads are answered from, and never edited."""

import threading
from array import array
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray

from geo_service.domain import units
from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.eras import Era, Eras
from geo_service.domain.errors import StationNotFoundError, TownshipNotFoundError
from geo_service.domain.filter_properties import Columns
from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.opening_hours import Schedules
from geo_service.domain.place import Claim, Place, Revision
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import DataStatus, Service, Station, StationFilter, StationId
from geo_service.domain.station_columns import StationColumns
from geo_service.domain.station_index import StationIndex
from geo_service.domain.survey import Level, Survey, Unit
from geo_service.domain.township import County, Township


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """Everything a data folder says about a place, whole and checked."""

    place: Place
    stations: Sequence[Station]
    townships: tuple[Township, ...]
    counties: tuple[County, ...]
    calendar: HolidayCalendar
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What an operator says of the place instead of what the data says; None: as the data says."""

    name: str | None = None
    zone: ZoneInfo | None = None
    bounds: Bounds | None = None
    crs: str | None = None

    def place(self, given: Place) -> Place:
        """Return the place as the operator wants it."""
        return replace(given, name=self.name or given.name, zone=self.zone or given.zone)


class Selection:
    """The stations in being in an era that match a filter, by number, in order of identifier.

    ``kinds`` are the different sets of services that answer the question, far fewer than
    stations; ``kind_of`` says for each station, by its number, which of them is its own.
    """

    def __init__(
        self, stations: StationColumns, conditions: StationFilter, kept: NDArray[np.bool_]
    ) -> None:
        self._stations = stations
        kinds: dict[tuple[Service, ...], int] = {}
        kind_of_traits = np.full(len(stations.traits), _NO_KIND)
        for number, traits in enumerate(stations.traits):
            if services := conditions.services_of(traits):
                kind_of_traits[number] = kinds.setdefault(services, len(kinds))
        kind_of_all = kind_of_traits[np.asarray(stations.traits_of)]
        numbers = np.flatnonzero(kept & (kind_of_all != _NO_KIND))
        self._numbers = _whole(numbers)
        self.kind_of = _whole(kind_of_all[numbers])
        self.kinds = tuple(kinds)

    def __len__(self) -> int:
        """Count the stations."""
        return len(self._numbers)

    def __getitem__(self, number: int) -> Station:
        """Return a station by its number."""
        return self._stations[self._numbers[number]]

    def __iter__(self) -> Iterator[tuple[Station, tuple[Service, ...]]]:
        """Go through the stations, each with those of its services that answer the question."""
        for number, kind in zip(self._numbers, self.kind_of, strict=True):
            yield self._stations[number], self.kinds[kind]

    def id_of(self, number: int) -> StationId:
        """Return a station's identifier by its number."""
        return self._stations.ids[self._numbers[number]]

    def numbers(self, kinds: Collection[int], bounds: Bounds | None = None) -> list[int]:
        """Return the numbers of the stations of some kinds that lie in a box, in order."""
        kept = np.isin(np.asarray(self.kind_of), list(kinds))
        if bounds is not None:
            kept &= bounds.contain(*self._degrees)
        found: list[int] = np.flatnonzero(kept).tolist()
        return found

    def in_register(self, numbers: "array[int]") -> "array[int]":
        """Return the register's own numbers of some of the stations: the same in every era."""
        return _whole(np.asarray(self._numbers)[np.asarray(numbers)])

    @cached_property
    def stations_of_kind(self) -> Mapping[int, int]:
        """How many stations are of each kind."""
        return Counter(self.kind_of)

    @cached_property
    def index(self) -> StationIndex:
        """Nearest neighbours among these stations alone."""
        return StationIndex.at(*self._degrees)

    @property
    def coordinates(self) -> Coordinates:
        """Where the stations are, by their numbers."""
        longitudes, latitudes = self._degrees
        return Coordinates(longitudes=longitudes, latitudes=latitudes)

    @property
    def _degrees(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        numbers = np.asarray(self._numbers)
        columns = self._stations.longitudes, self._stations.latitudes
        return np.asarray(columns[0])[numbers], np.asarray(columns[1])[numbers]


_NO_KIND: Final = -1


def _whole(numbers: NDArray[np.intp]) -> "array[int]":
    """Return numbers as an array whose items are Python's own, and quickly had."""
    return array("I", numbers.astype(np.uintc).tobytes())


# Selections are kept up to so many stations in all: those of a city's every filter, and a few
# of a nation's.
_STATIONS_IN_SELECTIONS: Final = 200_000
_TIMES_THE_REGISTER: Final = 4
# What a selection takes besides, so that even of those without a station few hundred are kept.
_AS_MANY_STATIONS: Final = 500


def _room_taken(selection: Selection) -> int:
    return len(selection) + _AS_MANY_STATIONS


class Register:
    """One immutable revision of the register, with what answers are prepared from.

    Derived values are made on first use and kept: they depend on nothing but the revision.
    """

    def __init__(
        self, revision: Revision, dataset: Dataset, overrides: Overrides = Overrides()
    ) -> None:
        self.revision = revision
        self.place = overrides.place(dataset.place)
        self.stations = StationColumns.of(dataset.stations)
        self.townships = tuple(sorted(dataset.townships, key=lambda unit: unit.code))
        self.counties = tuple(sorted(dataset.counties, key=lambda unit: unit.code))
        self.calendar = dataset.calendar
        self.claims = dataset.claims
        self.schedules = Schedules(dataset.calendar, self.place.zone)
        self.eras = Eras(self.stations.lifetimes.days_of_change(), self.place.zone)
        self._overrides = overrides
        room = max(_STATIONS_IN_SELECTIONS, _TIMES_THE_REGISTER * len(self.stations))
        self._selections: LRUCache[tuple[StationFilter, Era], Selection] = LRUCache(
            room, getsizeof=_room_taken
        )
        self._selecting = threading.Lock()
        self.surveys: dict[Level, Survey] = {}

    def with_stations(self, stations: Sequence[Station]) -> "Register":
        """Return the register as it would be with other stations: the same units, the same plane.

        What was laid out of the units is shared, so this costs no more than the stations do.
        """
        dataset = Dataset(
            place=self.place,
            stations=stations,
            townships=self.townships,
            counties=self.counties,
            calendar=self.calendar,
            claims=self.claims,
        )
        other = Register(self.revision, dataset, self._overrides)
        other.crs = self.crs  # not chosen anew: figures of the two are to be compared
        other.schedules, other.surveys = self.schedules, self.surveys
        return other

    def follow(self, before: "Register") -> None:
        """Take over what an earlier revision laid out of its units, if they are still the same."""
        if (
            self.place == before.place
            and self.townships == before.townships
            and self.counties == before.counties
            and self.crs == before.crs
        ):
            self.surveys = before.surveys

    @cached_property
    def townships_by_code(self) -> Mapping[str, Township]:
        """Townships by official code."""
        return {unit.code: unit for unit in self.townships}

    @cached_property
    def counties_by_code(self) -> Mapping[str, County]:
        """Counties by official code."""
        return {unit.code: unit for unit in self.counties}

    def township(self, code: str) -> Township:
        """Return one township, or raise TownshipNotFoundError."""
        found = self.townships_by_code.get(code)
        if found is None:
            raise TownshipNotFoundError(f"no township has the code {code!r}")
        return found

    def station(self, station_id: StationId) -> Station:
        """Return one station, or raise StationNotFoundError."""
        number = self.stations.number_of(station_id)
        if number is None:
            raise StationNotFoundError(f"no station has the identifier {station_id!r}")
        return self.stations[number]

    def select(self, conditions: StationFilter, era: Era) -> Selection:
        """Return the stations in being that match; made once for what is asked for often."""
        key, where = (conditions, era), conditions.where
        with self._selecting:
            selection = self._selections.get(key)
            if selection is not None:
                return selection
            if where is None:
                selection = Selection(self.stations, conditions, self._in_being(era))
                self._selections[key] = selection
                return selection
        kept = self._in_being(era) & where.holds(self._columns)  # holds nobody else up meanwhile
        with self._selecting:
            selection = Selection(self.stations, conditions, kept)
            return self._selections.setdefault(key, selection)

    @cached_property
    def _columns(self) -> Columns:
        return Columns(self)

    def stations_in(self, era: Era) -> Sequence[Station]:
        """Return the stations in being in an era, by identifier."""
        if len(self.eras) == 1:
            return self.stations
        return list(map(self.stations.made, self.numbers_in(era)))

    def numbers_in(self, era: Era) -> Sequence[int]:
        """Return the numbers of the stations in being in an era."""
        return _whole(np.flatnonzero(self._in_being(era)))

    def in_being(self, station: Station, instant: datetime) -> bool:
        """Say whether a station is in being on the day, in the place's calendar, of an instant."""
        if station.opened_on is None and station.closed_on is None:
            return True
        return station.in_being(self.eras.day_of(instant))

    def _in_being(self, era: Era) -> NDArray[np.bool_]:
        return self.stations.lifetimes.in_being(self.eras.first_day(era))

    @cached_property
    def bounds(self) -> Bounds | None:
        """The operator's box, or that around all stations and outlines; None where none are."""
        if self._overrides.bounds is not None:
            return self._overrides.bounds
        corners = list(self.stations.corners())
        outlines = [unit.boundary for unit in self.townships]
        outlines += [unit.boundary for unit in self.counties]
        for outline in outlines:
            if outline is not None:
                west, south, east, north = outline.bounds
                corners += [
                    Coordinate(longitude=west, latitude=south),
                    Coordinate(longitude=east, latitude=north),
                ]
        return Bounds.around(corners) if corners else None

    @cached_property
    def crs(self) -> PlanarCrs:
        """The plane that areas are computed in: the operator's, or chosen from the data."""
        if self._overrides.crs is not None:
            return PlanarCrs.of(self._overrides.crs)
        return PlanarCrs.choose(
            self.bounds or Bounds(west=-180.0, south=-90.0, east=180.0, north=90.0)
        )

    def survey(self, level: Level) -> Survey:
        """Return the units of a level, laid out for measuring."""
        if (kept := self.surveys.get(level)) is None:
            kept = self.surveys[level] = Survey.of(self._units(level), crs=self.crs)
        return kept

    def _units(self, level: Level) -> Iterable[Unit]:
        match level:
            case Level.TOWNSHIP:
                return map(units.township_unit, self.townships)
            case Level.COUNTY:
                return map(units.county_unit, self.counties)
            case Level.CITY:
                return (units.city_unit(self.place, self.counties, self.townships),)

    @cached_property
    def data_status(self) -> Mapping[DataStatus, int]:
        """How many stations are of each status."""
        counts = np.bincount(np.asarray(self.stations.traits_of), minlength=0).tolist()
        counted = list(zip(self.stations.traits, counts, strict=False))
        return {
            status: count
            for status in DataStatus
            if (count := sum(n for traits, n in counted if traits.data_status is status))
        }
