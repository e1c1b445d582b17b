"""The history in PostGIS, to be read: what is kept in it, ``changes.py`` writes."""

from collections.abc import Generator, Iterator
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import BindParameter, RowMapping, bindparam, text
from sqlalchemy.orm import Session

from geo_service.domain.change import ChangeKind, Recorded, StationChange
from geo_service.domain.errors import (
    HistoryNotKeptError,
    RevisionNotFoundError,
    StationNotFoundError,
)
from geo_service.domain.past import Fate, Fates, LoggedChange, PastChange, PastRevision
from geo_service.domain.station import Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.station_documents import DOCUMENTS, station_of

MOST_COUNTED: Final = 10_000
"""Of so many stations of a revision it is known how many; of more, that they are more."""

_AT_ONCE: Final = 1000

# Of a station, the row before is what it was before: one step in the index.
_PRIOR: Final = """
    LEFT JOIN LATERAL (
        SELECT earlier.document FROM station_history AS earlier
        WHERE earlier.station_id = kept.station_id AND earlier.revision < kept.revision
        ORDER BY earlier.revision DESC LIMIT 1
    ) AS prior ON true
"""
_REVISION: Final = """
    SELECT number, committed_at, author, reason, kind, undoes,
        ARRAY(SELECT later.number FROM revision AS later
              WHERE later.undoes = revision.number ORDER BY 1) AS undone_by,
        (SELECT count(*) FROM (
            SELECT FROM station_history WHERE revision = number LIMIT :most_counted
        ) AS counted) AS stations
    FROM revision
"""
_BOUNDS: Final = text(
    """SELECT (SELECT min(revision) FROM station_history) AS first,
              (SELECT max(number) FROM revision) AS last"""
)
_COUNTED: Final[BindParameter[int]] = bindparam("most_counted", MOST_COUNTED + 1)
_ONE: Final = text(f"{_REVISION} WHERE number = :number").bindparams(_COUNTED)
_REVISIONS: Final = text(
    f"""{_REVISION}
        WHERE number < :before AND (CAST(:kind AS varchar) IS NULL OR kind = :kind)
        ORDER BY number DESC LIMIT :limit"""
).bindparams(_COUNTED)
_AT: Final = text("SELECT max(number) FROM revision WHERE committed_at < :instant")
_FATES: Final = text(
    f"""SELECT count(*) FILTER (WHERE NOT is_there) AS removed,
               count(*) FILTER (WHERE is_there AND NOT was_there) AS added,
               count(*) FILTER (WHERE is_there AND was_there) AS changed
        FROM (
            SELECT kept.document IS NOT NULL AS is_there, prior.document IS NOT NULL AS was_there
            FROM station_history AS kept {_PRIOR} WHERE kept.revision = :number
        ) AS each"""  # noqa: S608  our own words alone
)
_OF_REVISION: Final = text(
    f"""SELECT kept.station_id, kept.document AS after, prior.document AS before
        FROM station_history AS kept {_PRIOR}
        WHERE kept.revision = :number AND kept.station_id > :following
        ORDER BY kept.station_id LIMIT :limit"""  # noqa: S608  likewise
)
_OF_STATION: Final = text(
    f"""SELECT kept.revision, kept.document AS after, prior.document AS before
        FROM station_history AS kept {_PRIOR}
        WHERE kept.station_id = :station_id AND kept.revision < :before
        ORDER BY kept.revision DESC LIMIT :limit"""  # noqa: S608  likewise
)
_NAMED: Final = text(f"{_REVISION} WHERE number = ANY(CAST(:numbers AS bigint[]))").bindparams(
    _COUNTED
)
_SINCE: Final = text(
    f"""SELECT kept.revision, kept.station_id, kept.document, revision.committed_at,
               revision.kind, prior.document IS NULL AS is_new
        FROM station_history AS kept
        JOIN revision ON revision.number = kept.revision {_PRIOR}
        WHERE (kept.revision, kept.station_id) > (:revision, :following)
            AND kept.revision <= :until
        ORDER BY kept.revision, kept.station_id LIMIT :limit"""  # noqa: S608  likewise
)
_STATION_AS_OF: Final = text(
    """SELECT revision, document FROM station_history
       WHERE station_id = :station_id AND revision <= :revision
       ORDER BY revision DESC LIMIT 1"""
)
# From one identifier to the next by the index, whatever lies between: however long the history is,
# this costs a step or two for each station. (A DISTINCT ON would read and sort all there ever was.)
_REGISTER_AS_OF: Final = text(
    """WITH RECURSIVE named(station_id, place) AS (
           SELECT (SELECT min(station_id) FROM station_history WHERE station_id > :following), 1
           UNION ALL
           SELECT (SELECT min(later.station_id) FROM station_history AS later
                   WHERE later.station_id > named.station_id), place + 1
           FROM named WHERE named.station_id IS NOT NULL AND place < :limit
       )
       SELECT named.station_id, latest.document FROM named
       LEFT JOIN LATERAL (
           SELECT kept.document FROM station_history AS kept
           WHERE kept.station_id = named.station_id AND kept.revision <= :revision
           ORDER BY kept.revision DESC LIMIT 1
       ) AS latest ON true
       WHERE named.station_id IS NOT NULL ORDER BY named.station_id"""
)
_TO_UNDO_OF: Final = f"""
    SELECT kept.station_id, kept.document AS after, prior.document AS before,
        present.document = kept.document AS is_untouched,
        CASE WHEN present.document = kept.document THEN NULL ELSE present.document END AS present
    FROM station_history AS kept {_PRIOR}
    LEFT JOIN ({DOCUMENTS}) AS present ON present.id = kept.station_id
    WHERE kept.revision = :number {{and_what}}
    ORDER BY kept.station_id
"""  # noqa: S608  likewise
_TO_UNDO: Final = text(_TO_UNDO_OF.format(and_what=""))
_TO_UNDO_OF_ONE: Final = text(_TO_UNDO_OF.format(and_what="AND kept.station_id = :station_id"))
_LAST: Final = 2**62  # a revision's number is smaller


class ToUndo(NamedTuple):
    """What a revision did to a station, and the station as it is now."""

    change: StationChange
    present: Station | None


class HistoryStore:
    """The history as it stands inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def first(self) -> int:
        """Return the revision that the history begins with; its stations were there, or came."""
        return int(self._bounds()["first"] or 0)

    def last(self) -> int:
        """Return the present revision."""
        return int(self._bounds()["last"] or 0)

    def revision(self, number: int) -> PastRevision:
        """Return one revision, or raise RevisionNotFoundError."""
        row = self._session.execute(_ONE, {"number": _key(number)}).mappings().one_or_none()
        if row is None:
            raise RevisionNotFoundError(f"the register has no revision {number}")
        return _to_revision(row)

    def revisions(
        self, *, limit: int, before: int | None = None, kind: ChangeKind | None = None
    ) -> list[PastRevision]:
        """Return revisions, the newest first; ``before`` is one to go on from."""
        asked = {"limit": limit, "before": _key(before), "kind": kind and kind.value}
        return [_to_revision(row) for row in self._session.execute(_REVISIONS, asked).mappings()]

    def revision_at(self, instant: datetime) -> int:
        """Return the last revision committed before an instant, or raise HistoryNotKeptError."""
        found: int | None = self._session.scalar(_AT, {"instant": instant})
        self.check(found or 0)
        return found or 0

    def check(self, number: int) -> None:
        """Raise where there is no such revision, or it is older than the history."""
        first, last = self.first(), self.last()
        if number > last:
            raise RevisionNotFoundError(f"the present revision is {last}; there is no {number} yet")
        if number < first:
            raise HistoryNotKeptError(
                f"the history begins with revision {first}; what was before is not known"
            )

    def fates(self, revision: PastRevision) -> Fates:
        """Count what a revision did; of a whole nation's import that takes seconds."""
        row = self._session.execute(_FATES, {"number": revision.number}).mappings().one()
        return Fates(**row)

    def fates_of_few(self, revision: PastRevision) -> Fates | None:
        """Count likewise, at once; None: there are more than ``MOST_COUNTED``."""
        return None if revision.stations > MOST_COUNTED else self.fates(revision)

    def of_revision(
        self, number: int, *, limit: int, following: StationId | None = None
    ) -> list[StationChange]:
        """Return what a revision did, by station; ``following`` is one to go on from."""
        asked = {"number": number, "limit": limit, "following": _id(following or StationId(""))}
        rows = self._session.execute(_OF_REVISION, asked).mappings()
        return [_to_change(number, row["station_id"], row) for row in rows]

    def of_station(
        self, station_id: StationId, *, limit: int, before: int | None = None
    ) -> list[PastChange]:
        """Return what became of a station, the newest first; nothing, if there never was one."""
        asked = {"station_id": _id(station_id), "limit": limit, "before": _key(before)}
        rows = self._session.execute(_OF_STATION, asked).mappings().all()
        numbers = {"numbers": [row["revision"] for row in rows]}
        found = self._session.execute(_NAMED, numbers).mappings()
        revisions = {row["number"]: _to_revision(row) for row in found}
        return [
            PastChange(
                revision=revisions[row["revision"]],
                change=_to_change(row["revision"], station_id, row),
            )
            for row in rows
        ]

    def since(
        self, revision: int, *, until: int, limit: int, following: StationId | None = None
    ) -> list[LoggedChange]:
        """Return what changed after a revision, up to another one, in order.

        With ``following``, also what that revision itself did to the stations after that one.
        Since 0 is everything: whoever has nothing yet gets each station as added.
        """
        if revision != 0:
            self.check(revision)
        asked = {
            "revision": revision if following is not None else revision + 1,
            "following": _id(following or StationId("")),
            "until": until,
            "limit": limit,
        }
        return [_to_logged(row) for row in self._session.execute(_SINCE, asked).mappings()]

    def station_as_of(self, station_id: StationId, revision: int) -> Recorded:
        """Return a station as a revision had it, and which one changed it last until then.

        Raises:
            StationNotFoundError: there was none then.
        """
        self.check(revision)
        asked = {"station_id": _id(station_id), "revision": revision}
        row = self._session.execute(_STATION_AS_OF, asked).one_or_none()
        if row is None or row.document is None:
            raise StationNotFoundError(f"revision {revision} has no station {station_id!r}")
        return Recorded(station=station_of(station_id, row.document), revision=row.revision)

    def present(self, station_id: StationId) -> Recorded | None:
        """Return a station as the register has it now; None: it has none."""
        return ChangeStore(self._session).recorded_of([StationId(_id(station_id))]).get(station_id)

    def register_as_of(self, revision: int) -> Iterator[Station]:
        """Return the stations as a revision had them, by identifier, read bit by bit."""
        self.check(revision)
        return self._stations_as_of(revision)

    def _stations_as_of(self, revision: int) -> Iterator[Station]:
        asked = {"revision": revision, "following": "", "limit": _AT_ONCE}
        while True:  # what was at a revision stays so: pages of it fit together
            rows = self._session.execute(_REGISTER_AS_OF, asked).all()
            for row in rows:
                if row.document is not None:
                    yield station_of(row.station_id, row.document)
            if len(rows) < _AT_ONCE:
                return
            asked["following"] = rows[-1].station_id

    def to_undo(
        self, number: int, station_id: StationId | None = None
    ) -> Generator[ToUndo, None, None]:
        """Return what a revision did, to one station or to all, beside the station as it is."""
        query, asked = _TO_UNDO, dict[str, int | str](number=number)
        if station_id is not None:
            query, asked["station_id"] = _TO_UNDO_OF_ONE, _id(station_id)
        options = {"stream_results": True, "yield_per": _AT_ONCE}
        with self._session.execute(query, asked, execution_options=options) as result:
            for row in result.mappings():
                change, present = _to_change(number, row["station_id"], row), row["present"]
                if row["is_untouched"]:
                    yield ToUndo(change, change.after)
                else:
                    now = None if present is None else station_of(row["station_id"], present)
                    yield ToUndo(change, now)

    def township_codes(self) -> frozenset[str]:
        """Return the codes of the townships there are."""
        return frozenset(self._session.scalars(text("SELECT code FROM township")))

    def take_turn(self) -> None:
        """Hold off whoever would change the register, until the end of the transaction."""
        RegisterStore(self._session).take_turn()

    def _bounds(self) -> RowMapping:
        return self._session.execute(_BOUNDS).mappings().one()


def register_as_of(session: Session, revision: int) -> Iterator[Station]:
    """Return the stations as a revision had them, by identifier, read bit by bit.

    Raises:
        RevisionNotFoundError: there is no such revision yet.
        HistoryNotKeptError: it is older than the history.
    """
    return HistoryStore(session).register_as_of(revision)


def _key(number: int | None) -> int:
    """Return a number that PostgreSQL takes for a revision's."""
    return _LAST if number is None or number > _LAST else number


def _id(station_id: StationId) -> str:
    """Return an identifier that PostgreSQL can look for; with a NUL in it there is none."""
    return station_id.replace("\0", "\ufffd")


def _to_revision(row: RowMapping) -> PastRevision:
    return PastRevision(
        **dict(row) | {"kind": ChangeKind(row["kind"]), "undone_by": tuple(row["undone_by"])}
    )


def _to_change(revision: int, station_id: str, row: RowMapping) -> StationChange:
    before, after = row["before"], row["after"]
    return StationChange(
        revision=revision,
        station_id=StationId(station_id),
        before=None if before is None else station_of(station_id, before),
        after=None if after is None else station_of(station_id, after),
    )


def _to_logged(row: RowMapping) -> LoggedChange:
    document = row["document"]
    there = Fate.ADDED if row["is_new"] else Fate.CHANGED
    return LoggedChange(
        revision=row["revision"],
        committed_at=row["committed_at"],
        kind=ChangeKind(row["kind"]),
        station_id=StationId(row["station_id"]),
        fate=Fate.REMOVED if document is None else there,
        station=None if document is None else station_of(row["station_id"], document),
    )
