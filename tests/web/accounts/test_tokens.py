"""Tokens of programs: made once, scoped, over, revoked."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geo_service.domain.account import Actor, Login, Permission, Role
from geo_service.domain.errors import AccountConflictError, NotAllowedError
from geo_service.persistence.database import Database
from geo_service.services import accounts
from tests.support.staff import Staff, bearer, signed_in
from tests.web.accounts.conftest import MovableClock

ACCOUNT = "/api/v1/account"


def _made(staff: Staff, *permissions: str, **more: object) -> str:
    sent = {"name": "市数据平台", "permission": list(permissions), "days": "30"}
    page = staff.post("/register/tokens", sent | more)
    assert page.status_code == 201, page.text
    found = re.search("gst_[A-Za-z0-9_-]+", page.text)
    assert found is not None
    return found[0]


def _ask(client: FlaskClient, token: str) -> int:
    return client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_and_kept_as_a_hash(app: Flask, database: Database) -> None:
    staff = signed_in(app)

    token = _made(staff, "edit")

    assert token not in staff.get("/register/tokens").text
    with database.transaction() as session:
        rows = session.execute(text("SELECT program_token::text FROM program_token")).scalars()
        assert not any(token in row or token.removeprefix("gst_") in row for row in rows)


def test_a_token_says_whom_it_speaks_for(app: Flask, client: FlaskClient) -> None:
    staff = signed_in(app, counties={"411102", "411103"})
    token = _made(staff, "edit", "look", county=["411102"])

    said = client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).get_json()

    assert said == {
        "login": staff.account.login,
        "role": "editor",
        "token": "市数据平台",
        "permissions": ["edit", "look"],
        "counties": ["411102"],
    }


def test_a_token_is_over_when_its_days_are(
    app: Flask, client: FlaskClient, clock: MovableClock
) -> None:
    token = _made(signed_in(app), "look")

    clock.move(timedelta(days=30, seconds=-1))
    before = _ask(client, token)
    clock.move(timedelta(seconds=1))

    assert (before, _ask(client, token)) == (200, 401)


def test_a_token_opens_nothing_once_it_is_revoked(app: Flask, client: FlaskClient) -> None:
    staff = signed_in(app)
    token = _made(staff, "look")
    number = re.findall(r"/register/tokens/(\d+)/revoke", staff.get("/register/tokens").text)[0]

    before = _ask(client, token)
    staff.post(f"/register/tokens/{number}/revoke")

    assert (before, _ask(client, token)) == (200, 401)


def test_nobody_revokes_the_tokens_of_others_but_an_administrator(
    app: Flask, client: FlaskClient
) -> None:
    owner = signed_in(app)
    token = _made(owner, "look")
    number = re.findall(r"/register/tokens/(\d+)/revoke", owner.get("/register/tokens").text)[0]

    by_another = signed_in(app).post(f"/register/tokens/{number}/revoke")
    between = _ask(client, token)
    by_administrator = signed_in(app, Role.ADMINISTRATOR).post(
        f"/register/tokens/{number}/revoke", {"of": owner.account.login}
    )

    assert (by_another.status_code, between) == (404, 200)
    assert by_administrator.location.startswith(f"/register/accounts/{owner.account.login}")
    assert _ask(client, token) == 401


def test_a_token_loses_what_its_owner_loses(app: Flask) -> None:
    staff = signed_in(app, Role.EDITOR)
    token = _made(staff, "edit", "look")
    header = {"Authorization": f"Bearer {token}"}

    signed_in(app, Role.ADMINISTRATOR).post(
        f"/register/accounts/{staff.account.login}", {"name": "张", "role": "viewer"}
    )

    assert app.test_client().get(ACCOUNT, headers=header).get_json()["permissions"] == ["look"]


def test_a_token_of_a_disabled_account_opens_nothing(
    app: Flask, database: Database, client: FlaskClient, clock: MovableClock
) -> None:
    staff = signed_in(app)
    token = _made(staff, "look")

    accounts.change_account(database, staff.account.login, accounts.disabled(clock.now()))

    assert _ask(client, token) == 401


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"name": ""}, "不能为空"),
        ({"permission": []}, "请勾选"),
        ({"name": "a\u202eb"}, "看不见"),
    ],
)
def test_a_token_that_will_not_do_is_refused_in_words(
    app: Flask, sent: dict[str, object], says: str
) -> None:
    filled = {"name": "x", "permission": ["look"], "days": "30", "lang": "zh"} | sent

    refused = signed_in(app).post("/register/tokens", filled)

    assert refused.status_code == 400
    assert says in refused.text


@pytest.mark.parametrize("days", ["0", "-1", "367", "1e3", "９０"])
def test_a_token_lives_a_year_at_most(app: Flask, days: str) -> None:
    refused = signed_in(app).post(
        "/register/tokens", {"name": "x", "permission": ["look"], "days": days}
    )

    assert refused.status_code == 400


def test_nobody_gives_a_program_rights_beyond_their_own(app: Flask) -> None:
    refused = signed_in(app, Role.EDITOR).post(
        "/register/tokens", {"name": "x", "permission": ["administer"], "days": "30"}
    )

    assert refused.status_code == 403


def test_no_counties_beyond_ones_own_come_with_a_token(app: Flask, client: FlaskClient) -> None:
    token = _made(signed_in(app, counties={"411102"}), "edit", county=["411102", "411103"])

    said = client.get(ACCOUNT, headers={"Authorization": f"Bearer {token}"}).get_json()

    assert said["counties"] == ["411102"]


def test_nobody_keeps_more_tokens_than_can_be_watched(
    database: Database, app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accounts, "MOST_TOKENS", 2)
    owner = Actor.of_account(signed_in(app).account)

    def make() -> None:
        accounts.make_token(
            database,
            owner,
            name="x",
            permissions=[Permission.LOOK],
            counties=None,
            days=1,
            at=clock.now(),
        )

    make()
    make()
    with pytest.raises(AccountConflictError):
        make()
    with pytest.raises(NotAllowedError):
        accounts.make_token(
            database,
            owner,
            name="x",
            permissions=[Permission.ADMINISTER],
            counties=None,
            days=1,
            at=clock.now(),
        )


@pytest.mark.parametrize(
    "authorization",
    [
        "Bearer",
        "Bearer ",
        "Bearer gst_",
        "Bearer gst_" + "a" * 43,
        "Bearer 中",
        "Basic d2FuZzpwYXNz",
        "gst_abc",
        "Bearer gst_x\0",
        "Bearer " + "gst_" + "a" * 5000,
    ],
)
def test_what_is_no_token_opens_nothing_and_is_told_the_scheme(
    client: FlaskClient, authorization: str
) -> None:
    sent = {"Authorization": authorization.encode().decode("latin-1")}

    refused = client.get(ACCOUNT, headers=sent)

    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="geo_service"'
    assert refused.get_json(force=True)["type"] == "/problems/not-signed-in"


def test_a_wrong_token_is_not_made_good_by_a_session(app: Flask) -> None:
    staff = signed_in(app)

    assert staff.get(ACCOUNT).status_code == 200
    assert staff.get(ACCOUNT, headers={"Authorization": "Bearer gst_x"}).status_code == 401


def test_the_scheme_is_read_in_any_case(app: Flask, client: FlaskClient) -> None:
    header = bearer(app)["Authorization"].replace("Bearer", "bearer")

    assert client.get(ACCOUNT, headers={"Authorization": header}).status_code == 200


def test_the_page_says_when_a_token_was_last_used(
    app: Flask, client: FlaskClient, clock: MovableClock
) -> None:
    staff = signed_in(app)
    token = _made(staff, "look")

    clock.move(timedelta(hours=1))
    _ask(client, token)

    # On the 15th in Greenwich, on the 16th where the stations are.
    assert "2026-11-16" in staff.get("/register/tokens").text
    assert "从未" not in staff.get("/register/tokens?lang=zh").text


# -- what history and the counties make of it ----------------------------------------------


def test_history_tells_people_of_the_same_name_and_programs_apart() -> None:
    one, other = (
        Actor(
            login=Login(login),
            called="王芳",
            role=Role.EDITOR,
            permissions=frozenset(),
            counties=None,
            token=token,
        )
        for login, token in (("wang", None), ("wang2", "王芳"))
    )

    assert (one.name, other.name) == ("王芳 (wang)", "王芳 (token of wang2)")


def test_an_editor_of_a_county_edits_there_alone() -> None:
    editor = Actor(
        login=Login("wang"),
        called="王芳",
        role=Role.EDITOR,
        permissions=Role.EDITOR.permissions,
        counties=frozenset({"411102"}),
    )

    assert [editor.may_edit(county) for county in ("411102", "411103", None)] == [
        True,
        False,
        False,
    ]


def test_a_viewer_edits_nowhere() -> None:
    viewer = Actor(
        login=Login("li"),
        called="李",
        role=Role.VIEWER,
        permissions=Role.VIEWER.permissions,
        counties=None,
    )

    assert not viewer.may_edit("411102")


@pytest.mark.parametrize(
    "permission", [Permission.EDIT, Permission.IMPORT, Permission.HANDLE_REPORTS]
)
def test_a_token_for_any_one_way_of_changing_stations_is_held_to_its_counties(
    permission: Permission,
) -> None:
    program = Actor(
        login=Login("li"),
        called="李",
        role=Role.EDITOR,
        permissions=frozenset({permission}),
        counties=frozenset({"411102"}),
        token="同步",
    )

    assert (program.may_edit("411102"), program.may_edit("411103")) == (True, False)
