"""Around every answer: its common headers, its place in the counts, its line in the log."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from geo_service.web import caching, cross_origin, freshness, limits, metrics, security

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from types import TracebackType
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Request

    from geo_service.web.caching import Headers
    from geo_service.web.journal import Writer

    _Said = tuple[Headers, Iterable[tuple[str, str]]]

    _Failure = (
        tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None
    )


class Envelope:
    """The WSGI application inside an app, with what all its answers have in common.

    It stands outside of Flask's hooks because those cost several times as much, at every request;
    but an answer starts while the request is still at hand.
    """

    def __init__(
        self, inside: WSGIApplication, views: Mapping[str, object], write: Writer | None
    ) -> None:
        self._inside = inside
        self._views = views
        self._write = write
        # What all answers of a view have in common, by endpoint and method.
        self._said: dict[tuple[str, str], _Said] = {}

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        began = time.perf_counter()

        def start_answer(
            status: str, headers: list[tuple[str, str]], failure: _Failure = None
        ) -> Callable[[bytes], object]:
            request: Request = environ["werkzeug.request"]
            code, seconds = int(status[:3]), time.perf_counter() - began
            kept, opened = self._said_of(request)
            headers += caching.headers(kept, environ, code, headers)
            headers += opened
            headers += security.headers(_content_type(headers))
            headers += freshness.headers()
            headers += limits.headers(environ)
            metrics.count(request, code, seconds)
            if self._write is not None:
                self._write(request, code, seconds)
            return start(status, headers, failure)

        return self._inside(environ, start_answer)

    def _said_of(self, request: Request) -> _Said:
        rule = request.url_rule
        if rule is None:
            return (), cross_origin.of_nothing(request.path)
        key = rule.endpoint, request.method
        said = self._said.get(key)
        if said is None:
            asked = self._views[rule.endpoint], request.method, rule.rule
            said = self._said[key] = caching.said_of(*asked), cross_origin.said_of(*asked)
        return said


def _content_type(headers: list[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name == "Content-Type"), "")
