"""HTTP in, HTTP out. Decides nothing about stations."""

from flask import Flask

from geo_service.settings import Settings
from geo_service.web import (
    access,
    assets,
    bodies,
    caching,
    compression,
    desk,
    health,
    import_work,
    journal,
    limits,
    metrics,
    problems,
    scenario_work,
    security,
)
from geo_service.web.api import (
    account,
    along,
    coverage,
    coverage_files,
    demand,
    documents,
    events,
    filters,
    history,
    imports,
    isochrones,
    measures,
    nearest_to_many,
    on_foot,
    quality,
    records,
    reports,
    revisions,
    routes,
    scenarios,
    scorecard,
    search,
    stations,
    verification,
)
from geo_service.web.api import register as register_files
from geo_service.web.envelope import Envelope
from geo_service.web.keeper import staff as register_keepers
from geo_service.web.keeper import views as keeper
from geo_service.web.maps import views as maps
from geo_service.web.ogc import mounted as ogc_mounted
from geo_service.web.ogc import processes as ogc_processes
from geo_service.web.ogc import tiles as ogc_tiles
from geo_service.web.ogc import views as ogc
from geo_service.web.planner import views as planner
from geo_service.web.planner_scenarios import views as planner_scenarios
from geo_service.web.pocket import views as pocket
from geo_service.web.print import views as prints
from geo_service.web.register_accounts import mine as register_mine
from geo_service.web.register_accounts import staff as register_staff
from geo_service.web.register_accounts import tokens as register_tokens
from geo_service.web.register_accounts import tries
from geo_service.web.register_accounts import views as register_accounts
from geo_service.web.register_history import views as register_history
from geo_service.web.register_hours import views as register_hours
from geo_service.web.register_imports import views as register_imports
from geo_service.web.register_quality import views as register_quality
from geo_service.web.register_reports import views as register_reports
from geo_service.web.register_stations import views as register_stations
from geo_service.web.route import views as route
from geo_service.web.start import views as start
from geo_service.web.station import reporting
from geo_service.web.station import views as station
from geo_service.web.tiles import cut as tiles_cut
from geo_service.web.tiles import views as tiles
from geo_service.web.worker import views as worker


def register(app: Flask, settings: Settings) -> None:
    """Put every page, resource and failure of the service on an app."""
    security.register(app)
    problems.register(app)
    limits.register(app)  # before anything is read of who comes too often
    bodies.register(app)
    for blueprint in (
        health.blueprint,
        metrics.blueprint,
        stations.blueprint,
        filters.blueprint,
        register_files.blueprint,
        nearest_to_many.blueprint,
        on_foot.blueprint,
        isochrones.blueprint,
        along.blueprint,
        routes.blueprint,
        scenarios.blueprint,
        search.blueprint,
        coverage.blueprint,
        history.blueprint,
        measures.blueprint,
        demand.blueprint,
        scorecard.blueprint,
        documents.blueprint,
        ogc.blueprint,
        ogc_tiles.blueprint,
        ogc_processes.blueprint,
        tiles.blueprint,
        maps.blueprint,
        route.blueprint,
        planner.blueprint,
        planner_scenarios.blueprint,
        register_hours.blueprint,
        start.blueprint,
        imports.blueprint,
        records.blueprint,
        reports.blueprint,
        revisions.blueprint,
        events.blueprint,
        register_history.blueprint,
        quality.blueprint,
        verification.blueprint,
        account.blueprint,
        station.blueprint,
        prints.blueprint,
        register_accounts.blueprint,
        register_mine.blueprint,
        register_stations.blueprint,
        register_reports.blueprint,
        register_quality.blueprint,
        register_keepers.blueprint,
        keeper.blueprint,
        register_staff.blueprint,
        register_tokens.blueprint,
        register_imports.blueprint,
        pocket.blueprint,
        worker.blueprint,
    ):
        app.register_blueprint(blueprint)
    access.register(app)
    desk.register(app)
    tries.register(app)
    reporting.register(app)
    ogc_mounted.register(app)
    tiles_cut.register(app)
    keeper.register(app)
    scenario_work.register(app)
    import_work.register(app)
    prints.register(app)
    coverage_files.register(app)
    register_files.register(app)
    events.register(app)
    compression.register(app)
    caching.register(app)
    assets.register(app)
    app.wsgi_app = Envelope(  # type: ignore[method-assign, assignment]
        app.wsgi_app, app.view_functions, journal.writer_for(settings)
    )
