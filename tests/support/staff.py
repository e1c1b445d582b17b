"""People and programs who are signed in, for tests of what not everybody may do."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from geo_service import runtime
from geo_service.domain.account import Account, Actor, Login, Permission, Role
from geo_service.persistence.accounts import AccountStore
from geo_service.services import accounts, signing_in
from geo_service.web import access

PASSWORD: Final = "correct horse battery"


@dataclass(frozen=True)
class Staff:
    """A browser that somebody is signed in with; what it sends to change things carries its token.

    ``get`` and ``post`` are the test client's; ``headers`` is for all other methods.
    """

    account: Account
    client: FlaskClient
    csrf_token: str
    session_token: str

    @property
    def headers(self) -> dict[str, str]:
        """Return what a script of the page sends along with a change."""
        return {access.CSRF_HEADER: self.csrf_token}

    def get(self, path: str, **more: Any) -> TestResponse:
        """Ask for a page."""
        return self.client.get(path, **more)

    def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of the page."""
        filled = {access.CSRF_FIELD: self.csrf_token} | (data or {})
        return self.client.post(path, data=filled, **more)


def an_account(
    app: Flask,
    role: Role = Role.EDITOR,
    *,
    counties: Collection[str] | None = None,
    login: str | None = None,
    password: str | None = None,
    **more: Any,
) -> Account:
    """Make an account in an app's database; a password takes a moment to be hashed."""
    with app.app_context():
        number = secrets.token_hex(4)
        account = Account(
            login=Login(login or f"{role.value}-{number}"),
            name=more.pop("name", f"张{number}"),
            role=role,
            counties=None if counties is None else frozenset(counties),
            created_at=runtime.now(),
            **more,
        )
        if password is not None:
            accounts.add_account(runtime.database(), account, password)
        else:
            with runtime.database().transaction() as session:
                AccountStore(session).add(account, password_hash="none that fits")
        return account


def signed_in(
    app: Flask, role: Role = Role.EDITOR, *, counties: Collection[str] | None = None, **more: Any
) -> Staff:
    """Sign a new person in to an app."""
    return session_of(app, an_account(app, role, counties=counties, **more))


def session_of(app: Flask, account: Account) -> Staff:
    """Open one more session of somebody's."""
    with app.app_context():
        token = secrets.token_urlsafe(16)
        with runtime.database().transaction() as session:
            hashed = signing_in.hash_of_token(token)
            AccountStore(session).open_session(account.login, hashed, runtime.now())
        csrf_token = signing_in.csrf_token(access.secret_key(), token)
    client = app.test_client()
    client.set_cookie(access.COOKIE, token)
    return Staff(account=account, client=client, csrf_token=csrf_token, session_token=token)


def bearer(
    app: Flask,
    *permissions: Permission,
    role: Role = Role.ADMINISTRATOR,
    counties: Collection[str] | None = None,
) -> dict[str, str]:
    """Return the header of a program that may do this; all that its owner may, if none is named."""
    account = an_account(app, role)
    with app.app_context():
        made = accounts.make_token(
            runtime.database(),
            Actor.of_account(account),
            name="同步程序",
            permissions=permissions or role.permissions,
            counties=None if counties is None else frozenset(counties),
            days=30,
            at=runtime.now(),
        )
    return {"Authorization": f"Bearer {made.text}"}
