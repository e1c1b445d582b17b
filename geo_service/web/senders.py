"""Who may send how much, without keeping who it was."""

from collections.abc import Callable, Iterable
from socket import AF_INET, AF_INET6, inet_pton
from time import monotonic
from typing import Final

from geo_service.domain.errors import TooManyReportsError
from geo_service.persistence.tallies import Tallied, Tallies
from geo_service.settings import Network

# Providers give a household, or a phone, as many addresses as there are in one of these.
_BYTES_OF_ONE_SENDER: Final = 8
_MAPPED: Final = bytes(10) + b"\xff\xff"  # an IPv4 address in the form of IPv6


def packed(address: str | None) -> bytes:
    """Return what stands for the sender of a request: an IPv4 address, or the /64 of an IPv6.

    What is no address stands for itself: a proxy may write what it likes.
    """
    text = address or ""
    try:
        if ":" not in text:
            return inet_pton(AF_INET, text)
        whole = inet_pton(AF_INET6, text.partition("%")[0])
    except (OSError, ValueError):
        return b"no address: " + text.encode(errors="replace")
    return whole[12:] if whole.startswith(_MAPPED) else whole[:_BYTES_OF_ONE_SENDER]


def connection_of(address: str | None) -> str:
    """Return what of an address is the same for all that one household or phone sends."""
    return packed(address).hex()


class Networks:
    """Networks that a sender may be of; of IPv6 no smaller ones than what is one sender."""

    def __init__(self, networks: Iterable[Network]) -> None:
        # By length: what stands for a sender of IPv4 is shorter than of IPv6.
        self._masked: dict[int, list[tuple[int, int]]] = {4: [], _BYTES_OF_ONE_SENDER: []}
        for network in networks:
            length = 4 if network.version == 4 else _BYTES_OF_ONE_SENDER
            shift = network.max_prefixlen - 8 * length
            mask = int(network.netmask) >> shift
            self._masked[length].append((mask, int(network.network_address) >> shift))

    def __contains__(self, sender: bytes) -> bool:
        """Say whether what stands for a sender lies in one of the networks."""
        if not (masked := self._masked.get(len(sender))):
            return False
        number = int.from_bytes(sender, "big")
        for mask, network in masked:  # noqa: SIM110  a generator costs more than all of this
            if number & mask == network:
                return True
        return False


class SenderLimit:
    """Lets a sender through so many times in each so many seconds."""

    def __init__(
        self,
        tallies: Tallies,
        what: Tallied,
        *,
        most: int,
        seconds: int,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        self._tallies = tallies
        self._what = what
        self._most = most
        self._seconds = seconds
        self._timer = timer

    def count(self, address: str | None) -> None:
        """Count one more from an address, or raise TooManyReportsError."""
        window, into = divmod(int(self._timer()), self._seconds)
        places = self._tallies.places(packed(address))
        if self._tallies.count(self._what, places, window) > self._most:
            raise TooManyReportsError(
                f"more than {self._most} reports came from your connection within "
                f"{self._seconds // 60} minutes",
                again_in_s=self._seconds - into,
            )
