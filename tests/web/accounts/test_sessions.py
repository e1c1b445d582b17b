"""Sessions of staff: opened, shown, and over."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geo_service.domain.account import Permission, Role
from geo_service.persistence.accounts import AccountStore
from geo_service.persistence.database import Database
from geo_service.services import accounts, signing_in
from geo_service.web import access
from tests.support.staff import PASSWORD, an_account, session_of, signed_in
from tests.web.accounts.conftest import MovableClock


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


@pytest.mark.parametrize(
    ("pause", "status"), [(timedelta(hours=2, seconds=-1), 200), (timedelta(hours=2), 303)]
)
def test_a_session_that_nobody_uses_is_over_after_two_hours(
    app: Flask, clock: MovableClock, pause: timedelta, status: int
) -> None:
    staff = signed_in(app)

    clock.move(pause)

    assert staff.get("/register").status_code == status


def test_a_session_is_over_after_twelve_hours_however_busy(app: Flask, clock: MovableClock) -> None:
    staff, said = signed_in(app), []

    for _ in range(13):
        said.append(staff.get("/register").status_code)
        clock.move(timedelta(hours=1))

    assert said == [200] * 12 + [303]


def test_sessions_that_are_over_do_not_pile_up(
    app: Flask, database: Database, clock: MovableClock, client: FlaskClient
) -> None:
    old = signed_in(app)
    account = an_account(app, password=PASSWORD)
    clock.move(timedelta(hours=13))

    client.post("/register/sign-in", data={"login": account.login, "password": PASSWORD})

    with database.transaction() as session:
        kept = AccountStore(session).session(signing_in.hash_of_token(old.session_token))
    assert kept is None


def test_whoever_is_disabled_is_out_at_once_on_every_machine(
    app: Flask, database: Database, clock: MovableClock
) -> None:
    here = signed_in(app)
    there = session_of(app, here.account)

    accounts.change_account(database, here.account.login, accounts.disabled(clock.now()))

    assert [here.get("/register").status_code, there.get("/register").status_code] == [303, 303]


def test_a_database_has_nothing_that_a_cookie_could_be_made_from(
    app: Flask, database: Database
) -> None:
    staff = signed_in(app)

    with database.transaction() as session:
        assert AccountStore(session).session(staff.session_token) is None


@pytest.mark.parametrize(
    "cookie", ["", "x", "\u4e2d", "a" * 5000, "gst_x", "'; DROP TABLE account"]
)
def test_a_cookie_that_somebody_made_up_opens_nothing(client: FlaskClient, cookie: str) -> None:
    sent = client.get(
        "/register", headers={"Cookie": f"{access.COOKIE}={cookie}".encode().decode("latin-1")}
    )

    assert sent.status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/register",
        "/\\evil.example",
        "/register\\evil",
        "/registered",
        "/api/v1/stations",
        "javascript:alert(1)",
        "/register/\r\nX: y",
        " /register",
    ],
)
def test_the_way_back_leads_nowhere_but_into_the_desk(
    app: Flask, client: FlaskClient, wanted: str
) -> None:
    account = an_account(app, password=PASSWORD)

    entered = client.post(
        "/register/sign-in",
        data={"login": account.login, "password": PASSWORD, "next": wanted, "lang": "zh"},
    )

    assert (entered.status_code, entered.location) == (303, "/register?lang=zh")


def test_behind_a_prefix_cookie_and_way_back_stay_behind_it(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password=PASSWORD)
    behind = {"SCRIPT_NAME": "/stations"}

    away = client.get("/register/account", environ_overrides=behind)
    entered = client.post(
        "/register/sign-in",
        data={"login": account.login, "password": PASSWORD, "next": "/stations/register/account"},
        environ_overrides=behind,
    )

    assert away.location.startswith("/stations/register/sign-in?next=/stations/register/account")
    assert entered.location == "/stations/register/account"
    assert "Path=/stations/;" in entered.headers["Set-Cookie"] + ";"


def test_a_sign_in_from_a_page_of_another_site_is_refused(app: Flask, client: FlaskClient) -> None:
    account = an_account(app, password=PASSWORD)

    entered = client.post(
        "/register/sign-in",
        data={"login": account.login, "password": PASSWORD},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert entered.status_code == 403
    assert "Set-Cookie" not in entered.headers


def test_signing_in_again_ends_the_session_that_was(app: Flask) -> None:
    staff = signed_in(app)
    account = an_account(app, password=PASSWORD)

    staff.client.post("/register/sign-in", data={"login": account.login, "password": PASSWORD})
    staff.client.set_cookie(access.COOKIE, staff.session_token)

    assert staff.get("/register").status_code == 303


def test_a_page_that_came_without_https_says_what_that_means(client: FlaskClient) -> None:
    plain = client.get("/register/sign-in?lang=zh", base_url="http://10.0.0.5:8000")
    encrypted = client.get("/register/sign-in?lang=zh", base_url="https://stations.example.org")

    assert "没有使用 https" in plain.text
    assert "没有使用 https" not in encrypted.text


def test_a_form_sent_after_the_session_ended_is_refused_with_a_way_in(client: FlaskClient) -> None:
    refused = client.post("/register/password?lang=zh", headers={"Accept": "text/html"})

    assert refused.status_code == 401
    assert "/register/sign-in" in refused.text


def test_public_pages_ask_nobody_who_they_are(app: Flask) -> None:
    staff = signed_in(app)

    page = staff.get("/")

    assert "Set-Cookie" not in page.headers
    assert "private" not in page.headers.get("Cache-Control", "")


def test_a_way_back_too_long_to_be_kept_leads_to_the_page_without_its_question(
    client: FlaskClient,
) -> None:
    away = client.get("/register/account?lang=zh&find=" + "x" * 5000)

    assert client.get(away.location).status_code == 200
    assert away.location == "/register/sign-in?lang=zh&next=/register/account"
