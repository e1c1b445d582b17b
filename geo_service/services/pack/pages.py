"""The briefing and the picture as HTML that a press sets: all they show is in the text itself."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.survey import Level
from geo_service.services.coverage import draw_coverage
from geo_service.services.demand import unit_in
from geo_service.services.exporting import Row, answer_totals, unit_rows
from geo_service.services.pack import figures, sentences
from geo_service.services.pack.columns import columns_of, of_layer
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.figures import name_in
from geo_service.services.pack.tables import gap_table, worst_places
from geo_service.services.pack.words import WORDS
from maps.language import tag_of
from maps.measures import MEASURES, breaks_of, class_of, colour_of, range_of
from maps.plate import COLOURS, PlateLayers, PlateUnit, lay_out

_WORST: Final = 10
_MOST_UNITS: Final = 150  # of a table on paper; a nation's belong into the workbook
_SHADED_BY: Final = MEASURES["area_coverage"]
_UNIT_COLUMNS: Final = (
    *("stations", "area_km2", "area_coverage", "cross_coverage"),
    *("nearest_mean_m", "nearest_p90_m", "worst_gap_distance_m"),
)
_OF_DEMAND: Final = ("demand_coverage", "demand_uncovered")
_COUNTY_COLUMNS: Final = (
    *("stations", "population", "stations_per_10000", "area_km2"),
    *("area_coverage", "cross_coverage", "nearest_mean_m", "worst_gap_distance_m"),
)
_TEMPLATES: Final = Environment(
    loader=PackageLoader("geo_service.services.pack"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """A table as it is printed: everything in it is text already."""

    headings: Sequence[Sequence[str]]  # each in the parts that a line may break between
    rows: Sequence[Sequence[str]]
    total: Sequence[str] | None = None
    names: Sequence[int] = ()  # the columns that hold words, from 0


def briefing(contents: Contents) -> str:
    """Return the report for a meeting: figures, map, chart, tables, method, limits, sources."""
    words = WORDS[contents.language]
    rows = unit_rows(contents.answer)
    return _TEMPLATES.get_template("briefing.html.j2").render(
        **_frame(contents),
        key_figures=sentences.key_figures(contents),
        summary=sentences.summary(contents),
        parameters=sentences.parameters(contents),
        plate=_plate(contents, width=180.0, height=120.0),
        counties=_counties(contents),
        bars=_bars(contents),
        gaps=_gaps(contents),
        gaps_title=words["table_gaps"].format(count=min(_WORST, len(contents.gaps.gaps))),
        units=_units(contents, rows) if contents.level is Level.TOWNSHIP else None,
        units_title=words["table_units"].format(units=words[f"level_{contents.level}"]),
        only_first=words["only_first"].format(count=_MOST_UNITS, all=figures.whole(len(rows)))
        if len(rows) > _MOST_UNITS
        else "",
        method=sentences.method(contents),
        limits=sentences.limits(contents),
        sources=sentences.sources(contents),
    )


def picture(contents: Contents) -> str:
    """Return the map with its legend and imprint, on one sheet of A4 across."""
    return _TEMPLATES.get_template("picture.html.j2").render(
        **_frame(contents), plate=_plate(contents, width=277.0, height=158.0)
    )


def _frame(contents: Contents) -> dict[str, Any]:
    words = WORDS[contents.language]
    return {
        "words": words,
        "lang": tag_of(contents.language),
        "title": sentences.title(contents),
        "basis": sentences.basis(contents),
        "ribbon": words["ribbon"] if contents.demonstration else "",
        "legend": _legend(contents),
        "map_title": words["figure_map"].format(units=words[f"level_{contents.level}"]),
        "undrawn": _undrawn(contents),
        "discs": not contents.along_streets,
    }


# -- the map ---------------------------------------------------------------------------------


def _plate(contents: Contents, *, width: float, height: float) -> Markup:
    words, language, register = WORDS[contents.language], contents.language, contents.register
    rows = {row["code"]: row for row in unit_rows(contents.answer)}
    breaks = _breaks(contents)
    drawing = draw_coverage(register, contents.answer)
    plate = lay_out(
        [
            PlateUnit(
                name=name_in(rows[each.unit.code], language),
                boundary=each.unit.boundary,
                colour=_colour(rows[each.unit.code]["area_coverage"], breaks),
            )
            for each in contents.answer.report.units
            if each.unit.boundary is not None
        ],
        PlateLayers(
            counties=[
                (each.name_en or each.name if language == "en" else each.name, each.boundary)
                for each in register.counties
                if each.boundary is not None
            ],
            catchments=None if contents.along_streets else drawing.catchments,
            stations=[station.coordinate for station in contents.answer.stations],
            marked=[
                Coordinate(longitude=row["longitude"], latitude=row["latitude"])
                for row in islice(worst_places(contents), _WORST)
            ],
        ),
        crs=register.crs,
        width=width,
        height=height,
    )
    if plate is None:
        return Markup()
    long = plate.bar_m >= 1000
    bar = words["kilometres"].format(km=plate.bar_m // 1000) if long else ""
    return plate.svg(
        title=words["figure_map"].format(units=words[f"level_{contents.level}"]),
        bar_text=bar or words["metres"].format(m=plate.bar_m),
        north=words["north"],
    )


def _breaks(contents: Contents) -> tuple[float, ...]:
    shares = (unit.area_coverage for unit in contents.answer.report.units)
    return breaks_of(_SHADED_BY, [each for each in shares if each is not None])


def _colour(value: float | None, breaks: Sequence[float]) -> int | None:
    return None if value is None else colour_of(class_of(value, breaks), breaks)


def _legend(contents: Contents) -> list[dict[str, str]]:
    breaks = _breaks(contents)
    return [
        {
            "colour": COLOURS[colour_of(position, breaks)],
            "range": range_of(_SHADED_BY, position, breaks),
        }
        for position in range(len(breaks) + 1)
    ]


def _undrawn(contents: Contents) -> str:
    words = WORDS[contents.language]
    names = [
        name_in(row, contents.language)
        for row in unit_rows(contents.answer)
        if row["boundary_status"] == "none"
    ]
    if not names:
        return ""
    shown = words["comma"].join(names[:_SHOWN_NAMES]) + ("…" if len(names) > _SHOWN_NAMES else "")
    return words["undrawn"].format(names=shown)


_SHOWN_NAMES: Final = 20


# -- tables and chart ------------------------------------------------------------------------


def _with_demand(contents: Contents, keys: Sequence[str]) -> Sequence[str]:
    if contents.answer.query.demand is None:
        return keys
    # Paper is as wide as it is: demand takes the place of the ground's lesser figures.
    return [key for key in keys if key not in {"nearest_p90_m", "area_km2"}] + [*_OF_DEMAND]


def _cells(row: Row, keys: Sequence[str]) -> list[str]:
    mark = "≈" if row["approximate"] else ""
    return [_cell(key, row[key], mark) for key in keys]


def _cell(key: str, value: Any, mark: str) -> str:
    if value is None:
        return figures.NOTHING
    if key in {"area_coverage", "cross_coverage", "demand_coverage"}:
        return mark + figures.share(value)
    if key in {"area_km2", "covered_km2"}:
        return mark + figures.decimal(value)
    if key == "stations_per_10000":
        return figures.decimal(value, 2)
    return figures.whole(value)


def _headings(contents: Contents, keys: Sequence[str]) -> list[list[str]]:
    columns, layer = columns_of(keys), contents.answer.query.demand
    if layer is not None:
        columns = of_layer(columns, unit_in(layer, contents.language))
    return _split(column.heading(contents.language) for column in columns)


def _split(headings: Iterable[str]) -> list[list[str]]:
    return [_BETWEEN.split(heading) for heading in headings]


_BETWEEN: Final = re.compile("(?<=：)|(?=（)|(?<=: )|(?= [(])")


def _units(contents: Contents, rows: Sequence[Row]) -> PaperTable:
    register, language = contents.register, contents.language
    keys = _with_demand(contents, _UNIT_COLUMNS)
    shown = rows
    if len(rows) > _MOST_UNITS:
        least = sorted(rows, key=lambda row: (row["area_coverage"] is None, row["area_coverage"]))
        shown = least[:_MOST_UNITS]
    lines = []
    for row in shown:
        county = register.counties_by_code.get(row["county_code"] or "")
        named = "" if county is None else county.name
        if language == "en" and county is not None:
            named = county.name_en or county.name
        lines.append([named, name_in(row, language), *_cells(row, keys)])
    return PaperTable(headings=_headings(contents, ("county", "name", *keys)), rows=lines)


def _counties(contents: Contents) -> PaperTable | None:
    answer = contents.answers.get(Level.COUNTY)
    if answer is None or not answer.report.units:
        return None
    rows = unit_rows(answer)
    keys = _with_demand(contents, _COUNTY_COLUMNS)
    whole = answer_totals(contents.whole)
    return PaperTable(
        headings=_headings(contents, ("name", *keys)),
        rows=[[name_in(row, contents.language), *_cells(row, keys)] for row in rows],
        total=[contents.place_name, *_cells(whole, keys)],
    )


def _bars(contents: Contents) -> dict[str, Any]:
    """Return how far each county's bars reach, in per cent of the whole width."""
    answer = contents.answers.get(Level.COUNTY)
    rows = [] if answer is None else unit_rows(answer)
    rows = [row for row in rows if row["area_coverage"] is not None]
    longest = max((row["area_coverage"] for row in rows), default=0.0)
    full = next(each for each in _FULL_WIDTHS if longest <= each)
    return {
        "rows": [
            {
                "name": name_in(row, contents.language),
                "once": round(100 * row["area_coverage"] / full, 2),
                "twice": round(100 * row["cross_coverage"] / full, 2),
                "text": figures.share(row["area_coverage"]),
            }
            for row in rows
        ],
        "scale": WORDS[contents.language]["full_width"].format(share=f"{100 * full:g} %"),
    }


_FULL_WIDTHS: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


def _gaps(contents: Contents) -> PaperTable:
    table = gap_table(contents)
    columns = [column for column in table.columns if column.key != "nearest_station"]
    return PaperTable(
        headings=_split(column.heading(contents.language) for column in columns),
        rows=[
            [_gap_cell(column.key, row[column.key]) for column in columns]
            for row in islice(table.rows(), _WORST)
        ],
        names=[number for number, column in enumerate(columns) if column.form == "text"],
    )


def _gap_cell(key: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or figures.NOTHING
    if key in {"longitude", "latitude"}:
        return f"{value:.4f}"
    return figures.decimal(value, 2) if key == "uncovered_km2" else figures.whole(value)
