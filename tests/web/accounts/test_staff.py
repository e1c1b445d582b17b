"""Accounts, as an administrator sees to them."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import text

from geo_service.domain.account import Account, Role
from geo_service.domain.errors import AccountConflictError, ForbiddenCountyError
from geo_service.persistence.database import Database
from geo_service.services import accounts
from geo_service.web import access
from tests.support.register import a_station
from tests.support.staff import Staff, an_account, session_of, signed_in

NEW = {"name": "王芳", "login": "wang.fang", "role": "editor", "lang": "zh"}


@pytest.fixture
def administrator(app: Flask, database: Database) -> Staff:
    """The only administrator there is."""
    with database.transaction() as session:
        session.execute(text("DELETE FROM account"))
    return signed_in(app, Role.ADMINISTRATOR)


def _secret(page: str) -> str:
    found = re.search(r'<code class="desk-secret">([^<]+)</code>', page)
    assert found is not None
    return found[1]


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(
    app: Flask, administrator: Staff
) -> None:
    made = administrator.post("/register/accounts", NEW)
    password = _secret(made.text)
    client = app.test_client()
    entered = client.post("/register/sign-in", data={"login": "wang.fang", "password": password})

    assert (made.status_code, entered.status_code) == (201, 303)
    assert "/register/password" in client.get(entered.location).location
    assert password not in administrator.get("/register/accounts/wang.fang").text


def test_accounts_are_listed_with_what_they_may(administrator: Staff) -> None:
    administrator.post(
        "/register/accounts", NEW | {"limited": "true", "county": ["411102", "411103"]}
    )

    page = administrator.get("/register/accounts?lang=zh").text

    assert "wang.fang" in page
    assert "源汇区、郾城区" in page


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"login": ""}, "2 到 32 个小写字母"),
        ({"login": "王芳"}, "2 到 32 个小写字母"),
        ({"login": "-rf"}, "2 到 32 个小写字母"),
        ({"login": "a/../b"}, "2 到 32 个小写字母"),
        ({"name": ""}, "不能为空"),
        ({"name": "王\u200b芳"}, "看不见的字符"),
        ({"limited": "true"}, "至少勾选一个县区"),
        ({"limited": "true", "county": ["999999"]}, "至少勾选一个县区"),
    ],
)
def test_an_account_that_will_not_do_is_refused_in_words(
    administrator: Staff, sent: dict[str, object], says: str
) -> None:
    refused = administrator.post("/register/accounts", NEW | sent)

    assert refused.status_code == 400
    assert says in refused.text


def test_a_login_belongs_to_one_person(administrator: Staff) -> None:
    administrator.post("/register/accounts", NEW)

    refused = administrator.post("/register/accounts", NEW | {"name": "王方", "login": "Wang.Fang"})

    assert refused.status_code == 400
    assert "已经有人用了" in refused.text


def test_role_name_and_counties_can_be_changed(
    app: Flask, administrator: Staff, database: Database
) -> None:
    login = an_account(app, Role.VIEWER).login

    changed = administrator.post(
        f"/register/accounts/{login}",
        {"name": "李强", "role": "editor", "limited": "true", "county": "411121"},
    )

    found = accounts.account(database, login)
    assert changed.status_code == 303
    assert (found.name, found.role, found.counties) == ("李强", Role.EDITOR, frozenset({"411121"}))


@pytest.mark.parametrize(
    ("action", "sent"), [("/disable", {}), ("", {"name": "张", "role": "editor"})]
)
def test_the_last_administrator_can_neither_be_disabled_nor_lowered(
    administrator: Staff, action: str, sent: dict[str, str], database: Database
) -> None:
    login = administrator.account.login

    refused = administrator.post(f"/register/accounts/{login}{action}", sent | {"lang": "zh"})

    assert refused.status_code == 409
    assert "最后一个管理员" in refused.text
    assert accounts.account(database, login).is_administrator


def test_an_administrator_who_is_disabled_is_no_other_administrator(
    app: Flask, administrator: Staff
) -> None:
    other = an_account(app, Role.ADMINISTRATOR)
    administrator.post(f"/register/accounts/{other.login}/disable")

    refused = administrator.post(f"/register/accounts/{administrator.account.login}/disable")

    assert refused.status_code == 409


def test_of_two_administrators_who_disable_each_other_at_once_one_is_left(
    app: Flask, administrator: Staff, database: Database
) -> None:
    logins = [administrator.account.login, an_account(app, Role.ADMINISTRATOR).login]
    barrier = Barrier(2)

    def disable(login: str) -> bool:
        def change(given: Account) -> Account:
            return replace(given, disabled_at=given.created_at)

        barrier.wait()
        try:
            accounts.change_account(database, login, change)
        except AccountConflictError:
            return False
        return True

    for _ in range(5):
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(disable, logins))
        assert sorted(done) == [False, True]
        for login in logins:
            accounts.change_account(database, login, accounts.enabled)


def test_a_reset_password_ends_the_sessions_and_must_be_changed(
    app: Flask, administrator: Staff
) -> None:
    staff = session_of(app, an_account(app, password="correct horse battery"))

    page = administrator.post(f"/register/accounts/{staff.account.login}/password")
    client = app.test_client()
    entered = client.post(
        "/register/sign-in", data={"login": staff.account.login, "password": _secret(page.text)}
    )

    assert staff.get("/register").status_code == 303
    assert "/register/password" in client.get(entered.location).location


def test_a_disabled_account_can_be_brought_back(app: Flask, administrator: Staff) -> None:
    account = an_account(app)
    administrator.post(f"/register/accounts/{account.login}/disable")
    administrator.post(f"/register/accounts/{account.login}/enable")

    assert session_of(app, account).get("/register").status_code == 200


@pytest.mark.parametrize(
    ("action", "sent"), [("", {"name": "x"}), ("/disable", {}), ("/enable", {}), ("/password", {})]
)
def test_an_account_that_is_not_there_is_not_found(
    administrator: Staff, action: str, sent: dict[str, str]
) -> None:
    refused = administrator.post(f"/register/accounts/nobody{action}", sent)

    assert (refused.status_code, refused.get_json(force=True)["type"]) == (
        404,
        "/problems/account-not-found",
    )


def test_names_are_text_on_every_page(app: Flask, administrator: Staff) -> None:
    hostile = "<script>alert(1)</script>{{7*7}}"
    login = an_account(app, name=hostile).login

    pages = [
        administrator.get("/register/accounts").text,
        administrator.get(f"/register/accounts/{login}").text,
    ]

    assert all("&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page for page in pages)
    assert not any("<script>alert" in page for page in pages)


def test_only_an_administrator_sees_the_way_to_the_accounts(
    app: Flask, administrator: Staff
) -> None:
    assert "/register/accounts" in administrator.get("/register").text
    assert "/register/accounts" not in signed_in(app, Role.EDITOR).get("/register").text
    assert signed_in(app, Role.EDITOR).get("/register/accounts").status_code == 403


def test_an_editor_is_held_to_the_counties_of_a_stations_township(app: Flask) -> None:
    staff = signed_in(app, counties={"411102"})
    here, there, nowhere = (
        a_station("A-1", township_code=code) for code in ("411102001", "411103001", None)
    )
    cookie = {"Cookie": f"{access.COOKIE}={staff.session_token}"}

    with app.test_request_context("/register", headers=cookie):
        access.must_edit(here)
        with pytest.raises(ForbiddenCountyError, match="411103, which is not yours"):
            access.must_edit(here, there)
        with pytest.raises(ForbiddenCountyError, match="no known county"):
            access.must_edit(nowhere)
