"""What a command works on: the settings, the database, the register."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import click

from geo_service import logs, runtime
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.register import Register
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.persistence.snapshots import load_register
from geo_service.services.setup import bring_up_to_date, prepare
from geo_service.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """An open database and how the service is set up."""

    settings: Settings
    database: Database

    def register(self) -> Register:
        """Return the register at its present revision."""
        return load_register(self.database, runtime.overrides_of(self.settings))


@contextmanager
def opened(*, to_be_replaced: bool = False) -> Iterator[Connection]:
    """Open the database named in the environment, or join (else run) the private one.

    An empty one gets the shipped register first, unless all of it is to be replaced anyway.

    What the service foresaw to go wrong ends the command with its text and exit code 1.
    """
    with reached() as (settings, owner_url, url):
        if to_be_replaced:
            bring_up_to_date(owner_url, _say)
        else:
            prepare(settings, owner_url, url, _say)
        database = Database.connect(url, connect_timeout_s=settings.connect_timeout_s)
        try:
            yield Connection(settings=settings, database=database)
        finally:
            database.engine.dispose()


@contextmanager
def reached() -> Iterator[tuple[Settings, str, str]]:
    """Yield the settings, and the database's URLs as its owner and as the service.

    Nothing is done to the database. What the service foresaw to go wrong ends the command, as in
    ``opened``.
    """
    try:
        settings = Settings.from_env(os.environ)
        logs.configure("warning", "console")
        cluster = None if settings.database_url else Cluster(settings.home)
        with cluster or nullcontext():
            yield settings, *_urls(settings, cluster)
    except (GeoServiceError, SettingsError) as error:
        raise click.ClickException(str(error)) from None


def _say(text: str) -> None:
    click.echo(text, err=True)


def _urls(settings: Settings, cluster: Cluster | None) -> tuple[str, str]:
    if cluster is not None:
        return cluster.owner_url, cluster.service_url
    assert settings.database_url is not None  # there is a cluster otherwise
    return settings.owner_database_url or settings.database_url, settings.database_url
