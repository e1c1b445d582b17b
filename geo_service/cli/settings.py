"""`geo-service settings`: what the service can be told."""

import click

from geo_service.settings import Settings


@click.command()
def command() -> None:
    """List every setting, its default and what it does."""
    for setting in Settings.documentation():
        click.echo(f"{setting.variable}  [{setting.default}]\n    {setting.text}")
