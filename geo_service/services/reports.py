"""Take reports of what is wrong with a station, as many as people can use."""

import hashlib
import hmac
from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import TooManyReportsError
from geo_service.domain.report import CLOSED_WITHIN, Report, ReportKind
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.reports import ReportStore

SAME_WITHIN: Final = timedelta(minutes=10)
STATION_WITHIN: Final = timedelta(hours=1)
MOST_OF_A_STATION: Final = 20

REPORTERS: Final = "reports"
"""Who the history names where several reports changed a station."""

_SENDER_BYTES: Final = 16


class Outcome(StrEnum):
    """What became of a report."""

    QUEUED = "queued"
    MERGED = "merged"


def sender_of(connection: str, station_id: StationId, day: date, key: bytes) -> bytes:
    """Return what tells who reports on a station on a day from others, and says no more of them.

    Another day or another station makes another one, so that nobody can be followed by it; and
    without the service's secret key nobody finds the connection by trying all there are.
    """
    told = f"report\n{day.isoformat()}\n{connection}\n{station_id}".encode()
    return hmac.new(key, told, hashlib.sha256).digest()[:_SENDER_BYTES]


def keep_report(
    store: ReportStore, report: Report, *, revision: int, sender: bytes | None = None
) -> Outcome:
    """Put a report into the queue, unless it just got the same: then it has one voice more.

    Raises:
        TooManyReportsError: the station had ``MOST_OF_A_STATION`` within ``STATION_WITHIN``.
    """
    store.take_turn(report.station_id)
    if (known := store.known(report, within=SAME_WITHIN)) is not None:
        if sender is not None:
            store.add_voice(known, sender)
        return Outcome.MERGED
    if store.count(report.station_id, within=STATION_WITHIN) >= MOST_OF_A_STATION:
        raise TooManyReportsError(
            f"station {report.station_id} had {MOST_OF_A_STATION} reports within the hour; "
            "somebody will look at them",
            again_in_s=int(STATION_WITHIN.total_seconds()),
        )
    store.add(report, revision=revision, sender=sender)
    return Outcome.QUEUED


def is_said_closed(store: ReportStore, report: Report, *, least: int) -> bool:
    """Say whether with this report enough people, independently, have found a station closed."""
    return (
        report.kind is ReportKind.CLOSED
        and store.say_closed(report.station_id, within=CLOSED_WITHIN) >= least
    )


def mark_reported_closed(
    reports: ReportStore, changes: ChangeStore, station_id: StationId, *, least: int, on: date
) -> int | None:
    """Let a station show that it was reported closed; return the revision that makes, if any."""
    changes.take_turn()  # so that nobody handles those reports, or changes the station, meanwhile
    said = reports.say_closed(station_id, within=CLOSED_WITHIN)
    station = changes.recorded(station_id).station
    if said < least or station.reported_closed_on is not None or not station.in_being(on):
        return None
    note = RevisionNote(
        author=REPORTERS, reason=f"reported closed by {said}", kind=ChangeKind.REPORTED
    )
    return changes.apply([replace(station, reported_closed_on=on)], note=note)
