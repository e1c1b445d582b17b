"""How many requests, how long they took: counted by route, summed over all workers."""

from typing import Final

from flask import Blueprint, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

blueprint = Blueprint("metrics", __name__)

_REQUESTS: Final = Counter(
    "geo_service_requests_total", "Requests answered.", ["method", "route", "status"]
)
_SECONDS: Final = Histogram(
    "geo_service_request_seconds",
    "Time from a request to its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# Looking a series up by its labels costs more than counting in it.
_series: Final[dict[tuple[str, str, int], tuple[Counter, Histogram]]] = {}


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


def count(request: Request, status: int, seconds: float) -> None:
    """Count a request that was answered."""
    # The rule, never the path: an identifier or a mistyped address is not a series of its own.
    # Nor is a method that somebody made up.
    route = request.url_rule.rule if request.url_rule else "(none)"
    method = request.method if request.method in _METHODS else "(other)"
    requests, durations = _series_of(method, route, status)
    requests.inc()
    durations.observe(seconds)


def _series_of(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    key = method, route, status
    found = _series.get(key)
    if found is None:
        found = _series[key] = _REQUESTS.labels(method, route, status), _SECONDS.labels(route)
    return found
