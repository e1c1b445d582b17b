"""One line of log a request: what, how long, how it ended; never the query string."""

import time
from typing import Final

import structlog
from flask import Flask, Response, g, request

_LOG: Final = structlog.get_logger()
_QUIET: Final = {"/healthz", "/readyz", "/metrics"}


def register(app: Flask) -> None:
    """Log every request of an app; a worker's position is in the query, so that stays out."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    if request.path not in _QUIET and not request.path.startswith("/static/"):
        _LOG.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round((time.perf_counter() - g.started) * 1000, 1),
        )
    return response
