"""HTTP in, HTTP out. Decides nothing about stations."""

from flask import Flask
from flask_compress import Compress

from geo_service.settings import Settings
from geo_service.web import assets, bodies, freshness, health, journal, metrics, problems, security
from geo_service.web.api import coverage, documents, nearest_to_many, stations
from geo_service.web.maps import views as maps
from geo_service.web.start import views as start


def register(app: Flask, settings: Settings) -> None:
    """Put every page, resource and failure of the service on an app."""
    security.register(app)
    metrics.register(app)
    journal.register(app, settings)
    freshness.register(app)
    problems.register(app)
    bodies.register(app)
    for blueprint in (
        health.blueprint,
        stations.blueprint,
        nearest_to_many.blueprint,
        coverage.blueprint,
        documents.blueprint,
        maps.blueprint,
        start.blueprint,
    ):
        app.register_blueprint(blueprint)
    Compress(app)
    assets.register(app)
