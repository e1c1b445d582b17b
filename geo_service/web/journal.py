"""One line of log a request: what, how long, how it ended; never the query string."""

import json
from datetime import UTC, datetime
from typing import Final

import structlog
from flask import Flask, Response, request

from geo_service.logs import write_line
from geo_service.settings import Settings
from geo_service.web.metrics import milliseconds

_LOG: Final = structlog.get_logger()
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_LEVELS: Final = frozenset({"debug", "info"})


def register(app: Flask, settings: Settings) -> None:
    """Log every request of an app; a worker's position is in the query, so that stays out."""
    if settings.access_log and settings.log_level in _LEVELS:
        app.after_request(_write_json if settings.log_format == "json" else _write_text)


def _write_json(response: Response) -> Response:
    """Write the line as structlog would, at half the price: this is done at every request."""
    if _is_worth_a_line():
        line = {
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round(milliseconds(), 1),
            "event": "request",
            "level": "info",
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        write_line(json.dumps(line))
    return response


def _write_text(response: Response) -> Response:
    if _is_worth_a_line():
        _LOG.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(milliseconds(), 1),
        )
    return response


def _is_worth_a_line() -> bool:
    return request.path not in _QUIET and request.endpoint != "static"
