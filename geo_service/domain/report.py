"""What people say is wrong with a station; who said it is not asked and not kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final

from geo_service.domain.station import Amenity, StationId

LONGEST_WORDS: Final = 500
LONGEST_ANSWER: Final = 300

CLOSED_WITHIN: Final = timedelta(days=30)
"""Reports that a station is closed count together for so long: older ones tell of another time."""


class ReportKind(StrEnum):
    """What is wrong."""

    CLOSED = "closed"
    NO_BREAKFAST = "no_breakfast"
    MOVED = "moved"
    AMENITY_MISSING = "amenity_missing"
    OTHER = "other"


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One thing that is wrong with one station, as somebody who was there saw it."""

    station_id: StationId
    kind: ReportKind
    amenity: Amenity | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """Who of the register looked at a report, when, and why they did what they did.

    ``merged_into`` is the report that says the same, of one that was merged.
    """

    by: str
    at: datetime
    why: str | None = None
    merged_into: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedReport:
    """A report as it lies in the queue: which revision of the register it is about, and when.

    ``voices`` is how many said it, each from another connection or on another day.
    """

    number: int
    report: Report
    revision: int
    sent_at: datetime
    state: ReportState = ReportState.OPEN
    voices: int = 1
    handling: Handling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportGroup:
    """Reports of one station that say the same, the newest first."""

    reports: tuple[QueuedReport, ...]

    @property
    def report(self) -> Report:
        """Return what all of them say, but for the words."""
        return self.reports[0].report

    @property
    def numbers(self) -> list[int]:
        """Return their numbers, the newest first."""
        return [each.number for each in self.reports]

    @property
    def voices(self) -> int:
        """Say how many people say so: at most, for one may have come on several days."""
        return sum(each.voices for each in self.reports)


def grouped(reports: Iterable[QueuedReport]) -> list[ReportGroup]:
    """Put together what says the same of the same station, the newest first."""
    newest_first = sorted(reports, key=lambda each: (each.sent_at, each.number), reverse=True)

    def same(each: QueuedReport) -> tuple[str, str, str]:
        report = each.report
        return report.station_id, report.kind, report.amenity or ""

    groups = [
        ReportGroup(reports=tuple(some))
        for _, some in groupby(sorted(newest_first, key=same), key=same)
    ]
    return sorted(groups, key=lambda each: each.reports[0].sent_at, reverse=True)
