"""Make, open and end the links by which a station's keeper vouches for its record."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from geo_service.domain.errors import KeeperLinkError
from geo_service.domain.keeper_link import KeeperLink
from geo_service.domain.station import StationId
from geo_service.persistence.keeper_links import KeeperLinkStore

LASTS: Final = timedelta(days=400)
"""As long as a year's rounds take; who keeps a station changes, and old links should end."""

_TOKEN_BYTES: Final = 18
_LONGEST_TOKEN: Final = 64


def make_link(
    store: KeeperLinkStore, station_id: StationId, *, by: str, now: datetime
) -> tuple[KeeperLink, str]:
    """Return a new link and what it ends in, which is nowhere kept and cannot be shown again."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    return store.add(station_id, _hash(token), made_by=by, expires_at=now + LASTS), token


def open_link(store: KeeperLinkStore, token: str, *, now: datetime) -> KeeperLink:
    """Return the link that ends so, or raise KeeperLinkError."""
    # Which of the three it is helps nobody but who tries out what there may be.
    link = store.of_hash(_hash(token)) if len(token) <= _LONGEST_TOKEN else None
    if link is None or not link.is_valid(now):
        raise KeeperLinkError("this link is not known here, was revoked, or is over")
    return link


def _hash(token: str) -> str:
    # Nobody can guess 144 random bits, so a slow hash would protect nothing.
    return hashlib.sha256(token.encode()).hexdigest()
