"""`/maps/stations`, `/maps/coverage`, `/maps/demand`: Folium maps of the register at hand."""

from typing import Annotated, Literal

from flask import Blueprint, Response, url_for
from pydantic import Field

from geo_service import runtime
from geo_service.domain.demand import POPULATION
from geo_service.services.browse import BrowseQuery
from geo_service.services.coverage import measure_coverage
from geo_service.services.demand import layer_of, layers
from geo_service.web import params
from geo_service.web.api.parameters import CoverageOptions, FilterParameters
from geo_service.web.language import Language, LanguageParameters, language_asked, other_language
from geo_service.web.links import asked_again

blueprint = Blueprint("maps", __name__, url_prefix="/maps")

Measure = Literal[
    "area_coverage",
    "cross_coverage",
    "stations",
    "stations_per_10000",
    "nearest_mean_m",
    "nearest_median_m",
    "nearest_p90_m",
    "nearest_max_m",
    "worst_gap_distance_m",
]


class StationMapParameters(FilterParameters, LanguageParameters):
    """GET /maps/stations."""


class CoverageMapParameters(CoverageOptions, LanguageParameters):
    """GET /maps/coverage."""

    measure: Annotated[Measure, Field(description="What the units are shaded by.")] = (
        "area_coverage"
    )


class DemandMapParameters(LanguageParameters):
    """GET /maps/demand."""

    layer: Annotated[str, Field(max_length=64, description="The layer's identifier.")] = POPULATION


@blueprint.get("/stations")
def stations() -> Response:
    """Show every station that matches, clustered, with layers by service."""
    from geo_service.web.maps import drawing  # noqa: PLC0415 - it says itself why so late

    given = params.read_form(StationMapParameters)
    register, now = runtime.register(), runtime.now()
    language = language_asked(given.lang)
    query = BrowseQuery(
        instant=given.moment(now, register.place.zone),
        conditions=given.conditions(),
        open=given.open_condition(arrival=False),
    )
    page = drawing.station_page(query, language, _navigation("stations", language))
    return Response(page, mimetype="text/html")


@blueprint.get("/coverage")
def coverage() -> Response:
    """Show how well each unit is covered, shaded by one measure."""
    from geo_service.web.maps import drawing  # noqa: PLC0415 - likewise

    given = params.read_form(CoverageMapParameters)
    register, now = runtime.register(), runtime.now()
    language = language_asked(given.lang)
    answer = measure_coverage(register, given.query(now, register.place.zone))
    page = drawing.coverage_page(
        answer, language, _navigation("coverage", language), measure=given.measure
    )
    return Response(page, mimetype="text/html")


@blueprint.get("/demand")
def demand() -> Response:
    """Show a demand layer: where the people are whom stations are for, as far as is known."""
    from geo_service.web.maps import drawing  # noqa: PLC0415 - likewise

    given = params.read_form(DemandMapParameters)
    register, database = runtime.register(), runtime.database()
    language = language_asked(given.lang)
    page = drawing.demand_page(
        layer_of(register, database, given.layer),
        layers(register, database),
        language,
        _navigation("demand", language),
    )
    return Response(page, mimetype="text/html")


def _navigation(here: str, language: Language) -> dict[str, str]:
    """Return the ways from a map: to the start page, another map, the other language."""
    words = _WORDS[language]
    there = "stations" if here == "coverage" else "coverage"
    return {
        words["start"]: url_for("worker.index", lang=language),
        words[there]: url_for(f"maps.{there}", lang=language),
        words["language"]: url_for(f"maps.{here}", **asked_again(lang=other_language(language))),
    }


_WORDS = {
    "zh": {"start": "首页", "stations": "驿站地图", "coverage": "覆盖地图", "language": "English"},
    "en": {"start": "Start", "stations": "Stations", "coverage": "Coverage", "language": "中文"},
}
