"""Is the process alive, and can it serve?"""

from http import HTTPStatus

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.web.answers import json_answer

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def alive() -> Response:
    """Say that the process answers; it asks nothing of the database."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
def ready() -> Response:
    """Say whether questions can be answered, and from what."""
    database = runtime.snapshots().database_answers()
    try:
        revision = runtime.register().revision
    except RegisterUnavailableError as error:
        body = {"status": "cannot serve", "database": database, "detail": str(error)}
        return json_answer(body, status=HTTPStatus.SERVICE_UNAVAILABLE)
    body = {
        "status": "ready" if database else "serving from memory",
        "database": database,
        "revision": revision.number,
        "committed_at": revision.committed_at.isoformat(timespec="seconds"),
    }
    return json_answer(body)
