"""The dry run of an import: what each row of a file would do to the register."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from geo_service.domain.change import FieldChange
from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum_check import DatumCheck
from geo_service.domain.station import Station, StationId
from geo_service.domain.station_import import RowKind
from geo_service.persistence.station_files.faults import FileFault


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
    sheet: str | None = None
    station_id: StationId | None = None
    name: str | None = None
    place: Coordinate | None = None
    after: Station | None = None
    changes: tuple[FieldChange, ...] = ()
    faults: tuple[FileFault, ...] = ()
    alike: tuple[Alike, ...] = ()
    moved_m: Metres | None = None
    astray: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportPlan:
    """What a file would do to the register as it was at a revision.

    ``entries`` are of all rows but the unchanged; ``faults`` are of the file as a whole, and
    ``remarks`` say what the reader took for granted. ``table`` tells how the file was understood.
    """

    revision: int
    rows: int
    entries: Sequence[Entry]
    unchanged: int
    datum: DatumCheck
    faults: tuple[FileFault, ...] = ()
    remarks: tuple[FileFault, ...] = ()
    table: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def counts(self) -> Mapping[RowKind, int]:
        """How many rows and stations are of each kind."""
        counts = dict.fromkeys(RowKind, 0)
        for entry in self.entries:
            counts[entry.kind] += 1
        counts[RowKind.UNCHANGED] = self.unchanged
        return counts

    @property
    def is_sound(self) -> bool:
        """Say whether nothing is wrong with the file: only then may it be applied."""
        return not self.faults and not self.counts[RowKind.WRONG]

    @property
    def written(self) -> list[Station]:
        """The stations that applying the plan would write."""
        return [each.after for each in self.entries if each.after is not None]
