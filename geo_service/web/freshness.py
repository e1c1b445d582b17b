"""Which revision an answer is from, and when that was last known to be the present one."""

from datetime import UTC
from typing import Any

from flask import Flask, Response
from werkzeug.http import http_date

from geo_service import runtime
from geo_service.services.notes import Language, stale_note


def register(app: Flask) -> None:
    """Say on every answer from the register which revision it is, and how old where not fresh."""
    app.after_request(_tell)


def checked_at() -> str:
    """Return, as RFC 3339, when the register of this answer was last known to be the present."""
    held = runtime.snapshot()
    return held.checked_at.astimezone(held.register.place.zone).isoformat(timespec="seconds")


def notes(language: Language) -> list[str]:
    """Say that the register of this answer may no longer be the present one, if so."""
    held = runtime.snapshot()
    if not held.is_stale:
        return []
    return [stale_note(held.checked_at.astimezone(held.register.place.zone), language)]


def _tell(response: Response) -> Response:
    held = runtime.snapshot_used()
    if held is not None:
        headers: Any = response.headers
        headers["Register-Revision"] = str(held.register.revision.number)
        headers["Register-Checked"] = http_date(held.checked_at.astimezone(UTC))
        if held.is_stale:
            # RFC 9111: for how long nobody has made sure at the source.
            headers["Age"] = str(int(held.age_s))
    return response
