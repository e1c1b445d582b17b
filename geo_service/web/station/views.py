"""`/s/<id>`: all that the register knows of one station, its QR code, and reports of faults."""

from typing import Annotated, Literal

from flask import Blueprint, Response, redirect, render_template, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.report import ReportKind
from geo_service.domain.station import DataStatus, ServiceKind, StationId
from geo_service.web import params
from geo_service.web.language import LanguageParameters, language_asked
from geo_service.web.links import whole_address
from geo_service.web.page import page_context
from geo_service.web.station import reporting
from geo_service.web.station.linked_data import linked_data
from geo_service.web.station.portrait import portrait
from geo_service.web.station.qr import qr_svg
from geo_service.web.station.words import WORDS

blueprint = Blueprint("station", __name__, url_prefix="/s", template_folder="templates")


class StationPageParameters(LanguageParameters):
    """GET /s/{id}."""

    reported: Annotated[
        Literal["yes", "empty"] | None, Field(description="What to say of a report just sent.")
    ] = None


@blueprint.get("/<station_id>")
def page(station_id: str) -> str:
    """Show one station: open or not, the week, the way there, what is inside, what is nearby."""
    given = params.read_form(StationPageParameters)
    language = language_asked(given.lang)
    register = runtime.register()
    station = register.station(StationId(station_id))
    now = runtime.now()
    serves_breakfast = any(each.kind is ServiceKind.BREAKFAST for each in station.services)
    return render_template(
        "station/page.html",
        **page_context(register, language),
        **portrait(register, station, now, runtime.walking(), language),
        linked_data=linked_data(register, station, now, language),
        said=WORDS[language],
        made_up=station.data_status is DataStatus.DEMONSTRATION,
        kinds=[
            each.value
            for each in ReportKind
            if each is not ReportKind.OTHER
            and (serves_breakfast or each is not ReportKind.NO_BREAKFAST)
        ],
        reported=given.reported,
        in_wechat="MicroMessenger" in request.user_agent.string,
    )


@blueprint.get("/<station_id>/qr.svg")
def qr(station_id: str) -> Response:
    """Return the QR code that leads to the station's page."""
    station = runtime.register().station(StationId(station_id))
    address = whole_address("station.page", station_id=station.id)
    return Response(qr_svg(address), mimetype="image/svg+xml")


@blueprint.post("/<station_id>/reports")
def report(station_id: str) -> Response:
    """Put what a person says is wrong into the register's queue."""
    language = language_asked(params.read_form(LanguageParameters).lang)
    station = runtime.register().station(StationId(station_id))
    reporting.admit()
    given = params.read_posted(reporting.ReportForm)
    if not given.is_a_machine and not given.says_nothing:
        reporting.keep(given.report(station.id))
    reported = "empty" if given.says_nothing else "yes"
    address = url_for("station.page", station_id=station.id, lang=language, reported=reported)
    return redirect(f"{address}#wrong", 303)  # type: ignore[return-value]  # it is one of Flask's
