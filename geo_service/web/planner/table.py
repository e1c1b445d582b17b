"""The table of units: rows, columns, what is shown of them and in which order."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from geo_service.domain.register import Register
from geo_service.services.exporting import Row
from geo_service.web.language import Language
from geo_service.web.planner.figures import FIGURES, figure
from geo_service.web.planner.parameters import PlannerParameters
from geo_service.web.planner.shading import Shading
from maps.measures import number

# The first ones are seen at once; the others on request, and in the files.
MAIN: Final = (
    *("stations", "area_coverage"),
    *("demand_coverage", "demand_uncovered", "worst_gap_distance_m"),
)
_WITHOUT_LAYER: Final = frozenset(("cross_coverage", "nearest_mean_m"))
MORE: Final = (
    *("cross_coverage", "nearest_mean_m", "nearest_median_m", "nearest_p90_m"),
    *("demand", "demand_cross_coverage", "demand_nearest_mean_m", "demand_nearest_p90_m"),
    *("stations_per_10000_demand", "capacity_per_10000_demand"),
    *("supply_2sfca_per_10000", "supply_e2sfca_per_10000"),
    *("stations_breakfast", "area_km2", "population", "stations_per_10000"),
)
# What a phone has room for beside the name.
NARROW: Final = ("stations", "area_coverage", "worst_gap_distance_m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its key, whether it is seen at once, on a phone too, and is a share."""

    key: str
    main: bool
    narrow: bool
    share: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A figure as people read it and as rows are sorted by; both None where it is not known."""

    text: str | None
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """One unit."""

    code: str
    name: str
    county_code: str
    county: str
    approximate: bool
    colour: int | None
    cells: tuple[Cell, ...]
    shown: bool
    why_missing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The table as it is to be shown, and whom it can be narrowed to."""

    columns: tuple[Column, ...]
    rows: tuple[UnitRow, ...]
    total: tuple[Cell, ...]
    counties: tuple[tuple[str, str], ...]

    @property
    def shown(self) -> int:
        """How many rows are seen."""
        return sum(row.shown for row in self.rows)


def table_of(  # noqa: PLR0913 - what a table is made of
    register: Register,
    rows: Sequence[Row],
    total: Row,
    *,
    shading: Shading,
    given: PlannerParameters,
    language: Language,
) -> Table:
    """Lay the figures out; columns in which nothing is known are left out."""
    known = {key for key in (*MAIN, *MORE) if any(number(row.get(key)) is not None for row in rows)}
    columns = tuple(_column(key, known) for key in (*MAIN, *MORE) if key in known)
    counties = tuple(
        (each.code, _named(each.name, each.name_en, language)) for each in register.counties
    )
    names = dict(counties)
    made = [
        UnitRow(
            code=row["code"],
            name=_named(row["name"], row["name_en"], language),
            county_code=row["county_code"] or "",
            county=names.get(row["county_code"], "") if row["level"] == "township" else "",
            approximate=row["approximate"],
            colour=shading.colours.get(row["code"]),
            cells=_cells(row, columns),
            shown=_is_shown(row, given),
            why_missing="; ".join(sorted(set(row["missing"].values()))),
        )
        for row in rows
    ]
    return Table(
        columns=columns,
        rows=tuple(_sorted(made, columns, given)),
        total=_cells(total, columns),
        counties=counties,
    )


def _column(key: str, known: Collection[str]) -> Column:
    return Column(
        key=key,
        main=key in MAIN or (key in _WITHOUT_LAYER and "demand" not in known),
        narrow=key in NARROW,
        share=FIGURES[key].form == "share",
    )


def _cells(row: Row, columns: Sequence[Column]) -> tuple[Cell, ...]:
    return tuple(
        Cell(text=figure(each.key, row.get(each.key)), value=number(row.get(each.key)))
        for each in columns
    )


def _is_shown(row: Row, given: PlannerParameters) -> bool:
    if given.county and row["county_code"] != given.county:
        return False
    names = f"{row['name']} {row['name_en'] or ''}".casefold()
    return not given.find or given.find.strip().casefold() in names


def _sorted(
    rows: Sequence[UnitRow], columns: Sequence[Column], given: PlannerParameters
) -> list[UnitRow]:
    """Sort by the column asked for; what is not known stands last, whichever the order."""
    backwards = given.order == "desc"
    place = {column.key: at for at, column in enumerate(columns)}.get(given.sort)
    if place is None:
        return sorted(rows, key=lambda row: row.code, reverse=backwards)
    known = [row for row in rows if row.cells[place].value is not None]
    known.sort(key=lambda row: row.cells[place].value or 0.0, reverse=backwards)
    return known + [row for row in rows if row.cells[place].value is None]


def _named(name: str, name_en: str | None, language: Language) -> str:
    return name_en or name if language == "en" else name
