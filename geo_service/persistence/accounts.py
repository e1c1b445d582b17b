"""Accounts, the sessions and tokens that speak for them, and tries to sign in, in PostGIS."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.account import Account, Login, Permission, ProgramToken, Role
from geo_service.domain.errors import AccountConflictError, AccountNotFoundError
from geo_service.persistence.database import will_write

_ACCOUNT: Final = "login, name, role, counties, must_change, created_at, disabled_at, signed_in_at"
_TOKEN: Final = (  # the columns of one
    "number, login, name, permissions, counties, created_at, expires_at, revoked_at, used_at"  # noqa: S105
)

# Whether an administrator is left is asked and acted on by one transaction at a time.
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('account', 0))")
_ALL: Final = text(f"SELECT {_ACCOUNT} FROM account ORDER BY login")  # noqa: S608 - no word of a caller's
_ONE: Final = text(f"SELECT {_ACCOUNT} FROM account WHERE login = :login")  # noqa: S608 - likewise
_ADD: Final = text(
    """INSERT INTO account (login, name, role, counties, password_hash, must_change, created_at)
       VALUES (:login, :name, :role, :counties, :password_hash, :must_change, :created_at)
       ON CONFLICT (login) DO NOTHING RETURNING login"""
)
_CHANGE: Final = text(
    """UPDATE account SET name = :name, role = :role, counties = :counties,
           disabled_at = :disabled_at
       WHERE login = :login RETURNING login"""
)
_PASSWORD_HASH: Final = text("SELECT password_hash FROM account WHERE login = :login")
# Until the transaction ends nobody else changes it.
_HOLD_PASSWORD_HASH: Final = text(
    "SELECT password_hash FROM account WHERE login = :login FOR NO KEY UPDATE"
)
_SET_PASSWORD: Final = text(
    """UPDATE account SET password_hash = :password_hash, must_change = :must_change
       WHERE login = :login RETURNING login"""
)
_SIGNED_IN: Final = text("UPDATE account SET signed_in_at = :at WHERE login = :login")

_OPEN: Final = text(
    """INSERT INTO staff_session (token_hash, login, created_at, used_at)
       VALUES (:token_hash, :login, :at, :at)"""
)
_FIND_SESSION: Final = text(
    """SELECT account.login, account.name, account.role, account.counties, account.must_change,
           account.created_at, account.disabled_at, account.signed_in_at,
           staff_session.created_at AS opened_at, staff_session.used_at AS used_at
       FROM staff_session JOIN account USING (login) WHERE token_hash = :token_hash"""
)
_USE: Final = text("UPDATE staff_session SET used_at = :at WHERE token_hash = :token_hash")
_CLOSE: Final = text("DELETE FROM staff_session WHERE token_hash = :token_hash")
_CLOSE_ALL: Final = text(
    """DELETE FROM staff_session
       WHERE login = :login AND token_hash IS DISTINCT FROM CAST(:kept AS varchar)"""
)
_CLOSE_OLD: Final = text(
    "DELETE FROM staff_session WHERE created_at <= :opened_before OR used_at <= :used_before"
)

_ADD_TOKEN: Final = text(
    """INSERT INTO program_token
           (token_hash, login, name, permissions, counties, created_at, expires_at)
       VALUES (:token_hash, :login, :name, :permissions, :counties, :created_at, :expires_at)
       RETURNING number"""
)
_TOKENS: Final = text(
    f"""SELECT {_TOKEN} FROM program_token
        WHERE CAST(:login AS varchar) IS NULL OR login = :login
        ORDER BY number DESC"""  # noqa: S608 - no word of a caller's
)
_FIND_TOKEN: Final = text(f"SELECT {_TOKEN} FROM program_token WHERE token_hash = :token_hash")  # noqa: S608 - likewise
_USE_TOKEN: Final = text("UPDATE program_token SET used_at = :at WHERE number = :number")
_REVOKE: Final = text(
    """UPDATE program_token SET revoked_at = coalesce(revoked_at, :at)
       WHERE number = :number AND (CAST(:login AS varchar) IS NULL OR login = :login)
       RETURNING number"""
)

# Counted before the password is looked at: of many tries at once, no more than one gets through
# while a login is blocked, and none is forgotten.
_TRY: Final = text(
    """INSERT INTO sign_in_try AS had (login_hash, failures, blocked_until, last_at)
       VALUES (:login_hash, 1, :at, :at)
       ON CONFLICT (login_hash) DO UPDATE
       SET failures = CASE WHEN had.last_at <= :forgotten_before THEN 1 ELSE had.failures + 1 END,
           last_at = excluded.last_at,
           blocked_until = CASE
               WHEN had.last_at <= :forgotten_before OR had.failures + 1 < :free
               THEN excluded.last_at
               ELSE excluded.last_at + least(
                   CAST(:longest AS interval),
                   CAST(:first AS interval) * power(2, least(had.failures + 1 - :free, 20)))
           END
       WHERE had.blocked_until <= excluded.last_at
       RETURNING failures"""
)
_BLOCKED_UNTIL: Final = text("SELECT blocked_until FROM sign_in_try WHERE login_hash = :login_hash")
_FORGET: Final = text("DELETE FROM sign_in_try WHERE login_hash = :login_hash")
_FORGET_OLD: Final = text("DELETE FROM sign_in_try WHERE last_at <= :forgotten_before")


class OpenSession(NamedTuple):
    """A session that was found: whose it is, since when, and when it last asked for something."""

    account: Account
    opened_at: datetime
    used_at: datetime


class Patience(NamedTuple):
    """How many tries are free, and how long a login is blocked after the next, and at most."""

    free: int
    first: timedelta
    longest: timedelta
    forgotten_after: timedelta


class AccountStore:
    """Accounts as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # -- accounts --------------------------------------------------------------------------

    def take_turn(self) -> None:
        """Hold off others who change accounts until the transaction's end."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN)

    def all(self) -> tuple[Account, ...]:
        """Return every account, by login."""
        return tuple(map(_to_account, self._session.execute(_ALL).mappings()))

    def one(self, login: str) -> Account:
        """Return an account, or raise AccountNotFoundError."""
        row = self._session.execute(_ONE, {"login": _fit(login)}).mappings().one_or_none()
        if row is None:
            raise _nobody(login)
        return _to_account(row)

    def add(self, account: Account, *, password_hash: str) -> None:
        """Keep a new account, or raise AccountConflictError."""
        will_write(self._session)
        fields = _fields(account) | {
            "password_hash": password_hash,
            "must_change": account.must_change,
            "created_at": account.created_at,
        }
        if self._session.execute(_ADD, fields).one_or_none() is None:
            raise AccountConflictError(f"somebody has the login {account.login} already", "taken")

    def change(self, account: Account) -> None:
        """Write an account's name, role, counties and whether it is disabled."""
        will_write(self._session)
        fields = _fields(account) | {"disabled_at": account.disabled_at}
        if self._session.execute(_CHANGE, fields).one_or_none() is None:
            raise _nobody(account.login)

    def password_hash(self, login: str) -> str | None:
        """Return what is kept of somebody's password; None where nobody has the login."""
        found: str | None = self._session.scalar(_PASSWORD_HASH, {"login": _fit(login)})
        return found

    def has_still(self, login: Login, password_hash: str) -> bool:
        """Say whether a password is still the one it was, and keep it so until the end."""
        will_write(self._session)
        present = self._session.scalar(_HOLD_PASSWORD_HASH, {"login": login})
        return bool(present == password_hash)

    def set_password(self, login: Login, password_hash: str, *, must_change: bool) -> None:
        """Keep another password, or raise AccountNotFoundError."""
        will_write(self._session)
        fields = {"login": login, "password_hash": password_hash, "must_change": must_change}
        if self._session.execute(_SET_PASSWORD, fields).one_or_none() is None:
            raise _nobody(login)

    # -- sessions --------------------------------------------------------------------------

    def open_session(self, login: Login, token_hash: str, at: datetime) -> None:
        """Keep a new session of somebody's."""
        will_write(self._session)
        self._session.execute(_OPEN, {"login": login, "token_hash": token_hash, "at": at})
        self._session.execute(_SIGNED_IN, {"login": login, "at": at})

    def session(self, token_hash: str) -> OpenSession | None:
        """Return a session by the hash of its token, however old."""
        row = self._session.execute(_FIND_SESSION, {"token_hash": token_hash}).mappings()
        if (found := row.one_or_none()) is None:
            return None
        return OpenSession(_to_account(found), found["opened_at"], found["used_at"])

    def use_session(self, token_hash: str, at: datetime) -> None:
        """Note that a session asked for something."""
        will_write(self._session)
        self._session.execute(_USE, {"token_hash": token_hash, "at": at})

    def close_session(self, token_hash: str) -> None:
        """End a session."""
        will_write(self._session)
        self._session.execute(_CLOSE, {"token_hash": token_hash})

    def close_sessions(self, login: Login, *, but: str | None = None) -> None:
        """End all sessions of somebody's, or all but one."""
        will_write(self._session)
        self._session.execute(_CLOSE_ALL, {"login": login, "kept": but})

    def close_old_sessions(self, *, opened_before: datetime, used_before: datetime) -> None:
        """Forget sessions that are over."""
        will_write(self._session)
        limits = {"opened_before": opened_before, "used_before": used_before}
        self._session.execute(_CLOSE_OLD, limits)

    # -- tokens ----------------------------------------------------------------------------

    def add_token(self, token: ProgramToken, token_hash: str) -> int:
        """Keep a new token; its number is chosen here, and returned."""
        will_write(self._session)
        fields = {
            "token_hash": token_hash,
            "login": token.login,
            "name": token.name,
            "permissions": sorted(token.permissions),
            "counties": _listed(token.counties),
            "created_at": token.created_at,
            "expires_at": token.expires_at,
        }
        return int(self._session.execute(_ADD_TOKEN, fields).scalar_one())

    def tokens(self, login: Login | None = None) -> tuple[ProgramToken, ...]:
        """Return tokens, the newest first; of one person, if one is named."""
        rows = self._session.execute(_TOKENS, {"login": login}).mappings()
        return tuple(map(_to_token, rows))

    def token(self, token_hash: str) -> ProgramToken | None:
        """Return a token by its hash, whether it still opens anything or not."""
        row = self._session.execute(_FIND_TOKEN, {"token_hash": token_hash}).mappings()
        found = row.one_or_none()
        return None if found is None else _to_token(found)

    def use_token(self, number: int, at: datetime) -> None:
        """Note that a token was used."""
        will_write(self._session)
        self._session.execute(_USE_TOKEN, {"number": number, "at": at})

    def revoke_token(self, number: int, at: datetime, *, of: Login | None) -> None:
        """End a token (of one person, if one is named), or raise AccountNotFoundError."""
        will_write(self._session)
        given = {"number": number, "at": at, "login": of}
        if self._session.execute(_REVOKE, given).one_or_none() is None:
            raise AccountNotFoundError(f"there is no token {number}")

    # -- tries to sign in ------------------------------------------------------------------

    def count_try(self, login_hash: str, at: datetime, patience: Patience) -> datetime | None:
        """Count one more try as a failure; if the login is blocked, return until when instead."""
        will_write(self._session)
        given: dict[str, Any] = {
            "login_hash": login_hash,
            "at": at,
            "free": patience.free,
            "first": patience.first,
            "longest": patience.longest,
            "forgotten_before": at - patience.forgotten_after,
        }
        self._session.execute(_FORGET_OLD, {"forgotten_before": given["forgotten_before"]})
        if self._session.execute(_TRY, given).one_or_none() is not None:
            return None
        blocked: datetime = self._session.execute(
            _BLOCKED_UNTIL, {"login_hash": login_hash}
        ).scalar_one()
        return blocked

    def forget_tries(self, login_hash: str) -> None:
        """Let the next tries of a login be the first ones again."""
        will_write(self._session)
        self._session.execute(_FORGET, {"login_hash": login_hash})


def _fit(login: str) -> str:
    return login.replace("\0", " ")  # PostgreSQL takes no NUL, and no login holds one


def _nobody(login: str) -> AccountNotFoundError:
    return AccountNotFoundError(f"nobody has the login {login!r}")


def _listed(counties: Iterable[str] | None) -> list[str] | None:
    return None if counties is None else sorted(counties)


def _fields(account: Account) -> dict[str, Any]:
    return {
        "login": account.login,
        "name": account.name,
        "role": account.role.value,
        "counties": _listed(account.counties),
    }


def _to_account(row: RowMapping) -> Account:
    return Account(
        login=Login(row["login"]),
        name=row["name"],
        role=Role(row["role"]),
        counties=None if row["counties"] is None else frozenset(row["counties"]),
        must_change=row["must_change"],
        created_at=row["created_at"],
        disabled_at=row["disabled_at"],
        signed_in_at=row["signed_in_at"],
    )


def _to_token(row: RowMapping) -> ProgramToken:
    return ProgramToken(
        number=row["number"],
        login=Login(row["login"]),
        name=row["name"],
        permissions=frozenset(map(Permission, row["permissions"])),
        counties=None if row["counties"] is None else frozenset(row["counties"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        used_at=row["used_at"],
    )
