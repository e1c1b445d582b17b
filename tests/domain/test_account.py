"""What makes a login, and what a password must not be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import CheckConstraint

from geo_service.domain.account import (
    Permission,
    Role,
    both,
    why_no_login,
    why_no_password,
)
from geo_service.persistence.tables import AccountRow

COUNTIES = st.none() | st.frozensets(st.sampled_from(["411102", "411103", "411121"]))


def test_the_database_takes_the_same_logins() -> None:
    (rule,) = (
        str(each.sqltext)
        for each in AccountRow.__table__.constraints  # type: ignore[attr-defined]
        if isinstance(each, CheckConstraint) and "login ~" in str(each.sqltext)
    )
    pattern = rule.split("'")[1].removeprefix("^").removesuffix("$")

    for login in ("wang", "wang.fang", "li-2", "a_b", "9z", "a" * 32):
        assert why_no_login(login) is None
        assert re.fullmatch(pattern, login)
    for login in ("", "a", "Wang", "王芳", "-rf", ".x", "a b", "a/b", "a\n", "a" * 33, "１２３"):
        assert why_no_login(login) is not None
        assert not re.fullmatch(pattern, login)


@given(st.text())
def test_no_text_breaks_the_rules_for_logins_and_passwords(text: str) -> None:
    assert why_no_login(text) is None or isinstance(why_no_login(text), str)
    assert why_no_password(text, "wang.fang") is None or isinstance(
        why_no_password(text, "wang.fang"), str
    )


@pytest.mark.parametrize(
    "password",
    [
        "",
        "short",
        "a" * 10,
        "abababababab",
        "0123456789",
        "9876543210",
        "qwertyuiop",
        "1qaz2wsx3edc",
        "abcdefghij",
        "password123",
        "Password2026!",
        "admin123456",
        "woaini520520",
        "gonghui2026!!",
        "wang.fang2026",
        "x" * 201,
    ],
)
def test_a_password_that_everybody_tries_is_refused(password: str) -> None:
    assert why_no_password(password, "wang.fang") is not None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "一二三四五六七八九十",
        "h7k2-m9xq-b4tz-w8ns",
        "春天在沙河边走路真好",
    ],
)
def test_a_password_that_is_long_enough_needs_no_signs_and_digits(password: str) -> None:
    assert why_no_password(password, "li") is None


def test_each_role_may_all_that_the_one_below_may() -> None:
    viewer, editor, administrator = (role.permissions for role in Role)

    assert viewer < editor < administrator
    assert administrator == set(Permission)


@given(COUNTIES, COUNTIES, st.sampled_from(["411102", "411103", "411121", "999999"]))
def test_two_limits_allow_what_each_of_them_allows(
    one: frozenset[str] | None, other: frozenset[str] | None, county: str
) -> None:
    allowed = both(one, other)

    assert (allowed is None or county in allowed) == all(
        each is None or county in each for each in (one, other)
    )
