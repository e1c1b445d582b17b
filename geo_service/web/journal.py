"""One line of log a request: what, how long, how it ended; never the query string."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import structlog
from flask import Request

from geo_service.logs import write_line
from geo_service.settings import Settings

_LOG: Final = structlog.get_logger()
_QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
_LEVELS: Final = frozenset({"debug", "info"})

Writer = Callable[[Request, int, float], None]


def writer_for(settings: Settings) -> Writer | None:
    """Return what writes a request's line: request, status and seconds; None where none is wanted.

    A worker's position is in the query, so that stays out.
    """
    if not settings.access_log or settings.log_level not in _LEVELS:
        return None
    return _write_json if settings.log_format == "json" else _write_text


def _write_json(request: Request, status: int, seconds: float) -> None:
    """Write the line as structlog would, at half the price: this is done at every request."""
    if _is_worth_a_line(request):
        line = {
            "method": request.method,
            "path": path_of(request),
            "status": status,
            "ms": round(seconds * 1000, 1),
            "event": "request",
            "level": "info",
            "timestamp": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        write_line(json.dumps(line))


def _write_text(request: Request, status: int, seconds: float) -> None:
    if _is_worth_a_line(request):
        _LOG.info(
            "request",
            method=request.method,
            path=path_of(request),
            status=status,
            ms=round(seconds * 1000, 1),
        )


def path_of(request: Request) -> str:
    """Return what was asked for; what opens a keeper's page is nobody's to read in a log."""
    return "/k/-" if request.path.startswith("/k/") else request.path


def _is_worth_a_line(request: Request) -> bool:
    return request.path not in _QUIET and request.endpoint != "static"
