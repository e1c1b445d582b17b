"""The coverage resource: figures by unit, as JSON, GeoJSON or CSV, or as a file to take along."""

from http import HTTPStatus
from typing import Any, Final, cast

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.asked import asked_in_a_line
from geo_service.services.coverage import CoverageAnswer, day_counted, measure_coverage
from geo_service.services.exporting import (
    answer_totals,
    coverage_csv,
    coverage_features,
    unit_rows,
)
from geo_service.services.notes import coverage_notes
from geo_service.services.pack.files import MEDIA_TYPES, PackForm
from geo_service.web import freshness, geojson, params, shapes
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api import coverage_files
from geo_service.web.api.parameters import CoverageParameters
from geo_service.web.basis import distance_shape, layer_shape
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("coverage", __name__, url_prefix="/api/v1/coverage")

_CSV: Final = "text/csv"
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


@blueprint.get("")
@describes(
    Operation(
        summary="How well stations cover each township, each county or the city",
        query=CoverageParameters,
        answers={
            JSON: shapes.CoverageRows,
            geojson.MEDIA_TYPE: shapes.CoverageFeatures,
            _CSV: {"type": "string"},
            **{media: {"type": "string", "format": "binary"} for media in MEDIA_TYPES.values()},
        },
        refusals=(HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_IMPLEMENTED),
        tag="coverage",
    )
)
def coverage() -> Response:
    """Measure coverage of ground, and of a demand layer; every null has its reason beside it."""
    return coverage_of(params.read_query(CoverageParameters))


def coverage_of(given: CoverageParameters) -> Response:
    """Answer a question for coverage, wherever it was asked."""
    register, now = runtime.register(), runtime.now()
    if given.f in coverage_files.FORMS:
        return coverage_files.file_answer(given.query(now), PackForm(given.f), given.lang)
    answer = measure_coverage(register, given.query(now))
    about = _about(register, given, answer)
    if given.f == "csv":
        return _csv_answer(answer, about)
    if given.f == "geojson":
        features = cast(
            "list[shapes.CoverageFeature]", coverage_features(answer.report, answer.demand)
        )
        collection: shapes.CoverageFeatures = {
            "type": "FeatureCollection",
            **about,
            "features": features,
        }
        return json_answer(collection, geojson.MEDIA_TYPE)
    rows = cast("list[shapes.UnitCoverageShape]", unit_rows(answer))
    return json_answer(shapes.CoverageRows(**about, units=rows))


def _about(
    register: Register, given: CoverageParameters, answer: CoverageAnswer
) -> shapes.CoverageAnswerShape:
    instant, report = answer.query.instant, answer.report
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "register_checked_at": freshness.checked_at(),
        "instant": None if instant is None else geojson.instant_text(instant, register.place.zone),
        "on": day_counted(register, answer.query).isoformat(),
        "level": given.level.value,
        "radius_m": report.radius_m,
        "distance_type": report.distance_type,
        "distance": distance_shape(answer.query),
        "demand": layer_shape(answer.query),
        "crs": {"name": report.crs.name, "definition": report.crs.definition},
        "filters": {
            "service": given.service and given.service.value,
            "group": given.group and given.group.value,
            "amenity": [each.value for each in given.amenity],
            "open": given.open,
            "open_only": given.open_only,
        },
        "stations_counted": len(answer.stations),
        "stations_of_unknown_openness": answer.of_unknown_openness,
        "data_status": {status.value: n for status, n in register.data_status.items()},
        "notes": [
            *freshness.notes("en"),
            *coverage_notes(register, answer, runtime.now(), "en"),
        ],
        "totals": cast("shapes.TotalsShape", answer_totals(answer)),
    }


def _csv_answer(answer: CoverageAnswer, about: shapes.CoverageAnswerShape) -> Response:
    filters = about["filters"]
    repeated: dict[str, Any] = {
        "place": about["place"],
        "radius_m": about["radius_m"],
        "distance_type": about["distance_type"],
        **asked_in_a_line(answer.query),
        "service": filters["service"],
        "group": filters["group"],
        "amenity": " ".join(filters["amenity"]),
        "instant": about["instant"],
        "on": about["on"],
        "crs": about["crs"]["name"],
        "revision": about["revision"],
        "data_status": " ".join(f"{name}:{n}" for name, n in about["data_status"].items()),
    }
    response = Response(
        _BYTE_ORDER_MARK + coverage_csv(answer, repeated), content_type=f"{_CSV}; charset=utf-8"
    )
    name = f"coverage-{about['level']}-{about['radius_m']:.0f}m-r{about['revision']}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
