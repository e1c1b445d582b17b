"""Who a request is from, and whether they may: the one door of all that not everybody may do.

A view says what it takes, under its route:

    @blueprint.post("/register/stations/<station_id>")
    @requires(Permission.EDIT)
    def save(station_id: str) -> Any: ...

People come with a session's cookie, programs with ``Authorization: Bearer`` (to the API alone).
"""

import hmac
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus
from threading import BoundedSemaphore
from typing import Any, Final, NamedTuple, ParamSpec, cast

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from geo_service import runtime
from geo_service.domain.account import Actor, Permission
from geo_service.domain.errors import (
    ForbiddenCountyError,
    ForgedRequestError,
    NotAllowedError,
    NotSignedInError,
    RegisterUnavailableError,
)
from geo_service.domain.station import Station
from geo_service.services import signing_in
from geo_service.web.language import LANGUAGES
from geo_service.web.origins import refuse_other_sites

Given = ParamSpec("Given")

COOKIE: Final = "geo_service_session"
CSRF_FIELD: Final = "csrf_token"
CSRF_HEADER: Final = "X-CSRF-Token"
LONGEST_WAY_BACK: Final = 1000

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_FOUND: Final = "present_actor"
_REQUIRED: Final = "__requires__"
_SENT_BEFORE: Final = "The page was open for long, or you signed in anew meanwhile: load it again."

# While the database says nothing, each of these waits seconds for it: the other threads of the
# process go on answering questions.
_at_once = BoundedSemaphore(2)
_SECONDS_TO_WAIT: Final = 0.5


class _Present(NamedTuple):
    """Who a request is from, with the text of their session, if that is what they came with."""

    actor: Actor
    session_token: str | None


def register(app: Flask) -> None:
    """Put the token that every form of the desk sends at the hand of every template."""
    app.context_processor(lambda: {"csrf_token": csrf_token()})


def requires(
    permission: Permission | None = None,
) -> Callable[[Callable[Given, Any]], Callable[Given, Response]]:
    """Let a view be reached only by who may do this; all others are answered here.

    Without a permission: by everybody who is known.

    Nobody known: a page leads to the sign-in page, all else is refused with 401. Somebody without
    the right: 403; and so is a change that comes with a session, but not from a page of its own.
    """

    def attach(view: Callable[Given, Any]) -> Callable[Given, Response]:
        @wraps(view)
        def guarded(*args: Given.args, **kwargs: Given.kwargs) -> Response:
            if (elsewhere := _admit(permission)) is not None:
                return make_response(elsewhere)
            answer = make_response(view(*args, **kwargs))
            # What staff see is for their eyes, and the way back in the browser ends at signing out.
            answer.headers.setdefault("Cache-Control", "private, no-store")
            return answer

        setattr(guarded, _REQUIRED, permission)
        return guarded

    return attach


def is_guarded(view: object) -> bool:
    """Say whether a view is not for everybody."""
    return hasattr(view, _REQUIRED)


def required_by(view: object) -> Permission | None:
    """Return the permission that a view requires, if it requires one."""
    return cast("Permission | None", getattr(view, _REQUIRED, None))


def actor() -> Actor:
    """Return who this request is from, or raise NotSignedInError."""
    if (present := _present()) is None:
        raise NotSignedInError(_why_nobody())
    return present.actor


def actor_if_any() -> Actor | None:
    """Return who this request is from; None: the public."""
    present = _present()
    return None if present is None else present.actor


def session_token() -> str:
    """Return the text of this request's session, or raise NotSignedInError."""
    present = _present()
    if present is None or present.session_token is None:
        raise NotSignedInError("this is done by people at their own screen; sign in")
    return present.session_token


def csrf_token() -> str:
    """Return what a form sends along with this session's cookie; empty where there is none."""
    # Only what was asked for already: a public page does not look into the database for it.
    present: _Present | None = g.get(_FOUND)
    if present is None or present.session_token is None:
        return ""
    return signing_in.csrf_token(secret_key(), present.session_token)


def must_edit(*stations: Station) -> None:
    """Raise ForbiddenCountyError unless whoever asks may change all of these stations.

    For a move, give the station as it was and as it is to be.
    """
    townships = runtime.register().townships_by_code
    for station in stations:
        township = townships.get(station.township_code or "")
        county = None if township is None else township.county_code
        if not actor().may_edit(county):
            where = "in no known county" if county is None else f"in county {county}"
            raise ForbiddenCountyError(f"station {station.id} lies {where}, which is not yours")


def secret_key() -> bytes:
    """Return the key that what browsers hold is signed with."""
    return str(current_app.config["SECRET_KEY"]).encode()


def remember(answer: AnyResponse, token: str) -> None:
    """Give a browser the cookie of a session just opened."""
    answer.set_cookie(
        COOKIE,
        token,
        max_age=int(signing_in.LONGEST.total_seconds()),
        path=_home(),
        secure=is_encrypted(),
        httponly=True,
        samesite="Lax",
    )


def forget(answer: AnyResponse) -> None:
    """Take the cookie of a session away from a browser."""
    answer.delete_cookie(COOKIE, path=_home(), secure=is_encrypted(), httponly=True, samesite="Lax")


def is_encrypted() -> bool:
    """Say whether people reach the service by https."""
    return request.is_secure or (runtime.settings().public_url or "").startswith("https:")


def _home() -> str:
    return request.root_path + "/"


# -- at the door ---------------------------------------------------------------------------


def _admit(permission: Permission | None) -> AnyResponse | None:
    """Let a request through, or raise; or return where a browser should go instead."""
    present = _present()
    if present is None:
        if _is_page():
            return _led_to("register_accounts.sign_in", next=_wanted())
        raise NotSignedInError(_why_nobody())
    if present.session_token is not None and request.method not in _SAFE:
        _refuse_forged(present.session_token)
    if present.actor.must_change and request.endpoint not in _WITH_GIVEN_PASSWORD:
        if _is_page():
            return _led_to("register_mine.password")
        raise NotAllowedError("first choose a password of your own, at /register/password")
    if permission is not None and not present.actor.may(permission):
        raise NotAllowedError(f"this needs the permission {permission.value}")
    return None


# What somebody may do whose password is known to somebody else.
_WITH_GIVEN_PASSWORD: Final = frozenset(
    {
        "register_mine.password",
        "register_mine.change_password",
        "register_accounts.sign_out",
    }
)


def _refuse_forged(token: str) -> None:
    refuse_other_sites()
    sent = request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    expected = signing_in.csrf_token(secret_key(), token)
    if not hmac.compare_digest(sent.encode(errors="replace"), expected.encode()):
        raise ForgedRequestError(_SENT_BEFORE)


def _present() -> _Present | None:
    if _FOUND not in g:
        setattr(g, _FOUND, _look())
    return cast("_Present | None", g.get(_FOUND))


def _look() -> _Present | None:
    if _is_api() and (given := request.headers.get("Authorization")) is not None:
        scheme, _, token = given.partition(" ")
        if scheme.lower() != "bearer" or not token.startswith(signing_in.TOKEN_PREFIX):
            return None
        with _turn():
            found = signing_in.actor_of_token(runtime.database(), token.strip(), runtime.now())
        return None if found is None else _Present(found, None)
    if not (token := request.cookies.get(COOKIE, "")):
        return None
    with _turn():
        found = signing_in.actor_of_session(runtime.database(), token, runtime.now())
    return None if found is None else _Present(found, token)


@contextmanager
def _turn() -> Iterator[None]:
    if not _at_once.acquire(timeout=_SECONDS_TO_WAIT):
        raise RegisterUnavailableError("others are waiting for the database")
    try:
        yield
    finally:
        _at_once.release()


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _is_page() -> bool:
    """Say whether a browser is about to show the answer as a page that may be another one."""
    return (
        request.method in _SAFE
        and not _is_api()
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    )


def _led_to(endpoint: str, **words: Any) -> AnyResponse:
    """Return the way to another page, in the language that was asked for."""
    language = LANGUAGES.get(request.args.get("lang", ""))
    return redirect(url_for(endpoint, lang=language, **words), HTTPStatus.SEE_OTHER)


def _wanted() -> str:
    path = request.root_path + request.path
    query = request.query_string.decode("ascii", "replace")
    whole = f"{path}?{query}" if query else path
    return whole if len(whole) <= LONGEST_WAY_BACK else path[:LONGEST_WAY_BACK]


def _why_nobody() -> str:
    if _is_api() and "Authorization" in request.headers:
        return "the token is not known, was revoked, is over, or its owner may no longer sign in"
    if request.cookies.get(COOKIE):
        return "the session is over; sign in again, and send this once more"
    return "nobody is signed in"
