"""Imports as rows of the database: what they are asked, what they found, entry by entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import RowMapping

from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus, Station
from geo_service.domain.station_import import (
    CellFault,
    Entry,
    ImportOptions,
    ImportPlan,
    ImportState,
    MatchBy,
    StationImport,
    WhenMissing,
)

Json = dict[str, Any]

_ALIKE: Final = "alike"
_MOVED: Final = "moved"
_ASTRAY: Final = "astray"
MARKS: Final = (_ALIKE, _MOVED, _ASTRAY)
"""What entries are marked with, beside their kind, to be found by."""

_DAYS: Final = ("verified_on", "opened_on", "closed_on")


def options_json(options: ImportOptions) -> Json:
    """Return the options as they are kept."""
    return {
        "datum": options.datum.value,
        "source": options.source,
        "sheet": options.sheet,
        "missing": options.missing.value,
        "closed_on": options.closed_on and options.closed_on.isoformat(),
        "match": options.match.value,
        "data_status": options.data_status.value,
        "allow_outside": options.allow_outside,
        "counties": None if options.counties is None else sorted(options.counties),
    }


def options_of(kept: Mapping[str, Any]) -> ImportOptions:
    """Read them back."""
    closed_on, counties = kept["closed_on"], kept["counties"]
    return ImportOptions(
        datum=Datum(kept["datum"]),
        source=kept["source"],
        sheet=kept["sheet"],
        missing=WhenMissing(kept["missing"]),
        closed_on=None if closed_on is None else date.fromisoformat(closed_on),
        match=MatchBy(kept["match"]),
        data_status=DataStatus(kept["data_status"]),
        allow_outside=kept["allow_outside"],
        counties=None if counties is None else frozenset(counties),
    )


def import_of(row: RowMapping) -> StationImport:
    """Read a row of the table of imports."""
    return StationImport(
        id=row["id"],
        author=row["author"],
        reason=row["reason"],
        file_name=row["file_name"],
        options=options_of(row["options"]),
        state=ImportState(row["state"]),
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        progress=row["progress"],
        revision=row["revision"],
        summary=row["summary"],
        failure=row["failure"],
        applied=row["applied"],
    )


def summary_json(plan: ImportPlan) -> Json:
    """Return what a plan found, without its entries."""
    check = plan.datum
    return {
        "rows": plan.rows,
        "counts": {kind.value: count for kind, count in plan.counts.items()},
        "marks": {mark: sum(mark in marks_of(each) for each in plan.entries) for mark in MARKS},
        "written": sum(each.after is not None for each in plan.entries),
        "is_sound": plan.is_sound,
        "datum": {
            "declared": check.declared.value,
            "rows": check.rows,
            "right": {datum.value: check.right[datum] for datum in Datum},
            "likely": None if check.likely is None else check.likely.value,
            "better": check.better,
            "worse": check.worse,
        },
        "faults": [fault_json(each) for each in plan.faults],
        "notes": list(plan.notes),
        "table": dict(plan.table),
    }


def marks_of(entry: Entry) -> list[str]:
    """Return what an entry is marked with."""
    marked = {
        _ALIKE: bool(entry.alike),
        _MOVED: entry.moved_m is not None,
        _ASTRAY: entry.astray,
    }
    return [mark for mark in MARKS if marked[mark]]


def shown_json(entry: Entry) -> Json:
    """Return what people are shown of an entry."""
    shown: Json = {
        "kind": entry.kind.value,
        "row": entry.row,
        "station_id": entry.station_id,
        "name": entry.name,
        "place": None
        if entry.place is None
        else [round(entry.place.longitude, 7), round(entry.place.latitude, 7)],
    }
    if entry.changes:
        shown["changes"] = [
            {"field": each.field, "before": _plain(each.before), "after": _plain(each.after)}
            for each in entry.changes
        ]
    if entry.faults:
        shown["faults"] = [fault_json(each) for each in entry.faults]
    if entry.alike:
        shown["alike"] = [
            {
                "station_id": each.station_id,
                "name": each.name,
                "distance_m": round(each.distance_m, 1),
            }
            for each in entry.alike
        ]
    if entry.moved_m is not None:
        shown["moved_m"] = round(entry.moved_m, 1)
    if entry.astray:
        shown["astray"] = True
    return shown


def fault_json(fault: CellFault) -> Json:
    """Return one thing wrong as it is kept and told."""
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "expected": fault.expected,
    }


def document_of(station: Station) -> Json:
    """Return a station as the history keeps it."""
    at, reading = station.coordinate, station.reading
    days = {name: getattr(station, name) for name in _DAYS}
    return {
        "name": station.name,
        "name_en": station.name_en,
        "reading_x": reading.x,
        "reading_y": reading.y,
        "reading_datum": reading.datum.value,
        "amenities": sorted(each.value for each in station.amenities),
        "address": station.address,
        "township_code": station.township_code,
        "telephone": station.telephone,
        "capacity": station.capacity,
        "accessibility": station.accessibility.value,
        "data_status": station.data_status.value,
        "source": station.source,
        "accuracy_m": station.accuracy_m,
        **{name: day and day.isoformat() for name, day in days.items()},
        "longitude": at.longitude,
        "latitude": at.latitude,
        "services": [
            {
                "kind": each.kind.value,
                "opening_hours": each.opening_hours,
                "groups": sorted(group.value for group in each.groups),
            }
            for each in station.services
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
