"""Who keeps the register: staff with accounts, programs with tokens, and what each may do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

Login = NewType("Login", str)

LONGEST_NAME: Final = 60
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 200

_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._-]{1,31}", re.ASCII)
_FEWEST_DIFFERENT: Final = 4
_LONG_ENOUGH_TO_GUESS: Final = 4


class Permission(StrEnum):
    """One thing that not everybody may do."""

    LOOK = "look"
    EDIT = "edit"
    IMPORT = "import"
    HANDLE_REPORTS = "handle_reports"
    ADMINISTER = "administer"


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    EDITOR = "editor"
    ADMINISTRATOR = "administrator"

    @property
    def permissions(self) -> frozenset[Permission]:
        """Return all that the role allows."""
        return _PERMISSIONS[self]


_PERMISSIONS: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({Permission.LOOK}),
    Role.EDITOR: frozenset(Permission) - {Permission.ADMINISTER},
    Role.ADMINISTRATOR: frozenset(Permission),
}


# Each of them ends in changes of stations.
_CHANGE_STATIONS: Final = frozenset({Permission.EDIT, Permission.IMPORT, Permission.HANDLE_REPORTS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One of the staff. ``counties`` holds the codes of those whose stations they edit; None: all.

    ``must_change`` says that the password was chosen by somebody else.
    """

    login: Login
    name: str
    role: Role
    created_at: datetime
    counties: frozenset[str] | None = None
    must_change: bool = False
    disabled_at: datetime | None = None
    signed_in_at: datetime | None = None

    @property
    def is_enabled(self) -> bool:
        """Say whether the account can be signed in to."""
        return self.disabled_at is None

    @property
    def is_administrator(self) -> bool:
        """Say whether the account can be signed in to, and sees to the others."""
        return self.is_enabled and self.role is Role.ADMINISTRATOR


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramToken:
    """What a program shows instead of a password: no more rights than whoever it belongs to."""

    number: int
    login: Login
    name: str
    permissions: frozenset[Permission]
    counties: frozenset[str] | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_valid(self, at: datetime) -> bool:
        """Say whether the token still opens anything."""
        return self.revoked_at is None and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who sent a request, as far as the register must know it.

    ``name`` is what history keeps: it tells people of the same name apart.
    """

    login: Login
    called: str
    role: Role
    permissions: frozenset[Permission]
    counties: frozenset[str] | None
    token: str | None = None
    must_change: bool = False

    @classmethod
    def of_account(cls, account: Account) -> "Actor":
        """Return one of the staff at their own screen."""
        return cls(
            login=account.login,
            called=account.name,
            role=account.role,
            permissions=account.role.permissions,
            counties=account.counties,
            must_change=account.must_change,
        )

    @classmethod
    def of_token(cls, token: ProgramToken, account: Account) -> "Actor":
        """Return a program: it may do what its token says, and its owner may still do."""
        return cls(
            login=account.login,
            called=account.name,
            role=account.role,
            permissions=token.permissions & account.role.permissions,
            counties=both(token.counties, account.counties),
            token=token.name,
        )

    @property
    def name(self) -> str:
        """Return what history says of who made a change."""
        if self.token is not None:
            return f"{self.token} (token of {self.login})"
        return f"{self.called} ({self.login})"

    def may(self, permission: Permission) -> bool:
        """Say whether something is allowed."""
        return permission in self.permissions

    def may_edit(self, county_code: str | None) -> bool:
        """Say whether stations of a county may be changed; None: stations of no known county.

        What may be done to them is what the view asked for.
        """
        if self.permissions.isdisjoint(_CHANGE_STATIONS):
            return False
        return self.counties is None or county_code in self.counties


def both(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    """Return the counties that two limits allow; None: all."""
    if one is None or other is None:
        return other if one is None else one
    return one & other


def why_no_login(text: str) -> str | None:
    """Say why text cannot be what somebody signs in with, or None."""
    if _LOGIN.fullmatch(text) is None:
        return "takes 2 to 32 small letters, digits, dots, dashes and underscores, like wang.fang"
    return None


def why_no_password(text: str, login: str) -> str | None:
    """Say why a password is too easily guessed, or None."""
    if len(text) < SHORTEST_PASSWORD:
        return f"needs {SHORTEST_PASSWORD} characters or more; a few words make a good one"
    if len(text) > LONGEST_PASSWORD:
        return f"takes {LONGEST_PASSWORD} characters at most"
    if len(set(text)) < _FEWEST_DIFFERENT:
        return f"needs {_FEWEST_DIFFERENT} different characters or more"
    if len(login) >= _LONG_ENOUGH_TO_GUESS and login in text.lower():
        return "must not hold what you sign in with"
    if _runs(text.lower()):
        return "is a row of keys or numbers that everybody tries first"
    return None


# What keyboards and counting have in a row, and the words that lists of stolen passwords lead with.
_ROWS: Final = (
    *("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz"),
    *("qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn", "q1w2e3r4t5y6u7i8o9p0"),
)
_COMMON: Final = ("password", "woaini", "iloveyou", "admin", "gonghui", "letmein")


def _runs(text: str) -> bool:
    left = text
    for word in _COMMON:
        left = left.replace(word, "")
    left = left.strip("0123456789!@#.")
    return not left or any(text in row for row in _ROWS)
