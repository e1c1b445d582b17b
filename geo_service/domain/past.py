"""The past of the register: its revisions, and what became of a station in each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo_service.domain.change import ChangeKind, StationChange
from geo_service.domain.station import Station, StationId


class Fate(StrEnum):
    """What a revision did to a station."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


def fate_of(change: StationChange) -> Fate:
    """Say what a change did to its station."""
    if change.after is None:
        return Fate.REMOVED
    return Fate.ADDED if change.before is None else Fate.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """A committed change of the register, with how many stations it changed.

    Of very many, ``stations`` says only that there are more than the store counts. ``undone_by``
    are the later revisions that took it back, in whole or in part.
    """

    number: int
    committed_at: datetime
    author: str
    reason: str
    kind: ChangeKind
    undoes: int | None
    undone_by: tuple[int, ...]
    stations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """What a revision did to a station, and what is known of that revision."""

    revision: PastRevision
    change: StationChange


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """What a revision made of a station, for whoever keeps a copy of the register.

    ``station`` is None where it was taken out.
    """

    revision: int
    committed_at: datetime
    kind: ChangeKind
    station_id: StationId
    fate: Fate
    station: Station | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """How many stations a revision added, changed and took out."""

    added: int
    changed: int
    removed: int

    @property
    def all(self) -> int:
        """Count them together."""
        return self.added + self.changed + self.removed
