"""The events resource: told as it happens that the register has another revision.

A stream that is held open holds one of the few threads that a process has. So one at a time is
held, not for long; everybody else is told at once what is new, and when to come again, which a
browser's EventSource does by itself.
"""

import re
from collections.abc import Iterator
from threading import BoundedSemaphore
from time import monotonic
from typing import Annotated, Final, NamedTuple, cast

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import Field

from geo_service import runtime
from geo_service.persistence.revisions import RevisionKey
from geo_service.persistence.snapshots import Snapshot, Snapshots
from geo_service.web import params
from geo_service.web.answers import json_text
from geo_service.web.links import whole_address
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("events", __name__, url_prefix="/api/v1")

MEDIA_TYPE: Final = "text/event-stream"
# A worker that is to end waits for who it answers, 15 seconds at most: less than that.
LONGEST_S: Final = 10
HELD_AT_ONCE: Final = 1
SECONDS_BETWEEN_SIGNS: Final = 3.0
# When to come again: who was held open lost nothing but a second, and leaves the place to others.
RETRY_HELD_MS: Final = 1000
RETRY_MS: Final = 5000

_PLACES: Final = "geo_service.web.api.events"
_DIGITS: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_SIGN_OF_LIFE: Final = b": still here\n\n"


class EventsParameters(params.Parameters):
    """GET /api/v1/events."""

    since: Annotated[
        int | None,
        Field(
            ge=0,
            description="The revision that you have: it is not told. The header Last-Event-ID, "
            "which browsers send by themselves, says the same and wins.",
            examples=[1],
        ),
        params.Whole,
    ] = None
    wait: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_S,
            description="For how many seconds to be held at most, if there is a place; 0: not.",
        ),
        params.Whole,
    ] = LONGEST_S


class _Listener(NamedTuple):
    """Who listens: what they have seen, and what they are told with each event."""

    told: int | None
    changes: str

    def event(self, snapshot: Snapshot) -> bytes:
        """Write an event that tells of a snapshot's revision."""
        place, revision = snapshot.register.place, snapshot.register.revision
        committed_at = revision.committed_at.astimezone(place.zone).isoformat(timespec="seconds")
        body = {
            "revision": revision.number,
            "committed_at": committed_at,
            # Of a number that is to come /changes says what to do: the database was restored, or
            # this worker is half a second behind another.
            "changes": f"{self.changes}?since={self.told or 0}",
        }
        return f"event: revision\nid: {revision.number}\ndata: {json_text(body)}\n\n".encode()


def register(app: Flask) -> None:
    """Give an app its own places."""
    app.extensions[_PLACES] = BoundedSemaphore(HELD_AT_ONCE)


@blueprint.get("/events")
@describes(
    Operation(
        summary="Told as it happens: the register has another revision",
        query=EventsParameters,
        answers={
            MEDIA_TYPE: {  # of no type: some read a text here, others an event
                "description": "Server-sent events of the type `revision`; `id` is its number, "
                "`data` JSON with `revision`, `committed_at` and `changes`, where to read on.",
            }
        },
        tag="history",
    )
)
def events() -> Response:
    """Tell of the present revision, unless that is known, and of the next ones as they come.

    The connection ends after some seconds; come again with the last `id` after `retry`.
    """
    given = params.read_query(EventsParameters)
    held = runtime.held().snapshot
    listener = _Listener(_last_seen(given), whole_address("revisions.changes"))
    is_news = listener.told != held.register.revision.number
    news = listener.event(held) if is_news else b""
    places = cast("BoundedSemaphore", current_app.extensions[_PLACES])
    answer = Response(content_type=MEDIA_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Accel-Buffering"] = "no"  # nginx would keep it until there is more
    if request.method != "HEAD" and given.wait and places.acquire(blocking=False):
        answer.call_on_close(places.release)  # also of a stream that nobody began to read
        listener = listener._replace(told=held.register.revision.number)
        streamed = _held_open(runtime.snapshots(), held, listener, monotonic() + given.wait)
        answer.response = _after(_retry(RETRY_HELD_MS) + news, streamed)
        del answer.headers["Content-Length"]
    else:
        answer.set_data(_retry(RETRY_MS) + news)
    return answer


def _last_seen(given: EventsParameters) -> int | None:
    # What a browser sends there it had from here; what it had from elsewhere is no fault of its.
    named = request.headers.get("Last-Event-ID", "")
    return int(named) if _DIGITS.fullmatch(named) else given.since


def _retry(milliseconds: int) -> bytes:
    return f"retry: {milliseconds}\n\n".encode()


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _held_open(
    snapshots: Snapshots, held: Snapshot, listener: _Listener, until: float
) -> Iterator[bytes]:
    """Yield events until the time is over; between them signs of life, which find out who left."""
    while (left := until - monotonic()) > 0:
        seen = RevisionKey.of(held.register.revision)
        found = snapshots.other_than(seen, min(left, SECONDS_BETWEEN_SIGNS))
        if found is None:
            yield _SIGN_OF_LIFE
            continue
        yield listener.event(found)
        held, listener = found, listener._replace(told=found.register.revision.number)
