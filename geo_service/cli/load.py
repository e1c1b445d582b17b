"""`geo-service load`: another register in the place of the present one."""

from pathlib import Path

import click

from geo_service.cli.author import author
from geo_service.cli.connection import opened
from geo_service.services.setup import load_folder


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--reason", default="replaced by geo-service load", show_default=True)
def command(folder: Path, reason: str) -> None:
    """Replace the whole register by FOLDER, of the form of data/stations, or by nothing at all.

    Every fault of the folder is listed; with one, the register stays as it is.
    """
    with opened(to_be_replaced=True) as connection:
        number, stations = load_folder(connection.database, folder, author=author(), reason=reason)
    click.echo(f"Loaded {stations} stations as revision {number}.")
