"""The queue of reports in PostGIS: it is added to and read; the service can do no more with it."""

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.report import QueuedReport, Report, ReportKind
from geo_service.domain.station import Amenity, StationId
from geo_service.persistence.database import will_write

# One writer a station at a time, or two at once would both find room, and no duplicate.
_TAKE_TURN: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('station_report ' || :station_id, 0))"
)
_COUNT: Final = text(
    """SELECT count(*) FROM station_report
       WHERE station_id = :station_id AND sent_at > now() - CAST(:within AS interval)"""
)
# A report without words says nothing that one with words has not said.
_IS_KNOWN: Final = text(
    """SELECT EXISTS (
           SELECT FROM station_report
           WHERE station_id = :station_id AND sent_at > now() - CAST(:within AS interval)
               AND kind = :kind AND amenity IS NOT DISTINCT FROM CAST(:amenity AS varchar)
               AND (CAST(:words AS varchar) IS NULL OR words = :words))"""
)
_ADD: Final = text(
    """INSERT INTO station_report (station_id, kind, amenity, words, revision)
       VALUES (:station_id, :kind, :amenity, :words, :revision)"""
)
_LIST: Final = text(
    """SELECT number, station_id, kind, amenity, words, revision, sent_at FROM station_report
       WHERE CAST(:station_id AS varchar) IS NULL OR station_id = :station_id
       ORDER BY sent_at DESC, number DESC LIMIT :limit"""
)


class ReportStore:
    """The queue as it stands inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_turn(self, station_id: StationId) -> None:
        """Wait for other reports of a station, and hold off more until the transaction's end."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN, {"station_id": station_id})

    def is_known(self, report: Report, *, within: timedelta) -> bool:
        """Say whether the queue got the same lately."""
        return bool(self._session.scalar(_IS_KNOWN, _fields(report) | {"within": within}))

    def count(self, station_id: StationId, *, within: timedelta) -> int:
        """Count what the queue got lately about a station."""
        asked = {"station_id": station_id, "within": within}
        return int(self._session.scalar(_COUNT, asked) or 0)

    def add(self, report: Report, *, revision: int) -> None:
        """Put a report into the queue: about a station as this revision has it."""
        self._session.execute(_ADD, _fields(report) | {"revision": revision})

    def newest(self, station_id: StationId | None = None, *, limit: int) -> list[QueuedReport]:
        """Return the queue, the newest first; of one station, if one is named."""
        rows = self._session.execute(_LIST, {"station_id": station_id, "limit": limit})
        return [_to_report(row) for row in rows.mappings()]


def _fields(report: Report) -> dict[str, Any]:
    return {
        "station_id": report.station_id,
        "kind": report.kind.value,
        "amenity": None if report.amenity is None else report.amenity.value,
        "words": report.words,
    }


def _to_report(row: RowMapping) -> QueuedReport:
    return QueuedReport(
        number=row["number"],
        report=Report(
            station_id=StationId(row["station_id"]),
            kind=ReportKind(row["kind"]),
            amenity=None if row["amenity"] is None else Amenity(row["amenity"]),
            words=row["words"],
        ),
        revision=row["revision"],
        sent_at=row["sent_at"],
    )
