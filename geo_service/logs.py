"""How log lines are written: JSON for programs, or coloured text for people."""

import logging
import sys
from contextlib import suppress
from typing import TextIO, cast

import structlog


class _StandardOutput:
    """Standard output as it is just now. A full disk or a closed pipe fails no request."""

    def write(self, text: str) -> None:
        with suppress(OSError):
            sys.stdout.write(text)

    def flush(self) -> None:
        with suppress(OSError):
            sys.stdout.flush()


_OUTPUT = _StandardOutput()


def write_line(line: str) -> None:
    """Write a line that is ready as it is."""
    _OUTPUT.write(line + "\n")  # in one piece: threads do not cut into each other's lines
    _OUTPUT.flush()


def configure(level: str, form: str) -> None:
    """Set up structlog for this process."""
    # Tracebacks without their variables: those may hold a password or a worker's position.
    tail: list[structlog.types.Processor] = (
        [
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
            ),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if form == "json"
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *tail,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _OUTPUT)),
        cache_logger_on_first_use=False,
    )
