"""What changes in the register: which station, by whom, why, and field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from geo_service.domain.station import Amenity, Group, ServiceKind, Station, StationId


class ChangeKind(StrEnum):
    """What sort of change made a revision."""

    LOAD = "load"  # the whole register replaced by a data folder
    IMPORT = "import"  # a file of stations
    EDIT = "edit"
    VERIFY = "verify"  # somebody looked, and it is still right
    REPORTED = "reported"  # so many say that a station is closed, or that was looked at
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionNote:
    """Who changes the register, what for, and by what sort of change.

    ``undoes`` is the revision that is taken back, of an undo.
    """

    author: str
    reason: str
    kind: ChangeKind
    undoes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A station as the register has it, and the revision that it was last changed in."""

    station: Station
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A station that was changed since somebody looked: which revision they had seen.

    ``present`` is the station as it is now; None, if it is gone.
    """

    station_id: StationId
    seen: int
    present: Recorded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StationChange:
    """What one revision did to one station.

    Without ``before`` it was added; without ``after`` it was taken out.
    """

    revision: int
    station_id: StationId
    before: Station | None
    after: Station | None


FieldValue = str | float | int | date | tuple[str, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of a station, before and after."""

    field: str
    before: FieldValue
    after: FieldValue


ANYONE: Final = ("anyone",)


def fields_of(station: Station) -> Mapping[str, FieldValue]:
    """Return a station as the fields that people fill in, by the names of the data form.

    The position is the one given, in its datum. For whom a service is says ``ANYONE``, groups, or
    None where the station does not offer the service.
    """
    offered = {service.kind: service for service in station.services}
    fields: dict[str, FieldValue] = {
        "name": station.name,
        "name_en": station.name_en,
        "services": tuple(kind.value for kind in ServiceKind if kind in offered),
    }
    for kind in ServiceKind:
        service = offered.get(kind)
        fields[f"{kind}_hours"] = None if service is None else service.opening_hours
        fields[f"{kind}_for"] = None if service is None else _for_whom(service.groups)
    return fields | {
        "amenities": tuple(each.value for each in Amenity if each in station.amenities),
        "address": station.address,
        "township_code": station.township_code,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "accessibility": station.accessibility.value,
        "longitude": station.reading.x,
        "latitude": station.reading.y,
        "datum": station.reading.datum.value,
        "data_status": station.data_status.value,
        "source": station.source,
        "accuracy_m": station.accuracy_m,
        "verified_on": station.verified_on,
        "opened_on": station.opened_on,
        "closed_on": station.closed_on,
        "reported_closed_on": station.reported_closed_on,
    }


def field_changes(before: Station, after: Station) -> tuple[FieldChange, ...]:
    """Return what is not the same of two states of a station, in the order of the data form."""
    old, new = fields_of(before), fields_of(after)
    return tuple(
        FieldChange(field=field, before=old[field], after=new[field])
        for field in old
        if old[field] != new[field]
    )


def _for_whom(groups: frozenset[Group]) -> tuple[str, ...]:
    return tuple(each.value for each in Group if each in groups) or ANYONE
