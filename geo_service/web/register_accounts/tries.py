"""How often one connection may try to sign in."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Final, cast

from flask import Flask, current_app, request

from geo_service import runtime
from geo_service.domain.errors import (
    RegisterNotWritableError,
    TooManyReportsError,
    TooManySignInsError,
)
from geo_service.persistence.tallies import Tallied
from geo_service.web.senders import SenderLimit

MOST_OF_A_SENDER: Final = 60  # a whole office comes from one address, at half past eight
SENDER_SECONDS: Final = 600

_SENDERS: Final = "geo_service.web.sign_in_senders"

# Whoever signs in, or tries to, holds one of the process's threads while the password is looked
# at, and longer while the database says nothing: the others are for those who look for a station.
_at_once = BoundedSemaphore(2)
_SECONDS_TO_WAIT: Final = 0.5


def register(app: Flask) -> None:
    """Give an app its count of who tries how often."""
    with app.app_context():
        app.extensions[_SENDERS] = SenderLimit(
            runtime.tallies(), Tallied.SIGN_INS, most=MOST_OF_A_SENDER, seconds=SENDER_SECONDS
        )


def count() -> None:
    """Count one more try, or raise TooManySignInsError."""
    try:
        cast("SenderLimit", current_app.extensions[_SENDERS]).count(request.remote_addr)
    except TooManyReportsError as error:
        raise TooManySignInsError(
            f"more than {MOST_OF_A_SENDER} tries came from your connection within "
            f"{SENDER_SECONDS // 60} minutes",
            again_in_s=error.again_in_s,
        ) from None


@contextmanager
def turn() -> Iterator[None]:
    """Let few sign in at once, or raise RegisterNotWritableError."""
    if not _at_once.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterNotWritableError("too many people are signing in just now")
    try:
        yield
    finally:
        _at_once.release()
