"""`geo-service accounts …`: who may keep the register."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import click

from geo_service.cli import terminal
from geo_service.cli.connection import Connection, opened
from geo_service.domain.account import Account, Login, Role
from geo_service.services import accounts, signing_in
from geo_service.settings import kept_secret_key

_Role = click.Choice([role.value for role in Role])


@click.group()
def command() -> None:
    """Say who may look at the desk, edit stations and administer accounts.

    A password is asked for, or read from the first line of standard input; it is never an argument.
    """


@command.command()
@click.argument("login")
@click.option("--name", required=True, help="What the person is called; history shows it.")
@click.option("--role", type=_Role, default="administrator", show_default=True)
@click.option("--county", "counties", multiple=True, help="Code of a county to edit; repeatable.")
def add(login: str, name: str, role: str, counties: tuple[str, ...]) -> None:
    """Make an account for LOGIN; the first one should be an administrator."""
    password = _password()
    with opened() as connection:
        wanted = Account(
            login=Login(login),
            name=name.strip(),
            role=Role(role),
            counties=_known(connection, counties),
            created_at=datetime.now(UTC),
        )
        accounts.add_account(connection.database, wanted, password)
    click.echo(f"Added {wanted.login}, {role}.")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(*, as_json: bool) -> None:
    """Print all accounts."""
    with opened() as connection:
        found = accounts.accounts(connection.database)
    if as_json:
        click.echo(json.dumps({"accounts": [_shape(each) for each in found]}, ensure_ascii=False))
        return
    console = terminal.console()
    if not found:
        console.print("No accounts. Make the first: geo-service accounts add LOGIN --name NAME")
        return
    table = terminal.table("login", "name", "role", "counties", "state", right=range(0))
    for each in found:
        table.add_row(
            each.login,
            terminal.plain(each.name),
            each.role.value,
            "all" if each.counties is None else terminal.plain(" ".join(sorted(each.counties))),
            "enabled" if each.is_enabled else "disabled",
        )
    console.print(table)


@command.command()
@click.argument("login")
@click.option("--name", help="What the person is called.")
@click.option("--role", type=_Role)
@click.option("--county", "counties", multiple=True, help="Code of a county to edit; repeatable.")
@click.option("--all-counties", is_flag=True, help="Let the person edit every county.")
def change(
    login: str, name: str | None, role: str | None, counties: tuple[str, ...], *, all_counties: bool
) -> None:
    """Change the name, role or counties of LOGIN."""
    if counties and all_counties:
        raise click.UsageError("give --county or --all-counties, not both")
    with opened() as connection:
        limited = _known(connection, counties)

        def changed(given: Account) -> Account:
            return replace(
                given,
                name=given.name if name is None else name.strip(),
                role=given.role if role is None else Role(role),
                counties=limited if counties or all_counties else given.counties,
            )

        made = accounts.change_account(connection.database, login, changed)
    click.echo(f"Changed {made.login}: {made.role.value}.")


@command.command()
@click.argument("login")
def disable(login: str) -> None:
    """End the use of LOGIN: its sessions and tokens open nothing from now on."""
    with opened() as connection:
        accounts.change_account(connection.database, login, accounts.disabled(datetime.now(UTC)))
    click.echo(f"Disabled {login}.")


@command.command()
@click.argument("login")
def enable(login: str) -> None:
    """Let LOGIN be signed in to again."""
    with opened() as connection:
        accounts.change_account(connection.database, login, accounts.enabled)
    click.echo(f"Enabled {login}.")


@command.command("password")
@click.argument("login")
def set_password(login: str) -> None:
    """Give LOGIN another password, end its sessions, and forget its failed tries."""
    chosen = _password()
    with opened() as connection:
        found = accounts.account(connection.database, login)
        accounts.set_password(connection.database, found.login, chosen, must_change=False)
        settings = connection.settings
        key = (settings.secret_key or kept_secret_key(settings.home)).encode()
        signing_in.forget_tries(connection.database, key, found.login)
    click.echo(f"Set the password of {login}.")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _known(connection: Connection, codes: tuple[str, ...]) -> frozenset[str] | None:
    if not codes:
        return None
    known = connection.register().counties_by_code
    if strange := sorted(set(codes) - known.keys()):
        listed = ", ".join(f"{each.code} {each.name}" for each in known.values())
        raise click.UsageError(f"no county has the code {', '.join(strange)}; there are {listed}")
    return frozenset(codes)


def _shape(given: Account) -> dict[str, Any]:
    return {
        "login": given.login,
        "name": given.name,
        "role": given.role.value,
        "counties": None if given.counties is None else sorted(given.counties),
        "enabled": given.is_enabled,
        "created_at": given.created_at.isoformat(timespec="seconds"),
        "signed_in_at": given.signed_in_at and given.signed_in_at.isoformat(timespec="seconds"),
    }
