"""Is the process alive, and can it serve?"""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.errors import RegisterUnavailableError
from geo_service.web.answers import json_answer

_PATIENCE_S: Final = 1.0  # whoever asks whether we are ready wants to know now

blueprint = Blueprint("health", __name__)


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
