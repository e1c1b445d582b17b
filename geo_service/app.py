"""The composition root: the one place where all floors meet."""

import os
from collections.abc import Callable
from typing import Any

from flask import Flask, Response
from werkzeug.middleware.proxy_fix import ProxyFix

from geo_service import logs, runtime, web
from geo_service.persistence.database import Database
from geo_service.persistence.snapshot_files import SnapshotFiles
from geo_service.persistence.snapshots import Snapshots
from geo_service.persistence.tallies import Tallies
from geo_service.settings import Settings, SettingsError, kept_secret_key
from geo_service.web import cross_origin
from geo_service.web.sessions import CookieSessions

# The largest body any resource takes is a thousand origins, some 100 kB.
_LARGEST_BODY = 1024 * 1024
# PostGIS takes 50 ms to get ready for a new connection, and a map asks for dozens of tiles at once.
_KEPT_FOR_READERS = 2


class _Service(Flask):
    """Flask, but for what it would do at every request and nothing here has a use for."""

    session_interface = CookieSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view or a hook as it is: none of them is a coroutine."""
        return func

    def make_default_options_response(self) -> Response:
        """Say which methods the path of this request takes."""
        return cross_origin.options()


def create_app(
    settings: Settings | None = None,
    *,
    database: Database | None = None,
    clock: runtime.Clock | None = None,
    tallies: Tallies | None = None,
) -> Flask:
    """Build the service; with no arguments, from the environment.

    Nothing is asked of the database until the first request. Two apps can live in one process.
    """
    settings = settings or Settings.from_env(os.environ)
    logs.configure(settings.log_level, settings.log_format)
    database = database or _connect(settings)
    app = _Service(__name__, static_folder="web/static", template_folder="web/templates")
    app.config["SECRET_KEY"] = settings.secret_key or kept_secret_key(settings.home)
    app.config["MAX_CONTENT_LENGTH"] = _LARGEST_BODY
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops
        )
    runtime.bind(
        app,
        runtime.Runtime(
            settings=settings,
            database=database,
            published=_published(settings, database),
            snapshots=Snapshots(
                database,
                runtime.overrides_of(settings),
                replicas=[_reached(settings, url) for url in settings.replica_urls],
                files=SnapshotFiles.of_home(settings.home),
            ),
            clock=clock or runtime.Clock(),
            walking=runtime.walking_of(settings),
            served_area=runtime.served_area_of(settings),
            streets=runtime.streets_of(settings),
            tallies=tallies or Tallies.alone(),
        ),
    )
    web.register(app, settings)
    return app


def create_worker() -> Flask:
    """Build the service for a process that serves: the register is loaded from the start."""
    settings = Settings.from_env(os.environ)
    app = create_app(settings, tallies=runtime.tallies_of(settings))
    with app.app_context():
        runtime.snapshots().start()
    return app


def _connect(settings: Settings) -> Database:
    if settings.database_url is None:
        raise SettingsError(
            "GEO_SERVICE_DATABASE_URL is not set. `geo-service serve` runs a private database "
            "and sets it; without that command, name a PostGIS of your own."
        )
    return _reached(settings, settings.database_url)


def _published(settings: Settings, database: Database) -> Database:
    url = settings.reader_database_url or settings.database_url
    if url is None:  # a database that was handed over; nothing but tests does
        return database
    return _reached(settings, url, read_only=True, kept=_KEPT_FOR_READERS)


def _reached(settings: Settings, url: str, *, read_only: bool = False, kept: int = 0) -> Database:
    return Database.connect(
        url,
        read_only=read_only,
        kept=kept,
        connect_timeout_s=settings.connect_timeout_s,
        statement_timeout_ms=settings.statement_timeout_ms,
    )
