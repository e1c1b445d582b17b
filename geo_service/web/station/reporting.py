"""Reports as they are sent, by the form of a station's page or by a program; and kept."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from threading import BoundedSemaphore
from typing import Annotated, Final, cast

from flask import Flask, current_app, request
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from geo_service import runtime
from geo_service.domain.errors import (
    InvalidQueryError,
    ParameterFault,
    RegisterNotWritableError,
    StationNotFoundError,
)
from geo_service.domain.report import LONGEST_WORDS, Report, ReportKind
from geo_service.domain.station import Amenity, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.faults import why_unfit
from geo_service.persistence.reports import ReportStore
from geo_service.services.reports import (
    Outcome,
    is_said_closed,
    keep_report,
    mark_reported_closed,
    sender_of,
)
from geo_service.web.origins import refuse_other_sites
from geo_service.web.params import Parameters
from geo_service.web.senders import SenderLimit, connection_of

MOST_OF_A_SENDER: Final = 10
SENDER_SECONDS: Final = 600

_SENDERS: Final = "geo_service.web.report_senders"

# While the database says nothing each report waits seconds for it; the other threads of the
# process go on answering questions.
_one_at_a_time = BoundedSemaphore(1)
_one_marks = BoundedSemaphore(1)
_SECONDS_TO_WAIT: Final = 1.0


def _words(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").strip()
    if (reason := why_unfit(text)) is not None:
        raise PydanticCustomError("word", "{reason}", {"reason": reason})
    if len(text) > LONGEST_WORDS:
        detail = {"most": LONGEST_WORDS, "given": len(text)}
        raise PydanticCustomError("word", "takes {most} characters at most, not {given}", detail)
    return text or None


class ReportParameters(Parameters):
    """POST /api/v1/stations/{id}/reports."""

    kind: Annotated[ReportKind, Field(description="What is wrong.")]
    amenity: Annotated[
        Amenity | None,
        Field(description="With `amenity_missing`: what is missing, if one thing is."),
    ] = None
    words: Annotated[
        str | None,
        Field(
            max_length=LONGEST_WORDS,
            description="What happened, in up to 500 characters. No names, no numbers.",
        ),
        BeforeValidator(_words),
    ] = None

    def report(self, station_id: StationId) -> Report:
        """Return the report, or raise InvalidQueryError."""
        if self.amenity is not None and self.kind is not ReportKind.AMENITY_MISSING:
            reason = "goes with kind amenity_missing alone"
            raise InvalidQueryError(ParameterFault("amenity", reason))
        if self.says_nothing:
            raise InvalidQueryError(ParameterFault("words", "is required with kind other"))
        return Report(station_id=station_id, kind=self.kind, amenity=self.amenity, words=self.words)

    @property
    def says_nothing(self) -> bool:
        """Say whether nobody could make anything of it."""
        return self.kind is ReportKind.OTHER and self.words is None


class ReportForm(ReportParameters):
    """POST /s/{id}/reports."""

    website: Annotated[str, Field(description="Nobody sees this field, so no person fills it.")] = (
        ""
    )

    @property
    def is_a_machine(self) -> bool:
        """Say whether something filled in what a person cannot see."""
        return bool(self.website)

    def report(self, station_id: StationId) -> Report:
        """Return the report; what was chosen as missing and then not meant is left out."""
        meant = self.kind is ReportKind.AMENITY_MISSING
        return Report(
            station_id=station_id,
            kind=self.kind,
            amenity=self.amenity if meant else None,
            words=self.words,
        )


def register(app: Flask) -> None:
    """Give an app its own count of who sends how much."""
    app.extensions[_SENDERS] = SenderLimit(MOST_OF_A_SENDER, SENDER_SECONDS)


def admit() -> None:
    """Let the sender of this request through, or raise: from another site, or too often."""
    refuse_other_sites()
    cast("SenderLimit", current_app.extensions[_SENDERS]).count(request.remote_addr)


def keep(report: Report) -> Outcome:
    """Put a report into the register's queue, or raise RegisterNotWritableError within seconds."""
    register = runtime.register()
    revision, today = register.revision.number, register.eras.day_of(runtime.now())
    least = runtime.settings().closed_after_reports
    with (
        _turn(_one_at_a_time, "the report was not taken"),
        runtime.database().transaction() as session,
    ):
        store = ReportStore(session)
        outcome = keep_report(store, report, revision=revision, sender=_sender(report, today))
        said_closed = is_said_closed(store, report, least=least)
    if said_closed and register.station(report.station_id).reported_closed_on is None:
        _mark(report.station_id, least, today)
    return outcome


def _mark(station_id: StationId, least: int, today: date) -> None:
    # In a transaction of its own: the report is kept even while somebody else writes for long, and
    # the next one finds out again that there are enough.
    with (
        suppress(RegisterNotWritableError, StationNotFoundError),
        _turn(_one_marks, "the station was not marked"),
        runtime.database().transaction() as session,
    ):
        mark_reported_closed(
            ReportStore(session), ChangeStore(session), station_id, least=least, on=today
        )


@contextmanager
def _turn(one: BoundedSemaphore, otherwise: str) -> Iterator[None]:
    if not one.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterNotWritableError(f"{otherwise}: others are waiting for the database")
    try:
        yield
    finally:
        one.release()


def _sender(report: Report, today: date) -> bytes:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return sender_of(connection_of(request.remote_addr), report.station_id, today, key)
