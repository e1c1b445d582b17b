"""Files of stations on their way into the register: kept, looked through, approved, let go of."""

import gzip
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import (
    ForbiddenCountyError,
    ImportNotReadyError,
    InvalidQueryError,
    ParameterFault,
    TooManyImportsError,
)
from geo_service.domain.station_import import (
    LONGEST_REASON,
    ImportOptions,
    ImportState,
    StationImport,
)
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.imports import Chosen, ImportStore, Upload, Wanted
from geo_service.services.import_plan import ImportPlan

MOST_BYTES: Final = 64 * 1024**2
MOST_WAITING: Final = 10
MOST_LISTED: Final = 50

_ID_BYTES: Final = 16
_DONE_SOON_S: Final = 60
_LONGEST_NAME: Final = 200
_QUICK: Final = 6  # of gzip's nine ways

_NOT_YET: Final = {
    ImportState.APPROVED: "is being applied already",
    ImportState.APPLYING: "is being applied already",
    ImportState.APPLIED: "was applied already",
    ImportState.QUEUED: "is not looked through yet",
    ImportState.PLANNING: "is not looked through yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's word that a dry run shall be applied.

    ``revision`` is that of the dry run they saw. ``datum_is_right`` says so where the positions
    seem to be measured against another datum than was declared. ``counties`` are theirs; None: all.
    """

    approver: str
    revision: int
    datum_is_right: bool = False
    counties: frozenset[str] | None = None


def keep_file(database: Database, upload: Upload) -> str:
    """Keep a file to be looked through; return the identifier of the import.

    Raises:
        InvalidQueryError: there is nothing in the file, or what is said of it is too long.
        TooManyImportsError: too many wait already.
        RegisterNotWritableError: the database takes nothing now.
    """
    if not upload.file:
        raise InvalidQueryError(ParameterFault("file", "is empty"))
    reason = upload.reason
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        why = f"must be a line of text, of {LONGEST_REASON} characters at most"
        raise InvalidQueryError(ParameterFault("reason", why))
    import_id = secrets.token_urlsafe(_ID_BYTES)
    kept = replace(
        upload,
        file=gzip.compress(upload.file, _QUICK),
        file_name=shown_name(upload.file_name),
    )
    with database.transaction() as session:
        store = ImportStore(session)
        if store.waiting() >= MOST_WAITING:
            raise TooManyImportsError(
                f"{MOST_WAITING} files wait to be looked through already",
                again_in_s=_DONE_SOON_S,
            )
        store.add(import_id, kept)
    return import_id


def saved_import(database: Database, import_id: str) -> StationImport:
    """Return an import, or raise ImportNotFoundError or RegisterUnavailableError."""
    with database.transaction() as session:
        return ImportStore(session).one(import_id)


def saved_imports(database: Database) -> tuple[StationImport, ...]:
    """Return the imports, the newest first."""
    with database.transaction() as session:
        return ImportStore(session).newest(MOST_LISTED)


def entries_of(database: Database, import_id: str, wanted: Wanted) -> Chosen:
    """Return entries of a dry run, or raise ImportNotFoundError."""
    with database.transaction() as session:
        store = ImportStore(session)
        store.one(import_id)
        return store.chosen(import_id, wanted)


def places_of(database: Database, import_id: str, limit: int) -> Sequence[Mapping[str, Any]]:
    """Return where the entries of a dry run lie that a map should show."""
    with database.transaction() as session:
        return [dict(each) for each in ImportStore(session).places(import_id, limit)]


def approve_import(database: Database, import_id: str, approval: Approval) -> None:
    """Have a dry run applied.

    Raises:
        ImportNotFoundError: there is no such import.
        ImportNotReadyError: it cannot be applied, or not yet, or a newer dry run was made.
        ForbiddenCountyError: it may touch stations of counties that the approver may not.
    """
    with database.transaction() as session:
        store = ImportStore(session)
        found = store.one(import_id)
        if (reason := why_not_ready(found, approval)) is not None:
            raise ImportNotReadyError(f"the import {reason}")
        _refuse_other_counties(found.options, approval)
        if not store.approve(import_id, revision=approval.revision, approver=approval.approver):
            raise ImportNotReadyError("the import was looked through anew meanwhile")


def why_not_ready(found: StationImport, approval: Approval) -> str | None:
    """Say why an import cannot be applied, or None."""
    if found.state is not ImportState.PLANNED or found.summary is None:
        return _NOT_YET.get(found.state, "cannot be applied: it has no dry run")
    summary = found.summary
    if found.revision != approval.revision:
        return "was looked through anew meanwhile: see what it would do now"
    if not summary["is_sound"]:
        return "has rows that are wrong: put them right in the file, and send it again"
    if not summary["written"]:
        return "would change nothing"
    likely = summary["datum"]["likely"]
    if likely is not None and not approval.datum_is_right:
        return (
            f"seems to be measured against {likely}, not {summary['datum']['declared']}: send it "
            "again as that, or say that the declared datum is right"
        )
    return None


def discard_import(database: Database, import_id: str) -> None:
    """Let go of an import that was not applied, or raise ImportNotFoundError."""
    with database.transaction() as session:
        store = ImportStore(session)
        store.one(import_id)
        store.discard(import_id)


def apply_plan(database: Database, plan: ImportPlan, *, author: str, reason: str) -> int:
    """Write what a dry run found, in one transaction; return the revision that makes.

    Raises:
        ImportNotReadyError: something is wrong with the file.
        StationChangedError: somebody changed a station since; nothing is written.
    """
    if not plan.is_sound:
        raise ImportNotReadyError("the file has rows that are wrong")
    stations = plan.written
    with database.transaction() as session:
        return ChangeStore(session).apply(
            stations,
            note=RevisionNote(author=author, reason=reason, kind=ChangeKind.IMPORT),
            unchanged_since=dict.fromkeys((each.id for each in stations), plan.revision),
        )


def _refuse_other_counties(options: ImportOptions, approval: Approval) -> None:
    if approval.counties is None:
        return
    if options.counties is None or not options.counties <= approval.counties:
        raise ForbiddenCountyError("the import may touch stations of counties that are not yours")


def shown_name(name: str) -> str:
    """Return the name of a file without folders, and without what moves a cursor."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_LONGEST_NAME] or "file"
