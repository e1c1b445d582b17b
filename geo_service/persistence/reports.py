"""The queue of reports in PostGIS: added to, read, and handled; what a report says stays."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.report import (
    Handling,
    QueuedReport,
    Report,
    ReportKind,
    ReportState,
)
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
_KNOWN: Final = text(
    """SELECT number FROM station_report
       WHERE station_id = :station_id AND sent_at > now() - CAST(:within AS interval)
           AND state = 'open'
           AND kind = :kind AND amenity IS NOT DISTINCT FROM CAST(:amenity AS varchar)
           AND (CAST(:words AS varchar) IS NULL OR words = :words)
       ORDER BY number LIMIT 1"""
)
_ADD_VOICE: Final = text(
    """UPDATE station_report SET senders = array_append(senders, :sender), voices = voices + 1
       WHERE number = :number AND state = 'open' AND NOT senders @> ARRAY[CAST(:sender AS bytea)]"""
)
_ADD: Final = text(
    """INSERT INTO station_report (station_id, kind, amenity, words, revision, senders)
       VALUES (:station_id, :kind, :amenity, :words, :revision, CAST(:senders AS bytea[]))"""
)
_SAY_CLOSED: Final = text(
    """SELECT count(DISTINCT sender) FROM station_report, unnest(senders) AS sender
       WHERE station_id = :station_id AND state = 'open' AND kind = 'closed'
           AND sent_at > now() - CAST(:within AS interval)"""
)
_COLUMNS: Final = """number, station_id, kind, amenity, words, revision, sent_at, state, voices,
    handled_at, handled_by, handled_why, merged_into"""
_LIST: Final = text(
    f"""SELECT {_COLUMNS} FROM station_report
        WHERE (CAST(:station_id AS varchar) IS NULL OR station_id = :station_id)
            AND (CAST(:states AS varchar[]) IS NULL OR state = ANY(:states))
        ORDER BY sent_at DESC, number DESC LIMIT :limit"""  # noqa: S608  constants
)
_NUMBERED: Final = text(
    f"""SELECT {_COLUMNS} FROM station_report WHERE number = ANY(CAST(:numbers AS bigint[]))
        ORDER BY number FOR UPDATE"""  # noqa: S608  constants
)
_STATIONS: Final = text(
    """SELECT station_id, max(sent_at) AS newest, count(*) OVER () AS stations
       FROM station_report WHERE state = 'open'
       GROUP BY station_id ORDER BY newest DESC, station_id LIMIT :limit OFFSET :offset"""
)
_OF_STATIONS: Final = text(
    f"""SELECT {_COLUMNS} FROM station_report
        WHERE state = 'open' AND station_id = ANY(CAST(:ids AS varchar[]))
        ORDER BY sent_at DESC, number DESC LIMIT :limit"""  # noqa: S608  constants
)
_HANDLE: Final = text(
    """UPDATE station_report
       SET state = :state, handled_at = now(), handled_by = :by, handled_why = :why,
           merged_into = :merged_into, senders = '{}'
       WHERE number = ANY(CAST(:numbers AS bigint[])) AND state = 'open'"""
)
_TAKE_VOICES: Final = text(
    """UPDATE station_report AS kept
       SET senders = coalesce((
               SELECT array_agg(DISTINCT sender)
               FROM station_report AS each, unnest(senders) AS sender
               WHERE each.number = ANY(CAST(:numbers AS bigint[])) OR each.number = kept.number
           ), '{}'),
           voices = kept.voices + (
               SELECT coalesce(sum(voices), 0) FROM station_report AS each
               WHERE each.number = ANY(CAST(:numbers AS bigint[])))
       WHERE kept.number = :into"""
)

# More than anybody reads at once; the queue takes twenty of a station an hour.
_MOST_OF_A_PAGE: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenReports:
    """A page of the queue: its stations in order, their reports, and how many stations in all."""

    station_ids: tuple[StationId, ...]
    reports: tuple[QueuedReport, ...]
    stations: int


class ReportStore:
    """The queue as it stands inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_turn(self, station_id: StationId) -> None:
        """Wait for other reports of a station, and hold off more until the transaction's end."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN, {"station_id": station_id})

    def known(self, report: Report, *, within: timedelta) -> int | None:
        """Return the number of an open report that said the same lately."""
        number: int | None = self._session.scalar(_KNOWN, _fields(report) | {"within": within})
        return number

    def count(self, station_id: StationId, *, within: timedelta) -> int:
        """Count what the queue got lately about a station."""
        asked = {"station_id": station_id, "within": within}
        return int(self._session.scalar(_COUNT, asked) or 0)

    def add(self, report: Report, *, revision: int, sender: bytes | None = None) -> None:
        """Put a report into the queue: about a station as this revision has it."""
        senders = [] if sender is None else [sender]
        fields = _fields(report) | {"revision": revision, "senders": senders}
        self._session.execute(_ADD, fields)

    def add_voice(self, number: int, sender: bytes) -> None:
        """Note that somebody else said the same as a report; the same one is noted once."""
        self._session.execute(_ADD_VOICE, {"number": number, "sender": sender})

    def say_closed(self, station_id: StationId, *, within: timedelta) -> int:
        """Count how many, independently of each other, say in open reports that it is closed."""
        asked = {"station_id": station_id, "within": within}
        return int(self._session.scalar(_SAY_CLOSED, asked) or 0)

    def newest(
        self,
        station_id: StationId | None = None,
        *,
        limit: int,
        states: Iterable[ReportState] | None = None,
    ) -> list[QueuedReport]:
        """Return reports, the newest first; of one station or of some states, if any are named."""
        asked = {
            "station_id": station_id,
            "limit": limit,
            "states": None if states is None else [each.value for each in states],
        }
        return [_to_report(row) for row in self._session.execute(_LIST, asked).mappings()]

    def open_by_station(self, *, limit: int, offset: int = 0) -> OpenReports:
        """Return the open reports of some stations, the one with the newest report first."""
        rows = self._session.execute(_STATIONS, {"limit": limit, "offset": offset}).all()
        ids = [StationId(row.station_id) for row in rows]
        return OpenReports(
            station_ids=tuple(ids),
            reports=tuple(self.open_of(ids)),
            stations=rows[0].stations if rows else 0,
        )

    def open_of(self, ids: Iterable[StationId]) -> list[QueuedReport]:
        """Return the open reports of these stations, the newest first."""
        asked = {"ids": list(ids), "limit": _MOST_OF_A_PAGE}
        return [_to_report(row) for row in self._session.execute(_OF_STATIONS, asked).mappings()]

    def numbered(self, numbers: Sequence[int]) -> list[QueuedReport]:
        """Return reports to be handled; others that would handle them wait."""
        will_write(self._session)
        rows = self._session.execute(_NUMBERED, {"numbers": list(numbers)}).mappings()
        return [_to_report(row) for row in rows]

    def handle(
        self,
        numbers: Sequence[int],
        state: ReportState,
        *,
        by: str,
        why: str | None = None,
        into: int | None = None,
    ) -> None:
        """Say what became of open reports; what told their senders apart is erased.

        ``into``: the report that those merged say the same as; their voices become its own.
        """
        if into is not None:
            self._session.execute(_TAKE_VOICES, {"numbers": list(numbers), "into": into})
        self._session.execute(
            _HANDLE,
            {
                "numbers": list(numbers),
                "state": state.value,
                "by": by,
                "why": why,
                "merged_into": into,
            },
        )


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
        state=ReportState(row["state"]),
        voices=row["voices"],
        handling=_to_handling(row),
    )


def _to_handling(row: RowMapping) -> Handling | None:
    at: datetime | None = row["handled_at"]
    if at is None:
        return None
    return Handling(
        by=row["handled_by"], at=at, why=row["handled_why"], merged_into=row["merged_into"]
    )
