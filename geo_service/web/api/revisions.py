"""The register's past: its revisions, a station's own, changes for mirrors, and undoing."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from flask import Blueprint, Response, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.change import ChangeKind
from geo_service.domain.errors import (
    InvalidQueryError,
    ParameterFault,
    RevisionNotFoundError,
    StationNotFoundError,
)
from geo_service.domain.station import StationId
from geo_service.domain.undoing import Resolution
from geo_service.services import history_json
from geo_service.services.register_history import (
    UndoQuestion,
    changes_since,
    revision_of_day,
)
from geo_service.web import access, params, past, undoing
from geo_service.web.access import requires
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api import revision_shapes as shapes
from geo_service.web.links import whole_address
from geo_service.web.openapi import REVISION_SEEN, Operation, describes
from geo_service.web.params import Day, Parameters, Whole
from geo_service.web.undoing import Identifier, Reason

blueprint = Blueprint("revisions", __name__, url_prefix="/api/v1")

MOST: Final = 1000
_TAG: Final = "history"
_DIGITS: Final = re.compile(r"[0-9]{1,18}", re.ASCII)
_NUMBER: Final = {"number": "The revision's number."}
_STATION: Final = {"station_id": "The station's identifier."}
_UNDO_REFUSALS: Final = (
    *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
    *(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)

Limit = Annotated[int, Field(ge=1, le=MOST, description="How many to return at most."), Whole]
Number = Annotated[int | None, Field(ge=1, description="Only revisions before this one."), Whole]


class ChangesParameters(Parameters):
    """GET /api/v1/changes."""

    since: Annotated[
        int,
        Field(ge=0, description="The revision that you have; 0: nothing yet.", examples=[0]),
        Whole,
    ]
    after: Annotated[
        str | None,
        Field(description="Also what `since` itself did to stations after this one (see `next`)."),
        Identifier,
    ] = None
    limit: Limit = MOST


class RevisionsParameters(Parameters):
    """GET /api/v1/revisions."""

    before: Number = None
    kind: Annotated[ChangeKind | None, Field(description="Only changes of this sort.")] = None
    limit: Limit = 50


class RevisionParameters(Parameters):
    """GET /api/v1/revisions/{number}."""

    after: Annotated[
        str | None, Field(description="Only stations after this identifier."), Identifier
    ] = None
    limit: Limit = 100


class StationHistoryParameters(Parameters):
    """GET /api/v1/stations/{id}/history."""

    before: Number = None
    limit: Limit = 100


class StationThenParameters(Parameters):
    """GET /api/v1/stations/{id}/as-of."""

    on: Annotated[
        date | None,
        Field(description="The station as this day of the place ended.", examples=["2026-11-22"]),
        Day,
    ] = None
    revision: Annotated[
        int | None, Field(ge=0, description="The station as this revision had it."), Whole
    ] = None


class UndoParameters(Parameters):
    """GET /api/v1/revisions/{number}/undo."""

    station: Annotated[
        str | None, Field(description="Only what was done to this station."), Identifier
    ] = None
    conflicts: Annotated[
        Resolution,
        Field(
            description="Where a later change is in the way: `refuse` undoes nothing, `keep` "
            "leaves the later change, `overwrite` takes that back, too."
        ),
    ] = Resolution.REFUSE

    def question(self, number: int) -> UndoQuestion:
        """Return what is to be undone."""
        return UndoQuestion(
            revision=number,
            station_id=None if self.station is None else StationId(self.station),
            resolution=self.conflicts,
        )


class UndoBody(UndoParameters):
    """POST /api/v1/revisions/{number}/undo."""

    reason: Reason


# -- for everybody ---------------------------------------------------------------------------


@blueprint.get("/changes")
@describes(
    Operation(
        summary="What changed since a revision, for whoever keeps a copy of the register",
        query=ChangesParameters,
        answers={JSON: shapes.ChangesAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE),
        tag=_TAG,
    )
)
def changes() -> Response:
    """Return changes of stations in order, what was taken out included.

    Whoever applies all of them to the register of `since` has the register of `revision`.
    """
    given = params.read_query(ChangesParameters)
    following = None if given.after is None else StationId(given.after)
    with past.history() as history:
        found = changes_since(history, given.since, limit=given.limit, following=following)
    zone = runtime.register().place.zone
    revisions = {each.revision: each for each in found.changes}
    links = []
    if not found.is_complete:
        last = found.changes[-1]
        asked = {"since": last.revision, "after": last.station_id, "limit": given.limit}
        links.append(_next("changes", asked))
    answer: dict[str, Any] = {
        "since": given.since,
        "revision": found.until,
        "complete": found.is_complete,
        "revisions": [
            {
                "number": number,
                "committed_at": each.committed_at.astimezone(zone).isoformat(timespec="seconds"),
                "kind": each.kind.value,
            }
            for number, each in revisions.items()
        ],
        "changes": [history_json.logged_json(each) for each in found.changes],
        "links": links,
    }
    return json_answer(answer)


@blueprint.get("/revisions")
@describes(
    Operation(
        summary="The revisions of the register",
        query=RevisionsParameters,
        answers={JSON: shapes.RevisionsAnswer},
        tag=_TAG,
    )
)
def revisions() -> Response:
    """List committed changes, the newest first; who made them and why is for staff alone."""
    given, names = params.read_query(RevisionsParameters), _sees_names()
    with past.history() as history:
        found = history.revisions(limit=given.limit, before=given.before, kind=given.kind)
    zone, links = runtime.register().place.zone, []
    if len(found) == given.limit:
        asked = {"before": found[-1].number, "kind": given.kind, "limit": given.limit}
        links.append(_next("revisions", asked))
    listed = [history_json.revision_json(each, zone, names=names) for each in found]
    return _for_them({"revisions": listed, "links": links}, names=names)


@blueprint.get("/revisions/<number>")
@describes(
    Operation(
        summary="One revision, and what it did to each station",
        path=_NUMBER,
        query=RevisionParameters,
        answers={JSON: shapes.RevisionAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag=_TAG,
    )
)
def revision(number: str) -> Response:
    """Return what a revision did, by station, field by field."""
    given, names = params.read_query(RevisionParameters), _sees_names()
    following = None if given.after is None else StationId(given.after)
    with past.history() as history:
        found = history.revision(_number(number))
        fates = history.fates_of_few(found)
        listed = history.of_revision(found.number, limit=given.limit + 1, following=following)
    page, links = listed[: given.limit], []
    if len(listed) > given.limit:
        asked = {"number": number, "after": page[-1].station_id, "limit": given.limit}
        links.append(_next("revision", asked))
    answer = {
        **history_json.revision_json(found, runtime.register().place.zone, names=names),
        **history_json.fates_json(fates),
        "changes": [history_json.change_json(each) for each in page],
        "links": links,
    }
    return _for_them(answer, names=names)


@blueprint.get("/stations/<station_id>/history")
@describes(
    Operation(
        summary="What became of one station",
        path=_STATION,
        query=StationHistoryParameters,
        answers={JSON: shapes.StationHistoryAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND),
        tag=_TAG,
    )
)
def station_history(station_id: str) -> Response:
    """Return every change of a station, the newest first, also of one that is gone."""
    given, names = params.read_query(StationHistoryParameters), _sees_names()
    with past.history() as history:
        found = history.of_station(StationId(station_id), limit=given.limit, before=given.before)
    if not found and given.before is None:
        raise StationNotFoundError(f"the history knows no station {station_id!r}")
    zone, links = runtime.register().place.zone, []
    if len(found) == given.limit:
        asked = {"before": found[-1].revision.number, "limit": given.limit}
        links.append(_next("station_history", asked | {"station_id": station_id}))
    listed = [history_json.past_change_json(each, zone, names=names) for each in found]
    return _for_them({"station": station_id, "history": listed, "links": links}, names=names)


@blueprint.get("/stations/<station_id>/as-of")
@describes(
    Operation(
        summary="One station as it was on a day, or at a revision",
        path=_STATION,
        query=StationThenParameters,
        answers={JSON: shapes.StationThenAnswer},
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE),
        tag=_TAG,
    )
)
def station_then(station_id: str) -> Response:
    """Return the record of a station as the register had it; of a day, as that ended there."""
    given = params.read_query(StationThenParameters)
    if (given.on is None) == (given.revision is None):
        raise InvalidQueryError(ParameterFault("on", "give either on or revision"))
    zone = runtime.register().place.zone
    with past.history() as history:
        number = given.revision
        if given.on is not None:
            number = revision_of_day(history, given.on, zone)
        assert number is not None  # one of the two is given
        found = history.station_as_of(StationId(station_id), number)
    return json_answer(
        {
            "station": station_id,
            "revision": number,
            "changed_in": found.revision,
            "record": history_json.record_json(found.station),
        }
    )


# -- for staff -------------------------------------------------------------------------------


@blueprint.get("/revisions/<number>/undo")
@requires(Permission.EDIT)
@describes(
    Operation(
        summary="What taking a revision back would come to",
        path=_NUMBER,
        query=UndoParameters,
        answers={JSON: shapes.UndoAnswer},
        refusals=_UNDO_REFUSALS,
        tag=_TAG,
    )
)
def undo_planned(number: str) -> Response:
    """Say what undoing would change and what is in its way; the ETag is for the If-Match of it."""
    given = params.read_query(UndoParameters)
    plan = undoing.planned(given.question(_number(number)))
    response = json_answer(history_json.plan_json(plan))
    response.headers["ETag"] = f'"{plan.present}"'
    return response


@blueprint.post("/revisions/<number>/undo")
@requires(Permission.EDIT)
@describes(
    Operation(
        summary="Take a revision back",
        path=_NUMBER,
        headers=(REVISION_SEEN,),
        body=UndoBody,
        answers={JSON: shapes.UndoAnswer},
        refusals=(
            *_UNDO_REFUSALS,
            HTTPStatus.PRECONDITION_FAILED,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.PRECONDITION_REQUIRED,
        ),
        statuses=(HTTPStatus.CREATED,),
        tag=_TAG,
    )
)
def undo_made(number: str) -> Response:
    """Undo what a revision did to all its stations, or to one, in one transaction.

    `If-Match` names the revision that you have seen: what was changed after is not touched, and
    the answer is 412. `Location` leads to the revision that the undo makes.
    """
    given, seen = params.read_body(UndoBody), undoing.seen_revision()
    plan = undoing.undone(given.question(_number(number)), reason=given.reason, seen=seen)
    response = json_answer(history_json.plan_json(plan), status=HTTPStatus.CREATED)
    response.headers["Location"] = url_for(".revision", number=plan.present)
    return response


def _number(text: str) -> int:
    """Return the number that a path names, or raise RevisionNotFoundError."""
    if _DIGITS.fullmatch(text) is None:
        raise RevisionNotFoundError(f"the register has no revision {text!r}")
    return int(text)


def _sees_names() -> bool:
    """Say whether whoever asks may know who changed the register; the public may not."""
    if "Authorization" in request.headers:
        return access.actor().may(Permission.LOOK)  # a token that opens nothing is refused
    present = access.actor_if_any()
    return present is not None and present.may(Permission.LOOK)


def _for_them(answer: object, *, names: bool) -> Response:
    response = json_answer(answer)
    response.headers["Vary"] = "Authorization, Cookie"
    if names:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _next(endpoint: str, asked: dict[str, Any]) -> dict[str, str]:
    words = {name: value for name, value in asked.items() if value is not None}
    href = whole_address(f"revisions.{endpoint}", **words)
    return {"rel": "next", "href": href, "type": JSON}
