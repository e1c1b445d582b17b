"""The worst places, and coverage hour by hour: as JSON or CSV, places as GeoJSON too."""

from typing import Final, cast

from flask import Blueprint, Response

from geo_service import runtime
from geo_service.services.measure_rows import (
    day_row,
    gap_csv,
    gap_features,
    gap_rows,
    hour_csv,
    hour_row,
)
from geo_service.services.measures import GapList, hour_by_hour, ordinary_days, worst_gaps
from geo_service.services.notes import counting_notes, register_notes
from geo_service.web import geojson, params
from geo_service.web import measure_answers as shapes
from geo_service.web.answers import JSON, json_answer
from geo_service.web.api.demand_options import REFUSALS
from geo_service.web.api.measure_parameters import GapParameters, HourParameters
from geo_service.web.basis import in_every_line, measure_basis
from geo_service.web.caching import kept
from geo_service.web.openapi import Operation, describes

blueprint = Blueprint("measures", __name__, url_prefix="/api/v1/coverage")

_CSV: Final = "text/csv"
_BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel takes UTF-8 for the machine's own encoding


@blueprint.get("/gaps")
@kept(walks=True)
@describes(
    Operation(
        summary="The places farthest from any station, and what is uncovered around them",
        query=GapParameters,
        answers={
            JSON: shapes.GapRows,
            geojson.MEDIA_TYPE: shapes.GapFeatures,
            _CSV: {"type": "string"},
        },
        refusals=REFUSALS,
        tag="coverage",
    )
)
def gaps() -> Response:
    """Name the worst places beyond the radius, each in a hole of its own, the worst first.

    With a demand layer they are its points; without, places of an even grid.
    """
    given = params.read_query(GapParameters)
    query = given.query(runtime.now())
    found = worst_gaps(runtime.register(), query, count=given.limit)
    basis = _gap_basis(found)
    if given.f == "csv":
        about = in_every_line(basis, query) | {"instant": basis["instant"]}
        return _csv_answer(gap_csv(found, about), f"gaps-{_named(basis)}")
    if given.f == "geojson":
        features = cast("list[shapes.GapFeature]", gap_features(found))
        collection = shapes.GapFeatures(type="FeatureCollection", **basis, features=features)
        return json_answer(collection, geojson.MEDIA_TYPE)
    rows = cast("list[shapes.GapShape]", gap_rows(found))
    return json_answer(shapes.GapRows(**basis, gaps=rows))


@blueprint.get("/hours")
@kept(walks=True)
@describes(
    Operation(
        summary="How much is covered at each hour of a day, by what is open then",
        query=HourParameters,
        answers={JSON: shapes.HoursAnswer, _CSV: {"type": "string"}},
        refusals=REFUSALS,
        tag="coverage",
    )
)
def hours() -> Response:
    """Say which share of ground, or of demand, is covered at 00:00, 01:00 … 23:00.

    Of one day, or of the next working day and the next weekend day that are no holidays.
    """
    given = params.read_query(HourParameters)
    register, now, day = runtime.register(), runtime.now(), given.day()
    days = ordinary_days(register, now) if day is None else (day,)
    query = given.query()
    answer = hour_by_hour(register, query, days, certain=given.open_only)
    notes = [
        *register_notes(register, answer.days[-1].hours[0].instant, "en"),
        *counting_notes(query, answer.of_unknown_openness, "en"),
    ]
    basis = measure_basis(register, query, notes)
    if given.f == "csv":
        return _csv_answer(hour_csv(answer, in_every_line(basis, query)), f"hours-{_named(basis)}")
    return json_answer(
        shapes.HoursAnswer(
            **basis,
            covered="ground" if query.demand is None else "demand",
            open_only=given.open_only,
            days=[cast("shapes.DayShape", day_row(each)) for each in answer.days],
            units=[
                cast("shapes.UnitHoursShape", hour_row(answer, number))
                for number in range(len(answer.units))
            ],
        )
    )


def _gap_basis(found: GapList) -> shapes.GapBasis:
    register, query = runtime.register(), found.query
    notes = [
        *register_notes(register, query.instant or runtime.now(), "en"),
        *counting_notes(query, found.of_unknown_openness, "en"),
    ]
    instant = query.instant
    return {
        **measure_basis(register, query, notes),
        "instant": None if instant is None else geojson.instant_text(instant, register.place.zone),
        "open_only": query.open is not None and query.open.certain,
        "stations_counted": len(found.stations),
        "stations_of_unknown_openness": found.of_unknown_openness,
    }


def _named(basis: shapes.MeasureBasis) -> str:
    return f"{basis['level']}-{basis['radius_m']:.0f}m-r{basis['revision']}"


def _csv_answer(text: str, name: str) -> Response:
    response = Response(_BYTE_ORDER_MARK + text, content_type=f"{_CSV}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
