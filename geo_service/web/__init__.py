"""HTTP in, HTTP out. Decides nothing about stations."""

from flask import Flask

from geo_service.settings import Settings
from geo_service.web import (
    assets,
    bodies,
    compression,
    health,
    journal,
    metrics,
    problems,
    security,
)
from geo_service.web.api import coverage, documents, nearest_to_many, search, stations
from geo_service.web.envelope import Envelope
from geo_service.web.maps import views as maps
from geo_service.web.pocket import views as pocket
from geo_service.web.start import views as start
from geo_service.web.worker import views as worker


def register(app: Flask, settings: Settings) -> None:
    """Put every page, resource and failure of the service on an app."""
    security.register(app)
    problems.register(app)
    bodies.register(app)
    for blueprint in (
        health.blueprint,
        metrics.blueprint,
        stations.blueprint,
        nearest_to_many.blueprint,
        search.blueprint,
        coverage.blueprint,
        documents.blueprint,
        maps.blueprint,
        pocket.blueprint,
        start.blueprint,
        worker.blueprint,
    ):
        app.register_blueprint(blueprint)
    compression.register(app)
    assets.register(app)
    app.wsgi_app = Envelope(  # type: ignore[method-assign, assignment]
        app.wsgi_app, journal.writer_for(settings)
    )
