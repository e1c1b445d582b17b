"""Who a program's token speaks for."""

from flask import Blueprint, Response
from typing_extensions import TypedDict

from geo_service.web import access, params
from geo_service.web.access import requires
from geo_service.web.answers import JSON, json_answer
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters

blueprint = Blueprint("account", __name__, url_prefix="/api/v1/account")


class AccountParameters(Parameters):
    """GET /api/v1/account."""


class AccountAnswer(TypedDict):
    """Whom a request speaks for, and what that allows."""

    login: str
    role: str
    token: str | None
    permissions: list[str]
    counties: list[str] | None


@blueprint.get("")
@describes(
    Operation(
        summary="Whom this request speaks for",
        query=AccountParameters,
        answers={JSON: AccountAnswer},
        tag="accounts",
    )
)
@requires()
def account() -> Response:
    """Say whose token this is, what it allows, and in which counties (`null`: all).

    To try a token with before it is put to work.
    """
    params.read_query(AccountParameters)
    actor = access.actor()
    answer: AccountAnswer = {
        "login": actor.login,
        "role": actor.role.value,
        "token": actor.token,
        "permissions": sorted(actor.permissions),
        "counties": None if actor.counties is None else sorted(actor.counties),
    }
    return json_answer(answer)
