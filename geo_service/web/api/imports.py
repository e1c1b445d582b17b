"""Imports of files of stations: sent, looked through, applied or let go of."""

from http import HTTPStatus
from typing import Annotated, Final, Literal

from flask import Blueprint, Response, request, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.account import Permission
from geo_service.domain.station_import import RowKind
from geo_service.persistence.imports import Wanted
from geo_service.services.imports import (
    MOST_BYTES,
    discard_import,
    entries_of,
    saved_imports,
)
from geo_service.web import import_work, params
from geo_service.web.access import requires
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api import import_shapes as shapes
from geo_service.web.bodies import takes_up_to
from geo_service.web.import_work import ImportForm
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Parameters, Truth, Whole

blueprint = Blueprint("imports", __name__, url_prefix="/api/v1/imports")

MULTIPART: Final = "multipart/form-data"
_FILES: Final = (
    *(MULTIPART, "text/csv", "application/geo+json"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
_ID: Final = {"import_id": "The import's identifier."}
_TAG: Final = "register"
_GUARDED: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


class ImportsParameters(Parameters):
    """GET /api/v1/imports, and of one."""


class UploadParameters(ImportForm):
    """POST /api/v1/imports."""

    file_name: Annotated[
        str, Field(max_length=200, description="What faults call a file that is the body itself.")
    ] = "file"


class EntriesParameters(Parameters):
    """GET /api/v1/imports/{id}/entries."""

    kind: Annotated[RowKind | None, Field(description="Only rows that are this.")] = None
    mark: Annotated[
        Literal["alike", "moved", "astray"] | None,
        Field(
            description="Only what may be a known station, what moves, or what lies outside its "
            "township."
        ),
    ] = None
    limit: Annotated[int, Field(ge=1, le=1000, description="Entries a page at most."), Whole] = 100
    offset: Annotated[
        int, Field(ge=0, le=1_000_000, description="How many entries to leave out."), Whole
    ] = 0


class ApplyParameters(Parameters):
    """POST /api/v1/imports/{id}/apply."""

    revision: Annotated[
        int, Field(ge=1, description="The revision of the dry run that was looked at."), Whole
    ]
    datum_is_right: Annotated[
        Truth, Field(description="Apply even where positions seem to be of another datum.")
    ] = False


@blueprint.get("")
@describes(
    Operation(
        summary="The imports of the last thirty days",
        query=ImportsParameters,
        answers={JSON: shapes.ImportsAnswer},
        refusals=_GUARDED,
        tag=_TAG,
    )
)
@requires(Permission.LOOK)
def imports() -> Response:
    """List imports, the newest first."""
    params.read_query(ImportsParameters)
    zone = runtime.register().place.zone
    return json_answer(shapes.imports(saved_imports(runtime.database()), zone))


@blueprint.post("")
@describes(
    Operation(
        summary="Send a file of stations for a dry run",
        query=UploadParameters,
        uploads=_FILES,
        answers={JSON: shapes.ImportKept},
        refusals=(
            *_GUARDED,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
        statuses=(HTTPStatus.ACCEPTED,),
        tag=_TAG,
    )
)
@requires(Permission.IMPORT)
@takes_up_to(MOST_BYTES)
def upload() -> Response:
    """Keep a CSV, XLSX or GeoJSON file, and look through it; nothing is written.

    The body is the file, or a form with a field `file`; the parameters stand in the address.
    Ask the address in `Location` how far it is, and what it found.
    """
    given = params.read_query(UploadParameters)
    if request.mimetype == MULTIPART:
        file, name = import_work.sent_file()
    else:
        file, name = request.get_data(), given.file_name
    import_id = import_work.keep(given, file, name)
    kept: shapes.ImportKept = {"id": import_id, "state": "queued"}
    response = json_answer(kept, status=HTTPStatus.ACCEPTED)
    response.headers["Location"] = url_for("imports.one", import_id=import_id)
    return response


@blueprint.get("/<import_id>")
@describes(
    Operation(
        summary="One import: how far it is, and what was found",
        path=_ID,
        query=ImportsParameters,
        answers={JSON: shapes.ImportAnswer},
        refusals=(*_GUARDED, HTTPStatus.NOT_FOUND),
        tag=_TAG,
    )
)
@requires(Permission.LOOK)
def one(import_id: str) -> Response:
    """Return an import; when it is `planned`, with the counts and findings of the dry run."""
    params.read_query(ImportsParameters)
    zone = runtime.register().place.zone
    return json_answer(shapes.answer(import_work.found(import_id), zone))


@blueprint.get("/<import_id>/entries")
@describes(
    Operation(
        summary="What an import would do, row by row",
        path=_ID,
        query=EntriesParameters,
        answers={JSON: shapes.EntriesAnswer},
        refusals=(*_GUARDED, HTTPStatus.NOT_FOUND),
        tag=_TAG,
    )
)
@requires(Permission.LOOK)
def entries(import_id: str) -> Response:
    """Return the rows of a dry run that are new, changed or wrong, and what the file lacks."""
    given = params.read_query(EntriesParameters)
    wanted = Wanted(limit=given.limit, offset=given.offset, kind=given.kind, mark=given.mark)
    return json_answer(shapes.entries(entries_of(runtime.database(), import_id, wanted)))


@blueprint.post("/<import_id>/apply")
@describes(
    Operation(
        summary="Apply an import: all of it, or nothing",
        path=_ID,
        body=ApplyParameters,
        answers={JSON: shapes.ImportAnswer},
        refusals=(
            *_GUARDED,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.CONFLICT,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
        statuses=(HTTPStatus.ACCEPTED,),
        tag=_TAG,
    )
)
@requires(Permission.IMPORT)
def apply(import_id: str) -> Response:
    """Have the dry run written in one transaction, as one revision.

    Stations that somebody changed since the dry run are not overwritten: the file is looked
    through anew, the import is `planned` again, and its `summary.overtaken` is true.
    """
    given = params.read_body(ApplyParameters)
    import_work.approve(import_id, given.revision, datum_is_right=given.datum_is_right)
    zone = runtime.register().place.zone
    response = json_answer(
        shapes.answer(import_work.found(import_id), zone), status=HTTPStatus.ACCEPTED
    )
    response.headers["Location"] = url_for("imports.one", import_id=import_id)
    return response


@blueprint.delete("/<import_id>")
@describes(
    Operation(
        summary="Let go of an import",
        path=_ID,
        answers={},
        refusals=(*_GUARDED, HTTPStatus.NOT_FOUND),
        statuses=(HTTPStatus.NO_CONTENT,),
        tag=_TAG,
    )
)
@requires(Permission.IMPORT)
def discard(import_id: str) -> Response:
    """Let go of an import that was not applied; one that was, history undoes."""
    discard_import(runtime.database(), import_id)
    return Response(status=HTTPStatus.NO_CONTENT)
