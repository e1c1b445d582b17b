"""Who may send how much, without keeping who it was."""

import hashlib
import secrets
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock
from time import monotonic
from typing import Final

from cachetools import TTLCache

from geo_service.domain.errors import TooManyReportsError

_KEY_BYTES: Final = 32
_SENDERS_REMEMBERED: Final = 10_000
# Providers give a household, or a phone, as many addresses as there are in one of these.
_BITS_OF_ONE_SENDER: Final = 64


class SenderLimit:
    """Lets a sender through so many times in so many seconds.

    An address is held as a hash under a key that is made with this object and dies with the
    process; nobody can find the address from it, and it is forgotten when the seconds are over.
    """

    def __init__(self, most: int, seconds: int, *, timer: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._key = secrets.token_bytes(_KEY_BYTES)
        self._lock = Lock()
        self._tallies: TTLCache[bytes, list[int]] = TTLCache(_SENDERS_REMEMBERED, seconds, timer)

    def count(self, address: str | None) -> None:
        """Count one more from an address, or raise TooManyReportsError."""
        told = connection_of(address).encode()
        sender = hashlib.blake2b(told, key=self._key, digest_size=16).digest()
        with self._lock:
            tally = self._tallies.get(sender)
            if tally is None:  # the seconds run from the first
                tally = self._tallies[sender] = [0]
            tally[0] += 1
            over = tally[0] > self._most
        if over:
            raise TooManyReportsError(
                f"more than {self._most} reports came from your connection within "
                f"{self._seconds // 60} minutes",
                again_in_s=self._seconds,
            )


def connection_of(address: str | None) -> str:
    """Return what of an address is the same for all that one household or phone sends."""
    try:
        at = ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(at, IPv6Address):
        if at.ipv4_mapped is not None:
            return str(at.ipv4_mapped)
        return str(int(at) >> _BITS_OF_ONE_SENDER)
    return str(at)
