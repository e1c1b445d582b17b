"""The coverage resource: figures by unit, as JSON, GeoJSON or CSV, or as a file to take along."""

from http import HTTPStatus
from typing import Any, cast

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.domain.register import Register
from geo_service.services.asked import asked_in_a_line
from geo_service.services.coverage import CoverageAnswer, day_counted, measure_coverage
from geo_service.services.exporting import (
    answer_totals,
    coverage_features,
    coverage_lines,
    unit_rows,
)
from geo_service.services.notes import coverage_notes
from geo_service.services.pack.files import PackForm
from geo_service.web import forms, freshness, geojson, params, shapes
from geo_service.web.answers import json_answer, json_text
from geo_service.web.api import coverage_files
from geo_service.web.api.demand_options import REFUSALS
from geo_service.web.api.parameters import CoverageParameters
from geo_service.web.basis import distance_shape, layer_shape
from geo_service.web.caching import kept
from geo_service.web.forms import Form, Lines
from geo_service.web.links import add_links, described_by, other_forms
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("coverage", __name__, url_prefix="/api/v1/coverage")


@blueprint.get("")
@kept(walks=True, negotiated=True)
@describes(
    Operation(
        summary="How well stations cover each township, each county or the city",
        query=CoverageParameters,
        answers=forms.described(
            forms.OF_COVERAGE, json=shapes.CoverageRows, geojson=shapes.CoverageFeatures
        ),
        refusals=(*REFUSALS, HTTPStatus.NOT_ACCEPTABLE, HTTPStatus.NOT_IMPLEMENTED),
        tag="coverage",
    )
)
def coverage() -> Response:
    """Measure coverage of ground, and of a demand layer; every null has its reason beside it."""
    given = params.read_query(CoverageParameters)
    form = forms.asked(given.f, forms.OF_COVERAGE)
    response = coverage_of(given, form)
    others = {each.value: each.media_type for each in forms.OF_COVERAGE if each is not form}
    add_links(response, [*other_forms(others), described_by()])
    return response


def coverage_of(given: CoverageParameters, form: Form) -> Response:
    """Answer a question for coverage in a form, wherever it was asked."""
    register, now = runtime.register(), runtime.now()
    if form.value in coverage_files.FORMS:
        return coverage_files.file_answer(given.query(now), PackForm(form.value), given.lang)
    answer = measure_coverage(register, given.query(now))
    about = _about(register, given, answer)
    if form is Form.JSON:
        rows = cast("list[shapes.UnitCoverageShape]", unit_rows(answer))
        return json_answer(shapes.CoverageRows(**about, units=rows))
    if form not in {Form.GEOJSON, Form.GEOJSONSEQ}:
        return _lines_answer(form, answer, about)
    features = coverage_features(answer.report, answer.demand)
    if form is Form.GEOJSONSEQ:
        return forms.sequence([json_text(each).encode() for each in features], _name(about))
    collection: shapes.CoverageFeatures = {
        "type": "FeatureCollection",
        **about,
        "features": cast("list[shapes.CoverageFeature]", features),
    }
    return json_answer(collection, geojson.MEDIA_TYPE)


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


def _lines_answer(
    form: Form, answer: CoverageAnswer, about: shapes.CoverageAnswerShape
) -> Response:
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
    lines = coverage_lines(answer, repeated)
    table = Lines(
        name=_name(about),
        title=about["place"],
        notes=about["notes"],
        columns=list(lines[0]) if lines else [],
        rows=lines,
        places=lambda: [each.unit.boundary for each in answer.report.units],
        geometry_type="MultiPolygon",
    )
    return forms.file_of(table, form)


def _name(about: shapes.CoverageAnswerShape) -> str:
    return f"coverage-{about['level']}-{about['radius_m']:.0f}m-r{about['revision']}"
