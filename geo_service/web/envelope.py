"""Around every answer: its common headers, its place in the counts, its line in the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from geo_service.web import caching, cross_origin, freshness, metrics, security

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Request

    from geo_service.web.journal import Writer

    _Failure = (
        tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
    )


class Envelope:
    """The WSGI application inside an app, with what all its answers have in common.

    It stands outside of Flask's hooks because those cost several times as much, at every request;
    but an answer starts while the request is still at hand.
    """

    def __init__(self, inside: WSGIApplication, write: Writer | None) -> None:
        self._inside = inside
        self._write = write

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()

        def start_answer(
            status: str, headers: list[tuple[str, str]], failure: _Failure = None
        ) -> Callable[[bytes], object]:
            request: Request = environ["werkzeug.request"]
            code, seconds = int(status[:3]), time.perf_counter() - began
            headers += caching.headers(request, code, headers)
            headers += cross_origin.headers(request)
            headers += security.headers(_content_type(headers))
            headers += freshness.headers()
            metrics.count(request, code, seconds)
            if self._write is not None:
                self._write(request, code, seconds)
            return start(status, headers, failure)

        return self._inside(environ, start_answer)


def _content_type(headers: list[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name == "Content-Type"), "")
