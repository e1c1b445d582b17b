"""Which revision an answer is from, and when that was last known to be the present one."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache

from werkzeug.http import http_date

from geo_service import runtime
from geo_service.services.notes import Language, stale_note


def last_look() -> tuple[datetime, bool]:
    """Return when this answer's register was last known to be the present, and if that is long ago.

    What is said of the freshness of answers depends on nothing else.
    """
    held = runtime.held()
    return held.snapshot.checked_at, held.stale_s is not None


def checked_at() -> str:
    """Return, as RFC 3339, when the register of this answer was last known to be the present."""
    held = runtime.held().snapshot
    return held.checked_at.astimezone(held.register.place.zone).isoformat(timespec="seconds")


def notes(language: Language) -> list[str]:
    """Say that the register of this answer may no longer be the present one, if so."""
    held, stale_s = runtime.held()
    if stale_s is None:
        return []
    return [stale_note(held.checked_at.astimezone(held.register.place.zone), language)]


def headers() -> Iterable[tuple[str, str]]:
    """Return the headers of this answer that say which revision it is from, and how old that is."""
    if (used := runtime.held_if_asked()) is None:
        return ()
    held, stale_s = used
    kept = _headers_of(held.register.revision.number, held.checked_at)
    # RFC 9111: for how long nobody has made sure at the source.
    return kept if stale_s is None else (*kept, ("Age", str(int(stale_s))))


@lru_cache(maxsize=4)
def _headers_of(revision: int, checked_at: datetime) -> tuple[tuple[str, str], ...]:
    return (
        ("Register-Revision", str(revision)),
        ("Register-Checked", http_date(checked_at.astimezone(UTC))),
    )
