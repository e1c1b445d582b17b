"""The register as it might be: stations added, moved or closed, and hours changed.

A scenario is a list of edits under a name, with the question they are judged by. Applied to a
register, the edits give another register, so that every measure is made of it as of any other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, assert_never

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.demand import DemandLayerId
from geo_service.domain.errors import (
    InvalidOpeningHoursError,
    InvalidQueryError,
    ParameterFault,
)
from geo_service.domain.reach import DistanceType
from geo_service.domain.register import Register
from geo_service.domain.station import (
    Amenity,
    DataStatus,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationFilter,
    StationId,
)
from geo_service.domain.township_index import TownshipIndex

MOST_EDITS: Final = 500
LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 500
LONGEST_HOURS: Final = 1000

_NEW: Final = "new-"
_SOURCE: Final = "scenario: planned, not there yet"
_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddStation:
    """A station where there is none."""

    name: str
    coordinate: Coordinate
    reading: Reading
    services: tuple[Service, ...] = (Service(kind=ServiceKind.REST),)
    amenities: frozenset[Amenity] = frozenset()
    capacity: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStation:
    """A station of the register, elsewhere."""

    station: StationId
    coordinate: Coordinate
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStation:
    """A station of the register, no more."""

    station: StationId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeHours:
    """Other opening hours of one service, or of all; None: nobody knows when it is open."""

    station: StationId
    opening_hours: str | None
    service: ServiceKind | None = None


Edit = AddStation | MoveStation | CloseStation | ChangeHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The question by which a scenario is judged: of today and of what might be, the same.

    With an ``instant``, what is or may be open then; ``open_only`` drops what only may be.
    """

    radius: Metres
    conditions: StationFilter = field(default_factory=StationFilter)
    instant: datetime | None = None
    open_only: bool = False
    demand: DemandLayerId | None = None
    distance: DistanceType = DistanceType.STRAIGHT


class ScenarioState(StrEnum):
    """How far a scenario has come."""

    READY = "ready"
    QUEUED = "queued"
    SOLVING = "solving"
    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # the machine that solved it is no longer heard of

    @property
    def is_over(self) -> bool:
        """Say whether nothing more will change by itself."""
        return self not in {ScenarioState.QUEUED, ScenarioState.SOLVING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants saved: a name, the edits so far, and the question they are judged by.

    One that is not ``listed`` is found by its address alone.
    """

    name: str
    terms: Terms
    edits: tuple[Edit, ...] = ()
    note: str = ""
    listed: bool = True

    def __post_init__(self) -> None:
        """Refuse what could not be shown, and what nobody could work with."""
        faults = []
        if not self.name.strip() or len(self.name) > LONGEST_NAME or not self.name.isprintable():
            reason = f"must be a line of text, of {LONGEST_NAME} characters at most"
            faults.append(ParameterFault("name", reason))
        if len(self.note) > LONGEST_NOTE or "\0" in self.note:
            faults.append(ParameterFault("note", f"takes at most {LONGEST_NOTE} characters"))
        if len(self.edits) > MOST_EDITS:
            faults.append(ParameterFault("edits", f"takes at most {MOST_EDITS}"))
        if faults:
            raise InvalidQueryError(*faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A scenario as it is kept, with the revision of the register that it was made on.

    ``suggestion`` is what sites are asked for, ``progress`` how far the search for them has come,
    ``result`` what it found; each None where there is none. ``failure`` says why there is none.
    """

    id: str
    draft: Draft
    revision: int
    state: ScenarioState
    created_at: datetime
    changed_at: datetime
    suggestion: Mapping[str, Any] | None = None
    progress: Mapping[str, Any] | None = None
    result: Mapping[str, Any] | None = None
    failure: str | None = None


def is_scenario_id(text: str) -> bool:
    """Say whether a text could be the identifier of a scenario."""
    return _ID.fullmatch(text) is not None


def is_new(station_id: StationId) -> bool:
    """Say whether a scenario made this station up."""
    return station_id.startswith(_NEW)


def apply(register: Register, edits: Sequence[Edit]) -> Register:
    """Return the register as it would be with the edits made, in their order.

    Raises:
        InvalidQueryError: an edit is about a station that is not there (any more), or gives hours
            that cannot be read; each fault names the edit by its place, as ``edits.3.station``.
    """
    made, faults = _made(register, edits)
    if faults:
        raise InvalidQueryError(*faults)
    return made


def apply_what_can_be(
    register: Register, edits: Sequence[Edit]
) -> tuple[Register, tuple[ParameterFault, ...]]:
    """Return the same for a register that has moved on, and what no longer fits it."""
    made, faults = _made(register, edits)
    return made, tuple(faults)


def _made(register: Register, edits: Sequence[Edit]) -> tuple[Register, list[ParameterFault]]:
    stations = {station.id: station for station in register.stations}
    units = TownshipIndex(register.townships)
    faults: list[ParameterFault] = []
    for place, edit in enumerate(edits):
        if isinstance(edit, AddStation):
            fault = _unread(register, [each.opening_hours for each in edit.services])
            if fault is None:
                made = _added(edit, _free(stations, place), units)
                stations[made.id] = made
        elif (station := stations.get(edit.station)) is None:
            fault = "station", f"no station has the identifier {edit.station!r}"
        else:
            fault = _changed(register, stations, station, edit, units)
        if fault is not None:
            faults.append(ParameterFault(f"edits.{place}.{fault[0]}", fault[1]))
    return register.with_stations(tuple(stations.values())), faults


def _changed(
    register: Register,
    stations: dict[StationId, Station],
    station: Station,
    edit: MoveStation | CloseStation | ChangeHours,
    units: TownshipIndex,
) -> tuple[str, str] | None:
    """Make one edit of a station that is there; return what is wrong with it, if anything."""
    match edit:
        case CloseStation():
            del stations[station.id]
        case MoveStation():
            stations[station.id] = replace(
                station,
                coordinate=edit.coordinate,
                reading=edit.reading,
                township_code=units.code_at(edit.coordinate, recorded=station.township_code),
                source=_SOURCE,
                data_status=DataStatus.DERIVED,
                accuracy_m=None,
                address=None,
            )
        case ChangeHours():
            kinds = {service.kind for service in station.services}
            if edit.service is not None and edit.service not in kinds:
                return "service", f"{station.id} does not offer {edit.service}"
            if fault := _unread(register, [edit.opening_hours]):
                return fault
            services = tuple(
                replace(service, opening_hours=edit.opening_hours)
                if edit.service in {None, service.kind}
                else service
                for service in station.services
            )
            stations[station.id] = replace(station, services=services)
        case _:  # pragma: no cover
            assert_never(edit)
    return None


def _unread(register: Register, expressions: Iterable[str | None]) -> tuple[str, str] | None:
    for expression in expressions:
        try:
            register.schedules.of(expression)
        except InvalidOpeningHoursError as error:
            return "opening_hours", str(error)
    return None


def _free(stations: dict[StationId, Station], place: int) -> StationId:
    """Return an identifier for a new station: by its place among the edits, so always the same."""
    name = f"{_NEW}{place + 1}"
    while name in stations:
        name += "-"
    return StationId(name)


def _added(edit: AddStation, identifier: StationId, units: TownshipIndex) -> Station:
    return Station(
        id=identifier,
        name=edit.name,
        coordinate=edit.coordinate,
        reading=edit.reading,
        services=edit.services,
        amenities=edit.amenities,
        capacity=edit.capacity,
        township_code=units.code_at(edit.coordinate, recorded=None),
        data_status=DataStatus.DERIVED,
        source=_SOURCE,
    )


# -- what differs ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedStation:
    """One station at two places."""

    before: Station
    after: Station

    @property
    def distance_m(self) -> Metres:
        """How far it was moved."""
        return self.before.coordinate.distance_to(self.after.coordinate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """How the stations of one register differ from those of another."""

    added: tuple[Station, ...]
    closed: tuple[Station, ...]
    moved: tuple[MovedStation, ...]
    hours: tuple[tuple[Station, Station], ...]


def changes_between(before: Iterable[Station], after: Iterable[Station]) -> Changes:
    """Say how stations differ; those that scenarios made up are the same where they look alike."""
    old = {_identity(station): station for station in before}
    new = {_identity(station): station for station in after}
    both = [(old[key], new[key]) for key in old if key in new]
    return Changes(
        added=tuple(station for key, station in new.items() if key not in old),
        closed=tuple(station for key, station in old.items() if key not in new),
        moved=tuple(
            MovedStation(before=one, after=other)
            for one, other in both
            if one.coordinate != other.coordinate
        ),
        hours=tuple((one, other) for one, other in both if one.services != other.services),
    )


def _identity(station: Station) -> object:
    if is_new(station.id):
        return replace(station, id=StationId(_NEW))
    return station.id
