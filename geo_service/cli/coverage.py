"""`geo-service coverage`: how well stations cover each unit."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from geo_service.cli import options
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level, UnitCoverage
from geo_service.domain.station import DataStatus
from geo_service.services.coverage import CoverageAnswer, CoverageQuery, measure_coverage
from geo_service.services.exporting import Cell, coverage_csv, totals_row, unit_row


@click.command()
@click.option("--radius", type=click.FloatRange(50, 50_000), default=1000.0, show_default=True)
@click.option("--level", type=click.Choice(Level), default=Level.TOWNSHIP, show_default=True)
@options.filters
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@click.option("--csv", "csv_file", type=click.Path(path_type=Path), help="Write a CSV file.")
def command(**given: Any) -> None:
    """Print stations, area coverage and the worst gap of each unit.

    Distances are straight lines in metres; shares are of the unit's area.
    """
    if given["open_"] == options.ARRIVAL:
        raise click.UsageError("--open arrival needs an origin; use now or an instant here.")
    with opened() as connection:
        register = connection.register()
        condition = options.condition(given["open_"], open_only=given["open_only"])
        now = datetime.now(UTC)
        answer = measure_coverage(
            register,
            CoverageQuery(
                radius=Metres(given["radius"]),
                level=given["level"],
                conditions=options.conditions(given["service"], given["group"], given["amenity"]),
                open=condition,
                instant=None if condition is None else options.moment(given["open_"], now),
            ),
        )
        about: dict[str, Cell] = {
            "place": register.place.name,
            "radius_m": answer.report.radius_m,
            "distance_type": answer.report.distance_type,
            "instant": None if condition is None else f"{answer.query.instant}",
            "crs": answer.report.crs.name,
            "revision": register.revision.number,
            "data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
        }
        demonstration = DataStatus.DEMONSTRATION in register.data_status
    if given["csv_file"]:
        given["csv_file"].write_text(coverage_csv(answer, about), encoding="utf-8-sig", newline="")
        click.echo(f"Wrote {given['csv_file']}")
    elif given["as_json"]:
        units = [unit_row(unit) for unit in answer.report.units]
        document = {**about, "totals": totals_row(answer.report.totals), "units": units}
        click.echo(json.dumps(document, ensure_ascii=False))
    else:
        _print(answer, about, demonstration=demonstration)


def _print(answer: CoverageAnswer, about: dict[str, Any], *, demonstration: bool) -> None:
    table = Table("code", "name", "stations", "area km²", "covered", "twice", "mean m", "worst m")
    table.box = None
    for column in table.columns[2:]:
        column.justify = "right"
    for unit in answer.report.units:
        table.add_row(*_cells(unit))
    console = Console()
    console.print(table, markup=False)
    totals = answer.report.totals
    share = "unknown" if totals.area_coverage is None else f"{totals.area_coverage:.1%}"
    console.print(
        f"{about['place']}: {totals.stations} stations, {share} of the area within "
        f"{about['radius_m']:,.0f} m in a {about['distance_type']} ({about['crs']}, revision "
        f"{about['revision']}). ~: the boundary is an approximation."
    )
    if demonstration:
        console.print("演示数据 · Demonstration data.")


def _cells(unit: UnitCoverage) -> tuple[str, ...]:
    nearest, gap = unit.nearest, unit.worst_gap
    return (
        unit.unit.code,
        unit.unit.name,
        f"{unit.stations}",
        "–"
        if unit.area_m2 is None
        else f"{'~' if unit.approximate else ''}{unit.area_m2 / 1e6:.1f}",
        _share(unit.area_coverage),
        _share(unit.cross_coverage),
        "–" if nearest is None else f"{nearest.mean_m:,.0f}",
        "–" if gap is None else f"{gap.distance_m:,.0f}",
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
