"""What people say is wrong with a station; who said it is not asked and not kept."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from geo_service.domain.station import Amenity, StationId

LONGEST_WORDS: Final = 500


class ReportKind(StrEnum):
    """What is wrong."""

    CLOSED = "closed"
    NO_BREAKFAST = "no_breakfast"
    MOVED = "moved"
    AMENITY_MISSING = "amenity_missing"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that is wrong with one station, as somebody who was there saw it."""

    station_id: StationId
    kind: ReportKind
    amenity: Amenity | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedReport:
    """A report as it lies in the queue: which revision of the register it is about, and when."""

    number: int
    report: Report
    revision: int
    sent_at: datetime
