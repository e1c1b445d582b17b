"""The history as JSON: what the API answers, and what commands print for programs."""

from datetime import date, datetime, tzinfo
from typing import Any

from geo_service.domain.change import FieldValue, StationChange, field_changes, fields_of
from geo_service.domain.past import Fates, LoggedChange, PastChange, PastRevision, fate_of
from geo_service.domain.station import Station
from geo_service.domain.undoing import UndoStep
from geo_service.services.register_history import UndoPlan


def revision_json(revision: PastRevision, zone: tzinfo, *, names: bool) -> dict[str, Any]:
    """Return a revision; ``names`` says whether with who made it and their words."""
    said = {"author": revision.author, "reason": revision.reason} if names else {}
    return {
        "number": revision.number,
        "committed_at": _instant(revision.committed_at, zone),
        "kind": revision.kind.value,
        "undoes": revision.undoes,
        "undone_by": list(revision.undone_by),
        "stations": revision.stations,
        **said,
    }


def record_json(station: Station) -> dict[str, Any]:
    """Return a station's record: as it is filled in, and where that is on WGS 84."""
    return {
        "id": station.id,
        **{name: value_json(value) for name, value in fields_of(station).items()},
        "wgs84": [station.coordinate.longitude, station.coordinate.latitude],
    }


def past_change_json(past: PastChange, zone: tzinfo, *, names: bool) -> dict[str, Any]:
    """Return what a revision did to a station."""
    return {
        "revision": revision_json(past.revision, zone, names=names),
        **change_json(past.change),
    }


def change_json(change: StationChange) -> dict[str, Any]:
    """Return what became of a station: field by field where it was changed, else its record."""
    before, after = change.before, change.after
    return {
        "station": change.station_id,
        "change": fate_of(change).value,
        "fields": [] if before is None or after is None else _fields(before, after),
        "before": None if before is None else record_json(before),
        "after": None if after is None else record_json(after),
    }


def logged_json(change: LoggedChange) -> dict[str, Any]:
    """Return a change for whoever keeps a copy: the whole record, or none where it went."""
    return {
        "revision": change.revision,
        "station": change.station_id,
        "change": change.fate.value,
        "record": None if change.station is None else record_json(change.station),
    }


def plan_json(plan: UndoPlan) -> dict[str, Any]:
    """Return what undoing comes to, or came to."""
    return {
        "undoes": plan.question.revision,
        "station": plan.question.station_id,
        "conflicts": plan.question.resolution.value,
        "revision": plan.present,
        "refused": plan.is_refused,
        **fates_json(plan.fates),
        "unchanged": plan.unchanged,
        "in_the_way": plan.obstacles,
        "obstacles": [step_json(step) for step in plan.in_the_way],
    }


def fates_json(fates: Fates | None) -> dict[str, int | None]:
    """Return how many stations came, changed and went; null where that was not counted."""
    return {
        each: None if fates is None else getattr(fates, each)
        for each in ("added", "changed", "removed")
    }


def step_json(step: UndoStep) -> dict[str, Any]:
    """Return a station that is in the way of undoing, and why."""
    return {
        "station": step.station_id,
        "obstacle": step.obstacle and step.obstacle.value,
        "fields": [
            {
                "field": each.field,
                "before": value_json(each.before),
                "after": value_json(each.after),
                "present": value_json(each.present),
            }
            for each in step.disputes
        ],
    }


def value_json(value: FieldValue) -> object:
    """Return the value of a field: days as ISO dates, nothing as null."""
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _fields(before: Station, after: Station) -> list[dict[str, Any]]:
    return [
        {
            "field": each.field,
            "before": value_json(each.before),
            "after": value_json(each.after),
        }
        for each in field_changes(before, after)
    ]


def _instant(instant: datetime, zone: tzinfo) -> str:
    return instant.astimezone(zone).isoformat(timespec="seconds")
