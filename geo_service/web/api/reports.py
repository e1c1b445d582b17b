"""Reports of what is wrong with a station, from programs."""

from http import HTTPStatus

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.station import StationId
from geo_service.web import answers, params, shapes
from geo_service.web.openapi import Operation, describes
from geo_service.web.station import reporting

blueprint = Blueprint("reports", __name__, url_prefix="/api/v1/stations")


@blueprint.post("/<station_id>/reports")
@describes(
    Operation(
        summary="Report what is wrong with a station",
        path={"station_id": "The station's identifier."},
        body=reporting.ReportParameters,
        answers={answers.JSON: shapes.ReportAnswer},
        refusals=(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.FORBIDDEN,
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
    )
)
def report(station_id: str) -> Response:
    """Put a report into the register's queue. Nothing about the sender is kept."""
    station = runtime.register().station(StationId(station_id))
    reporting.admit()
    given = params.read_body(reporting.ReportParameters).report(station.id)
    outcome = reporting.keep(given)
    answer: shapes.ReportAnswer = {"station": station.id, "outcome": outcome.value}
    return answers.json_answer(answer)
