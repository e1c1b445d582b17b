"""`/register/history`: revisions, stations as they were, and changes taken back."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from flask import Blueprint, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import ChangeKind
from geo_service.domain.errors import (
    HistoryNotKeptError,
    RevisionNotFoundError,
    StationChangedError,
    StationNotFoundError,
    UndoRefusedError,
)
from geo_service.domain.station import StationId
from geo_service.domain.undoing import Resolution
from geo_service.services.register_history import UndoQuestion, revision_of_day
from geo_service.web import params, past, undoing
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.params import Day, Truth, Whole
from geo_service.web.register_history import shown
from geo_service.web.register_history.words import WORDS
from geo_service.web.undoing import Identifier, Words

blueprint = Blueprint(
    "register_history", __name__, url_prefix="/register/history", template_folder="templates"
)

_REVISIONS: Final = 30
_STATIONS: Final = 20
_CHANGES: Final = 20
_STEPS: Final = 50

Number = Annotated[int | None, Field(ge=0), Whole]
Station = Annotated[str | None, Identifier]


class IndexParameters(LanguageParameters):
    """GET /register/history."""

    kind: ChangeKind | None = None
    on: Annotated[date | None, Day] = None
    before: Number = None


class RevisionParameters(LanguageParameters):
    """GET /register/history/{number}."""

    after: Station = None
    undone: Truth = False


class FindParameters(LanguageParameters):
    """GET /register/history/stations."""

    station: Annotated[str, Identifier] = ""


class StationParameters(LanguageParameters):
    """GET /register/history/stations/{id}."""

    before: Number = None


class ThenParameters(LanguageParameters):
    """GET /register/history/stations/{id}/as-of."""

    on: Annotated[date | None, Day] = None
    revision: Number = None


class UndoParameters(LanguageParameters):
    """GET /register/history/{number}/undo."""

    station: Station = None


class UndoForm(UndoParameters):
    """POST /register/history/{number}/undo."""

    seen: Annotated[int, Field(ge=0), Whole]
    conflicts: Resolution = Resolution.REFUSE
    reason: Annotated[str, Field(max_length=undoing.LONGEST_REASON), Words] = ""


# -- revisions -------------------------------------------------------------------------------


@blueprint.get("")
@requires(Permission.LOOK)
def index() -> str:
    """List the revisions, the newest first; of a day, from the one that it ended with."""
    given = params.read_form(IndexParameters)
    language = language_asked(given.lang)
    zone = runtime.register().place.zone
    with past.history() as history:
        of_day, before = None, given.before
        if given.on is not None:
            try:
                of_day = revision_of_day(history, given.on, zone)
                before = before or of_day + 1
            except HistoryNotKeptError:
                before = 0
        first = history.revision(history.first())
        found = history.revisions(limit=_REVISIONS + 1, before=before, kind=given.kind)
    return render_template(
        "register_history/index.html",
        **shown.around(language),
        given=given,
        kinds=list(ChangeKind),
        revisions=[shown.revision(each, language) for each in found[:_REVISIONS]],
        older=found[_REVISIONS - 1].number if len(found) > _REVISIONS else None,
        of_day=of_day,
        download=None if of_day is None else shown.register_address(of_day),
        first=shown.revision(first, language),
        too_old=given.on is not None and of_day is None,
    )


@blueprint.get("/<int:number>")
@requires(Permission.LOOK)
def revision(number: int) -> str:
    """Show what a revision did, station by station, field by field."""
    given = params.read_form(RevisionParameters)
    language = language_asked(given.lang)
    following = None if given.after is None else StationId(given.after)
    with past.history() as history:
        found = history.revision(number)
        fates = history.fates_of_few(found)
        listed = history.of_revision(number, limit=_STATIONS + 1, following=following)
        first = history.first()
    page = listed[:_STATIONS]
    return render_template(
        "register_history/revision.html",
        **shown.around(language),
        revision=shown.revision(found, language),
        fates=fates,
        changes=[shown.change(each, language) for each in page],
        more=page[-1].station_id if len(listed) > _STATIONS else None,
        why_not=shown.why_not_undone(found, first, language),
        is_first=number <= first,
        download=shown.register_address(number),
        undone=given.undone,
    )


# -- one station -----------------------------------------------------------------------------


@blueprint.get("/stations")
@requires(Permission.LOOK)
def find() -> Any:
    """Lead to the history of the station that a form names."""
    given = params.read_form(FindParameters)
    language, name = language_asked(given.lang), given.station.strip()
    if not name or "/" in name:
        return redirect(url_for(".index", lang=language), HTTPStatus.SEE_OTHER)
    leads_to = url_for(".station", station_id=name, lang=language)
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


@blueprint.get("/stations/<station_id>")
@requires(Permission.LOOK)
def station(station_id: str) -> Any:
    """Show all that became of a station, the newest first."""
    given = params.read_form(StationParameters)
    language, identifier = language_asked(given.lang), StationId(station_id)
    with past.history() as history:
        found = history.of_station(identifier, limit=_CHANGES + 1, before=given.before)
        latest = history.of_station(identifier, limit=1)
        first = history.first()
    page = found[:_CHANGES]
    state = None if not latest else latest[0].change.after or latest[0].change.before
    answer = render_template(
        "register_history/station.html",
        **shown.around(language),
        station_id=station_id,
        name=station_id if state is None else state.name,
        known=state is not None,
        gone=bool(latest) and latest[0].change.after is None,
        entries=[
            {
                **shown.change(each.change, language),
                "revision": shown.revision(each.revision, language),
                "why_not": shown.why_not_undone(each.revision, first, language),
            }
            for each in page
        ],
        older=page[-1].revision.number if len(found) > _CHANGES else None,
    )
    return answer, HTTPStatus.NOT_FOUND if state is None else HTTPStatus.OK


@blueprint.get("/stations/<station_id>/as-of")
@requires(Permission.LOOK)
def station_then(station_id: str) -> Any:
    """Show a station as it was, beside how it is now."""
    given = params.read_form(ThenParameters)
    language, identifier = language_asked(given.lang), StationId(station_id)
    if given.on is None and given.revision is None:
        leads_to = url_for(".station", station_id=station_id, lang=language)
        return redirect(leads_to, HTTPStatus.SEE_OTHER)
    then, now, number, why_not = None, None, given.revision, ""
    with past.history() as history:
        first = shown.revision(history.revision(history.first()), language)
        now = history.present(identifier)
        try:
            if given.on is not None:
                number = revision_of_day(history, given.on, runtime.register().place.zone)
            then = history.station_as_of(identifier, number or 0)
        except HistoryNotKeptError:
            why_not = WORDS[language]["too_old"].format(**first)
        except (StationNotFoundError, RevisionNotFoundError):
            why_not = WORDS[language]["not_then"]
    states = [each.station for each in (then, now) if each is not None]
    rows = [] if then is None else shown.maker(language).rows(*states)
    answer = render_template(
        "register_history/then.html",
        **shown.around(language),
        station_id=station_id,
        name=states[0].name if states else station_id,
        given=given,
        number=number,
        then=then,
        has_now=now is not None,
        rows=rows,
        differing=sum(row.differs for row in rows),
        why_not=why_not,
    )
    return answer, HTTPStatus.OK if then is not None else HTTPStatus.NOT_FOUND


# -- undoing ---------------------------------------------------------------------------------


@blueprint.get("/<int:number>/undo")
@requires(Permission.EDIT)
def undo(number: int) -> str:
    """Show what taking a revision back comes to, and ask for the word."""
    given = params.read_form(UndoParameters)
    return _plan_page(number, given.station, language_asked(given.lang))


@blueprint.post("/<int:number>/undo")
@requires(Permission.EDIT)
def take_back(number: int) -> Any:
    """Take a revision back, and lead to the one that this made; or say why not."""
    given = params.read_posted(UndoForm)
    language = language_asked(given.lang)
    words = WORDS[language]
    try:
        plan = undoing.undone(
            _question(number, given.station, given.conflicts),
            reason=given.reason or words["reason_given"].format(number=number),
            seen=given.seen,
        )
    except StationChangedError:
        page = _plan_page(number, given.station, language, wrong=words["conflict"])
        return page, HTTPStatus.PRECONDITION_FAILED
    except UndoRefusedError as error:
        wrong = words["conflict"] if error.steps else words["nothing_left"]
        return _plan_page(number, given.station, language, wrong=wrong), HTTPStatus.CONFLICT
    leads_to = url_for(".revision", number=plan.present, lang=language, undone="true")
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


def _question(number: int, station_id: str | None, resolution: Resolution) -> UndoQuestion:
    return UndoQuestion(
        revision=number,
        station_id=None if station_id is None else StationId(station_id),
        resolution=resolution,
    )


def _plan_page(number: int, station_id: str | None, language: Language, *, wrong: str = "") -> str:
    question = _question(number, station_id, Resolution.KEEP)
    plan = undoing.planned(question, shown=_STEPS)
    return render_template(
        "register_history/undo.html",
        **shown.around(language),
        revision=shown.revision(plan.revision, language),
        station_id=station_id,
        plan=shown.plan(plan, language),
        wrong=wrong,
        longest=undoing.LONGEST_REASON,
    )
