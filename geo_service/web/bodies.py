"""Bodies of requests, read before the view, by few threads at once.

The server hands a request on when its header is there and waits for the body in the thread that
asks for it, without end. Whoever sends bodies slowly could so hold every thread; here he holds
two, a third waits a moment for one of their places, and what comes then is turned away at once:
everybody else's questions go on being answered. A proxy in front ends him altogether.
"""

from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, Final, TypeVar

from flask import Flask, current_app, request
from werkzeug.exceptions import ServiceUnavailable

# `serve` gives a process four threads: one is left for everybody else.
_READ_AT_ONCE: Final = 2
_WAIT_AT_ONCE: Final = 1  # were it more, a queue of them would hold the threads one by one
_SECONDS_TO_WAIT: Final = 0.5
_SECONDS_TO_STAY_AWAY: Final = 3

_LARGEST: Final = "__largest_body__"

View = TypeVar("View", bound=Callable[..., Any])

_places = BoundedSemaphore(_READ_AT_ONCE)
_waiting = BoundedSemaphore(_WAIT_AT_ONCE)


def register(app: Flask) -> None:
    """Read the body of every request that an app takes one with."""
    app.before_request(_read)


def takes_up_to(size: int) -> Callable[[View], View]:
    """Let a view be sent a larger body than all others; it stands under ``requires``."""

    def attach(view: View) -> View:
        setattr(view, _LARGEST, size)
        return view

    return attach


def _read() -> None:
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.routing_exception is not None:
        return
    if not _place_taken():
        raise ServiceUnavailable(
            "Too many bodies are being received just now.", retry_after=_SECONDS_TO_STAY_AWAY
        )
    try:
        _receive()
    finally:
        _places.release()


def _receive() -> None:
    """Receive the body: from here on the request holds it; one too large raises."""
    largest = getattr(current_app.view_functions[request.endpoint or ""], _LARGEST, None)
    # Who shows nothing that could open the door is turned away there, with no more than others may
    # send.
    if largest is not None and (request.cookies or "Authorization" in request.headers):
        request.max_content_length = largest
        if request.mimetype == "multipart/form-data":
            request.files.keys()  # which puts large files aside, on the disk
            return
    request.get_data()


def _place_taken() -> bool:
    """Take a place to read at, waiting a moment if nobody else waits for one."""
    if _places.acquire(blocking=False):
        return True
    if not _waiting.acquire(blocking=False):
        return False
    try:
        return _places.acquire(timeout=_SECONDS_TO_WAIT)
    finally:
        _waiting.release()
