"""`/register/reports`: what people say is wrong, station by station, and what became of it."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, redirect, render_template, url_for
from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.report import LONGEST_ANSWER, ReportState
from geo_service.domain.station import StationId
from geo_service.persistence.faults import why_unfit
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import (
    MOST_AT_ONCE,
    STATIONS_A_PAGE,
    Verdict,
    queue_page,
    settle,
    stations_of,
)
from geo_service.web import access, desk_changes, params
from geo_service.web.access import requires
from geo_service.web.language import LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Whole
from geo_service.web.register_reports.shown import handled_rows, of_station, station_cards
from geo_service.web.register_reports.words import WORDS

blueprint = Blueprint(
    "register_reports", __name__, url_prefix="/register/reports", template_folder="templates"
)

_HANDLED_SHOWN: Final = 200
_MOST_PAGES: Final = 10_000


def _why(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = " ".join(value.split())
    if (reason := why_unfit(text)) is not None:
        raise PydanticCustomError("word", "{reason}", {"reason": reason})
    if len(text) > LONGEST_ANSWER:
        detail = {"most": LONGEST_ANSWER, "given": len(text)}
        raise PydanticCustomError("word", "takes {most} characters at most, not {given}", detail)
    return text or None


class QueueParameters(LanguageParameters):
    """GET /register/reports."""

    state: Annotated[Literal["open", "handled"], Field(description="Which reports.")] = "open"
    page: Annotated[int, Field(ge=1, le=_MOST_PAGES), Whole] = 1
    station: Annotated[str | None, Field(max_length=100)] = None
    done: Annotated[int | None, Field(ge=0, description="How many were just handled."), Whole] = (
        None
    )


class SettleForm(LanguageParameters):
    """POST /register/reports/settle."""

    numbers: Annotated[list[Annotated[int, Whole]], Field(min_length=1, max_length=MOST_AT_ONCE)]
    verdict: Annotated[Literal["accepted", "rejected", "merged"], Field()]
    why: Annotated[str | None, BeforeValidator(_why)] = None
    into: Annotated[int | None, Whole] = None
    page: Annotated[int, Field(ge=1, le=_MOST_PAGES), Whole] = 1
    station: Annotated[str | None, Field(max_length=100)] = None


@blueprint.get("")
@requires(Permission.LOOK)
def queue() -> str:
    """Show the reports that wait to be looked at, or those that were."""
    given = params.read_form(QueueParameters)
    language = language_asked(given.lang)
    register = runtime.register()
    with runtime.database().transaction() as session:
        store = ReportStore(session)
        if given.state == "handled":
            states = [each for each in ReportState if each is not ReportState.OPEN]
            named = None if given.station is None else StationId(given.station)
            handled = store.newest(named, limit=_HANDLED_SHOWN, states=states)
            cards, total = [], 0
        elif given.station is not None:
            handled = []
            cards = station_cards(register, of_station(store, StationId(given.station)), language)
            total = len(cards)
        else:
            handled, found = [], queue_page(store, given.page)
            cards, total = station_cards(register, found.stations, language), found.total
    return render_template(
        "register_reports/queue.html",
        **page_context(register, language),
        own=WORDS[language],
        given=given,
        cards=cards,
        handled=handled_rows(register, handled, language),
        total=total,
        pages=-(-total // STATIONS_A_PAGE),
        seen=register.revision.number,
        may_handle=access.actor().may(Permission.HANDLE_REPORTS),
        may_edit=access.actor().may(Permission.EDIT),
        longest=LONGEST_ANSWER,
    )


@blueprint.post("/settle")
@requires(Permission.HANDLE_REPORTS)
def verdict() -> Any:
    """Accept, reject or merge reports; lead back to the queue."""
    given = params.read_posted(SettleForm)
    wanted = Verdict(
        numbers=tuple(dict.fromkeys(given.numbers)),
        state=ReportState(given.verdict),
        by=access.actor().name,
        why=given.why,
        into=given.into,
    )
    with desk_changes.writing() as writing:
        writing.changes.take_turn()
        writing.must_edit(*stations_of(writing.reports, wanted.numbers))
        least = runtime.settings().closed_after_reports
        done = settle(writing.reports, writing.changes, wanted, least=least)
    return redirect(
        url_for(
            "register_reports.queue",
            lang=language_asked(given.lang),
            page=given.page,
            station=given.station,
            done=done,
        ),
        HTTPStatus.SEE_OTHER,
    )
