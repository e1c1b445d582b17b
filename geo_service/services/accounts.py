"""Accounts of the staff and tokens of their programs: made, changed, ended."""

import secrets
import unicodedata
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from geo_service.domain.account import (
    LONGEST_NAME,
    Account,
    Actor,
    Login,
    Permission,
    ProgramToken,
    both,
    why_no_login,
    why_no_password,
)
from geo_service.domain.errors import (
    AccountConflictError,
    InvalidQueryError,
    NotAllowedError,
    ParameterFault,
    SignInRefusedError,
)
from geo_service.persistence.accounts import AccountStore
from geo_service.persistence.database import Database
from geo_service.services import passwords
from geo_service.services.signing_in import TOKEN_PREFIX, hash_of_token

LONGEST_TOKEN_DAYS: Final = 366
MOST_TOKENS: Final = 50

Change = Callable[[Account], Account]

_ANOTHER: Final = "the present password is another one"
_TOKEN_BYTES: Final = 32
# Easily told apart on paper and over the telephone.
_SIGNS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_SIGNS = 4, 4


class NewToken(NamedTuple):
    """A token just made: its number, and the text that is never shown again."""

    number: int
    text: str


def accounts(database: Database) -> tuple[Account, ...]:
    """Return every account, by login."""
    with database.transaction() as session:
        return AccountStore(session).all()


def account(database: Database, login: str) -> Account:
    """Return an account, or raise AccountNotFoundError."""
    with database.transaction() as session:
        return AccountStore(session).one(login)


def add_account(database: Database, wanted: Account, password: str) -> None:
    """Make an account.

    Raises:
        InvalidQueryError: the login, the name or the password will not do.
        AccountConflictError: the login is taken.
    """
    faults = [
        ParameterFault(field, reason)
        for field, reason in (
            ("login", why_no_login(wanted.login)),
            ("name", _why_no_name(wanted.name)),
            ("password", why_no_password(password, wanted.login)),
        )
        if reason is not None
    ]
    if faults:
        raise InvalidQueryError(*faults)
    hashed = passwords.hash_of(password)
    with database.transaction() as session:
        AccountStore(session).add(wanted, password_hash=hashed)


def change_account(database: Database, login: str, change: Change) -> Account:
    """Change an account's name, role, counties or whether it is disabled, and return it.

    Who is disabled is signed out everywhere.

    Raises:
        AccountNotFoundError: nobody has the login.
        AccountConflictError: no administrator would be left.
        InvalidQueryError: the name will not do.
    """
    with database.transaction() as session:
        store = AccountStore(session)
        store.take_turn()
        before = store.one(login)
        after = change(before)
        if (reason := _why_no_name(after.name)) is not None:
            raise InvalidQueryError(ParameterFault("name", reason))
        others = [each for each in store.all() if each.login != before.login]
        if before.is_administrator and not any(each.is_administrator for each in (after, *others)):
            raise AccountConflictError(
                "this is the last administrator: name another one first, or nobody could", "last"
            )
        store.change(after)
        if not after.is_enabled:
            store.close_sessions(after.login)
    return after


def disabled(at: datetime) -> Change:
    """Return the change that ends an account's use; what it did stays in history."""
    return lambda given: replace(given, disabled_at=given.disabled_at or at)


def enabled(given: Account) -> Account:
    """Return an account as one that can be signed in to again."""
    return replace(given, disabled_at=None)


def change_password(
    database: Database, login: Login, *, old: str, new: str, kept_session: str
) -> None:
    """Let somebody choose another password; their other sessions end.

    Raises:
        SignInRefusedError: the old password is wrong.
        InvalidQueryError: the new one will not do.
    """
    with database.transaction() as session:
        kept = AccountStore(session).password_hash(login)
    if not passwords.fits(old, kept) or kept is None:
        raise SignInRefusedError(_ANOTHER)
    reason = why_no_password(new, login)
    if reason is None and old == new:
        reason = "is the one you have"
    if reason is not None:
        raise InvalidQueryError(ParameterFault("new", reason))
    hashed = passwords.hash_of(new)
    with database.transaction() as session:
        store = AccountStore(session)
        if not store.has_still(login, kept):
            raise SignInRefusedError(_ANOTHER)
        store.set_password(login, hashed, must_change=False)
        store.close_sessions(login, but=hash_of_token(kept_session))


def set_password(database: Database, login: str, new: str, *, must_change: bool) -> None:
    """Give somebody another password; all their sessions end.

    Raises:
        AccountNotFoundError: nobody has the login.
        InvalidQueryError: the password will not do.
    """
    known = account(database, login).login
    if (reason := why_no_password(new, known)) is not None:
        raise InvalidQueryError(ParameterFault("password", reason))
    hashed = passwords.hash_of(new)
    with database.transaction() as session:
        store = AccountStore(session)
        store.set_password(known, hashed, must_change=must_change)
        store.close_sessions(known)


def a_password() -> str:
    """Return a password to be handed over once and changed: four groups of four signs."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(_GROUP_SIGNS)) for _ in range(_GROUPS))
    return "-".join(groups)


# -- tokens --------------------------------------------------------------------------------


def tokens(database: Database, login: Login | None = None) -> tuple[ProgramToken, ...]:
    """Return tokens, the newest first; of one person, if one is named."""
    with database.transaction() as session:
        return AccountStore(session).tokens(login)


def make_token(  # noqa: PLR0913 - each is a choice of its owner's
    database: Database,
    owner: Actor,
    *,
    name: str,
    permissions: Collection[Permission],
    counties: frozenset[str] | None,
    days: int,
    at: datetime,
) -> NewToken:
    """Make a token for a program; its text is known to nobody afterwards.

    Raises:
        InvalidQueryError: a name, a permission or a time is missing, or too long.
        NotAllowedError: the owner may not do themselves what the token should.
        AccountConflictError: the owner has as many as anybody can keep an eye on.
    """
    faults = []
    if (reason := _why_no_name(name)) is not None:
        faults.append(ParameterFault("name", reason))
    if not permissions:
        faults.append(ParameterFault("permission", "is required: what may the program do?"))
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        faults.append(ParameterFault("days", f"must be from 1 to {LONGEST_TOKEN_DAYS}"))
    if faults:
        raise InvalidQueryError(*faults)
    if beyond := sorted(set(permissions) - owner.permissions):
        raise NotAllowedError(f"you may not do this yourself: {', '.join(beyond)}")
    text = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    token = ProgramToken(
        number=0,
        login=owner.login,
        name=name,
        permissions=frozenset(permissions),
        counties=both(counties, owner.counties),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    with database.transaction() as session:
        store = AccountStore(session)
        store.take_turn()
        if sum(each.is_valid(at) for each in store.tokens(owner.login)) >= MOST_TOKENS:
            raise AccountConflictError(f"you have {MOST_TOKENS} tokens; revoke one first", "full")
        number = store.add_token(token, hash_of_token(text))
    return NewToken(number, text)


def revoke_token(database: Database, owner: Actor, number: int, at: datetime) -> None:
    """End a token: one's own, or as an administrator anybody's; or raise AccountNotFoundError."""
    of = None if owner.may(Permission.ADMINISTER) else owner.login
    with database.transaction() as session:
        AccountStore(session).revoke_token(number, at, of=of)


def _why_no_name(name: str) -> str | None:
    if not name.strip():
        return "is required"
    if len(name) > LONGEST_NAME:
        return f"takes {LONGEST_NAME} characters at most"
    if any(unicodedata.category(sign).startswith("C") for sign in name):
        return "holds signs that cannot be seen"
    return None
