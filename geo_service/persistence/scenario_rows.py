"""Scenarios as they lie in the database: what is asked and what is edited, as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, assert_never

from sqlalchemy import RowMapping

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.demand import DemandLayerId
from geo_service.domain.reach import DistanceType
from geo_service.domain.scenario import (
    AddStation,
    ChangeHours,
    CloseStation,
    Draft,
    Edit,
    MoveStation,
    Scenario,
    ScenarioState,
    Terms,
)
from geo_service.domain.station import (
    Amenity,
    Group,
    Reading,
    Service,
    ServiceKind,
    StationFilter,
    StationId,
)

Json = dict[str, Any]

_ADD: Final = "add"
_MOVE: Final = "move"
_CLOSE: Final = "close"
_HOURS: Final = "hours"


def terms_json(terms: Terms) -> Json:
    """Return terms as JSON."""
    conditions = terms.conditions
    return {
        "radius": terms.radius,
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "amenity": sorted(each.value for each in conditions.amenities),
        "instant": None if terms.instant is None else terms.instant.isoformat(),
        "open_only": terms.open_only,
        "demand": terms.demand,
        "distance": terms.distance.value,
    }


def terms_of(row: Mapping[str, Any]) -> Terms:
    """Read terms back."""
    return Terms(
        radius=Metres(float(row["radius"])),
        conditions=StationFilter(
            service=_or_none(ServiceKind, row["service"]),
            group=_or_none(Group, row["group"]),
            amenities=frozenset(map(Amenity, row["amenity"])),
        ),
        instant=None if row["instant"] is None else datetime.fromisoformat(row["instant"]),
        open_only=row["open_only"],
        demand=_or_none(DemandLayerId, row["demand"]),
        distance=DistanceType(row["distance"]),
    )


def edit_json(edit: Edit) -> Json:
    """Return an edit as JSON."""
    match edit:
        case AddStation():
            return {
                "kind": _ADD,
                "name": edit.name,
                **_place_json(edit.coordinate, edit.reading),
                "services": [_service_json(each) for each in edit.services],
                "amenities": sorted(each.value for each in edit.amenities),
                "capacity": edit.capacity,
            }
        case MoveStation():
            return {
                "kind": _MOVE,
                "station": edit.station,
                **_place_json(edit.coordinate, edit.reading),
            }
        case CloseStation():
            return {"kind": _CLOSE, "station": edit.station}
        case ChangeHours():
            return {
                "kind": _HOURS,
                "station": edit.station,
                "service": edit.service and edit.service.value,
                "opening_hours": edit.opening_hours,
            }
        case _:  # pragma: no cover
            assert_never(edit)


def edit_of(row: Mapping[str, Any]) -> Edit:
    """Read an edit back."""
    if row["kind"] == _ADD:
        coordinate, reading = _place_of(row)
        return AddStation(
            name=row["name"],
            coordinate=coordinate,
            reading=reading,
            services=tuple(map(_service_of, row["services"])),
            amenities=frozenset(map(Amenity, row["amenities"])),
            capacity=row["capacity"],
        )
    station = StationId(row["station"])
    if row["kind"] == _MOVE:
        coordinate, reading = _place_of(row)
        return MoveStation(station=station, coordinate=coordinate, reading=reading)
    if row["kind"] == _CLOSE:
        return CloseStation(station=station)
    return ChangeHours(
        station=station,
        service=_or_none(ServiceKind, row["service"]),
        opening_hours=row["opening_hours"],
    )


def scenario_of(row: RowMapping) -> Scenario:
    """Read a row of the table."""
    return Scenario(
        id=row["id"],
        draft=Draft(
            name=row["name"],
            note=row["note"],
            listed=row["listed"],
            terms=terms_of(row["terms"]),
            edits=tuple(map(edit_of, row["edits"])),
        ),
        revision=row["revision"],
        state=ScenarioState(row["state"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        suggestion=row["suggestion"],
        progress=row["progress"],
        result=row["result"],
        failure=row["failure"],
    )


def _place_json(coordinate: Coordinate, reading: Reading) -> Json:
    return {
        "longitude": coordinate.longitude,
        "latitude": coordinate.latitude,
        "x": reading.x,
        "y": reading.y,
        "datum": reading.datum.value,
    }


def _place_of(row: Mapping[str, Any]) -> tuple[Coordinate, Reading]:
    return (
        Coordinate(longitude=float(row["longitude"]), latitude=float(row["latitude"])),
        Reading(x=float(row["x"]), y=float(row["y"]), datum=Datum(row["datum"])),
    )


def _service_json(service: Service) -> Json:
    return {
        "kind": service.kind.value,
        "opening_hours": service.opening_hours,
        "groups": sorted(each.value for each in service.groups),
    }


def _service_of(row: Mapping[str, Any]) -> Service:
    return Service(
        kind=ServiceKind(row["kind"]),
        opening_hours=row["opening_hours"],
        groups=frozenset(map(Group, row["groups"])),
    )


def _or_none(make: Any, value: Any) -> Any:
    return None if value is None else make(value)
