"""Records of stations, for who keeps the register: read, changed and added by programs."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from flask import Blueprint, Response, request, url_for
from pydantic import Field
from typing_extensions import TypedDict as Shape
from werkzeug.exceptions import PreconditionRequired

from geo_service.domain.account import Permission
from geo_service.domain.change import Recorded
from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    ServiceKind,
    StationId,
)
from geo_service.services.edit import POSITION, Follows, StationEdit
from geo_service.web import params, station_changes
from geo_service.web.access import requires
from geo_service.web.answers import JSON, json_answer
from geo_service.web.openapi import Operation, describes
from geo_service.web.params import Day, Decimal, Parameters, Whole
from geo_service.web.station_changes import Reason
from geo_service.web.station_records import record_shape

blueprint = Blueprint("records", __name__, url_prefix="/api/v1/stations")

_ID: Final = {"station_id": "The station's identifier."}
_ETAG: Final = re.compile(r'(?:W/)?"?([0-9]{1,15})"?', re.ASCII)
_MAY_BE_NULL: Final = frozenset(
    {
        *("name_en", "rest_hours", "rest_for", "breakfast_hours", "breakfast_for", "address"),
        *("township_code", "telephone", "capacity", "accuracy_m"),
        *("verified_on", "opened_on", "closed_on"),
    }
)

Groups = tuple[Group | Literal["anyone"], ...]
Line = Annotated[str | None, Field(max_length=1000)]
# Around the type alone: null is one more thing that may stand there.
Number = Annotated[float, Decimal] | None
Date = Annotated[date, Day] | None


class RecordParameters(Parameters):
    """The fields of a record, as the data form names them; one that is not named stays as it is."""

    reason: Reason
    name: Line = None
    name_en: Line = None
    services: Annotated[
        tuple[ServiceKind, ...] | None, Field(description="What is done there; at least one.")
    ] = None
    rest_hours: Annotated[
        Line, Field(description="In the OpenStreetMap grammar; null: nobody knows.")
    ] = None
    rest_for: Annotated[
        Groups | None, Field(description="Groups that it is for, or `anyone` alone.")
    ] = None
    breakfast_hours: Line = None
    breakfast_for: Groups | None = None
    amenities: tuple[Amenity, ...] | None = None
    address: Line = None
    township_code: Annotated[
        Line,
        Field(
            description="Not named, it follows the boundary where the position is given; "
            "null: of no township."
        ),
    ] = None
    telephone: Line = None
    capacity: Annotated[int, Whole] | None = None
    accessibility: Accessibility | None = None
    longitude: Annotated[
        Number,
        Field(description="Degrees east, in `datum`: longitude, latitude and datum go together."),
    ] = None
    latitude: Annotated[Number, Field(description="Degrees north, in `datum`.")] = None
    datum: Datum | None = None
    data_status: DataStatus | None = None
    source: Line = None
    accuracy_m: Number = None
    verified_on: Date = None
    opened_on: Date = None
    closed_on: Annotated[
        Date, Field(description="The first day without the station; null: none is known.")
    ] = None

    def edit(self) -> StationEdit:
        """Return what the body says of the record, or raise InvalidQueryError."""
        given = {name: getattr(self, name) for name in self.model_fields_set - {"reason", "id"}}
        faults = [
            ParameterFault(name, "must not be null")
            for name, value in given.items()
            if value is None and name not in _MAY_BE_NULL
        ]
        for name in ("rest_for", "breakfast_for"):
            if (groups := given.get(name)) is not None:
                if "anyone" in groups and len(groups) > 1:
                    faults.append(ParameterFault(name, "is either anyone alone, or groups"))
                given[name] = frozenset(groups) - {"anyone"}
        if faults:
            raise InvalidQueryError(*faults)
        for name in ("services", "amenities"):
            if name in given:
                given[name] = frozenset(given[name])
        if "township_code" not in given and given.keys() & set(POSITION):
            given["township_code"] = Follows.BOUNDARY
        return StationEdit(**given)


class NewRecordParameters(RecordParameters):
    """A new record: what every record says must be among its fields."""

    id: Annotated[
        str | None,
        Field(max_length=64, description="Not given: the next that is free in the usual form."),
    ] = None


class RecordAnswer(Shape):
    """A station as its keepers see it; `null` means not known."""

    id: str
    revision: Annotated[int, Field(description="What it was last changed in; the `ETag`.")]
    name: str
    name_en: str | None
    services: list[str]
    rest_hours: str | None
    rest_for: list[str] | None
    breakfast_hours: str | None
    breakfast_for: list[str] | None
    amenities: list[str]
    address: str | None
    township_code: str | None
    telephone: str | None
    capacity: int | None
    accessibility: str
    longitude: float
    latitude: float
    datum: str
    data_status: str
    source: str
    accuracy_m: float | None
    verified_on: str | None
    opened_on: str | None
    closed_on: str | None
    reported_closed_on: str | None


@blueprint.get("/<station_id>/record")
@describes(
    Operation(
        summary="One station's record, to be changed",
        path=_ID,
        answers={JSON: RecordAnswer},
        refusals=(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
        tag="register",
    )
)
@requires(Permission.LOOK)
def record(station_id: str) -> Response:
    """Return a record as the database has it now. Its `ETag` is what a change is sent with."""
    return _answer(station_changes.recorded(StationId(station_id)))


@blueprint.post("")
@describes(
    Operation(
        summary="Add a station",
        body=NewRecordParameters,
        answers={JSON: RecordAnswer},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        ),
        statuses=(HTTPStatus.CREATED,),
        tag="register",
    )
)
@requires(Permission.EDIT)
def add() -> Response:
    """Add a station to the register; `Location` names its record."""
    given = params.read_body(NewRecordParameters)
    identifier = None if given.id is None else StationId(given.id)
    made = station_changes.add(identifier, given.edit(), reason=given.reason)
    response = _answer(made, HTTPStatus.CREATED)
    response.headers["Location"] = url_for(".record", station_id=made.station.id)
    return response


@blueprint.patch("/<station_id>")
@describes(
    Operation(
        summary="Change some fields of a record",
        path=_ID,
        body=RecordParameters,
        answers={JSON: RecordAnswer},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.UNAUTHORIZED,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.PRECONDITION_FAILED,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.PRECONDITION_REQUIRED,
        ),
        tag="register",
    )
)
@requires(Permission.EDIT)
def change(station_id: str) -> Response:
    """Change the fields that are named, with `If-Match` and the revision that was read.

    Where somebody else changed the station after that: 412, with the record as it is then. To close
    a station, name the first day without it in `closed_on`; to open it again, make that null.
    """
    seen = _seen()
    given = params.read_body(RecordParameters)
    made = station_changes.change(
        StationId(station_id), given.edit(), seen=seen, reason=given.reason
    )
    return _answer(made)


def _seen() -> int:
    """Return the revision that `If-Match` names."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired(
            "Read the record first, and send the change with If-Match and its ETag."
        )
    found = _ETAG.fullmatch(given.strip())
    if found is None:
        reason = 'must be one revision, like "17": the ETag of the record'
        raise InvalidQueryError(ParameterFault("If-Match", reason))
    return int(found[1])


def _answer(made: Recorded, status: HTTPStatus = HTTPStatus.OK) -> Response:
    body: dict[str, Any] = record_shape(made)
    response = json_answer(body, status=status)
    response.headers["ETag"] = f'"{made.revision}"'
    return response
