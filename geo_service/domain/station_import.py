"""An import of a file of stations: what it would do to the register, and how far it has come."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from geo_service.domain.change import FieldChange
from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.datum_check import DatumCheck
from geo_service.domain.station import DataStatus, Station, StationId

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


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """One thing wrong with a file: where it stands, what is there, what is expected.

    ``column`` is the letter and the header as the file has them.
    """

    expected: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Say it as a person would look it up."""
        where = [
            *([] if self.sheet is None else [self.sheet]),
            *([] if self.row is None else [f"row {self.row}"]),
            *([] if self.column is None else [self.column]),
        ]
        shown = "" if self.value is None else f" {self.value!r}"
        return f"{', '.join(where) or 'the file'}:{shown} {self.expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """A station that may be the same as the one of a row: near, and alike by name."""

    station_id: StationId
    name: str
    distance_m: Metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the file, or a station that the file lacks, and what becomes of it.

    ``after`` is the station as it would be; None, if nothing is written of it. ``moved_m`` says
    how far a known station moves. ``astray`` is a place outside the township that it is put in.
    """

    kind: RowKind
    row: int | None = None
    station_id: StationId | None = None
    name: str | None = None
    place: Coordinate | None = None
    after: Station | None = None
    changes: tuple[FieldChange, ...] = ()
    faults: tuple[CellFault, ...] = ()
    alike: tuple[Alike, ...] = ()
    moved_m: Metres | None = None
    astray: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What a file would do to the register as it was at a revision.

    ``entries`` are of all rows but the unchanged; ``faults`` are of the file as a whole. ``notes``
    say what the reader took for granted.
    """

    revision: int
    rows: int
    entries: Sequence[Entry]
    unchanged: int
    datum: DatumCheck
    faults: tuple[CellFault, ...] = ()
    notes: tuple[str, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)

    @property
    def counts(self) -> dict[RowKind, int]:
        """How many rows and stations are of each kind."""
        counts = dict.fromkeys(RowKind, 0)
        for entry in self.entries:
            counts[entry.kind] += 1
        counts[RowKind.UNCHANGED] = self.unchanged
        return counts

    @property
    def is_sound(self) -> bool:
        """Say whether nothing is wrong with the file."""
        return not self.faults and all(each.kind is not RowKind.WRONG for each in self.entries)

    @property
    def written(self) -> list[Station]:
        """The stations that applying the plan would write."""
        return [each.after for each in self.entries if each.after is not None]


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
    ``applied`` is the revision that applying it made.
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


def is_import_id(text: str) -> bool:
    """Say whether a text could be the identifier of an import."""
    return _ID.fullmatch(text) is not None
