"""Taking a change back: what a station is to be then, and where later changes are in the way.

A change is undone field by field. A field that nobody touched since gets back what it had before;
one that was changed again later is in dispute, and whoever undoes says which of the two holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, Final

from geo_service.domain.change import FieldValue, StationChange, fields_of
from geo_service.domain.station import Service, ServiceKind, Station, StationId


class Resolution(StrEnum):
    """What holds where a later change is in the way."""

    REFUSE = "refuse"  # nothing is undone at all
    KEEP = "keep"  # the later change stays; the rest is undone
    OVERWRITE = "overwrite"  # the later change goes, too


class Obstacle(StrEnum):
    """Why a station cannot simply be what it was before."""

    CHANGED = "changed"  # fields, or a station that was added, changed again later
    GONE = "gone"  # the station was taken out later
    BACK = "back"  # the station was taken out, and is there again
    NO_SERVICE = "no_service"  # it would offer nothing
    LIFETIME = "lifetime"  # it would close before it opens
    TOWNSHIP = "township"  # it would lie in a township that is no longer registered


UNFIT: Final = frozenset({Obstacle.NO_SERVICE, Obstacle.LIFETIME, Obstacle.TOWNSHIP})
"""What no resolution helps against: the register cannot hold such a station."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A field that was changed again: before the change to be undone, after it, and now."""

    field: str
    before: FieldValue
    after: FieldValue
    present: FieldValue


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoStep:
    """What undoing makes of one station; None: there is none, or is to be none."""

    station_id: StationId
    present: Station | None
    result: Station | None
    obstacle: Obstacle | None = None
    disputes: tuple[Dispute, ...] = ()

    @property
    def changes(self) -> bool:
        """Say whether the station becomes another than it is."""
        return self.present != self.result


def undo_step(
    change: StationChange,
    present: Station | None,
    *,
    resolution: Resolution = Resolution.REFUSE,
    townships: frozenset[str] | None = None,
) -> UndoStep:
    """Return what becomes of a station when a change of it is undone.

    With an obstacle that ``resolution`` does not decide, the result is the station as it is.
    ``townships`` are the codes there are; None: any will do.
    """
    step = _step(change, present, resolution)
    if step.result is None or not step.changes:
        return step
    unfit = _why_unfit(step.result, townships)
    if unfit is None:
        return step
    return replace(step, result=present, obstacle=unfit)


def _step(change: StationChange, present: Station | None, resolution: Resolution) -> UndoStep:
    step = UndoStep(station_id=change.station_id, present=present, result=present)
    if present == change.before:
        return step
    if present == change.after:
        return replace(step, result=change.before)
    if change.before is not None and change.after is not None and present is not None:
        return _merged(change.before, change.after, present, resolution)
    # One was added or taken out, and is no longer as that left it.
    overwrites = resolution is Resolution.OVERWRITE
    obstacle = Obstacle.GONE if present is None else Obstacle.CHANGED
    if change.after is None:
        obstacle = Obstacle.BACK
    return replace(step, result=change.before if overwrites else present, obstacle=obstacle)


def _why_unfit(station: Station, townships: frozenset[str] | None) -> Obstacle | None:
    if not station.services:
        return Obstacle.NO_SERVICE
    opened, closed = station.opened_on, station.closed_on
    if opened is not None and closed is not None and closed <= opened:
        return Obstacle.LIFETIME
    code = station.township_code
    if townships is not None and code is not None and code not in townships:
        return Obstacle.TOWNSHIP
    return None


# -- field by field --------------------------------------------------------------------------

_POSITION: Final = "position"
_APART: Final = frozenset({"id", "coordinate", "reading", "services"})
_PLAIN: Final = tuple(each.name for each in fields(Station) if each.name not in _APART)

# Fields that say one thing together: where one is in dispute, so are the others that changed.
_BUNDLES: Final = (
    *((f"{kind}", f"{kind}_hours", f"{kind}_for") for kind in ServiceKind),
    (_POSITION, "accuracy_m", "township_code"),
)
# What somebody saw later stays true whatever is undone: no reason to refuse.
_LATER_HOLDS: Final = frozenset({"verified_on", "reported_closed_on"})

# As people know them, where they go by other names.
_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    _POSITION: ("longitude", "latitude", "datum"),
    **{f"{kind}": ("services",) for kind in ServiceKind},
}


def _merged(before: Station, after: Station, present: Station, resolution: Resolution) -> UndoStep:
    old, new, now = _units_of(before), _units_of(after), _units_of(present)
    undone = {unit for unit in old if old[unit] != new[unit]}
    for kind in ServiceKind:  # with a service come, or go, all that is said of it
        undone |= {f"{kind}_hours", f"{kind}_for"} if f"{kind}" in undone else set()
    disputed = {unit for unit in undone - _LATER_HOLDS if now[unit] not in (new[unit], old[unit])}
    for bundle in _BUNDLES:
        if disputed.intersection(bundle):
            disputed |= {unit for unit in undone.intersection(bundle) if now[unit] != old[unit]}
    taken_back = {unit for unit in undone if now[unit] == new[unit]} - disputed
    if resolution is Resolution.OVERWRITE:
        taken_back |= disputed
    refused = bool(disputed) and resolution is Resolution.REFUSE
    units = now if refused else {unit: (old if unit in taken_back else now)[unit] for unit in now}
    return UndoStep(
        station_id=present.id,
        present=present,
        result=_station_of(present, units),
        obstacle=Obstacle.CHANGED if disputed else None,
        disputes=_disputes(disputed, before, after, present),
    )


def _units_of(station: Station) -> dict[str, Any]:
    """Return a station in the pieces that are undone one by one."""
    units: dict[str, Any] = {name: getattr(station, name) for name in _PLAIN}
    units[_POSITION] = station.coordinate, station.reading
    offered = {service.kind: service for service in station.services}
    for kind in ServiceKind:
        service = offered.get(kind)
        units[f"{kind}"] = service is not None
        units[f"{kind}_hours"] = None if service is None else service.opening_hours
        units[f"{kind}_for"] = None if service is None else service.groups
    return units


def _station_of(station: Station, units: Mapping[str, Any]) -> Station:
    coordinate, reading = units[_POSITION]
    return replace(
        station,
        **{name: units[name] for name in _PLAIN},
        coordinate=coordinate,
        reading=reading,
        services=tuple(
            Service(
                kind=kind,
                opening_hours=units[f"{kind}_hours"],
                groups=units[f"{kind}_for"] or frozenset(),
            )
            for kind in ServiceKind
            if units[f"{kind}"]
        ),
    )


def _disputes(
    units: set[str], before: Station, after: Station, present: Station
) -> tuple[Dispute, ...]:
    old, new, now = fields_of(before), fields_of(after), fields_of(present)
    shown = {field for unit in units for field in _SHOWN.get(unit, (unit,))}
    return tuple(
        Dispute(field=field, before=old[field], after=new[field], present=now[field])
        for field in now
        if field in shown and len({old[field], new[field], now[field]}) > 1
    )
