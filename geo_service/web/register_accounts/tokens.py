"""`/register/tokens`: what one's programs sign in with."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any, Final

import structlog
from flask import Blueprint, make_response, redirect, render_template, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import LONGEST_NAME, Permission, ProgramToken
from geo_service.domain.errors import AccountConflictError, InvalidQueryError
from geo_service.services import accounts
from geo_service.web import access, params
from geo_service.web.access import requires
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.params import Whole
from geo_service.web.register_accounts.page import (
    context,
    counties,
    county_names,
    day_of,
    said_of,
)
from geo_service.web.register_accounts.words import WORDS

blueprint = Blueprint("register_tokens", __name__, url_prefix="/register/tokens")

_LOG: Final = structlog.get_logger()
_DAYS: Final = (30, 90, 180, accounts.LONGEST_TOKEN_DAYS)
_County = Annotated[str, Field(max_length=20)]
_SOON: Final = timedelta(days=14)


class TokensParameters(LanguageParameters):
    """GET /register/tokens."""


class TokenForm(LanguageParameters):
    """POST /register/tokens."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    permission: list[Permission] = Field(default_factory=list)
    county: list[_County] = Field(default_factory=list)
    days: Annotated[int, Field(ge=1, le=accounts.LONGEST_TOKEN_DAYS), Whole] = 90


class RevokeForm(LanguageParameters):
    """POST /register/tokens/{number}/revoke."""

    of: Annotated[str, Field(max_length=40)] = ""


@blueprint.get("")
@requires()
def page() -> str:
    """List one's tokens, and show the form for another."""
    language = language_asked(params.read_form(TokensParameters).lang)
    return _page(language, TokenForm())


@blueprint.post("")
@requires()
def make() -> Any:
    """Make a token, and show it this once."""
    access.session_token()  # a token that makes tokens would outlive its own end
    given = params.read_posted(TokenForm)
    language = language_asked(given.lang)
    known = {code for code, _ in counties(language)}
    limited = frozenset(given.county) & known
    try:
        made = accounts.make_token(
            runtime.database(),
            access.actor(),
            name=given.name.strip(),
            permissions=given.permission,
            counties=limited or None,
            days=given.days,
            at=runtime.now(),
        )
    except (InvalidQueryError, AccountConflictError) as error:
        faults = said_of(error, language)
        return make_response(_page(language, given, faults=faults), HTTPStatus.BAD_REQUEST)
    _LOG.info("token.made", number=made.number, by=access.actor().login)
    return make_response(_page(language, TokenForm(), made=made.text), HTTPStatus.CREATED)


@blueprint.post("/<int:number>/revoke")
@requires()
def revoke(number: int) -> Any:
    """End a token, and lead back."""
    given = params.read_posted(RevokeForm)
    language = language_asked(given.lang)
    accounts.revoke_token(runtime.database(), access.actor(), number, runtime.now())
    _LOG.info("token.revoked", number=number, by=access.actor().login)
    leads_to = url_for(".page", lang=language)
    if given.of:
        leads_to = url_for("register_staff.person", login=given.of, lang=language)
    return redirect(leads_to, HTTPStatus.SEE_OTHER)


def shown(token: ProgramToken, language: Language) -> dict[str, Any]:
    """Return a token as the pages list it."""
    at, words = runtime.now(), WORDS[language]
    if token.revoked_at is not None:
        state = "revoked"
    elif not token.is_valid(at):
        state = "over"
    else:
        state = "soon" if token.expires_at - at < _SOON else "valid"
    return {
        "number": token.number,
        "name": token.name,
        "permissions": "、".join(words[f"may_{each}"] for each in sorted(token.permissions)),
        "counties": county_names(token.counties, language),
        "expires_at": day_of(token.expires_at, language),
        "used_at": day_of(token.used_at, language),
        "state": state,
        "said": words[f"state_{state}"],
        "is_valid": token.is_valid(at),
    }


def _page(
    language: Language, given: TokenForm, *, faults: list[str] | None = None, made: str = ""
) -> str:
    actor = access.actor()
    allowed = None if actor.counties is None else set(actor.counties)
    return render_template(
        "register_accounts/tokens.html",
        **context(language),
        tokens=[shown(each, language) for each in accounts.tokens(runtime.database(), actor.login)],
        given=given,
        faults=faults or [],
        made=made,
        permissions=[each for each in Permission if actor.may(each)],
        counties=[each for each in counties(language) if allowed is None or each[0] in allowed],
        days=_DAYS,
    )
