"""`/k/{token}`: the record of one station in plain words, to whoever keeps it; right, or not."""

from http import HTTPStatus
from typing import Annotated, Any, Final, cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from pydantic import Field

from geo_service import runtime
from geo_service.domain.errors import StationChangedError
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.keeper_links import KeeperLinkStore
from geo_service.services.keeper_links import open_link
from geo_service.services.verification import Look, verify_by_keeper
from geo_service.web import desk_changes, params
from geo_service.web.keeper.words import WORDS
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.origins import refuse_other_sites
from geo_service.web.page import page_context
from geo_service.web.params import Whole
from geo_service.web.senders import SenderLimit
from geo_service.web.station.portrait import portrait
from geo_service.web.station.words import WORDS as STATION_WORDS

blueprint = Blueprint("keeper", __name__, url_prefix="/k", template_folder="templates")

MOST_OF_A_SENDER: Final = 60
SENDER_SECONDS: Final = 600

_SENDERS: Final = "geo_service.web.keeper_senders"


class KeeperParameters(LanguageParameters):
    """GET /k/{token}."""

    said: params.Truth = False


class VouchForm(LanguageParameters):
    """POST /k/{token}."""

    seen: Annotated[int, Field(ge=0, description="The revision that was looked at."), Whole]


def register(app: Flask) -> None:
    """Give an app its own count of who tries how many links."""
    app.extensions[_SENDERS] = SenderLimit(MOST_OF_A_SENDER, SENDER_SECONDS)


@blueprint.get("/<token>")
def page(token: str) -> Any:
    """Show what is recorded of the station that the link is of."""
    given = params.read_form(KeeperParameters)
    return _page(token, language_asked(given.lang), thanks=given.said)


@blueprint.post("/<token>")
def vouch(token: str) -> Any:
    """Note that the keeper finds the record right; or show it anew, if it was changed meanwhile."""
    refuse_other_sites()
    _count()
    given = params.read_posted(VouchForm)
    language = language_asked(given.lang)
    try:
        with desk_changes.writing() as writing:
            link = open_link(writing.links, token, now=runtime.now())
            look = Look(
                station_id=link.station_id,
                by=link.keeper,
                on=desk_changes.today(),
                seen=given.seen,
            )
            verify_by_keeper(writing.changes, look)
            writing.links.note_use(link.number)
    except StationChangedError:
        answer = _page(token, language, changed=True)
        answer.status_code = HTTPStatus.PRECONDITION_FAILED
        return answer
    back = url_for("keeper.page", token=token, lang=language, said="true")
    return redirect(back, HTTPStatus.SEE_OTHER)


def _page(token: str, language: Language, *, thanks: bool = False, changed: bool = False) -> Any:
    _count()
    # As the database has it, not as this process does: what a keeper vouches for is what they saw.
    with runtime.database().transaction() as session:
        link = open_link(KeeperLinkStore(session), token, now=runtime.now())
        recorded = ChangeStore(session).recorded(link.station_id)
    known, station = runtime.register(), recorded.station
    answer = make_response(
        render_template(
            "keeper/page.html",
            **page_context(known, language),
            **portrait(known, station, runtime.now(), runtime.walking(), language),
            said=STATION_WORDS[language],
            own=WORDS[language],
            seen=recorded.revision,
            token=token,
            thanks=thanks,
            changed=changed,
        )
    )
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _count() -> None:
    cast("SenderLimit", current_app.extensions[_SENDERS]).count(request.remote_addr)
