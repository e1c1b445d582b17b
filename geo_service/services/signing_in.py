"""Who is there: signing in and out, and whom a session or a program's token speaks for."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from geo_service.domain.account import LONGEST_PASSWORD, Account, Actor
from geo_service.domain.errors import (
    GeoServiceError,
    SignInRefusedError,
    TooManySignInsError,
)
from geo_service.persistence.accounts import AccountStore, Patience
from geo_service.persistence.database import Database
from geo_service.services import passwords

IDLE: Final = timedelta(hours=2)
LONGEST: Final = timedelta(hours=12)

PATIENCE: Final = Patience(
    free=5,
    first=timedelta(seconds=30),
    longest=timedelta(minutes=15),
    forgotten_after=timedelta(hours=24),
)

TOKEN_PREFIX: Final = "gst_"  # lets scanners of published code find one  # noqa: S105

_REFUSED: Final = "nobody signs in with this login and this password"
_TOKEN_BYTES: Final = 32
_NOTED_EVERY: Final = timedelta(minutes=1)


class Opened(NamedTuple):
    """A session just opened: what its cookie says, and whose it is."""

    token: str
    account: Account


def sign_in(database: Database, key: bytes, login: str, password: str, at: datetime) -> Opened:
    """Open a session.

    Raises:
        SignInRefusedError: nobody has this login with this password, or the account is disabled.
        TooManySignInsError: the login was tried too often lately, whether anybody has it or not.
    """
    login = login.strip().lower()
    count_try(database, key, login, at)
    with database.transaction() as session:
        kept = AccountStore(session).password_hash(login)
    if not passwords.fits(password[:LONGEST_PASSWORD], kept) or kept is None:
        raise SignInRefusedError(_REFUSED)
    renewed = passwords.hash_of(password) if passwords.is_outdated(kept) else None
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with database.transaction() as session:
        store = AccountStore(session)
        account = store.one(login)
        # Disabled, or given another password, while this one was looked at: out all the same.
        if not account.is_enabled or not store.has_still(account.login, kept):
            raise SignInRefusedError(_REFUSED)
        if renewed is not None:
            store.set_password(account.login, renewed, must_change=account.must_change)
        store.forget_tries(_login_hash(key, login))
        store.close_old_sessions(opened_before=at - LONGEST, used_before=at - IDLE)
        store.open_session(account.login, hash_of_token(token), at)
    return Opened(token, account)


def count_try(database: Database, key: bytes, login: str, at: datetime) -> None:
    """Count a try of a login's password, before it is looked at, or raise TooManySignInsError."""
    with database.transaction() as session:
        blocked_until = AccountStore(session).count_try(_login_hash(key, login), at, PATIENCE)
    if blocked_until is not None:
        seconds = max(1, int((blocked_until - at).total_seconds()) + 1)
        raise TooManySignInsError(
            f"this login was tried too often; wait {seconds} seconds", again_in_s=seconds
        )


def sign_out(database: Database, token: str) -> None:
    """End the session that a cookie speaks for."""
    with database.transaction() as session:
        AccountStore(session).close_session(hash_of_token(token))


def actor_of_session(database: Database, token: str, at: datetime) -> Actor | None:
    """Return whom a cookie speaks for; None where its session is over, or its account disabled."""
    hashed = hash_of_token(token)
    with database.transaction() as session:
        found = AccountStore(session).session(hashed)
    if found is None or not found.account.is_enabled:
        return None
    if at - found.opened_at >= LONGEST or at - found.used_at >= IDLE:
        return None
    if at - found.used_at >= _NOTED_EVERY:
        _note(database, lambda store: store.use_session(hashed, at))
    return Actor.of_account(found.account)


def actor_of_token(database: Database, token: str, at: datetime) -> Actor | None:
    """Return whom a program's token speaks for; None where it opens nothing any more."""
    with database.transaction() as session:
        store = AccountStore(session)
        found = store.token(hash_of_token(token))
        account = None if found is None else store.one(found.login)
    if found is None or account is None or not account.is_enabled or not found.is_valid(at):
        return None
    if found.used_at is None or at - found.used_at >= _NOTED_EVERY:
        number = found.number
        _note(database, lambda store: store.use_token(number, at))
    return Actor.of_token(found, account)


def forget_tries(database: Database, key: bytes, login: str) -> None:
    """Let somebody whose password was set anew sign in at once."""
    with database.transaction() as session:
        AccountStore(session).forget_tries(_login_hash(key, login))


def hash_of_token(token: str) -> str:
    """Return what is kept of a token."""
    # A token is 32 random bytes: there is nothing that a slow hash would protect it from.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def csrf_token(key: bytes, session_token: str) -> str:
    """Return what a form must send along with this session's cookie; other sites cannot know it."""
    message = b"csrf " + session_token.encode(errors="replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _login_hash(key: bytes, login: str) -> str:
    message = b"login " + login.strip().lower().encode(errors="replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _note(database: Database, write: Callable[[AccountStore], None]) -> None:
    # A database that takes no writes just now is still good to be read.
    with suppress(GeoServiceError), database.transaction() as session:
        write(AccountStore(session))
