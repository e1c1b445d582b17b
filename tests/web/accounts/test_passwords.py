"""Passwords: tried, blocked, changed, handed over."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from geo_service.domain.account import Role
from geo_service.domain.errors import SignInRefusedError, TooManySignInsError
from geo_service.persistence.accounts import AccountStore
from geo_service.persistence.database import Database
from geo_service.services import accounts, passwords, signing_in
from geo_service.web.senders import SenderLimit
from tests.support.staff import PASSWORD, an_account, session_of, signed_in
from tests.web.accounts.conftest import MovableClock

ANOTHER = "battery staple horse"
KEY = b"k" * 32


def _try(client: FlaskClient, login: str, password: str = "x") -> int:  # noqa: S107
    sent = {"login": login, "password": password, "lang": "zh"}
    return client.post("/register/sign-in", data=sent).status_code


def test_a_wrong_password_and_an_unknown_login_are_refused_in_the_same_words(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password=PASSWORD)

    said = [
        client.post("/register/sign-in", data={"login": login, "password": "wrong", "lang": "zh"})
        for login in (account.login, "nobody-at-all")
    ]

    texts = [
        answer.text.replace(account.login, "…").replace("nobody-at-all", "…") for answer in said
    ]
    assert [answer.status_code for answer in said] == [403, 403]
    assert "账号或密码不对" in texts[0]
    assert re.sub("nonce-?[^ ]+", "", texts[0]) == re.sub("nonce-?[^ ]+", "", texts[1])


def test_an_unknown_login_is_refused_as_slowly_as_a_known_one() -> None:
    kept = passwords.hash_of(PASSWORD)

    def seconds(hashed: str | None) -> float:  # of work: others keep the machine busy as well
        began = time.thread_time()
        passwords.fits("wrong", hashed)
        return time.thread_time() - began

    known, unknown = (min(seconds(each) for _ in range(3)) for each in (kept, None))
    assert unknown == pytest.approx(known, rel=0.5)


def test_a_disabled_account_is_refused_in_the_same_words(app: Flask, client: FlaskClient) -> None:
    account = an_account(app, password=PASSWORD, login="was-here")
    staff = signed_in(app, Role.ADMINISTRATOR)
    staff.post(f"/register/accounts/{account.login}/disable")

    refused = client.post(
        "/register/sign-in", data={"login": account.login, "password": PASSWORD, "lang": "zh"}
    )

    assert refused.status_code == 403
    assert "账号或密码不对" in refused.text


def test_five_wrong_passwords_block_the_right_one_for_a_while(
    app: Flask, client: FlaskClient, clock: MovableClock
) -> None:
    account = an_account(app, password=PASSWORD)

    tried = [_try(client, account.login) for _ in range(5)]
    blocked = client.post(
        "/register/sign-in", data={"login": account.login, "password": PASSWORD, "lang": "zh"}
    )
    clock.move(timedelta(seconds=30))

    assert tried == [403] * 5
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "31")
    assert "请等 31 秒" in blocked.text
    assert _try(client, account.login, PASSWORD) == 303


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    database: Database, clock: MovableClock
) -> None:
    def count() -> float:
        with database.transaction() as session:
            blocked = AccountStore(session).count_try("waits", clock.now(), signing_in.PATIENCE)
        return 0.0 if blocked is None else (blocked - clock.now()).total_seconds()

    waits = [count() for _ in range(6)][-1:]
    for _ in range(7):
        clock.move(timedelta(seconds=waits[-1]))
        assert count() == 0  # one more is looked at
        waits.append(count())

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_an_unknown_login_is_blocked_just_the_same(client: FlaskClient) -> None:
    tried = [_try(client, "nobody-has-this") for _ in range(6)]

    assert tried == [403] * 5 + [429]


def test_capitals_and_blanks_are_no_way_around_a_block(client: FlaskClient) -> None:
    tried = [_try(client, login) for login in ("wang", "WANG", " wang", "Wang ", "wAng", "waNg")]

    assert tried == [403] * 5 + [429]


def test_of_many_tries_at_once_no_more_than_the_free_ones_are_looked_at(
    database: Database, clock: MovableClock
) -> None:
    def count(_: int) -> bool:
        with database.transaction() as session:
            store = AccountStore(session)
            return store.count_try("at once", clock.now(), signing_in.PATIENCE) is None

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(count, range(24)))

    assert looked_at == signing_in.PATIENCE.free


def test_a_success_lets_the_next_failures_be_the_first_again(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password=PASSWORD)

    for _ in range(3):
        assert [_try(client, account.login) for _ in range(4)] == [403] * 4
        assert _try(client, account.login, PASSWORD) == 303


def test_failures_are_forgotten_after_a_day(client: FlaskClient, clock: MovableClock) -> None:
    for _ in range(5):
        _try(client, "forgotten")

    clock.move(timedelta(days=1))

    assert [_try(client, "forgotten") for _ in range(4)] == [403] * 4


def test_what_was_typed_as_a_login_is_nowhere_in_the_database(
    client: FlaskClient, database: Database
) -> None:
    _try(client, "my-secret-password")

    with database.transaction() as session:
        rows = session.execute(text("SELECT login_hash FROM sign_in_try")).scalars().all()
    assert rows
    assert not any("my-secret" in row for row in rows)
    assert signing_in.hash_of_token("my-secret-password") not in rows  # nor can it be tried out


def test_one_connection_may_not_try_without_end(app: Flask, client: FlaskClient) -> None:
    app.extensions["geo_service.web.sign_in_senders"] = SenderLimit(2, 600)

    assert [_try(client, f"somebody-{number}") for number in range(3)] == [403, 403, 429]


@pytest.mark.parametrize(
    "login", ["", "\0", "x' OR '1'='1", "王芳", "a" * 100, "../..", "{{7*7}}", "<script>"]
)
def test_a_hostile_login_is_refused_and_shown_as_text(client: FlaskClient, login: str) -> None:
    refused = client.post("/register/sign-in", data={"login": login, "password": "x"})

    assert refused.status_code == 403
    assert "<script>" not in refused.text.replace("<script nonce", "")
    assert "49" not in re.findall(r'name="login" value="([^"]*)"', refused.text)


@pytest.mark.parametrize("field", ["login", "password"])
def test_what_is_too_long_is_refused_before_anything_is_computed(
    client: FlaskClient, field: str
) -> None:
    sent = {"login": "somebody", "password": "x"} | {field: "x" * 100_000}

    assert client.post("/register/sign-in", data=sent).status_code == 400


# -- changed -------------------------------------------------------------------------------


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(app: Flask) -> None:
    here = session_of(app, an_account(app, password=PASSWORD))
    there = session_of(app, here.account)

    changed = here.post("/register/password", {"old": PASSWORD, "new": ANOTHER, "again": ANOTHER})

    assert changed.status_code == 303
    assert [here.get("/register").status_code, there.get("/register").status_code] == [200, 303]
    assert _try(app.test_client(), here.account.login, ANOTHER) == 303
    assert _try(app.test_client(), here.account.login, PASSWORD) == 403


def test_whoever_sits_at_somebody_elses_screen_cannot_guess_long(
    app: Flask, clock: MovableClock
) -> None:
    staff = session_of(app, an_account(app, password=PASSWORD))
    sent = {"old": "a guess", "new": ANOTHER, "again": ANOTHER, "lang": "zh"}

    said = [staff.post("/register/password", sent).text for _ in range(6)]
    right = staff.post("/register/password", sent | {"old": PASSWORD})
    clock.move(timedelta(seconds=30))

    assert [("现在的密码不对" in each, "试得太多了" in each) for each in said] == [
        *[(True, False)] * 5,
        (False, True),
    ]
    assert right.status_code == 400
    assert staff.post("/register/password", sent | {"old": PASSWORD}).status_code == 303


def test_a_password_given_anew_while_the_old_one_was_looked_at_lets_nobody_in(
    app: Flask, database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = an_account(app, password=PASSWORD)
    fits = passwords.fits

    def slowly(password: str, kept: str | None) -> bool:
        found = fits(password, kept)
        accounts.set_password(database, account.login, ANOTHER, must_change=True)
        return found

    monkeypatch.setattr(passwords, "fits", slowly)
    with pytest.raises(SignInRefusedError):
        signing_in.sign_in(database, KEY, account.login, PASSWORD, clock.now())


@pytest.mark.parametrize(
    ("old", "new", "again", "says"),
    [
        ("wrong one here", ANOTHER, ANOTHER, "现在的密码不对"),
        (PASSWORD, ANOTHER, "battery staple mouse", "不一样"),
        (PASSWORD, "short", "short", "至少 10 个字符"),
        (PASSWORD, "aaaaaaaaaaaa", "aaaaaaaaaaaa", "至少 10 个字符"),
        (PASSWORD, "1234567890", "1234567890", "至少 10 个字符"),
        (PASSWORD, "password2026", "password2026", "至少 10 个字符"),
        (PASSWORD, "qwertyuiop", "qwertyuiop", "至少 10 个字符"),
        (PASSWORD, PASSWORD, PASSWORD, "至少 10 个字符"),
        (PASSWORD, "", "", "至少 10 个字符"),
    ],
)
def test_a_password_that_will_not_do_is_refused_in_words(
    app: Flask, old: str, new: str, again: str, says: str
) -> None:
    staff = session_of(app, an_account(app, password=PASSWORD))

    refused = staff.post(
        "/register/password?", {"old": old, "new": new, "again": again, "lang": "zh"}
    )

    assert refused.status_code == 400
    assert says in refused.text


def test_a_password_typed_with_a_chinese_keyboards_wide_signs_is_the_same(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, password="horse battery 2026!")

    assert _try(client, account.login, "horse battery ２０２６！") == 303


def test_who_was_given_a_password_can_do_nothing_before_changing_it(app: Flask) -> None:
    account = an_account(app, Role.ADMINISTRATOR, password=PASSWORD, must_change=True)
    staff = session_of(app, account)

    led = [staff.get(path).location for path in ("/register", "/register/accounts")]
    refused = staff.post(f"/register/accounts/{account.login}", {"name": "x"})
    asked = staff.get("/api/v1/account")
    staff.post("/register/password", {"old": PASSWORD, "new": ANOTHER, "again": ANOTHER})

    assert led == ["/register/password"] * 2
    assert (refused.status_code, asked.status_code) == (403, 403)
    assert staff.get("/register/accounts").status_code == 200


def test_passwords_are_kept_by_argon2id_with_a_salt_of_their_own() -> None:
    kept = {passwords.hash_of(PASSWORD) for _ in range(2)}

    assert len(kept) == 2
    assert all(each.startswith("$argon2id$v=19$m=65536,t=3,p=1$") for each in kept)


def test_a_password_kept_under_weaker_rules_is_kept_anew_at_the_next_sign_in(
    app: Flask, client: FlaskClient, database: Database
) -> None:
    from argon2 import PasswordHasher  # noqa: PLC0415 - the oracle

    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    account = an_account(app)
    with database.transaction() as session:
        AccountStore(session).set_password(account.login, weak, must_change=False)

    assert _try(client, account.login, PASSWORD) == 303

    with database.transaction() as session:
        kept = AccountStore(session).password_hash(account.login)
    assert kept is not None
    assert "m=65536" in kept


def test_too_many_tries_are_told_by_the_service_too(
    database: Database, clock: MovableClock
) -> None:
    def attempt() -> None:
        signing_in.sign_in(database, KEY, "nobody", "x", clock.now())

    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            attempt()
    with pytest.raises(TooManySignInsError, match="wait 31 seconds"):
        attempt()
