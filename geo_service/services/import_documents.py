"""A dry run as it is kept and told: what was found in all, and entry by entry."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Final

from geo_service.domain.datum import Datum
from geo_service.persistence.imports import KeptEntry
from geo_service.persistence.station_documents import document_of
from geo_service.persistence.station_files.faults import FileFault
from geo_service.services.import_plan import Entry, ImportPlan

Json = dict[str, Any]

ALIKE: Final = "alike"
MOVED: Final = "moved"
ASTRAY: Final = "astray"
MARKS: Final = (ALIKE, MOVED, ASTRAY)
"""What entries are marked with, beside their kind, to be found by."""

_DEGREES: Final = 7


def summary_json(plan: ImportPlan) -> Json:
    """Return what a plan found, without its entries."""
    check = plan.datum
    marks = [marks_of(each) for each in plan.entries]
    return {
        "rows": plan.rows,
        "counts": {kind.value: count for kind, count in plan.counts.items()},
        "marks": {mark: sum(mark in each for each in marks) for mark in MARKS},
        "written": len(plan.written),
        "is_sound": plan.is_sound,
        "datum": {
            "declared": check.declared.value,
            "rows": check.rows,
            "right": {datum.value: check.right[datum] for datum in Datum},
            "likely": None if check.likely is None else check.likely.value,
            "better": check.better,
            "worse": check.worse,
        },
        "faults": list(map(fault_json, plan.faults)),
        "remarks": list(map(fault_json, plan.remarks)),
        "table": dict(plan.table),
    }


def kept_entries(entries: Iterable[Entry]) -> Iterator[KeptEntry]:
    """Return entries as they are kept."""
    for entry in entries:
        yield KeptEntry(
            kind=entry.kind,
            marks=marks_of(entry),
            station_id=entry.station_id,
            place=entry.place,
            shown=entry_json(entry),
            document=None if entry.after is None else document_of(entry.after),
        )


def marks_of(entry: Entry) -> list[str]:
    """Return what an entry is marked with."""
    marked = {
        ALIKE: bool(entry.alike),
        MOVED: entry.moved_m is not None,
        ASTRAY: entry.astray,
    }
    return [mark for mark in MARKS if marked[mark]]


def entry_json(entry: Entry) -> Json:
    """Return what people and programs are shown of an entry."""
    at = entry.place
    return {
        "kind": entry.kind.value,
        "row": entry.row,
        "sheet": entry.sheet,
        "station_id": entry.station_id,
        "name": entry.name,
        "longitude": None if at is None else round(at.longitude, _DEGREES),
        "latitude": None if at is None else round(at.latitude, _DEGREES),
        "moved_m": None if entry.moved_m is None else round(entry.moved_m, 1),
        "astray": entry.astray,
        "changes": [
            {"field": each.field, "before": _plain(each.before), "after": _plain(each.after)}
            for each in entry.changes
        ],
        "alike": [
            {
                "station_id": each.station_id,
                "name": each.name,
                "distance_m": round(each.distance_m, 1),
            }
            for each in entry.alike
        ],
        "faults": list(map(fault_json, entry.faults)),
    }


def fault_json(fault: FileFault) -> Json:
    """Return one thing wrong with a file as it is kept and told."""
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "header": fault.header,
        "field": fault.field,
        "value": fault.value,
        "expected": {"zh": fault.expected.zh, "en": fault.expected.en},
    }


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value
