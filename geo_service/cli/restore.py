"""`geo-service restore`: a backup into an empty database."""

from pathlib import Path

import click

from geo_service.cli.backup import said
from geo_service.cli.connection import reached
from geo_service.persistence.backup import restore


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def command(file: Path) -> None:
    """Put the backup FILE into the database of the settings, which must be empty.

    All of it or nothing: whatever stops it leaves the database empty. The roles may have other
    names than where the backup was made. The next start brings an older schema up to date.
    """
    with reached() as (_, owner_url, url):
        held = restore(owner_url, url, file)
    click.echo(f"Restored {said(held)}.")
