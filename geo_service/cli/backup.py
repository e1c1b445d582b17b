"""`geo-service backup`: the whole database in one file."""

from pathlib import Path

import click

from geo_service.cli.connection import reached
from geo_service.persistence.backup import Held, back_up


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Write the whole database to FILE, for geo-service restore.

    The service may go on meanwhile. An older FILE is replaced as a whole, or, if anything goes
    wrong, left as it was. Only its owner may read it: what people sign in with is in it, as hashes.
    """
    with reached() as (_, owner_url, _):
        try:
            held = back_up(owner_url, file)
            size = file.stat().st_size
        except OSError as error:
            raise click.ClickException(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"Wrote {file}: {said(held)}, {max(1, round(size / 1024)):,} KiB.")


def said(held: Held) -> str:
    """Say what a backup holds."""
    stations = f"{held.stations:,} stations"
    return stations if held.revision is None else f"revision {held.revision}, {stations}"
