"""Take reports of what is wrong with a station, as many as people can use."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from geo_service.domain.errors import TooManyReportsError
from geo_service.domain.report import Report
from geo_service.persistence.reports import ReportStore

SAME_WITHIN: Final = timedelta(minutes=10)
STATION_WITHIN: Final = timedelta(hours=1)
MOST_OF_A_STATION: Final = 20


class Outcome(StrEnum):
    """What became of a report."""

    QUEUED = "queued"
    MERGED = "merged"


def keep_report(store: ReportStore, report: Report, *, revision: int) -> Outcome:
    """Put a report into the queue, unless it just got the same.

    Raises:
        TooManyReportsError: the station had ``MOST_OF_A_STATION`` within ``STATION_WITHIN``.
    """
    store.take_turn(report.station_id)
    if store.is_known(report, within=SAME_WITHIN):
        return Outcome.MERGED
    if store.count(report.station_id, within=STATION_WITHIN) >= MOST_OF_A_STATION:
        raise TooManyReportsError(
            f"station {report.station_id} had {MOST_OF_A_STATION} reports within the hour; "
            "somebody will look at them",
            again_in_s=int(STATION_WITHIN.total_seconds()),
        )
    store.add(report, revision=revision)
    return Outcome.QUEUED
