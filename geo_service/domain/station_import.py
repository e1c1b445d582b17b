"""An import of a file of stations: what it would do to the register, and how far it has come."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus

LONGEST_REASON: Final = 300

_ID: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


class RowKind(StrEnum):
    """What a row of a file is to the register, or a station of the register to the file."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    MISSING = "missing"
    WRONG = "wrong"


class WhenMissing(StrEnum):
    """What becomes of the stations in being that a file does not name."""

    LEAVE = "leave"
    CLOSE = "close"


class MatchBy(StrEnum):
    """How a row without an identifier finds its station: not at all, or by the very same name."""

    ID = "id"
    NAME = "name"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """What is said of a file beside what stands in it.

    ``data_status`` and ``source`` are those of new stations whose row does not say; ``closed_on``
    is the first day without the missing stations, where they are to be closed. ``counties`` are
    those whose stations may be touched; None: all.
    """

    datum: Datum
    source: str
    sheet: str | None = None
    missing: WhenMissing = WhenMissing.LEAVE
    closed_on: date | None = None
    match: MatchBy = MatchBy.ID
    data_status: DataStatus = DataStatus.OFFICIAL
    allow_outside: bool = False
    counties: frozenset[str] | None = None


class ImportState(StrEnum):
    """How far an import has come."""

    QUEUED = "queued"
    PLANNING = "planning"
    PLANNED = "planned"
    APPROVED = "approved"
    APPLYING = "applying"
    APPLIED = "applied"
    FAILED = "failed"
    DISCARDED = "discarded"
    INTERRUPTED = "interrupted"  # the machine that worked on it is no longer heard of

    @property
    def is_under_way(self) -> bool:
        """Say whether it goes on by itself."""
        return self in {
            ImportState.QUEUED,
            ImportState.PLANNING,
            ImportState.APPROVED,
            ImportState.APPLYING,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StationImport:
    """An import as it is kept.

    ``summary`` is what the dry run found, without its entries, at ``revision`` of the register;
    ``applied`` is the revision that applying it made, as ``approver`` wanted.
    """

    id: str
    author: str
    reason: str
    file_name: str
    options: ImportOptions
    state: ImportState
    created_at: datetime
    changed_at: datetime
    progress: Mapping[str, Any] | None = None
    revision: int | None = None
    summary: Mapping[str, Any] | None = None
    failure: str | None = None
    applied: int | None = None
    approver: str | None = None


def is_import_id(text: str) -> bool:
    """Say whether a text could be the identifier of an import."""
    return _ID.fullmatch(text) is not None
