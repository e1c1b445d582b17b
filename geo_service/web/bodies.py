"""Bodies of requests, read before the view, by few threads at once.

The server hands a request on when its header is there and waits for the body in the thread that
asks for it, without end. Whoever sends bodies slowly could so hold every thread; here he holds
two, and everybody else's questions go on being answered. A proxy in front ends him altogether.
"""

from threading import BoundedSemaphore
from typing import Final

from flask import Flask, request
from werkzeug.exceptions import ServiceUnavailable

# `serve` gives a process three threads or more.
_READ_AT_ONCE: Final = 2
_SECONDS_TO_WAIT: Final = 0.5
_SECONDS_TO_STAY_AWAY: Final = 3

_places = BoundedSemaphore(_READ_AT_ONCE)


def register(app: Flask) -> None:
    """Read the body of every request that an app takes one with."""
    app.before_request(_read)


def _read() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.routing_exception is not None:
        return
    if not _places.acquire(timeout=_SECONDS_TO_WAIT):
        raise ServiceUnavailable(
            "Too many bodies are being received just now.", retry_after=_SECONDS_TO_STAY_AWAY
        )
    try:
        request.get_data()  # from here on the request holds it; one too large raises
    finally:
        _places.release()
