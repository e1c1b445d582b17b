"""`/register/quality`: what to look after next; and the buttons that say it is still right."""

from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.register import Register
from geo_service.domain.station import StationId
from geo_service.services.quality import Finding, Quality, quality_of
from geo_service.services.verification import Look, verify
from geo_service.web import access, desk_changes, params
from geo_service.web.access import requires
from geo_service.web.language import LanguageParameters, language_asked
from geo_service.web.page import page_context
from geo_service.web.params import Whole
from geo_service.web.register_quality.rows import finding_rows
from geo_service.web.register_quality.sketch import HEIGHT, WIDTH, picture
from geo_service.web.register_quality.words import WORDS

blueprint = Blueprint(
    "register_quality", __name__, url_prefix="/register", template_folder="templates"
)

_ROWS_A_PAGE: Final = 100


class QualityParameters(LanguageParameters):
    """GET /register/quality."""

    finding: Annotated[Finding | None, Field(description="List these stations.")] = None
    page: Annotated[int, Field(ge=1, le=10_000), Whole] = 1
    verified: Annotated[str | None, Field(max_length=100, description="Just verified.")] = None
    revision: Annotated[int | None, Field(ge=0, description="What that made."), Whole] = None


class VerifyForm(LanguageParameters):
    """POST /register/stations/{id}/verify."""

    seen: Annotated[int, Field(ge=0, description="The revision that was looked at."), Whole]
    back: Annotated[
        Literal["quality", "reports", "edit"], Field(description="The page to lead back to.")
    ] = "quality"
    finding: Finding | None = None
    page: Annotated[int, Field(ge=1, le=10_000), Whole] = 1


@blueprint.get("/quality")
@requires(Permission.LOOK)
def quality() -> str:
    """Show what there is to see to: in a picture, counted, and station by station."""
    given = params.read_form(QualityParameters)
    language = language_asked(given.lang)
    desk_changes.wait_for(given.revision)
    register = runtime.register()
    found = looked_through(register)
    rows = []
    pages = 1
    if given.finding is not None:
        pages = max(1, -(-found.count(given.finding) // _ROWS_A_PAGE))
        begin = (given.page - 1) * _ROWS_A_PAGE
        rows = found.rows(register, given.finding, begin, _ROWS_A_PAGE)
    return render_template(
        "register_quality/quality.html",
        **page_context(register, language),
        own=WORDS[language],
        given=given,
        found=found,
        findings=list(Finding),
        picture=picture(register, found) if given.finding is None else None,
        size=(WIDTH, HEIGHT),
        rows=finding_rows(register, rows, language),
        pages=pages,
        least=runtime.settings().closed_after_reports,
        seen=register.revision.number,
        may_edit=access.actor().may(Permission.EDIT),
    )


@blueprint.post("/stations/<station_id>/verify")
@requires(Permission.EDIT)
def verify_station(station_id: str) -> Any:
    """Note that one of the staff has looked, and the record is still right."""
    given = params.read_posted(VerifyForm)
    name = StationId(station_id)
    look = Look(station_id=name, by=access.actor().name, on=desk_changes.today(), seen=given.seen)
    with desk_changes.writing() as writing:
        writing.must_edit(name)
        made = verify(writing.changes, writing.reports, look)
    language = language_asked(given.lang)
    if given.back == "reports":
        back = url_for("register_reports.queue", lang=language)
    elif given.back == "edit":
        back = url_for("register_stations.edit", station_id=name, lang=language, saved=made)
    else:
        back = url_for(
            "register_quality.quality",
            lang=language,
            finding=given.finding,
            page=given.page,
            verified=name,
            revision=made,
        )
    return redirect(back, HTTPStatus.SEE_OTHER)


def looked_through(register: Register) -> Quality:
    """Return what there is to see to today."""
    return quality_of(
        register, desk_changes.today(), verify_after_days=runtime.settings().verify_after_days
    )
