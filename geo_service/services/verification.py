"""Somebody looked at a station's record, and it is still right."""

from dataclasses import replace
from datetime import date

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import answer_closed

STILL_RIGHT = "looked at: still right"
BY_LINK = "by the keeper's link: still right"


def verify(
    changes: ChangeStore,
    reports: ReportStore,
    station_id: StationId,
    *,
    by: str,
    on: date,
    seen: int | None = None,
) -> int:
    """Note that one of the staff found a record right; return the revision that makes.

    That it is reported closed is answered by that, with all the reports that say so. Raises
    StationNotFoundError; StationChangedError, if the record was changed after revision ``seen``.
    """
    changes.take_turn()
    station = changes.recorded(station_id).station
    answer_closed(reports, station_id, by=by, why=STILL_RIGHT)
    return changes.apply(
        [replace(station, verified_on=on, reported_closed_on=None)],
        note=RevisionNote(author=by, reason=STILL_RIGHT, kind=ChangeKind.VERIFY),
        unchanged_since=None if seen is None else {station_id: seen},
    )


def verify_by_keeper(
    changes: ChangeStore, station_id: StationId, *, by: str, on: date, seen: int
) -> int:
    """Note that a station's keeper found its record right; return the revision that makes.

    That others report it closed stays until one of the staff has looked. Raises as ``verify``.
    """
    changes.take_turn()
    station = changes.recorded(station_id).station
    return changes.apply(
        [replace(station, verified_on=on)],
        note=RevisionNote(author=by, reason=BY_LINK, kind=ChangeKind.VERIFY),
        unchanged_since={station_id: seen},
    )
