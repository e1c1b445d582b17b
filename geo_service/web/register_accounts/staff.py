"""`/register/accounts`: who may keep the register."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any, Final

import structlog
from flask import Blueprint, Response, make_response, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import LONGEST_NAME, Account, Login, Permission, Role
from geo_service.domain.errors import AccountConflictError, InvalidQueryError, ParameterFault
from geo_service.services import accounts, signing_in
from geo_service.web import access, params
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.register_accounts import tokens
from geo_service.web.register_accounts.page import (
    context,
    counties,
    county_names,
    day_of,
    said_of,
)
from geo_service.web.register_accounts.words import WORDS

blueprint = Blueprint("register_staff", __name__, url_prefix="/register/accounts")

_LOG: Final = structlog.get_logger()
_County = Annotated[str, Field(max_length=20)]


class StaffParameters(LanguageParameters):
    """GET /register/accounts."""


class PersonParameters(LanguageParameters):
    """GET /register/accounts/{login}."""

    changed: params.Truth = False


class PersonForm(LanguageParameters):
    """POST /register/accounts/{login}."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    role: Role = Role.EDITOR
    limited: params.Truth = False
    county: list[_County] = Field(default_factory=list)

    def counties(self, language: Language) -> frozenset[str] | None:
        """Return the counties ticked, or raise InvalidQueryError where none is."""
        if not self.limited:
            return None
        ticked = frozenset(self.county) & {code for code, _ in counties(language)}
        if not ticked:
            raise InvalidQueryError(ParameterFault("county", "is required: tick one or more"))
        return ticked


class NewPersonForm(PersonForm):
    """POST /register/accounts."""

    login: Annotated[str, Field(max_length=100)] = ""


class ButtonForm(LanguageParameters):
    """What a button alone sends."""


@blueprint.get("")
@requires(Permission.ADMINISTER)
def page() -> str:
    """List the accounts, and show the form for another."""
    language = language_asked(params.read_form(StaffParameters).lang)
    return _page(language, NewPersonForm())


@blueprint.post("")
@requires(Permission.ADMINISTER)
def add() -> Any:
    """Make an account, and show its first password this once."""
    given = params.read_posted(NewPersonForm)
    language = language_asked(given.lang)
    password = accounts.a_password()
    try:
        wanted = Account(
            login=Login(given.login.strip().lower()),
            name=given.name.strip(),
            role=given.role,
            counties=given.counties(language),
            must_change=True,
            created_at=runtime.now(),
        )
        accounts.add_account(runtime.database(), wanted, password)
    except (InvalidQueryError, AccountConflictError) as error:
        faults = said_of(error, language)
        return make_response(_page(language, given, faults=faults), HTTPStatus.BAD_REQUEST)
    _LOG.info("account.added", login=wanted.login, role=wanted.role, by=access.actor().login)
    answer = _person(wanted.login, language, password=password)
    return make_response(answer, HTTPStatus.CREATED)


@blueprint.get("/<login>")
@requires(Permission.ADMINISTER)
def person(login: str) -> str:
    """Show one account, and the form to change it."""
    given = params.read_form(PersonParameters)
    language = language_asked(given.lang)
    return _person(login, language, said=WORDS[language]["saved"] if given.changed else "")


@blueprint.post("/<login>")
@requires(Permission.ADMINISTER)
def change(login: str) -> Any:
    """Change an account, and lead back; or say what stands in the way."""
    given = params.read_posted(PersonForm)
    language = language_asked(given.lang)

    def changed(before: Account) -> Account:
        counties = given.counties(language)
        return replace(before, name=given.name.strip(), role=given.role, counties=counties)

    return _changed(login, language, changed)


@blueprint.post("/<login>/disable")
@requires(Permission.ADMINISTER)
def disable(login: str) -> Any:
    """Let an account open nothing any more."""
    language = language_asked(params.read_posted(ButtonForm).lang)
    return _changed(login, language, accounts.disabled(runtime.now()))


@blueprint.post("/<login>/enable")
@requires(Permission.ADMINISTER)
def enable(login: str) -> Any:
    """Let an account be signed in to again."""
    language = language_asked(params.read_posted(ButtonForm).lang)
    return _changed(login, language, accounts.enabled)


@blueprint.post("/<login>/password")
@requires(Permission.ADMINISTER)
def reset(login: str) -> str:
    """Give somebody another first password, and show it this once."""
    language = language_asked(params.read_posted(ButtonForm).lang)
    password = accounts.a_password()
    accounts.set_password(runtime.database(), login, password, must_change=True)
    signing_in.forget_tries(runtime.database(), access.secret_key(), Login(login))
    _LOG.info("account.password_reset", login=login, by=access.actor().login)
    return _person(login, language, password=password)


def _changed(login: str, language: Language, how: accounts.Change) -> Any:
    try:
        made = accounts.change_account(runtime.database(), login, how)
    except (InvalidQueryError, AccountConflictError) as error:
        faults = said_of(error, language)
        status = (
            HTTPStatus.CONFLICT
            if isinstance(error, AccountConflictError)
            else HTTPStatus.BAD_REQUEST
        )
        return make_response(_person(login, language, faults=faults), status)
    _LOG.info("account.changed", login=login, role=made.role, by=access.actor().login)
    leads_to = url_for(".person", login=login, changed="true", lang=language)
    answer: Response = make_response(redirect(leads_to, HTTPStatus.SEE_OTHER))
    return answer


def _page(language: Language, given: NewPersonForm, *, faults: list[str] | None = None) -> str:
    return render_template(
        "register_accounts/staff.html",
        **context(language),
        people=[_shown(each, language) for each in accounts.accounts(runtime.database())],
        given=given,
        faults=faults or [],
        roles=list(Role),
        counties=counties(language),
    )


def _person(
    login: str,
    language: Language,
    *,
    said: str = "",
    password: str = "",
    faults: list[str] | None = None,
) -> str:
    found = accounts.account(runtime.database(), login)
    listed = accounts.tokens(runtime.database(), found.login)
    return render_template(
        "register_accounts/person.html",
        **context(language),
        person=found,
        shown=_shown(found, language),
        said=said,
        made=password,
        faults=faults or [],
        roles=list(Role),
        counties=counties(language),
        tokens=[tokens.shown(each, language) for each in listed],
    )


def _shown(found: Account, language: Language) -> dict[str, Any]:
    words = WORDS[language]
    return {
        "login": found.login,
        "name": found.name,
        "role": words[f"role_{found.role}"],
        "counties": county_names(found.counties, language),
        "is_enabled": found.is_enabled,
        "state": words["state_enabled" if found.is_enabled else "state_disabled"],
        "signed_in_at": day_of(found.signed_in_at, language),
    }
