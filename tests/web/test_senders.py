"""Who counts as one sender, and how often one may come."""

from ipaddress import ip_network
from typing import Final

import pytest

from geo_service.domain.errors import TooManyReportsError
from geo_service.persistence.tallies import Tallied, Tallies
from geo_service.web.senders import Networks, SenderLimit, connection_of, packed

OURS: Final = Networks([ip_network("10.0.0.0/8"), ip_network("2001:db8::/32"), ip_network("::1")])


def a_limit(most: int, now: list[float]) -> SenderLimit:
    return SenderLimit(
        Tallies.alone(), Tallied.REPORTS, most=most, seconds=600, timer=lambda: now[0]
    )


def test_a_senders_time_runs_out_and_begins_anew() -> None:
    now = [6000.0]
    limit = a_limit(2, now)
    limit.count("192.0.2.1")
    now[0] = 6599.0
    limit.count("192.0.2.1")
    with pytest.raises(TooManyReportsError) as refused:
        limit.count("192.0.2.1")
    assert refused.value.again_in_s == 1

    now[0] = 6600.0
    limit.count("192.0.2.1")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("2001:db8::1", "2001:0DB8:0:0:0::1", True),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::192.0.2.1", "192.0.2.1", False),
        ("fe80::1%eth0", "fe80::2", True),
        (None, "", True),
        ("unix:", "unix:", True),
        ("\0", "\0x", False),
    ],
)
def test_who_counts_as_the_same_sender(one: str | None, other: str, *, same: bool) -> None:
    limit = a_limit(1, [0.0])
    limit.count(one)

    if same:
        with pytest.raises(TooManyReportsError):
            limit.count(other)
    else:
        limit.count(other)
    assert (connection_of(one) == connection_of(other)) is same


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.255.0.1", True),
        ("11.0.0.1", False),
        ("::ffff:10.0.0.1", True),
        ("2001:db8:ffff::1", True),
        ("2001:db9::1", False),
        ("::1", True),
        ("", False),
        ("nonsense", False),
    ],
)
def test_who_is_of_a_network(address: str, *, inside: bool) -> None:
    assert (packed(address) in OURS) is inside


def test_nobody_is_of_no_network() -> None:
    assert packed("127.0.0.1") not in Networks([])
