"""Who may come in: signing in, sessions, tokens, and what is refused at the door."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service import create_app
from geo_service.domain.account import Permission, Role
from geo_service.persistence import migrate
from geo_service.persistence.database import Database
from geo_service.runtime import Clock
from geo_service.services.setup import load_folder
from geo_service.settings import Settings
from geo_service.web import access
from tests.conftest import MONDAY_AT_FIVE, SHIPPED
from tests.support.app import closing
from tests.support.postgis import postgis
from tests.support.staff import PASSWORD, an_account, session_of, signed_in


class MovableClock(Clock):
    """Shows the instant it was last moved to."""

    def __init__(self) -> None:
        self.instant = MONDAY_AT_FIVE

    def now(self) -> datetime:
        """Return the instant."""
        return self.instant

    def move(self, by: timedelta) -> None:
        """Let time pass."""
        self.instant += by


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with postgis() as server:
        migrate.upgrade(server.owner_url)
        database = Database.connect(server.service_url)
        load_folder(database, SHIPPED, author="tests", reason="the shipped register")
        yield database
        database.engine.dispose()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def app(database: Database, clock: MovableClock, tmp_path: Path) -> Iterator[Flask]:
    settings = Settings(home=tmp_path, log_level="error", secret_key="k" * 32)
    with closing(create_app(settings, database=database, clock=clock)) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_page_leads_who_is_not_signed_in_to_the_form_and_from_there_back(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password=PASSWORD)

    sent_away = client.get("/register?lang=en")
    form = client.get(sent_away.location)
    leads_to = re.search(r'name="next" value="([^"]*)"', form.text)
    assert leads_to is not None
    entered = client.post(
        "/register/sign-in",
        data={"login": account.login, "password": PASSWORD, "next": leads_to[1]},
    )
    page = client.get(entered.location)

    assert (sent_away.status_code, entered.status_code) == (303, 303)
    assert entered.location == "/register?lang=en"
    assert page.status_code == 200
    assert account.name in page.text


def test_the_cookie_is_for_this_service_alone_and_for_no_script(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password=PASSWORD)

    entered = client.post(
        "/register/sign-in",
        data={"login": account.login, "password": PASSWORD},
        base_url="https://stations.example.org",
    )
    cookie = entered.headers["Set-Cookie"]

    assert cookie.startswith(f"{access.COOKIE}=")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_signing_out_ends_the_session_and_not_only_the_cookie(app: Flask) -> None:
    staff = signed_in(app)

    left = staff.post("/register/sign-out")
    staff.client.set_cookie(access.COOKIE, staff.session_token)  # whoever kept it

    assert left.status_code == 303
    assert staff.get("/register").status_code == 303


def test_a_change_without_the_pages_token_is_refused(app: Flask) -> None:
    staff = signed_in(app)

    refused = staff.client.post("/register/sign-out")

    assert (refused.status_code, refused.get_json(force=True)["type"]) == (
        403,
        "/problems/forged-request",
    )
    assert staff.get("/register").status_code == 200


def test_the_token_of_another_session_of_the_same_person_does_not_help(app: Flask) -> None:
    staff = signed_in(app)
    other = session_of(app, staff.account)

    refused = staff.client.post("/register/sign-out", data={"csrf_token": other.csrf_token})

    assert refused.status_code == 403


def test_a_script_of_the_page_sends_the_token_in_a_header(app: Flask) -> None:
    staff = signed_in(app)

    assert staff.client.post("/register/sign-out", headers=staff.headers).status_code == 303


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("role", Role)
def test_everybody_on_the_staff_has_a_start_page(app: Flask, role: Role, lang: str) -> None:
    page = signed_in(app, role).get(f"/register?lang={lang}")

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "private, no-store"


def test_every_permission_is_somebodys() -> None:
    assert frozenset(Permission) == Role.ADMINISTRATOR.permissions
