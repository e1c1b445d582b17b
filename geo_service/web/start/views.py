"""What this is, `/about`, and the coverage table `/coverage`."""

from typing import Final

from flask import Blueprint, render_template, url_for
from markupsafe import Markup

from geo_service import runtime
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus, Group, ServiceKind, StationFilter
from geo_service.domain.township import BoundaryStatus
from geo_service.services.coverage import CoverageAnswer, day_counted, measure_coverage
from geo_service.services.exporting import Row, totals_row, unit_row
from geo_service.services.notes import coverage_notes
from geo_service.web import params
from geo_service.web.api.parameters import CoverageOptions
from geo_service.web.language import Language, LanguageParameters, language_asked
from geo_service.web.links import asked_again
from geo_service.web.page import page_context
from geo_service.web.words import WORDS

blueprint = Blueprint("start", __name__, template_folder="templates")

# Outlines of our own, drawn in a 24 × 24 box.
_ICONS: Final = {
    "planner": Markup('<path d="M4 20V10M10 20V4M16 20v-8M21 20H3"/>'),
    "station_map": Markup(
        '<path d="M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21z"/>'
        '<circle cx="12" cy="9.5" r="2.5"/>'
    ),
    "coverage_map": Markup('<circle cx="9" cy="10" r="6"/><circle cx="16" cy="14" r="5"/>'),
    "coverage_table": Markup(
        '<rect x="3.5" y="4.5" width="17" height="15" rx="2"/><path d="M3.5 10h17M10 10v9.5"/>'
    ),
    "api": Markup('<path d="m8 8-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12"/>'),
}
_COLUMNS: Final = {
    "stations": "whole",
    "stations_breakfast": "whole",
    "area_km2": "decimal",
    "area_coverage": "share",
    "cross_coverage": "share",
    "population": "whole",
    "stations_per_10000": "decimal",
    "nearest_mean_m": "whole",
    "nearest_p90_m": "whole",
    "worst_gap_distance_m": "whole",
}
_THIN_SPACE: Final = "\u202f"


class AboutParameters(LanguageParameters):
    """GET /about."""


class CoverageTableParameters(CoverageOptions, LanguageParameters):
    """GET /coverage."""


@blueprint.get("/about")
def about() -> str:
    """Show what this is, how large it is, what of it is real, and where to go on."""
    language = language_asked(params.read_form(AboutParameters).lang)
    register = runtime.register()
    words = WORDS[language]
    without = sum(each.boundary_status is BoundaryStatus.NONE for each in register.townships)
    demonstration = DataStatus.DEMONSTRATION in register.data_status
    real = words["real_text_demonstration" if demonstration else "real_text"]
    return render_template(
        "start/about.html",
        **page_context(register, language),
        counts=_counts(register, language),
        ways=_ways(language),
        claims=register.claims,
        real_text=real.format(without=without),
    )


@blueprint.get("/coverage")
def coverage() -> str:
    """Show coverage as a table, with a form to ask again and files to take along."""
    given = params.read_form(CoverageTableParameters)
    language = language_asked(given.lang)
    register, now = runtime.register(), runtime.now()
    answer = measure_coverage(register, given.query(now, register.place.zone))
    return render_template(
        "start/coverage.html",
        **page_context(register, language),
        **_form(given),
        **_table(answer, language),
        basis=WORDS[language]["basis"].format(
            radius=f"{given.radius:g}",
            crs=answer.report.crs.name,
            revision=register.revision.number,
            day=day_counted(register, answer.query).isoformat(),
        ),
        notes=coverage_notes(register, answer, now, language),
        map_url=url_for("maps.coverage", **asked_again()),
        csv_url=url_for("coverage.coverage", **asked_again(without="lang", f="csv")),
        geojson_url=url_for("coverage.coverage", **asked_again(without="lang", f="geojson")),
    )


def _counts(register: Register, language: Language) -> list[tuple[str, int]]:
    words = WORDS[language]
    today = register.eras.at(runtime.now())
    of_kind = {
        kind: len(register.select(StationFilter(service=kind), today)) for kind in ServiceKind
    }
    return [
        (words["count_stations"], len(register.numbers_in(today))),
        (words["count_rest"], of_kind[ServiceKind.REST]),
        (words["count_breakfast"], of_kind[ServiceKind.BREAKFAST]),
        (words["count_townships"], len(register.townships)),
    ]


def _ways(language: Language) -> list[dict[str, object]]:
    leads_to = {
        "planner": url_for("planner.page", lang=language),
        "station_map": url_for("maps.stations", lang=language),
        "coverage_map": url_for("maps.coverage", lang=language),
        "coverage_table": url_for("start.coverage", lang=language),
        "api": url_for("documents.docs"),
    }
    words = WORDS[language]
    return [
        {"url": url, "name": words[key], "text": words[f"{key}_text"], "icon": _ICONS[key]}
        for key, url in leads_to.items()
    ]


def _form(given: CoverageTableParameters) -> dict[str, object]:
    return {
        "radius": f"{given.radius:g}",
        "level": given.level,
        "levels": list(Level),
        "service": given.service,
        "services": list(ServiceKind),
        "group": given.group,
        "groups": list(Group),
        "open": given.open or "",
        "on": "" if given.on is None else given.on.isoformat(),
    }


def _table(answer: CoverageAnswer, language: Language) -> dict[str, object]:
    words = WORDS[language]
    return {
        "columns": [words[f"column_{key}"] for key in _COLUMNS],
        "rows": [
            {
                "name": row["name_en"] or row["name"] if language == "en" else row["name"],
                "approximate": row["approximate"],
                "cells": _cells(row),
            }
            for row in map(unit_row, answer.report.units)
        ],
        "total": _cells(totals_row(answer.report.totals)),
    }


def _cells(row: Row) -> list[str | None]:
    return [_written(form, row[key]) for key, form in _COLUMNS.items()]


def _written(form: str, value: float | None) -> str | None:
    if value is None:
        return None
    if form == "share":
        return f"{100 * value:.1f}{_THIN_SPACE}%"
    text = f"{value:,.0f}" if form == "whole" else f"{value:,.2f}"
    return text.replace(",", _THIN_SPACE)
