"""Verification by programs: somebody looked, and a station's record is still right."""

import re
from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, request
from typing_extensions import TypedDict
from werkzeug.exceptions import PreconditionRequired

from geo_service.domain.account import Permission
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.station import StationId
from geo_service.services.verification import Look, verify
from geo_service.web import access, desk_changes
from geo_service.web.access import requires
from geo_service.web.answers import JSON, json_answer
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("verification", __name__, url_prefix="/api/v1/stations")

_REVISION: Final = re.compile(r'(?:W/)?"([0-9]{1,15})"', re.ASCII)


class VerificationAnswer(TypedDict):
    """A record that somebody found right: since which revision it says so, and of which day."""

    station: str
    revision: int
    verified_on: str


@blueprint.post("/<station_id>/verification")
@requires(Permission.EDIT)
@describes(
    Operation(
        summary="Note that a station's record is still right",
        path={"station_id": "The station's identifier."},
        answers={JSON: VerificationAnswer},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.PRECONDITION_FAILED,
            HTTPStatus.PRECONDITION_REQUIRED,
        ),
        tag="stations",
    )
)
def verification(station_id: str) -> Response:
    """Set `verified_on` to today. If-Match says which revision of the register was looked at."""
    name, today = StationId(station_id), desk_changes.today()
    look = Look(station_id=name, by=access.actor().name, on=today, seen=_seen())
    with desk_changes.writing() as writing:
        writing.must_edit(name)
        revision = verify(writing.changes, writing.reports, look)
    answer: VerificationAnswer = {
        "station": name,
        "revision": revision,
        "verified_on": today.isoformat(),
    }
    return json_answer(answer)


def _seen() -> int:
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired(
            'Send If-Match: "N" with the revision of the register that was looked at: every answer '
            "names it."
        )
    found = _REVISION.fullmatch(given.strip())
    if found is None:
        raise InvalidQueryError(ParameterFault("If-Match", 'must be one revision, like "7"'))
    return int(found[1])
