"""Passwords, kept so that who steals the database must still guess them, slowly, one by one."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Final

from geo_service.domain.errors import RegisterNotWritableError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

# RFC 9106's second recommendation, for little memory, in one lane: many tries at once shall not
# take all processors from those who look for a station. Each holds 64 MiB while it is computed.
_PASSES: Final = 3
_KIBIBYTES: Final = 64 * 1024
_LANES: Final = 1

# Of nobody's password, and as slow to refuse as anybody's: no password is known to lead to it.
_NOBODYS: Final = f"$argon2id$v=19$m={_KIBIBYTES},t={_PASSES},p={_LANES}${'A' * 22}${'A' * 43}"

_one_at_a_time = BoundedSemaphore(1)
_SECONDS_TO_WAIT: Final = 1.0


def hash_of(password: str) -> str:
    """Return what to keep of a password."""
    with _turn():
        return _hasher().hash(_plain(password))


def fits(password: str, kept: str | None) -> bool:
    """Say whether a password is the one that was kept; as slowly where none was."""
    from argon2.exceptions import (  # noqa: PLC0415 - only who signs in needs it
        InvalidHashError,
        VerificationError,
    )

    with _turn():
        try:
            return _hasher().verify(kept or _NOBODYS, _plain(password)) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Say whether a password was kept under weaker rules than today's."""
    return _hasher().check_needs_rehash(kept)


@cache
def _hasher() -> "PasswordHasher":
    from argon2 import PasswordHasher  # noqa: PLC0415 - as above

    return PasswordHasher(time_cost=_PASSES, memory_cost=_KIBIBYTES, parallelism=_LANES)


def _plain(password: str) -> str:
    """Return the same text however a keyboard put its signs together, full-width ones too."""
    return unicodedata.normalize("NFKC", password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterNotWritableError("too many people are signing in just now")
    try:
        yield
    finally:
        _one_at_a_time.release()
