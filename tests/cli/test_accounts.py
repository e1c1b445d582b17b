"""`geo-service accounts …`: the first administrator, and help when nobody can get in."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from geo_service.cli import main
from geo_service.persistence.accounts import AccountStore
from geo_service.persistence.database import Database
from geo_service.services import passwords
from tests.cli.conftest import Command, environment
from tests.support.postgis import PostGIS

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nobody(shipped: Database) -> None:
    """No accounts yet."""
    with shipped.transaction() as session:
        session.execute(text("DELETE FROM account"))


@pytest.fixture
def typed(shipped_postgis: PostGIS, tmp_path_factory: pytest.TempPathFactory) -> "TypedCommand":
    """Run a command with something on its standard input."""
    home = tmp_path_factory.mktemp("accounts")
    return TypedCommand(environment(shipped_postgis, home))


class TypedCommand:
    """The commands, told a password on standard input."""

    def __init__(self, environ: dict[str, str]) -> None:
        self._environ = environ

    def __call__(self, *arguments: str, given: str = PASSWORD + "\n") -> Result:
        """Run one."""
        return CliRunner(env=self._environ).invoke(main, ["accounts", *arguments], input=given)


def _listed(shell: Command) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(shell("accounts", "list", "--json").stdout)[
        "accounts"
    ]
    return found


def test_the_first_account_is_an_administrators(typed: TypedCommand, shell: Command) -> None:
    said = typed("add", "wang.fang", "--name", "王芳")

    assert said.output == "Added wang.fang, administrator.\n"
    (account,) = _listed(shell)
    assert (account["name"], account["role"], account["counties"]) == (
        "王芳",
        "administrator",
        None,
    )


def test_the_password_is_the_line_that_was_given(typed: TypedCommand, shipped: Database) -> None:
    typed("add", "wang", "--name", "王芳", given=PASSWORD + "\r\nmore\n")

    with shipped.transaction() as session:
        kept = AccountStore(session).password_hash("wang")
    assert passwords.fits(PASSWORD, kept)


def test_no_command_takes_a_password_as_an_argument() -> None:
    accounts = main.get_command(None, "accounts")  # type: ignore[arg-type]

    assert accounts is not None
    options = [
        option
        for command in accounts.commands.values()  # type: ignore[attr-defined]
        for each in command.params
        for option in each.opts
    ]
    assert not [option for option in options if "pass" in option]


@pytest.mark.parametrize(
    ("login", "given", "says"),
    [
        ("wang", "\n", "10 characters"),
        ("wang", "", "10 characters"),
        ("wang", "wang wang wang\n", "sign in with"),
        ("Wang Fang", PASSWORD + "\n", "small letters"),
    ],
)
def test_what_will_not_do_is_refused_in_words(
    typed: TypedCommand, shell: Command, login: str, given: str, says: str
) -> None:
    said = typed("add", login, "--name", "王芳", given=given)

    assert said.exit_code == 1
    assert says in said.output
    assert _listed(shell) == []


def test_an_editor_is_held_to_counties_that_there_are(typed: TypedCommand, shell: Command) -> None:
    refused = typed("add", "li", "--name", "李强", "--role", "editor", "--county", "999999")
    typed("add", "li", "--name", "李强", "--role", "editor", "--county", "411102")

    assert refused.exit_code == 2
    assert "411102" in refused.output
    (account,) = _listed(shell)
    assert account["counties"] == ["411102"]


def test_the_last_administrator_is_kept(typed: TypedCommand, shell: Command) -> None:
    typed("add", "wang", "--name", "王芳")

    disabled = shell("accounts", "disable", "wang")
    lowered = shell("accounts", "change", "wang", "--role", "viewer")

    assert (disabled.exit_code, lowered.exit_code) == (1, 1)
    assert "last administrator" in disabled.output + lowered.output
    assert [each["enabled"] for each in _listed(shell)] == [True]


def test_accounts_are_changed_disabled_and_enabled(typed: TypedCommand, shell: Command) -> None:
    typed("add", "wang", "--name", "王芳")
    typed("add", "li", "--name", "李强", "--role", "editor", "--county", "411102")

    shell("accounts", "change", "li", "--name", "李强强", "--all-counties")
    shell("accounts", "disable", "li")
    (li, _) = _listed(shell)
    shell("accounts", "enable", "li")

    assert (li["name"], li["counties"], li["enabled"]) == ("李强强", None, False)
    assert _listed(shell)[0]["enabled"] is True


def test_a_new_password_ends_the_wait_after_failed_tries(
    typed: TypedCommand, shipped: Database
) -> None:
    typed("add", "wang", "--name", "王芳")

    said = typed("password", "wang", given="battery staple horse\n")

    with shipped.transaction() as session:
        kept = AccountStore(session).password_hash("wang")
    assert said.output == "Set the password of wang.\n"
    assert passwords.fits("battery staple horse", kept)


def test_nobody_is_said_to_be_nobody(shell: Command, typed: TypedCommand) -> None:
    assert "No accounts" in shell("accounts", "list").stdout
    assert "nobody has the login 'li'" in shell("accounts", "disable", "li").output
    assert "nobody has the login 'li'" in typed("password", "li").output


def test_a_name_cannot_command_the_terminal(
    typed: TypedCommand, shell: Command, shipped: Database
) -> None:
    typed("add", "wang", "--name", "王芳")
    with shipped.transaction() as session:
        session.execute(text("UPDATE account SET name = E'\\x1b[31m王'"))

    assert "\x1b[31m王" not in shell("accounts", "list").stdout
