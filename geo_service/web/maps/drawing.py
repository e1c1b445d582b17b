"""The maps as pages: drawn by Folium, put together for this site.

Only the views' functions import this module, and only when a map is asked for: Folium brings
pandas with it, together half a second and 45 MB that most workers never need.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import url_for

from geo_service import runtime
from geo_service.domain.demand import DemandLayer, DemandSummary
from geo_service.services.browse import BrowseQuery
from geo_service.services.charts import Page, chart_title, coverage_chart, station_chart
from geo_service.services.coverage import CoverageAnswer
from geo_service.services.demand import name_in
from geo_service.services.demand_chart import demand_chart
from geo_service.web import freshness
from geo_service.web.language import Language
from geo_service.web.security import nonce
from maps.coverage_map import QuestionForm
from maps.demand_map import LayerChoice
from maps.language import tag_of
from maps.rendering import render
from maps.sheet import Sheet


def station_page(query: BrowseQuery, language: Language, navigation: Mapping[str, str]) -> str:
    """Draw the stations that match, as HTML."""
    page = _page(language, query.instant, navigation)
    return _html(station_chart(runtime.register(), query, page), "stations", language)


def coverage_page(
    answer: CoverageAnswer, language: Language, navigation: Mapping[str, str], *, measure: str
) -> str:
    """Draw an answer about coverage, as HTML, with a form to ask another question."""
    chart = coverage_chart(
        runtime.register(),
        answer,
        _page(language, runtime.now(), navigation),
        measure=measure,
        form=QuestionForm(action=url_for("maps.coverage"), carried={"lang": language}),
    )
    return _html(chart, "coverage", language)


def demand_page(
    layer: DemandLayer,
    layers: Sequence[DemandSummary],
    language: Language,
    navigation: Mapping[str, str],
) -> str:
    """Draw a demand layer, as HTML, with a form to choose another of those there are."""
    chart = demand_chart(
        runtime.register(),
        layer,
        _page(language, runtime.now(), navigation),
        choice=LayerChoice(
            action=url_for("maps.demand"),
            layers=[(each.id, name_in(each, language)) for each in layers],
            carried={"lang": language},
        ),
    )
    return _html(chart, "demand", language)


def _page(language: Language, instant: datetime, navigation: Mapping[str, str]) -> Page:
    return Page(
        language=language,
        instant=instant,
        navigation=navigation,
        caution=next(iter(freshness.notes(language)), None),
    )


def _html(chart: Sheet, kind: str, language: Language) -> str:
    return render(
        chart,
        title=chart_title(runtime.register(), kind, language),
        lang=tag_of(language),
        nonce=nonce(),
        asset_base=url_for("static", filename="").rstrip("/"),
    )
