"""`/register/stations/{id}/keeper`: the links of a station's keeper, made and revoked."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, url_for

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.keeper_link import KeeperLink
from geo_service.domain.station import StationId
from geo_service.persistence.keeper_links import KeeperLinkStore
from geo_service.services.keeper_links import make_link
from geo_service.web import access, desk_changes, params
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.links import whole_address
from geo_service.web.page import page_context
from geo_service.web.register_quality.words import WORDS

blueprint = Blueprint(
    "register_keepers", __name__, url_prefix="/register/stations", template_folder="templates"
)


class KeeperForm(LanguageParameters):
    """What the buttons of the page send."""


@blueprint.get("/<station_id>/keeper")
@requires(Permission.LOOK)
def page(station_id: str) -> str:
    """List the links of a station."""
    return _page(station_id, language_asked(params.read_form(KeeperForm).lang))


@blueprint.post("/<station_id>/keeper")
@requires(Permission.EDIT)
def make(station_id: str) -> Any:
    """Make a link, and show it this once."""
    language = language_asked(params.read_posted(KeeperForm).lang)
    station = runtime.register().station(StationId(station_id))
    access.must_edit(station)
    with desk_changes.writing() as writing:
        _, token = make_link(writing.links, station.id, by=access.actor().name, now=runtime.now())
    return make_response(_page(station_id, language, token), HTTPStatus.CREATED)


@blueprint.post("/<station_id>/keeper/<int:number>/revoke")
@requires(Permission.EDIT)
def revoke(station_id: str, number: int) -> Any:
    """Let a link open nothing any more."""
    language = language_asked(params.read_posted(KeeperForm).lang)
    name = StationId(station_id)
    with desk_changes.writing() as writing:
        writing.must_edit(name)
        writing.links.revoke(number, name)
    back = url_for("register_keepers.page", station_id=station_id, lang=language)
    return redirect(back, HTTPStatus.SEE_OTHER)


def _page(station_id: str, language: Language, token: str | None = None) -> str:
    register = runtime.register()
    station = register.station(StationId(station_id))
    with runtime.database().transaction() as session:
        links = KeeperLinkStore(session).of_station(station.id)
    zone, now, words = register.place.zone, runtime.now(), WORDS[language]
    address = None if token is None else whole_address("keeper.page", token=token)

    def state(link: KeeperLink) -> str:
        if link.revoked_at is not None:
            return "revoked"
        return "valid" if link.is_valid(now) else "over"

    return render_template(
        "keeper/links.html",
        **page_context(register, language),
        own=words,
        station=station,
        name=(language == "en" and station.name_en) or station.name,
        made=address,
        links=[
            {
                "number": link.number,
                "by": link.made_by,
                "at": f"{link.made_at.astimezone(zone):%Y-%m-%d}",
                "until": f"{link.expires_at.astimezone(zone):%Y-%m-%d}",
                "used": words["keeper_unused"]
                if link.used_at is None
                else f"{link.used_at.astimezone(zone):%Y-%m-%d %H:%M}",
                "state": state(link),
                "state_text": words[f"keeper_{state(link)}"],
            }
            for link in links
        ],
        may_edit=access.actor().may(Permission.EDIT),
    )
