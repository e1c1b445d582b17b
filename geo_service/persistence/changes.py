"""Stations changed in PostGIS, and what they were kept: rows, history and revision as one."""

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo_service.domain.change import Conflict, Recorded, RevisionNote
from geo_service.domain.errors import StationChangedError, StationNotFoundError
from geo_service.domain.place import Revision
from geo_service.domain.station import Station, StationId
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.station_copy import write_stations
from geo_service.persistence.station_documents import DOCUMENTS, station_of

_LATEST: Final = """
    SELECT station_id, revision, document FROM station_history AS latest
    WHERE latest.station_id = asked.id ORDER BY revision DESC LIMIT 1
"""
# What is the same as before makes no history. Nothing at all (NULL) says that a station is gone.
_KEEP_OF: Final = f"""
    INSERT INTO station_history (revision, station_id, document)
    SELECT :revision, asked.id, present.document
    FROM ({{asked}}) AS asked
    LEFT JOIN ({DOCUMENTS}) AS present ON present.id = asked.id
    LEFT JOIN LATERAL ({_LATEST}) AS latest ON true
    WHERE present.document IS DISTINCT FROM latest.document
"""  # noqa: S608  our own words alone
_NAMED: Final = "SELECT unnest(CAST(:ids AS varchar[])) AS id"
_ALL: Final = "SELECT id FROM station UNION SELECT station_id FROM station_history"
_KEEP_NAMED: Final = text(_KEEP_OF.format(asked=_NAMED))
_KEEP_ALL: Final = text(_KEEP_OF.format(asked=_ALL))

_RECORDED: Final = text(
    f"""SELECT present.id, present.document, COALESCE(latest.revision, 0) AS revision
        FROM ({_NAMED}) AS asked
        JOIN ({DOCUMENTS}) AS present ON present.id = asked.id
        LEFT JOIN LATERAL ({_LATEST}) AS latest ON true"""  # noqa: S608  likewise
)
_CHANGED: Final = text(
    f"""SELECT asked.id, asked.seen
        FROM unnest(CAST(:ids AS varchar[]), CAST(:seen AS bigint[])) AS asked(id, seen)
        JOIN LATERAL ({_LATEST}) AS latest ON latest.revision > asked.seen
        ORDER BY asked.id"""  # noqa: S608  likewise
)
_IDENTIFIERS: Final = text("SELECT id FROM station UNION SELECT station_id FROM station_history")
_AS_OF: Final = text(
    """SELECT document FROM station_history WHERE station_id = :id AND revision <= :revision
       ORDER BY revision DESC LIMIT 1"""
)
_REVISION: Final = text(
    "SELECT number, committed_at, author, reason FROM revision WHERE number = :number"
)
_REMOVE: Final = text("DELETE FROM station WHERE id = ANY(CAST(:ids AS varchar[]))")
_NOTE: Final = text(
    """INSERT INTO revision (number, author, reason, kind, undoes)
       VALUES (:number, :author, :reason, :kind, :undoes)"""
)


def keep_history(session: Session, revision: int, ids: Iterable[StationId] | None = None) -> int:
    """Add to the history what a revision made of these stations, or of all; return of how many."""
    if ids is None:
        result = session.execute(_KEEP_ALL, {"revision": revision})
    else:
        result = session.execute(_KEEP_NAMED, {"revision": revision, "ids": list(ids)})
    return int(getattr(result, "rowcount", 0))


class ChangeStore:
    """The stations as they stand inside one transaction, to be changed."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def take_turn(self) -> None:
        """Wait for other writers, and hold off more of them until the end of the transaction."""
        RegisterStore(self._session).take_turn()

    def recorded(self, station_id: StationId) -> Recorded:
        """Return a station as it is in the database, or raise StationNotFoundError."""
        found = self.recorded_of([station_id])
        if station_id not in found:
            raise StationNotFoundError(f"no station is called {station_id!r}")
        return found[station_id]

    def recorded_of(self, ids: Iterable[StationId]) -> dict[StationId, Recorded]:
        """Return those of the stations that there are."""
        rows = self._session.execute(_RECORDED, {"ids": list(ids)}).mappings()
        return {
            StationId(row["id"]): Recorded(
                station=station_of(row["id"], row["document"]), revision=row["revision"]
            )
            for row in rows
        }

    def as_of(self, station_id: StationId, revision: int) -> Station | None:
        """Return a station as a revision had it; None where there was none, or nobody knows."""
        asked = {"id": station_id, "revision": revision}
        document = self._session.scalar(_AS_OF, asked)
        return None if document is None else station_of(station_id, document)

    def revision(self, number: int) -> Revision | None:
        """Return who made a revision, when and why; None where there is no such revision."""
        row = self._session.execute(_REVISION, {"number": number}).mappings().one_or_none()
        return None if row is None else Revision(**row)

    def identifiers(self) -> list[StationId]:
        """Return what all stations are called, those that are gone too: none is used anew."""
        return list(map(StationId, self._session.scalars(_IDENTIFIERS)))

    def apply(
        self,
        after: Iterable[Station],
        *,
        removed: Iterable[StationId] = (),
        note: RevisionNote,
        unchanged_since: Mapping[StationId, int] | None = None,
    ) -> int:
        """Put stations in the place of those of the same id; return the revision that makes.

        Where nothing is other than before, there is no new revision, and the present one is
        returned. ``unchanged_since`` says which revision whoever makes the change had seen.

        Raises:
            StationChangedError: one of those was changed after; nothing is written.
        """
        store = RegisterStore(self._session)
        store.take_turn()
        self._refuse_overwriting(unchanged_since or {})
        stations = list(after)
        ids = [*dict.fromkeys([*(station.id for station in stations), *removed])]
        present = store.revision_number() or 0
        self._session.execute(_REMOVE, {"ids": ids})
        write_stations(self._session, stations)
        if not keep_history(self._session, present + 1, ids):
            return present
        self._session.execute(
            _NOTE,
            {
                "number": present + 1,
                "author": note.author,
                "reason": note.reason,
                "kind": note.kind.value,
                "undoes": note.undoes,
            },
        )
        return present + 1

    def _refuse_overwriting(self, seen: Mapping[StationId, int]) -> None:
        if not seen:
            return
        asked = {"ids": list(seen), "seen": list(seen.values())}
        late = {StationId(row.id): row.seen for row in self._session.execute(_CHANGED, asked)}
        if not late:
            return
        present = self.recorded_of(late)
        raise StationChangedError(
            tuple(
                Conflict(station_id=each, seen=revision, present=present.get(each))
                for each, revision in late.items()
            )
        )
