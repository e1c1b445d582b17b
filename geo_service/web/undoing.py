"""Changes taken back from the desk or by a program: one transaction each, or nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Annotated, Final

from flask import request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError
from werkzeug.exceptions import PreconditionRequired

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import ChangeKind
from geo_service.domain.errors import (
    InvalidQueryError,
    NotAllowedError,
    ParameterFault,
    RegisterNotWritableError,
    UndoRefusedError,
)
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.faults import LONGEST_CODE, why_unfit
from geo_service.persistence.history import MOST_COUNTED, HistoryStore
from geo_service.services.register_history import (
    Undoer,
    UndoPlan,
    UndoQuestion,
    plan_undo,
    undo,
)
from geo_service.web import access, past

MOST_AT_ONCE: Final = MOST_COUNTED
LONGEST_REASON: Final = 200

# Compression puts its name behind the mark, as in "17:gzip".
_REVISION_SEEN: Final = re.compile(r'(?:W/)?"([0-9]{1,18})(?::[a-z]{1,8})?"', re.ASCII)

# While the database says nothing each waits seconds for it; the other threads of the process go on
# answering questions.
_one_at_a_time = BoundedSemaphore(1)
_SECONDS_TO_WAIT: Final = 1.0


def _words(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    if (reason := why_unfit(text)) is not None:
        raise PydanticCustomError("word", "{reason}", {"reason": reason})
    if len(text) > LONGEST_REASON:
        detail = {"most": LONGEST_REASON, "given": len(text)}
        raise PydanticCustomError("word", "takes {most} characters at most, not {given}", detail)
    return text


def _identifier(value: object) -> object:
    if isinstance(value, str):
        if (reason := why_unfit(value)) is not None:
            raise PydanticCustomError("word", "{reason}", {"reason": reason})
        if len(value) > LONGEST_CODE:
            raise PydanticCustomError("word", "is longer than any station's identifier")
    return value


Words = BeforeValidator(_words)
Identifier = BeforeValidator(_identifier)
Reason = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_REASON,
        description="Why, in a few words; the history keeps it.",
    ),
    Words,
]


def planned(question: UndoQuestion, *, shown: int = 0) -> UndoPlan:
    """Say what undoing would come to; nothing is written."""
    with past.history() as history:
        _admit(history, question)
        return plan_undo(history, question, shown=shown)


def undone(question: UndoQuestion, *, reason: str, seen: int) -> UndoPlan:
    """Take a change back for whoever asks, who saw the plan at the revision ``seen``."""
    by = Undoer(author=access.actor().name, reason=reason, seen=seen, may_change=access.must_edit)
    with _turn(), runtime.database().transaction() as session:
        history = HistoryStore(session)
        _admit(history, question)
        return undo(history, ChangeStore(session), question, by)


def seen_revision() -> int:
    """Return the revision that the If-Match of this request names; without one, 428."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired(
            "Say which revision you have seen: send its ETag back in If-Match."
        )
    if (found := _REVISION_SEEN.fullmatch(given.strip())) is None:
        reason = 'takes the revision you have seen in quotes, as in If-Match: "17"'
        raise InvalidQueryError(ParameterFault("If-Match", reason))
    return int(found[1])


def _admit(history: HistoryStore, question: UndoQuestion) -> None:
    """Raise where a change is not for whoever asks to take back, or too large to do it here."""
    revision = history.revision(question.revision)
    if revision.kind is ChangeKind.LOAD and not access.actor().may(Permission.ADMINISTER):
        raise NotAllowedError("only an administrator takes the load of a whole register back")
    if question.station_id is None and revision.stations > MOST_AT_ONCE:
        raise UndoRefusedError(
            f"revision {revision.number} changed more than {MOST_AT_ONCE:,} stations, which is "
            f"taken back by command: geo-service history undo {revision.number}"
        )


@contextmanager
def _turn() -> Iterator[None]:
    if not _one_at_a_time.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterNotWritableError(
            "the change was not made: others are waiting for the database"
        )
    try:
        yield
    finally:
        _one_at_a_time.release()
