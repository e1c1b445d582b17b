"""Coverage taken along: flat rows, and the files made of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

from geo_service.domain.coverage import CoverageReport, Totals, UnitCoverage
from geo_service.domain.demand_coverage import DemandReport, UnitDemand
from geo_service.domain.distance_grid import NearestDistances, WorstGap
from geo_service.domain.station import ServiceKind
from geo_service.persistence.spreadsheet_text import FORMULA_SIGNS
from geo_service.services.coverage import CoverageAnswer
from geo_service.services.demand_columns import (
    demand_columns,
    demand_reasons,
    figures_reasons,
    rounded,
)

Cell = str | int | float | bool | None
Row = dict[str, Any]

_KM2: Final = 1e-6
_DISTANCES: Final = (
    *("nearest_mean_m", "nearest_median_m", "nearest_p90_m", "nearest_max_m"),
    *("grid_spacing_m", "grid_points"),
)
_GAP: Final = (
    *("worst_gap_longitude", "worst_gap_latitude", "worst_gap_distance_m"),
    "worst_gap_nearest_station",
)


def unit_rows(answer: CoverageAnswer) -> list[Row]:
    """Lay every unit of an answer out flat, with the columns of its demand layer if it has one."""
    return _unit_rows(answer.report, answer.demand)


def answer_totals(answer: CoverageAnswer) -> Row:
    """Lay all units of an answer together out flat, likewise."""
    return totals_row(answer.report.totals, answer.demand)


def _unit_rows(report: CoverageReport, demand: DemandReport | None) -> list[Row]:
    demands = demand.units if demand else [None] * len(report.units)
    return [unit_row(*both) for both in zip(report.units, demands, strict=True)]


def unit_row(unit: UnitCoverage, demand: UnitDemand | None = None) -> Row:
    """Lay the figures of one unit out flat; metres, square kilometres, shares from 0 to 1."""
    of = unit.unit
    missing = dict(unit.missing) | (demand_reasons(demand) if demand else {})
    return {
        "code": of.code,
        "name": of.name,
        "name_en": of.name_en,
        "level": of.level.value,
        "county_code": of.county_code,
        "boundary_status": of.boundary_status.value,
        "approximate": unit.approximate,
        **_figures(unit),
        **(demand_columns(demand.figures) if demand else {}),
        "population_year": of.population_year,
        "population_source": of.population_source,
        "missing": missing,
        "notes": list(unit.notes),
    }


def totals_row(totals: Totals, demand: DemandReport | None = None) -> Row:
    """Lay the figures of all units together out flat; demand is all of its layer."""
    missing = dict(totals.missing) | (figures_reasons(demand.totals) if demand else {})
    return {
        "units": totals.units,
        "units_measured": totals.units_measured,
        "stations_elsewhere": totals.stations_elsewhere,
        "approximate": totals.approximate,
        **_figures(totals),
        **(demand_columns(demand.totals) if demand else {}),
        **({"demand_elsewhere": rounded(demand.elsewhere, 2)} if demand else {}),
        "missing": missing,
    }


def _figures(measured: UnitCoverage | Totals) -> Row:
    return {
        "stations": measured.stations,
        "stations_rest": measured.stations_by_service[ServiceKind.REST],
        "stations_breakfast": measured.stations_by_service[ServiceKind.BREAKFAST],
        "area_km2": rounded(measured.area_m2, 4, _KM2),
        "covered_km2": rounded(measured.covered_area_m2, 4, _KM2),
        "area_coverage": rounded(measured.area_coverage, 5),
        "cross_coverage": rounded(measured.cross_coverage, 5),
        "population": measured.population,
        "stations_per_10000": rounded(measured.stations_per_10000, 4),
        **_distances(measured.nearest),
        **_worst_gap(measured.worst_gap),
    }


def _distances(nearest: NearestDistances | None) -> Row:
    row: Row = dict.fromkeys(_DISTANCES)
    if nearest is not None:
        metres = (nearest.mean_m, nearest.median_m, nearest.p90_m, nearest.max_m, nearest.spacing_m)
        row |= zip(_DISTANCES, (round(each, 1) for each in metres), strict=False)
        row["grid_points"] = nearest.points
    return row


def _worst_gap(gap: WorstGap | None) -> Row:
    if gap is None:
        return dict.fromkeys(_GAP)
    found = (
        round(gap.at.longitude, 6),
        round(gap.at.latitude, 6),
        round(gap.distance_m, 1),
        gap.nearest_station,
    )
    return dict(zip(_GAP, found, strict=True))


def coverage_features(
    report: CoverageReport, demand: DemandReport | None = None
) -> list[dict[str, Any]]:
    """Return one GeoJSON Feature a unit, its geometry null where it has no boundary."""
    import geopandas  # noqa: PLC0415 - half a second and 40 MB that most workers never need

    frame = geopandas.GeoDataFrame(
        _unit_rows(report, demand),
        geometry=np.array([unit.unit.boundary for unit in report.units], dtype=object),
        crs="EPSG:4326",
    )
    frame = (
        frame.astype(object).where(frame.notna(), None).set_geometry("geometry", crs="EPSG:4326")
    )
    features = frame.set_index("code", drop=False).iterfeatures(na="null")
    return list(features)


def coverage_csv(answer: CoverageAnswer, about: Mapping[str, Cell]) -> str:
    """Return one line a unit, each with the parameters it holds for (``about``) at its end."""
    return csv_text(_one_line(row) | dict(about) for row in unit_rows(answer))


def csv_text(rows: Iterable[Mapping[str, Cell]]) -> str:
    """Write rows as CSV; text that a spreadsheet would run as a formula is made text again."""
    written = io.StringIO(newline="")
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(written, fieldnames=list(row), lineterminator="\r\n")
            writer.writeheader()
        writer.writerow({key: _as_text(value) for key, value in row.items()})
    return written.getvalue()


def _one_line(row: Row) -> dict[str, Cell]:
    missing = "; ".join(f"{name}: {reason}" for name, reason in row["missing"].items())
    return row | {"missing": missing, "notes": "; ".join(row["notes"])}


def _as_text(value: Cell) -> Cell:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and value.startswith(FORMULA_SIGNS):
        return "'" + value
    return value
