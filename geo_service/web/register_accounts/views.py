"""`/register`: the start of the staff's desk; signing in and out."""

import re
from http import HTTPStatus
from typing import Annotated, Any, Final

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from markupsafe import Markup
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import LONGEST_PASSWORD, Permission
from geo_service.domain.errors import (
    RegisterNotWritableError,
    RegisterUnavailableError,
    SignInRefusedError,
    TooManySignInsError,
)
from geo_service.domain.station import ServiceKind, StationFilter
from geo_service.services import signing_in
from geo_service.web import access, params
from geo_service.web.access import requires
from geo_service.web.desk import Desk
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.origins import refuse_other_sites
from geo_service.web.register_accounts import tries
from geo_service.web.register_accounts.page import context
from geo_service.web.register_accounts.words import WORDS

blueprint = Blueprint(
    "register_accounts", __name__, url_prefix="/register", template_folder="templates"
)

_LOG: Final = structlog.get_logger()

# Outlines of our own, drawn in a 24 × 24 box.
_ICONS: Final = {
    "stations": Markup(
        '<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z"/>'
        '<circle cx="12" cy="9.5" r="2.5"/>'
    ),
    "reports": Markup('<path d="M4 5h16v11H9l-5 4z"/><path d="M8 9h8M8 12h5"/>'),
    "quality": Markup(
        '<path d="M9 4h6v3H9zM6 5.5H5V20h14V5.5h-1"/><path d="m8.5 13.5 2.5 2.5 4.5-5"/>'
    ),
    "imports": Markup('<path d="M12 4v11M7.5 10.5 12 15l4.5-4.5M4 20h16"/>'),
    "history": Markup('<path d="M4.5 9A8 8 0 1 1 4 13"/><path d="M4 4v5h5M12 8v5l3 2"/>'),
    "accounts": Markup(
        '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0'
        'M16 5a3.5 3.5 0 0 1 0 6.5M18 14.5a6 6 0 0 1 3.5 5.5"/>'
    ),
    "mine": Markup('<circle cx="12" cy="8" r="4"/><path d="M4 20a8 8 0 0 1 16 0"/>'),
}
# Nowhere but in the desk, whatever a link says.
_IN_THE_DESK: Final = re.compile(r"/register(?:[/?][^\\\x00-\x1f]*)?", re.ASCII)


class StartParameters(LanguageParameters):
    """GET /register."""


class SignInParameters(LanguageParameters):
    """GET /register/sign-in."""

    next: Annotated[str, Field(max_length=access.LONGEST_WAY_BACK)] = ""
    signed_out: params.Truth = False


class SignInForm(LanguageParameters):
    """POST /register/sign-in."""

    login: Annotated[str, Field(max_length=100)] = ""
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)] = ""
    next: Annotated[str, Field(max_length=access.LONGEST_WAY_BACK)] = ""


class ChangeForm(LanguageParameters):
    """What a button alone sends."""


@blueprint.get("")
@requires(Permission.LOOK)
def start() -> str:
    """Show what there is to do."""
    language = language_asked(params.read_form(StartParameters).lang)
    words, desk = WORDS[language], Desk()
    ways = [
        {
            "address": each.address,
            "name": each.label,
            "text": words[f"{each.name}_text"],
            "icon": _ICONS[each.name],
        }
        for each in desk.sections(language)
    ]
    mine = {
        "address": url_for("register_mine.page", lang=language),
        "name": desk.words(language)["mine"],
        "text": words["mine_text"],
        "icon": _ICONS["mine"],
    }
    return render_template(
        "register_accounts/start.html",
        **context(language),
        name=access.actor().called,
        counts=_counts(language),
        ways=[*ways, mine],
    )


@blueprint.get("/sign-in")
def sign_in() -> Any:
    """Show the form; who is signed in already is led on."""
    given = params.read_form(SignInParameters)
    language = language_asked(given.lang)
    if not given.signed_out and access.actor_if_any() is not None:
        return redirect(_led_on(given.next, language), HTTPStatus.SEE_OTHER)
    said = WORDS[language]["signed_out"] if given.signed_out else ""
    answer = make_response(_form(language, leads_to=given.next, said=said))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/sign-in")
def enter() -> Any:
    """Open a session; or say what is wrong, without saying which of the two."""
    refuse_other_sites()
    given = params.read_posted(SignInForm)
    language = language_asked(given.lang)
    words = WORDS[language]
    try:
        tries.count()
        with tries.turn():
            opened = signing_in.sign_in(
                runtime.database(), access.secret_key(), given.login, given.password, runtime.now()
            )
    except SignInRefusedError:
        _LOG.warning("sign_in.refused")  # not the login: a password may stand in its place
        return _refused(given, language, words["refused"], HTTPStatus.FORBIDDEN)
    except TooManySignInsError as error:
        said = words["too_many"].format(seconds=error.again_in_s)
        answer = _refused(given, language, said, HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.again_in_s)
        return answer
    except (RegisterNotWritableError, RegisterUnavailableError):
        answer = _refused(given, language, words["busy"], HTTPStatus.SERVICE_UNAVAILABLE)
        answer.headers["Retry-After"] = "3"
        return answer
    _LOG.info("sign_in", login=opened.account.login)
    if before := request.cookies.get(access.COOKIE):
        signing_in.sign_out(runtime.database(), before)
    leads_to = _led_on(given.next, language)
    answer = make_response(redirect(leads_to, HTTPStatus.SEE_OTHER))
    access.remember(answer, opened.token)
    return answer


@blueprint.post("/sign-out")
@requires()
def sign_out() -> Response:
    """End the session."""
    language = language_asked(params.read_posted(ChangeForm).lang)
    signing_in.sign_out(runtime.database(), access.session_token())
    leads_to = url_for(".sign_in", signed_out="true", lang=language)
    answer = make_response(redirect(leads_to, HTTPStatus.SEE_OTHER))
    access.forget(answer)
    return answer


def _form(
    language: Language, *, leads_to: str, login: str = "", said: str = "", fault: str = ""
) -> str:
    return render_template(
        "register_accounts/sign_in.html",
        **context(language),
        next=leads_to,
        login=login,
        said=said,
        fault=fault,
        encrypted=access.is_encrypted() or request.host.partition(":")[0] in _OWN_MACHINE,
    )


_OWN_MACHINE: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def _refused(given: SignInForm, language: Language, fault: str, status: HTTPStatus) -> Response:
    form = _form(language, leads_to=given.next, login=given.login, fault=fault)
    return make_response(form, status)


def _led_on(wanted: str, language: Language) -> str:
    if not wanted.startswith(request.root_path):
        return url_for(".start", lang=language)
    if _IN_THE_DESK.fullmatch(wanted.removeprefix(request.root_path)) is None:
        return url_for(".start", lang=language)
    return wanted


def _counts(language: Language) -> list[tuple[str, int]]:
    try:
        register = runtime.register()
    except RegisterUnavailableError:
        return []
    words, today = WORDS[language], register.eras.at(runtime.now())
    rest, breakfast = (
        len(register.select(StationFilter(service=kind), today)) for kind in ServiceKind
    )
    return [
        (words["count_stations"], len(register.numbers_in(today))),
        (words["count_rest"], rest),
        (words["count_breakfast"], breakfast),
    ]
