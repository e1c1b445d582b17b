"""The register resource: all of it at one revision, as a file to take along."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http import HTTPStatus
from pathlib import Path
from threading import BoundedSemaphore
from typing import IO, Annotated, Final, cast

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import Field
from werkzeug.exceptions import ServiceUnavailable

from geo_service import runtime
from geo_service.domain.place import Place, Revision
from geo_service.services.register_files.contents import Contents, revision_of
from geo_service.services.register_files.files import (
    MEDIA_TYPES,
    TEXTS,
    RegisterBusyError,
    RegisterForm,
    RegisterPress,
    file_name,
    pieces_of,
)
from geo_service.version import VERSION
from geo_service.web import params
from geo_service.web.language import Language
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("register", __name__, url_prefix="/api/v1/register")

_PRESS: Final = "geo_service.web.api.register"
_SECONDS_TO_STAY_AWAY: Final = 5
_PIECE: Final = 1 << 16
# Whoever takes a nation's register slowly holds a thread for as long. `serve` gives a process four:
# two are left for everybody else.
_SENT_AT_ONCE: Final = 2
_SECONDS_TO_WAIT: Final = 2.0


class _Desk:
    """What the answers of one app share."""

    def __init__(self) -> None:
        self.press = RegisterPress()
        self.places = BoundedSemaphore(_SENT_AT_ONCE)


class RegisterParameters(params.Parameters):
    """What the register is to be written as."""

    f: Annotated[
        RegisterForm,
        Field(
            description="csv and xlsx can be imported again; geojson and gpkg are for maps.",
            examples=["csv"],
        ),
    ] = RegisterForm.GEOJSON
    lang: Annotated[
        Language,
        Field(description="Of headers and words in csv and xlsx; en: those of stations.csv."),
    ] = "zh"
    revision: Annotated[
        int | None,
        Field(ge=1, description="As this revision had it; without, the present one."),
        params.Whole,
    ] = None


_BINARY: Final = {"type": "string", "format": "binary"}


def register(app: Flask) -> None:
    """Give an app its own press."""
    app.extensions[_PRESS] = _Desk()


@blueprint.get("")
@describes(
    Operation(
        summary="The whole register as a file",
        query=RegisterParameters,
        answers=dict.fromkeys(MEDIA_TYPES.values(), _BINARY),
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE),
        tag="register",
    )
)
def whole() -> Response:
    """Return all stations of a revision, closed ones too; 304 to whoever has them."""
    given = params.read_query(RegisterParameters)
    present = runtime.register()
    revision = present.revision
    if given.revision is not None:
        revision = revision_of(given.revision, present, runtime.database())
    answer = Response(content_type=_content_type(given.f))
    answer.cache_control.no_cache = True
    answer.set_etag(_mark(revision, present.place, given), weak=True)
    answer.make_conditional(request)
    if answer.status_code == HTTPStatus.NOT_MODIFIED:
        return answer
    del answer.headers["Content-Length"]  # of the body that it did not have yet
    name = file_name(revision, present.place.zone, given.f)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    if request.method != "HEAD":
        _fill(answer, revision, given)
    return answer


def _fill(answer: Response, revision: Revision, given: RegisterParameters) -> None:
    """Have the body sent piece by piece, while there is a place for one who takes it."""
    desk = cast("_Desk", current_app.extensions[_PRESS])
    if not desk.places.acquire(timeout=_SECONDS_TO_WAIT):
        raise _busy()
    with ExitStack() as held:
        held.callback(desk.places.release)
        contents = Contents.as_of(revision, runtime.register(), runtime.database())
        if given.f in TEXTS:
            pieces = pieces_of(contents, given.f, given.lang)
        else:
            file = held.enter_context(_made(desk.press, contents, given))
            answer.content_length = os.fstat(file.fileno()).st_size
            pieces = iter(partial(file.read, _PIECE), b"")
        until_sent = held.pop_all()
    answer.call_on_close(until_sent.close)  # also of one that nobody began to take
    answer.response = _sent(pieces, until_sent)


def _sent(pieces: Iterator[bytes], held: ExitStack) -> Iterator[bytes]:
    with held:
        yield from pieces


def _made(press: RegisterPress, contents: Contents, given: RegisterParameters) -> IO[bytes]:
    with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
        path = Path(folder) / f"register.{given.f}"
        try:
            press.write(contents, given.f, given.lang, path)
        except RegisterBusyError:
            raise _busy() from None
        return path.open("rb")  # stays readable when the folder is gone


def _busy() -> ServiceUnavailable:
    return ServiceUnavailable(
        "Others are taking the register just now.", retry_after=_SECONDS_TO_STAY_AWAY
    )


def _content_type(form: RegisterForm) -> str:
    media_type = MEDIA_TYPES[form]
    return f"{media_type}; charset=utf-8" if form is RegisterForm.CSV else media_type


def _mark(revision: Revision, place: Place, given: RegisterParameters) -> str:
    """Name all that the file depends on."""
    committed_at = revision.committed_at.isoformat()
    of = (VERSION, revision.number, committed_at, place, given.f.value, given.lang)
    return f"{revision.number}-{hashlib.sha256(repr(of).encode()).hexdigest()[:12]}"
