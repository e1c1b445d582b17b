"""The program that looks through one file of stations, or writes what was found, and ends.

Which import it works on comes in as JSON on the standard input; what becomes of it goes into the
import's row. What it writes of the register is one transaction together with the word that it is
written: killed at whatever moment, the register is as it was, or the import is applied.
"""

import gzip
import json
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from geo_service.domain.station_import import StationImport
    from geo_service.persistence.database import Database
    from geo_service.services.import_plan import ImportPlan

OUT_OF_MEMORY: Final = 3
CANCELLED: Final = 5

_MEMORY: Final = 3 * 1024**3  # of addresses: libraries map much that they never touch
_NICENESS: Final = 5
_BETWEEN_NOTES_S: Final = 0.5
_READING: Final = "reading"
_PLANNING: Final = "planning"
_KEEPING: Final = "keeping"
_WRITING: Final = "writing"

Note = Callable[[Mapping[str, Any]], bool]


class CancelledError(Exception):
    """Nobody wants the import any more."""


def main() -> None:
    """Work on the import that the standard input names."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    os.nice(_NICENESS)
    given = json.load(sys.stdin)
    try:
        _work(given)
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)
    except CancelledError:
        sys.exit(CANCELLED)


def _work(given: Mapping[str, Any]) -> None:
    # After the limits, and only here: the service itself imports this file for its exit codes.
    from geo_service.domain.station_import import ImportState  # noqa: PLC0415
    from geo_service.persistence.database import Database  # noqa: PLC0415
    from geo_service.persistence.imports import ImportStore  # noqa: PLC0415
    from geo_service.services.solving_child import Pulse  # noqa: PLC0415

    url, import_id = given["database"], given["import"]
    database = Database.connect(url, connect_timeout_s=3)
    beating = Database.connect(url, connect_timeout_s=3, statement_timeout_ms=5000)

    def beat(progress: Mapping[str, Any] | None) -> bool:
        with beating.transaction() as session:
            return ImportStore(session).beat(import_id, progress)

    with database.transaction() as session:
        found = ImportStore(session).one(import_id)
    with Pulse(beat) as pulse:
        if found.state is ImportState.APPLYING and _apply(database, found, pulse.note):
            return
        _plan(database, found, given, pulse.note)


def _plan(
    database: "Database", found: "StationImport", given: Mapping[str, Any], note: Note
) -> None:
    """Look through the file, and keep what it would do."""
    from geo_service.persistence.imports import ImportStore  # noqa: PLC0415
    from geo_service.persistence.station_files import read_station_file  # noqa: PLC0415
    from geo_service.services.import_documents import kept_entries, summary_json  # noqa: PLC0415

    say = _Saying(note)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        with database.transaction() as session:
            path.write_bytes(gzip.decompress(ImportStore(session).file(found.id)))
        options = found.options
        with read_station_file(
            path,
            datum=options.datum,
            sheet=options.sheet,
            name=found.file_name,
            watch=lambda *, rows, share: say(_READING, rows=rows, share=share),
        ) as table:
            plan = _planned(database, table, found, given, say)
    say(_KEEPING, rows=plan.rows, share=1.0, at_once=True)
    with database.transaction() as session:
        ImportStore(session).keep_plan(
            found.id,
            revision=plan.revision,
            # One that was approved already, but not applied: somebody else was faster.
            summary=summary_json(plan) | {"overtaken": found.approver is not None},
            entries=kept_entries(plan.entries),
        )


def _planned(
    database: "Database",
    table: Any,
    found: "StationImport",
    given: Mapping[str, Any],
    say: "_Saying",
) -> "ImportPlan":
    from geo_service.domain.coordinate import Metres  # noqa: PLC0415
    from geo_service.domain.served_area import ServedArea  # noqa: PLC0415
    from geo_service.persistence.snapshots import load_register  # noqa: PLC0415
    from geo_service.services.import_rows import Here  # noqa: PLC0415
    from geo_service.services.importing import plan_import  # noqa: PLC0415
    from geo_service.services.overrides import overrides_of_json  # noqa: PLC0415

    register = load_register(database, overrides_of_json(given["place"]))
    here = Here(
        area=ServedArea(margin=Metres(given["served_margin_m"])),
        today=datetime.now(register.place.zone).date(),
    )
    return plan_import(
        register,
        table,
        found.options,
        here,
        note=lambda done, rows: say(_PLANNING, rows=done, share=done / max(rows, 1)),
    )


def _apply(database: "Database", found: "StationImport", note: Note) -> bool:
    """Write what was approved; False, if others changed what it would change."""
    from geo_service.domain.change import ChangeKind, RevisionNote  # noqa: PLC0415
    from geo_service.domain.errors import StationChangedError  # noqa: PLC0415
    from geo_service.domain.station_import import ImportState  # noqa: PLC0415
    from geo_service.persistence.changes import ChangeStore  # noqa: PLC0415
    from geo_service.persistence.imports import ImportStore  # noqa: PLC0415
    from geo_service.persistence.register import RegisterStore  # noqa: PLC0415

    assert found.revision is not None  # one that was approved was planned
    _Saying(note)(_WRITING, rows=0, share=0.0, at_once=True)
    try:
        with database.transaction() as session:
            store = ImportStore(session)
            RegisterStore(session).take_turn()
            if store.is_loaded_since(found.revision):  # its townships may be others
                return False
            stations = list(store.written(found.id))
            applied = ChangeStore(session).apply(
                stations,
                note=RevisionNote(
                    author=found.approver or found.author,
                    reason=found.reason,
                    kind=ChangeKind.IMPORT,
                ),
                unchanged_since=dict.fromkeys((each.id for each in stations), found.revision),
            )
            if not store.end(found.id, ImportState.APPLIED, applied=applied):
                raise CancelledError
    except StationChangedError:
        return False
    return True


class _Saying:
    """Says now and then how far the work is, and hears that it should end."""

    def __init__(self, note: Note) -> None:
        self._note = note
        self._next = 0.0

    def __call__(self, step: str, *, rows: int, share: float, at_once: bool = False) -> None:
        """Say it, unless it was said just now."""
        if monotonic() < self._next and not at_once:
            return
        self._next = monotonic() + _BETWEEN_NOTES_S
        if not self._note({"step": step, "rows": rows, "share": round(share, 4)}):
            raise CancelledError


if __name__ == "__main__":
    main()
