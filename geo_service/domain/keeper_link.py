"""Links by which a station's keeper, who has no account, says that its record is right."""

from dataclasses import dataclass
from datetime import datetime

from geo_service.domain.station import StationId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeeperLink:
    """A link as staff see it; what it ends in was shown to whoever made it, once."""

    number: int
    station_id: StationId
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Say whether the link still opens anything."""
        return self.revoked_at is None and at < self.expires_at

    @property
    def keeper(self) -> str:
        """Return whom history names for what is done by this link."""
        return f"keeper of {self.station_id} (link {self.number})"
