"""`geo-service coverage`: how well stations cover each unit."""

import json
from datetime import UTC, datetime
from typing import IO, Any

import click

from geo_service.cli import coverage_history, options, terminal
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level, UnitCoverage
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus
from geo_service.services.coverage import (
    CoverageAnswer,
    CoverageQuery,
    day_counted,
    measure_coverage,
)
from geo_service.services.exporting import Cell, coverage_csv, totals_row, unit_row
from geo_service.services.notes import coverage_notes


@click.command()
@click.option("--radius", type=options.Metres(50, 50_000), default=1000.0, show_default=True)
@click.option("--level", type=options.OneOf(Level), default=Level.TOWNSHIP, show_default=True)
@options.filters
@click.option("--on", type=options.Day(), help="Count the stations in being on this date.")
@coverage_history.history_options
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@click.option(
    "--csv",
    "csv_file",
    # Lazy: opened when there is something to write; atomic: never half of it.
    type=click.File("w", encoding="utf-8-sig", lazy=True, atomic=True),
    help="Write a CSV file; - is the standard output.",
)
def command(**given: Any) -> None:
    """Print stations, area coverage and the worst gap of each unit.

    Distances are straight lines in metres; shares are of the unit's area.
    """
    if given["open_"] == options.ARRIVAL:
        raise click.UsageError("--open arrival needs an origin; use now or an instant here.")
    if given["as_json"] and given["csv_file"]:
        raise click.UsageError("--json and --csv are two answers: ask for one of them.")
    coverage_history.check(given)
    condition = options.condition(given["open_"], open_only=given["open_only"])
    now = datetime.now(UTC)
    with opened() as connection:
        register = connection.register()
        if given["history"]:
            coverage_history.tell(register, given, now)
            return
        answer = measure_coverage(
            register,
            CoverageQuery(
                radius=Metres(given["radius"]),
                level=given["level"],
                conditions=options.conditions(given["service"], given["group"], given["amenity"]),
                open=condition,
                instant=None if condition is None else options.moment(given["open_"], now),
                on=given["on"] or options.moment(given["open_"], now),
            ),
        )
    about = _about(register, answer)
    if given["csv_file"]:
        _write(given["csv_file"], coverage_csv(answer, about))
    elif given["as_json"]:
        document = {
            **about,
            "notes": coverage_notes(register, answer, now, "en"),
            "totals": totals_row(answer.report.totals),
            "units": [unit_row(unit) for unit in answer.report.units],
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(answer, about)
        if DataStatus.DEMONSTRATION in register.data_status:
            click.echo("演示数据 · Demonstration data.")


def _about(register: Register, answer: CoverageAnswer) -> dict[str, Cell]:
    """Say what the figures hold for, as every line of the CSV does."""
    query, zone = answer.query, register.place.zone
    conditions = query.conditions
    return {
        "place": register.place.name,
        "radius_m": answer.report.radius_m,
        "distance_type": answer.report.distance_type,
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "amenity": " ".join(each.value for each in Amenity if each in conditions.amenities),
        "instant": None
        if query.instant is None
        else query.instant.astimezone(zone).isoformat(timespec="seconds"),
        "on": day_counted(register, query).isoformat(),
        "open_only": query.open is not None and query.open.certain,
        "crs": answer.report.crs.name,
        "revision": register.revision.number,
        "data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
    }


def _write(file: IO[str], text: str) -> None:
    file.write(text)
    if file.name != "-":
        click.echo(f"Wrote {file.name}")


def _print(answer: CoverageAnswer, about: dict[str, Any]) -> None:
    table = terminal.table(
        *("code", "name", "stations", "area km²", "covered", "twice", "mean m", "worst m"),
        right=range(2, 8),
    )
    for unit in answer.report.units:
        table.add_row(*_cells(unit))
    console = terminal.console()
    console.print(table)
    totals = answer.report.totals
    share = "unknown" if totals.area_coverage is None else f"{totals.area_coverage:.1%}"
    console.print(
        f"{terminal.plain(about['place'])}: {totals.stations} stations, {share} of the area within "
        f"{about['radius_m']:,.0f} m in a {about['distance_type']} ({about['crs']}, revision "
        f"{about['revision']}, stations of {about['on']}). ~: the boundary is an approximation."
    )


def _cells(unit: UnitCoverage) -> tuple[str, ...]:
    nearest, gap = unit.nearest, unit.worst_gap
    return (
        terminal.plain(unit.unit.code),
        terminal.plain(unit.unit.name),
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
