"""`geo-service routes`: the routes that people travel often."""

from pathlib import Path

import click

from geo_service.cli import options, terminal
from geo_service.cli.connection import opened
from geo_service.domain.datum import Datum
from geo_service.services.routes import Label, remove_route, route_from, save_route, saved_routes

_LARGEST_FILE = 8 * 1024 * 1024


@click.group()
def command() -> None:
    """Save, list and remove routes; the page /route and the API offer them."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "identifier", help="Small letters, digits, hyphens; else from the name.")
@click.option("--name", help="As people call it; else as the file says, or is called.")
@click.option("--note", default="", help="What to know about it.")
@click.option(
    "--datum",
    type=options.OneOf(Datum),
    default=Datum.WGS84,
    show_default=True,
    help="Of the file's coordinates; GPX is always wgs84.",
)
def load(file: Path, identifier: str | None, name: str | None, note: str, datum: Datum) -> None:
    """Save the route in FILE: GPX, GeoJSON, or a line longitude,latitude for each position.

    One of the same identifier is replaced.
    """
    if file.stat().st_size > _LARGEST_FILE:
        raise click.ClickException("the file is larger than 8 MiB")
    with opened() as connection:
        saved = route_from(
            file.read_bytes(),
            stem=file.stem,
            datum=Datum(datum),
            label=Label(identifier=identifier, name=name, note=note),
        )
        save_route(connection.database, saved)
    click.echo(f"Saved {saved.name} as {saved.id}: {saved.route.length / 1000:,.1f} km.")


@command.command(name="list")
def list_() -> None:
    """List the saved routes."""
    with opened() as connection:
        routes = saved_routes(connection.database)
    console = terminal.console()
    if not routes:
        console.print("No route is saved.")
        return
    table = terminal.table("route", "name", "km", "positions", "note", right=range(2, 4))
    for each in routes:
        table.add_row(
            each.id,
            terminal.plain(each.name),
            f"{each.route.length / 1000:,.1f}",
            f"{len(each.route.places):,}",
            terminal.plain(each.note),
        )
    console.print(table)


@command.command()
@click.argument("identifier")
def remove(identifier: str) -> None:
    """Forget the saved route IDENTIFIER."""
    with opened() as connection:
        remove_route(connection.database, identifier)
    click.echo(f"Removed {identifier}.")
