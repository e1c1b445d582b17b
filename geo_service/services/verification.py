"""Somebody looked at a station's record, and it is still right."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import answer_closed

STILL_RIGHT: Final = "looked at: still right"
BY_LINK: Final = "by the keeper's link: still right"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who found a record right, on which day, and which revision of the register they saw."""

    station_id: StationId
    by: str
    on: date
    seen: int


def verify(changes: ChangeStore, reports: ReportStore, look: Look) -> int:
    """Note that one of the staff found a record right; return the revision that makes.

    That it is reported closed is answered by that, with all the reports that say so. Raises
    StationNotFoundError; StationChangedError, if the record was changed since they saw it.
    """
    changes.take_turn()
    station = changes.recorded(look.station_id).station
    answer_closed(reports, look.station_id, by=look.by, why=STILL_RIGHT)
    return changes.apply(
        [replace(station, verified_on=look.on, reported_closed_on=None)],
        note=RevisionNote(author=look.by, reason=STILL_RIGHT, kind=ChangeKind.VERIFY),
        unchanged_since={look.station_id: look.seen},
    )


def verify_by_keeper(changes: ChangeStore, look: Look) -> int:
    """Note that a station's keeper found its record right; return the revision that makes.

    That others report it closed stays until one of the staff has looked. Raises as ``verify``.
    """
    changes.take_turn()
    station = changes.recorded(look.station_id).station
    return changes.apply(
        [replace(station, verified_on=look.on)],
        note=RevisionNote(author=look.by, reason=BY_LINK, kind=ChangeKind.VERIFY),
        unchanged_since={look.station_id: look.seen},
    )
