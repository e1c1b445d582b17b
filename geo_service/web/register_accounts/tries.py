"""How often one connection may try to sign in."""

from typing import Final, cast

from flask import Flask, current_app, request

from geo_service.domain.errors import TooManyReportsError, TooManySignInsError
from geo_service.web.senders import SenderLimit

MOST_OF_A_SENDER: Final = 30  # an office shares one address
SENDER_SECONDS: Final = 600

_SENDERS: Final = "geo_service.web.sign_in_senders"


def register(app: Flask) -> None:
    """Give an app its own count of who tries how often."""
    app.extensions[_SENDERS] = SenderLimit(MOST_OF_A_SENDER, SENDER_SECONDS)


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
