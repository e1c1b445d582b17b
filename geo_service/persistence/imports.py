"""Imports in PostGIS: the files that wait, the dry runs, and what is to be written of them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.errors import ImportNotFoundError
from geo_service.domain.station import Station
from geo_service.domain.station_import import (
    ImportOptions,
    ImportState,
    RowKind,
    StationImport,
    is_import_id,
)
from geo_service.persistence.database import will_write
from geo_service.persistence.import_rows import import_of, options_json
from geo_service.persistence.station_documents import station_of

# Who works on an import says so every second or two; one that is silent for so long is gone.
SILENT_AFTER_S: Final = 20
DAYS_KEPT: Final = 30
MOST_KEPT: Final = 100
_ROWS_AT_ONCE: Final = 1000

_UNDER_WAY: Final = "('planning', 'applying')"
_SILENT: Final = f"heartbeat_at < now() - interval '{SILENT_AFTER_S} seconds'"
_COLUMNS: Final = f"""id, author, approver, reason, file_name, options, progress, revision,
    summary, failure, applied, created_at, changed_at,
    CASE WHEN state IN {_UNDER_WAY} AND {_SILENT} THEN 'interrupted' ELSE state END AS state"""
_ONE: Final = text(
    f"SELECT {_COLUMNS} FROM station_import WHERE id = :id"  # noqa: S608  constants
)
_LIST: Final = text(
    f"""SELECT {_COLUMNS} FROM station_import
        ORDER BY created_at DESC, id LIMIT :limit"""  # noqa: S608  constants
)
_WAITING: Final = text("SELECT count(*) FROM station_import WHERE state IN ('queued', 'approved')")
_ADD: Final = text(
    """INSERT INTO station_import (id, author, reason, file_name, file, options, state)
       VALUES (:id, :author, :reason, :file_name, :file, :options, 'queued')"""
)
_PRUNE: Final = text(
    f"""DELETE FROM station_import
        WHERE (state NOT IN {_UNDER_WAY} OR {_SILENT})
          AND (created_at < now() - interval '{DAYS_KEPT} days'
               OR id IN (SELECT id FROM station_import
                         ORDER BY created_at DESC, id OFFSET {MOST_KEPT - 1}))"""  # noqa: S608
)
_FILE: Final = text("SELECT file FROM station_import WHERE id = :id")
# Taken by one: whoever comes at the same time takes the next.
_CLAIM: Final = text(
    """UPDATE station_import
       SET state = CASE state WHEN 'queued' THEN 'planning' ELSE 'applying' END,
           heartbeat_at = now(), changed_at = now(), progress = NULL
       WHERE id = (SELECT id FROM station_import WHERE state IN ('queued', 'approved')
                   ORDER BY changed_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id"""
)
_BEAT: Final = text(
    f"""UPDATE station_import SET heartbeat_at = now(), progress = :progress
        WHERE id = :id AND state IN {_UNDER_WAY} RETURNING cancel_wanted"""  # noqa: S608  constants
)
_APPROVE: Final = text(
    """UPDATE station_import SET state = 'approved', approver = :approver, changed_at = now()
       WHERE id = :id AND state = 'planned' AND revision = :revision RETURNING id"""
)
_DISCARD: Final = text(
    f"""UPDATE station_import
        SET cancel_wanted = true, changed_at = now(),
            state = CASE WHEN state IN ('planning') AND NOT {_SILENT} THEN state
                         ELSE 'discarded' END,
            file = CASE WHEN state IN ('planning') AND NOT {_SILENT} THEN file END
        WHERE id = :id AND (state IN ('queued', 'planning', 'planned', 'failed')
                            OR (state = 'applying' AND {_SILENT}))"""  # noqa: S608  constants
)
_END: Final = text(
    f"""UPDATE station_import
        SET state = :state, failure = :failure, applied = :applied, changed_at = now(),
            progress = NULL, file = NULL
        WHERE id = :id AND state IN {_UNDER_WAY} RETURNING id"""  # noqa: S608  constants
)
_PLANNED: Final = text(
    """UPDATE station_import
       SET state = 'planned', revision = :revision, summary = :summary, failure = NULL,
           progress = NULL, changed_at = now()
       WHERE id = :id AND state IN ('planning', 'applying') RETURNING id"""
)
_FORGET_ENTRIES: Final = text("DELETE FROM station_import_entry WHERE import_id = :id")
_COPY: Final = """COPY station_import_entry
    (import_id, number, kind, marks, station_id, longitude, latitude, shown, document)
    FROM STDIN"""
_CHOSEN: Final = """FROM station_import_entry WHERE import_id = :id
    AND (CAST(:kind AS varchar) IS NULL OR kind = :kind)
    AND (CAST(:mark AS varchar) IS NULL OR :mark = ANY(marks))"""
_SHOWN: Final = text(f"SELECT shown {_CHOSEN} ORDER BY number LIMIT :limit OFFSET :offset")
_COUNT: Final = text(f"SELECT count(*) {_CHOSEN}")
_LOADED: Final = text(
    "SELECT EXISTS (SELECT FROM revision WHERE number > :revision AND kind = 'load')"
)
_DOCUMENTS: Final = text(
    """SELECT station_id, document FROM station_import_entry
       WHERE import_id = :id AND document IS NOT NULL ORDER BY number"""
)
_PLACES: Final = text(
    """SELECT kind, marks, station_id, longitude, latitude, shown -> 'name' AS name
       FROM station_import_entry
       WHERE import_id = :id AND longitude IS NOT NULL
         AND (kind IN ('new', 'wrong') OR marks <> '{}')
       ORDER BY number LIMIT :limit"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEntry:
    """A row of a file in a dry run, or a station that the file lacks, as it is kept.

    ``shown`` is what people see of it; ``document`` the station to be written, if there is one.
    """

    kind: RowKind
    marks: Sequence[str]
    station_id: str | None
    place: Coordinate | None
    shown: Mapping[str, Any]
    document: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file of stations that somebody wants imported, and what is said of it."""

    file: bytes
    file_name: str
    author: str
    reason: str
    options: ImportOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries somebody wants to see: of a kind, with a mark; None: whichever."""

    limit: int
    offset: int = 0
    kind: RowKind | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Some entries of a dry run, and how many there are of them in all."""

    entries: tuple[Mapping[str, Any], ...]
    count: int


class ImportStore:
    """The imports as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def one(self, import_id: str) -> StationImport:
        """Return an import, or raise ImportNotFoundError."""
        if is_import_id(import_id):
            rows = self._session.execute(_ONE, {"id": import_id}).mappings()
            if (row := rows.one_or_none()) is not None:
                return import_of(row)
        raise ImportNotFoundError(f"no import has the identifier {import_id!r}")

    def newest(self, limit: int) -> tuple[StationImport, ...]:
        """Return imports, the newest first."""
        return tuple(map(import_of, self._session.execute(_LIST, {"limit": limit}).mappings()))

    def waiting(self) -> int:
        """Count those that nobody has begun with yet."""
        return int(self._session.scalar(_WAITING) or 0)

    def add(self, import_id: str, upload: Upload) -> None:
        """Keep a file to be looked through; imports that are long over are forgotten."""
        will_write(self._session)
        self._session.execute(_PRUNE)
        self._session.execute(
            _ADD,
            {
                "id": import_id,
                "author": upload.author,
                "reason": upload.reason,
                "file_name": upload.file_name,
                "file": upload.file,
                "options": Jsonb(options_json(upload.options)),
            },
        )

    def approve(self, import_id: str, *, revision: int, approver: str) -> bool:
        """Have a dry run applied, if it is still the one made at a revision; return whether."""
        will_write(self._session)
        asked = {"id": import_id, "revision": revision, "approver": approver}
        return self._session.execute(_APPROVE, asked).one_or_none() is not None

    def discard(self, import_id: str) -> None:
        """Let go of an import that was not applied; while it is looked through, soon."""
        will_write(self._session)
        self._session.execute(_DISCARD, {"id": import_id})

    # -- what is shown ---------------------------------------------------------------------

    def chosen(self, import_id: str, wanted: Wanted) -> Chosen:
        """Return entries, in the order of the file."""
        asked = {
            "id": import_id,
            "kind": wanted.kind and wanted.kind.value,
            "mark": wanted.mark,
            "limit": wanted.limit,
            "offset": wanted.offset,
        }
        rows = tuple(self._session.scalars(_SHOWN, asked))
        return Chosen(entries=rows, count=int(self._session.scalar(_COUNT, asked) or 0))

    def places(self, import_id: str, limit: int) -> Sequence[RowMapping]:
        """Return where the entries lie that a map should show."""
        asked = {"id": import_id, "limit": limit}
        return self._session.execute(_PLACES, asked).mappings().all()

    # -- the queue -------------------------------------------------------------------------

    def claim(self) -> StationImport | None:
        """Take the import that has waited longest; None where none waits."""
        will_write(self._session)
        found = self._session.scalar(_CLAIM)
        return None if found is None else self.one(str(found))

    def file(self, import_id: str) -> bytes:
        """Return the file of an import, as it was given to ``add``."""
        found = self._session.scalar(_FILE, {"id": import_id})
        if found is None:
            raise ImportNotFoundError(f"the file of the import {import_id!r} is no longer kept")
        return bytes(found)

    def beat(self, import_id: str, progress: Mapping[str, Any] | None) -> bool:
        """Say that somebody works on it, and how far that is; return whether to go on."""
        will_write(self._session)
        kept = None if progress is None else Jsonb(dict(progress))
        row = self._session.execute(_BEAT, {"id": import_id, "progress": kept}).one_or_none()
        return row is not None and not row[0]

    def keep_plan(
        self,
        import_id: str,
        *,
        revision: int,
        summary: Mapping[str, Any],
        entries: Iterable[KeptEntry],
    ) -> None:
        """Keep what a dry run found, in the place of what an earlier one did."""
        will_write(self._session)
        self._session.execute(_FORGET_ENTRIES, {"id": import_id})
        asked = {"id": import_id, "revision": revision, "summary": Jsonb(dict(summary))}
        if self._session.execute(_PLANNED, asked).one_or_none() is not None:
            self._copy(import_id, entries)

    def is_loaded_since(self, revision: int) -> bool:
        """Say whether the whole register was replaced after a revision."""
        return bool(self._session.scalar(_LOADED, {"revision": revision}))

    def written(self, import_id: str) -> Iterator[Station]:
        """Yield the stations that an import is to write."""
        rows = self._session.execute(
            _DOCUMENTS, {"id": import_id}, execution_options={"yield_per": _ROWS_AT_ONCE}
        )
        for station_id, document in rows:
            yield station_of(station_id, document)

    def end(
        self,
        import_id: str,
        state: ImportState,
        *,
        failure: str | None = None,
        applied: int | None = None,
    ) -> bool:
        """Say what became of an import; False, if nobody waits for it any more."""
        will_write(self._session)
        asked = {"id": import_id, "state": state.value, "failure": failure, "applied": applied}
        return self._session.execute(_END, asked).one_or_none() is not None

    def _copy(self, import_id: str, entries: Iterable[KeptEntry]) -> None:
        connection = self._session.connection().connection.driver_connection
        assert isinstance(connection, psycopg.Connection)
        with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
            for number, entry in enumerate(entries):
                at = entry.place
                copy.write_row(
                    (
                        import_id,
                        number,
                        entry.kind.value,
                        list(entry.marks),
                        entry.station_id,
                        None if at is None else at.longitude,
                        None if at is None else at.latitude,
                        _json(entry.shown),
                        None if entry.document is None else _json(entry.document),
                    )
                )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
