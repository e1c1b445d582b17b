"""`/register/account` and `/register/password`: what everybody sees to for themselves."""

from http import HTTPStatus
from typing import Annotated, Any

from flask import Blueprint, make_response, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import LONGEST_PASSWORD, SHORTEST_PASSWORD
from geo_service.domain.errors import InvalidQueryError, SignInRefusedError, TooManySignInsError
from geo_service.services import accounts, signing_in
from geo_service.web import access, params
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.register_accounts import tries
from geo_service.web.register_accounts.page import context, county_names, said_of
from geo_service.web.register_accounts.words import WORDS

blueprint = Blueprint("register_mine", __name__, url_prefix="/register")

_Password = Annotated[str, Field(max_length=LONGEST_PASSWORD)]


class MineParameters(LanguageParameters):
    """GET /register/account."""

    changed: params.Truth = False


class PasswordParameters(LanguageParameters):
    """GET /register/password."""


class PasswordForm(LanguageParameters):
    """POST /register/password."""

    old: _Password = ""
    new: _Password = ""
    again: _Password = ""


@blueprint.get("/account")
@requires()
def page() -> str:
    """Show who is signed in, and what they may do."""
    given = params.read_form(MineParameters)
    language = language_asked(given.lang)
    return render_template(
        "register_accounts/mine.html",
        **context(language),
        actor=access.actor(),
        counties=county_names(access.actor().counties, language),
        said=WORDS[language]["password_changed"] if given.changed else "",
    )


@blueprint.get("/password")
@requires()
def password() -> str:
    """Show the form for another password."""
    return _form(language_asked(params.read_form(PasswordParameters).lang), [])


@blueprint.post("/password")
@requires()
def change_password() -> Any:
    """Keep another password, and lead back; or say what is wrong with it."""
    given = params.read_posted(PasswordForm)
    language = language_asked(given.lang)
    words, faults = WORDS[language], []
    if given.new != given.again:
        faults.append(words["not_same"])
    else:
        try:
            _change(given)
        except TooManySignInsError as error:
            faults.append(words["too_many"].format(seconds=error.again_in_s))
        except SignInRefusedError:
            faults.append(words["old_wrong"])
        except InvalidQueryError as error:
            faults += said_of(error, language)
    if faults:
        return make_response(_form(language, faults), HTTPStatus.BAD_REQUEST)
    leads_to = url_for(".page", changed="true", lang=language)
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


def _change(given: PasswordForm) -> None:
    """Keep another password; whoever sits down at somebody else's screen cannot guess long."""
    database, login, key = runtime.database(), access.actor().login, access.secret_key()
    with tries.turn():
        signing_in.count_try(database, key, login, runtime.now())
        accounts.change_password(
            database, login, old=given.old, new=given.new, kept_session=access.session_token()
        )
    signing_in.forget_tries(database, key, login)


def _form(language: Language, faults: list[str]) -> str:
    return render_template(
        "register_accounts/password.html",
        **context(language),
        actor=access.actor(),
        faults=faults,
        fewest=SHORTEST_PASSWORD,
    )
