"""`geo-service migrate`: the schema of the database."""

import os

import click

from geo_service.domain.errors import GeoServiceError
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.settings import Settings, SettingsError


@click.command()
@click.option("--to", "target", default="head", show_default=True, help="A migration, or base.")
@click.option("--down", is_flag=True, help="Go back to --to instead of forward.")
def command(target: str, *, down: bool) -> None:
    """Bring the schema up to date, as the role that owns it. `serve` does so by itself."""
    try:
        settings = Settings.from_env(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    if down and target == "head":
        raise click.UsageError("--down needs --to with the migration to go back to, or base.")
    move = migrate.downgrade if down else migrate.upgrade
    try:
        if settings.database_url is None:
            with Cluster(settings.home) as cluster:
                move(cluster.owner_url, target)
        else:
            move(settings.owner_database_url or settings.database_url, target)
    except GeoServiceError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"The schema is at {target}.")
