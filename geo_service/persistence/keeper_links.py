"""The links of stations' keepers in PostGIS; of what they end in only a hash is there."""

from datetime import datetime
from typing import Final

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.keeper_link import KeeperLink
from geo_service.domain.station import StationId
from geo_service.persistence.database import will_write

_COLUMNS: Final = "number, station_id, made_by, made_at, expires_at, revoked_at, used_at"
_ADD: Final = text(
    f"""INSERT INTO keeper_link (station_id, token_hash, made_by, expires_at)
        VALUES (:station_id, :token_hash, :made_by, :expires_at)
        RETURNING {_COLUMNS}"""  # noqa: S608  constants
)
_OF_HASH: Final = text(
    f"SELECT {_COLUMNS} FROM keeper_link WHERE token_hash = :token_hash"  # noqa: S608  likewise
)
_OF_STATION: Final = text(
    f"""SELECT {_COLUMNS} FROM keeper_link WHERE station_id = :station_id
        ORDER BY number DESC LIMIT 100"""  # noqa: S608  likewise
)
_REVOKE: Final = text(
    """UPDATE keeper_link SET revoked_at = now()
       WHERE number = :number AND station_id = :station_id AND revoked_at IS NULL"""
)
_USED: Final = text("UPDATE keeper_link SET used_at = now() WHERE number = :number")


class KeeperLinkStore:
    """The links as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def add(
        self, station_id: StationId, token_hash: str, *, made_by: str, expires_at: datetime
    ) -> KeeperLink:
        """Keep a new link."""
        will_write(self._session)
        row = self._session.execute(
            _ADD,
            {
                "station_id": station_id,
                "token_hash": token_hash,
                "made_by": made_by,
                "expires_at": expires_at,
            },
        )
        return _to_link(row.mappings().one())

    def of_hash(self, token_hash: str) -> KeeperLink | None:
        """Return the link that ends in what has this hash, valid or not."""
        row = self._session.execute(_OF_HASH, {"token_hash": token_hash}).mappings().first()
        return None if row is None else _to_link(row)

    def of_station(self, station_id: StationId) -> list[KeeperLink]:
        """Return the links of a station, the newest first."""
        rows = self._session.execute(_OF_STATION, {"station_id": station_id}).mappings()
        return [_to_link(row) for row in rows]

    def revoke(self, number: int, station_id: StationId) -> None:
        """Let a link of a station open nothing any more."""
        will_write(self._session)
        self._session.execute(_REVOKE, {"number": number, "station_id": station_id})

    def note_use(self, number: int) -> None:
        """Remember when a link was last used to say something."""
        self._session.execute(_USED, {"number": number})


def _to_link(row: RowMapping) -> KeeperLink:
    return KeeperLink(**dict(row) | {"station_id": StationId(row["station_id"])})
