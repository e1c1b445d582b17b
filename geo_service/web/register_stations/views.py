"""`/register/stations`: the list; the form of each station, to change, add, close and reopen it."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import Recorded
from geo_service.domain.errors import InvalidQueryError, ParameterFault, StationChangedError
from geo_service.domain.station import Station, StationId
from geo_service.services.edit import EDITABLE, StationEdit
from geo_service.web import desk_changes, params, station_changes
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Day, Whole
from geo_service.web.register_stations import conflict, form, page, place
from geo_service.web.register_stations.form import Sent, StationForm, filled
from geo_service.web.register_stations.words import WORDS
from geo_service.web.station.portrait import portrait
from geo_service.web.station.words import WORDS as STATION_WORDS
from geo_service.web.station_changes import Reason

blueprint = Blueprint(
    "register_stations", __name__, url_prefix="/register/stations", template_folder="templates"
)

_NEW: Final = StationId("new")


class FormParameters(LanguageParameters):
    """GET /register/stations/{id}/edit."""

    saved: Annotated[int | None, Field(ge=0), Whole] = None
    added: Annotated[int | None, Field(ge=0), Whole] = None


class CloseForm(LanguageParameters):
    """POST /register/stations/{id}/close and …/reopen."""

    seen: Annotated[int, Field(ge=0), Whole]
    reason: Reason
    on: Annotated[date | None, Day] = None


@blueprint.get("")
@requires(Permission.LOOK)
def index() -> str:
    """List the stations that match, a page at a time."""
    given = params.read_form(page.ListParameters)
    desk_changes.wait_for(given.saved)
    return page.list_page(given, language_asked(given.lang))


@blueprint.get("/where")
@requires(Permission.LOOK)
def where() -> Response:
    """Say of a position, for the form's map, where it is and what is near."""
    return place.where()


@blueprint.get("/add")
@requires(Permission.EDIT)
def add() -> str:
    """Show the form of a new station."""
    language = language_asked(params.read_form(LanguageParameters).lang)
    return page.form_page(page.Filled(texts=page.blank()), language)


@blueprint.post("/add")
@requires(Permission.EDIT)
def save_new() -> Any:
    """Add a station, and lead to its form; or say what is wrong with it."""
    sent = form.sent()
    language = sent.language
    try:
        given = _checked(sent.form())
        made = station_changes.add(StationId(given.id or ""), sent.edit(), reason=given.reason)
    except InvalidQueryError as error:
        answer = page.form_page(
            page.Filled.of(sent, None, _all_faults(sent, None, error)), language
        )
        return answer, HTTPStatus.BAD_REQUEST
    return _shown(made, language, added=made.revision)


@blueprint.get("/<station_id>/edit")
@requires(Permission.LOOK)
def edit(station_id: str) -> str:
    """Show the form of a station as the database has it now."""
    given = params.read_form(FormParameters)
    language = language_asked(given.lang)
    desk_changes.wait_for(given.saved or given.added)
    recorded = station_changes.recorded(StationId(station_id))
    texts = filled(runtime.register(), recorded.station)
    said = _said(given, recorded, language)
    return page.form_page(page.Filled(texts=texts, recorded=recorded, said=said), language)


@blueprint.post("/<station_id>/edit")
@requires(Permission.EDIT)
def save(station_id: str) -> Any:
    """Change a station; show what is wrong, or both versions if somebody else was quicker."""
    sent, name = form.sent(), StationId(station_id)
    language = sent.language
    try:
        given = _checked(sent.form())
        wanted = sent.edit().without(sent.theirs)
        made = station_changes.change(
            name, wanted, seen=given.seen or 0, reason=given.reason, settles=given.settled
        )
    except InvalidQueryError as error:
        recorded = station_changes.recorded(name)
        faults = _all_faults(sent, recorded.station, error)
        shown = page.Filled.of(sent, recorded, faults)
        return page.form_page(shown, language), HTTPStatus.BAD_REQUEST
    except StationChangedError as error:
        return conflict.page(sent, error.conflicts[0], language)
    return _shown(made, language, saved=made.revision)


@blueprint.post("/<station_id>/close")
@requires(Permission.EDIT)
def close(station_id: str) -> Any:
    """Close a station from a day on: it stays in the register."""
    given = params.read_posted(CloseForm)
    day = given.on or desk_changes.today()
    return _lifetime(station_id, given, StationEdit(closed_on=day))


@blueprint.post("/<station_id>/reopen")
@requires(Permission.EDIT)
def reopen(station_id: str) -> Any:
    """Let a closed station be one again."""
    return _lifetime(station_id, params.read_posted(CloseForm), StationEdit(closed_on=None))


@blueprint.post("/preview", defaults={"station_id": ""})
@blueprint.post("/<station_id>/preview")
@requires(Permission.LOOK)
def preview(station_id: str) -> Any:
    """Show the worker's page of the station as the form has it; nothing is saved."""
    sent, name = form.sent(), StationId(station_id)
    language, register = sent.language, runtime.register()
    try:
        given = sent.form()
        before = station_changes.recorded(name).station if name else None
        identifier = name or StationId(given.id or "") or _NEW
        station = station_changes.preview(before, identifier, sent.edit())
    except InvalidQueryError as error:
        words = WORDS[language]
        answer = render_template(
            "register_stations/unfit.html",
            **page_context(register, language),
            own=words,
            faults=page.fault_texts(error.faults, language).values(),
        )
        return answer, HTTPStatus.BAD_REQUEST
    return render_template(
        "register_stations/preview.html",
        **page_context(register, language),
        **portrait(register, station, runtime.now(), runtime.walking(), language),
        said=STATION_WORDS[language],
        made_up=station.data_status == "demonstration",
        in_wechat=False,
    )


def _checked(given: StationForm) -> StationForm:
    """Return a form that says why, or raise InvalidQueryError."""
    if not given.reason:
        raise InvalidQueryError(_NO_REASON)
    return given


_NO_REASON: Final = ParameterFault("reason", "is required")


def _all_faults(
    sent: Sent, before: Station | None, first: InvalidQueryError
) -> list[ParameterFault]:
    """Return all that is wrong with a form: what was found, and what would be found after that."""
    faults: list[ParameterFault] = []
    named: set[str] = set()
    found: Sequence[ParameterFault] = first.faults
    # What cannot be read hides what does not fit: look again at the rest, until all is found.
    while found:
        faults += found
        named |= {each.parameter.partition(".")[0] for each in found}
        found = [each for each in _faults(sent, before, named) if each.parameter not in named]
    if "reason" not in named | sent.texts.keys():
        faults.append(_NO_REASON)
    return faults


def _faults(sent: Sent, before: Station | None, aside: set[str]) -> Sequence[ParameterFault]:
    """Return what is wrong with a form, some of its fields left aside."""
    rest = sent.without(aside)
    try:
        edit = rest.edit().without(aside.intersection(EDITABLE))
        name = StationId(rest.form().id or "") if before is None else before.id
        station_changes.preview(before, name, edit)
    except InvalidQueryError as error:
        return error.faults
    return ()


def _lifetime(station_id: str, given: CloseForm, edit: StationEdit) -> Any:
    language, name = language_asked(given.lang), StationId(station_id)
    try:
        made = station_changes.change(name, edit, seen=given.seen, reason=given.reason)
    except InvalidQueryError as error:
        recorded = station_changes.recorded(name)
        texts = filled(runtime.register(), recorded.station)
        shown = page.Filled(texts=texts, recorded=recorded, faults=error.faults)
        return page.form_page(shown, language), HTTPStatus.BAD_REQUEST
    except StationChangedError as error:
        there = error.conflicts[0].present
        assert there is not None  # one that is gone is not found at all
        texts = filled(runtime.register(), there.station)
        sent = Sent(texts | {"reason": given.reason, "closed_on": _day_text(edit)}, {}, {})
        return conflict.page(sent, error.conflicts[0], language)
    return _shown(made, language, saved=made.revision)


def _day_text(edit: StationEdit) -> str:
    ended = edit.closed_on
    return ended.isoformat() if isinstance(ended, date) else ""


def _shown(
    made: Recorded, language: Language, *, saved: int | None = None, added: int | None = None
) -> Response:
    address = url_for(".edit", station_id=made.station.id, lang=language, saved=saved, added=added)
    answer: Response = make_response(redirect(address, HTTPStatus.SEE_OTHER))
    return answer


def _said(given: FormParameters, recorded: Recorded, language: Language) -> str:
    words = WORDS[language]
    if given.added is not None:
        return words["added"].format(id=recorded.station.id, revision=given.added)
    return words["saved"].format(revision=given.saved) if given.saved is not None else ""
