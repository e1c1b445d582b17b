"""Is the process alive, can it serve, how is it doing?"""

import time
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

from geo_service import runtime
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.web.answers import json_answer

_PATIENCE_S: Final = 1.0  # whoever asks whether we are ready wants to know now

blueprint = Blueprint("health", __name__)

_REQUESTS: Final = Counter(
    "geo_service_requests_total", "Requests answered.", ["method", "route", "status"]
)
_SECONDS: Final = Histogram(
    "geo_service_request_seconds",
    "Time from a request to its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers; it asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """Say whether questions can be answered, and from what."""
    snapshots = runtime.snapshots()
    try:
        held = snapshots.current(patience_s=_PATIENCE_S)
    except RegisterUnavailableError as error:
        database = snapshots.database_answers()
        body = {"status": "cannot serve", "database": database, "detail": str(error)}
        return json_answer(body, status=HTTPStatus.SERVICE_UNAVAILABLE)
    database, revision = snapshots.database_answers(), held.register.revision
    body = {
        "status": "ready" if database else "serving from memory",
        "database": database,
        "revision": revision.number,
        "committed_at": revision.committed_at.isoformat(timespec="seconds"),
        "checked_at": held.checked_at.isoformat(timespec="seconds"),
        "age_s": round(held.age_s, 1),
    }
    return json_answer(body)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the counts of all workers, for Prometheus."""
    registry = CollectorRegistry()
    if values.ValueClass is not values.MutexValue:  # several workers, counting in files
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(_REQUESTS)
        registry.register(_SECONDS)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def register(app: Flask) -> None:
    """Count every request of an app."""
    app.before_request(_start)
    app.after_request(_count)
    app.register_blueprint(blueprint)


def _start() -> None:
    g.started = time.perf_counter()


def _count(response: Response) -> Response:
    # The rule, never the path: an identifier or a mistyped address is not a series of its own.
    route = request.url_rule.rule if request.url_rule else "(none)"
    _REQUESTS.labels(request.method, route, response.status_code).inc()
    _SECONDS.labels(route).observe(time.perf_counter() - g.started)
    return response
