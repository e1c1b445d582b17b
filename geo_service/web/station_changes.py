"""What the desk and programs change of the register: each change one transaction, or nothing."""

from collections.abc import Callable, Collection
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from geo_service import runtime
from geo_service.domain.change import ChangeKind, Conflict, Recorded, RevisionNote
from geo_service.domain.errors import (
    InvalidQueryError,
    ParameterFault,
    StationChangedError,
)
from geo_service.domain.place import Revision
from geo_service.domain.report import ReportState
from geo_service.domain.station import Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.faults import why_unfit
from geo_service.services.edit import StationEdit, added, edited, next_identifier
from geo_service.services.report_queue import Verdict, settle
from geo_service.web import access, desk_changes

LONGEST_REASON: Final = 200


def _reason(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    if (reason := why_unfit(text)) is not None:
        raise PydanticCustomError("word", "{reason}", {"reason": reason})
    if not text:
        raise PydanticCustomError("word", "is required: say in a few words why this is changed")
    if len(text) > LONGEST_REASON:
        detail = {"most": LONGEST_REASON, "given": len(text)}
        raise PydanticCustomError("word", "takes {most} characters at most, not {given}", detail)
    return text


Reason = Annotated[
    str,
    Field(max_length=LONGEST_REASON, description="Why, in a few words; the history keeps it."),
    BeforeValidator(_reason),
]


def recorded(station_id: StationId) -> Recorded:
    """Return a station as the database has it now, or raise StationNotFoundError."""
    with runtime.database().transaction() as session:
        return ChangeStore(session).recorded(station_id)


def as_seen(station_id: StationId, revision: int) -> Station | None:
    """Return a station as it was at a revision; None where that is not known."""
    with runtime.database().transaction() as session:
        return ChangeStore(session).as_of(station_id, revision)


def revision(number: int) -> Revision | None:
    """Return who made a revision, when and why; None where that is not known."""
    with runtime.database().transaction() as session:
        return ChangeStore(session).revision(number)


def preview(before: Station | None, identifier: StationId, edit: StationEdit) -> Station:
    """Return what an edit would make, or raise InvalidQueryError; nothing is written."""
    register, area, today = runtime.register(), runtime.served_area(), desk_changes.today()
    if before is None:
        return added(register, identifier, edit, area=area, today=today)
    return edited(register, before, edit, area=area, today=today)


def change(
    station_id: StationId,
    edit: StationEdit,
    *,
    seen: int | None,
    reason: str,
    settles: Collection[int] = (),
) -> Recorded:
    """Change a station that the editor saw at a revision; return it as it is then.

    ``settles`` are reports of the station that the change is the answer to.

    Raises:
        StationChangedError: somebody else changed it after ``seen``; nothing is written.
        InvalidQueryError: the record would be wrong.
        ForbiddenCountyError: it lies, or would lie, where the editor may not change anything.
    """

    def made(store: ChangeStore) -> Station:
        present = store.recorded(station_id)
        access.must_edit(present.station)
        if seen is not None and present.revision > seen:
            raise StationChangedError([Conflict(station_id=station_id, seen=seen, present=present)])
        after = preview(present.station, station_id, edit)
        access.must_edit(after)
        return after

    return _written(made, reason, settles)


def add(identifier: StationId | None, edit: StationEdit, *, reason: str) -> Recorded:
    """Add a station; without an identifier, under the next that is free.

    Raises InvalidQueryError, also for an identifier that is taken, and ForbiddenCountyError.
    """

    def made(store: ChangeStore) -> Station:
        name = identifier
        if name is None:
            name = next_identifier(store.identifiers())
        elif store.recorded_of([name]):
            raise InvalidQueryError(ParameterFault("id", "is taken by another station"))
        after = preview(None, name, edit)
        access.must_edit(after)
        return after

    return _written(made, reason)


def _written(
    made: Callable[[ChangeStore], Station], reason: str, settles: Collection[int] = ()
) -> Recorded:
    by = access.actor().name
    note = RevisionNote(author=by, reason=reason, kind=ChangeKind.EDIT)
    with desk_changes.writing() as writing:
        # From here on nobody else writes: what is read now is what is changed.
        writing.changes.take_turn()
        station = made(writing.changes)
        writing.changes.apply([station], note=note)
        # What somebody else settled meanwhile is settled.
        waiting = {each.number for each in writing.reports.open_of([station.id])}
        if numbers := tuple(sorted(waiting.intersection(settles))):
            verdict = Verdict(numbers=numbers, state=ReportState.ACCEPTED, by=by, why=reason)
            least = runtime.settings().closed_after_reports
            settle(writing.reports, writing.changes, verdict, least=least)
        return writing.changes.recorded(station.id)
