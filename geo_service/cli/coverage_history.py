"""`geo-service coverage --history`: coverage on one day after the other."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

import click
from click.core import ParameterSource

from geo_service.cli import options, terminal
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus
from geo_service.services.asked import asked_in_a_line
from geo_service.services.coverage import CoverageQuery
from geo_service.services.exporting import Cell, csv_text
from geo_service.services.history import (
    CoverageHistory,
    HistoryQuery,
    Step,
    coverage_history,
    history_row,
    whole_history,
)
from geo_service.services.notes import history_notes

_OPTIONS = (
    click.option("--history", is_flag=True, help="Coverage on one date after the other."),
    click.option("--from", "from_", type=options.Day(), help="With --history: the first date."),
    click.option("--to", type=options.Day(), help="With --history: the last; else today."),
    click.option(
        "--step",
        type=options.OneOf(Step),
        default=Step.YEAR,
        show_default=True,
        help="With --history: how far apart the dates are.",
    ),
)


def history_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --history, --from, --to and --step to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check(given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    if not given["history"]:
        if given["from_"] or given["to"]:
            raise click.UsageError("--from and --to need --history.")
    elif given["on"]:
        raise click.UsageError("--on is for one date; with --history take --from and --to.")
    elif given["gaps"] or given["hours"]:
        raise click.UsageError("--history is an answer of its own: leave --gaps and --hours out.")
    elif given["open_"]:
        raise click.UsageError("--history has no --open: only today's opening hours are recorded.")


def tell(register: Register, coverage: CoverageQuery, given: dict[str, Any], now: datetime) -> None:
    """Print the history, or write it where the options say."""
    history = coverage_history(register, _query(register, coverage, given, now), most=None)
    rows = [history_row(point) for point in history.points]
    about = _about(register, history)
    if given["csv_file"]:
        _write(given["csv_file"], csv_text(row | about for row in rows))
    elif given["as_json"]:
        document = {**about, "notes": history_notes(register, history, now, "en"), "days": rows}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(rows, about)
        if DataStatus.DEMONSTRATION in register.data_status:
            click.echo("演示数据 · Demonstration data.")


def _query(
    register: Register, coverage: CoverageQuery, given: dict[str, Any], now: datetime
) -> HistoryQuery:
    first, today = whole_history(register, register.eras.day_of(now))
    last = given["to"] or today
    # The city's ground is free of overlaps, so it is what is told unless units are asked for.
    source = click.get_current_context().get_parameter_source("level")
    return HistoryQuery(
        coverage=replace(
            coverage, level=Level.CITY if source is ParameterSource.DEFAULT else coverage.level
        ),
        first=given["from_"] or min(first, last),
        last=last,
        step=given["step"],
    )


def _about(register: Register, history: CoverageHistory) -> dict[str, Cell]:
    """Say what the figures hold for, as every line of the CSV does."""
    query, report = history.query.coverage, history.points[-1].answer.report
    conditions = query.conditions
    return {
        "place": register.place.name,
        "level": query.level.value,
        "radius_m": report.radius_m,
        "distance_type": report.distance_type,
        **asked_in_a_line(query),
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "amenity": " ".join(each.value for each in Amenity if each in conditions.amenities),
        "crs": report.crs.name,
        "revision": register.revision.number,
        "data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
    }


def _write(file: IO[str], text: str) -> None:
    file.write(text)
    if file.name != "-":
        click.echo(f"Wrote {file.name}")


def _print(rows: list[dict[str, Any]], about: dict[str, Cell]) -> None:
    table = terminal.table(
        *("date", "stations", "opened", "closed", "covered", "twice"), right=range(1, 6)
    )
    for row in rows:
        table.add_row(
            row["on"],
            f"{row['stations']}",
            f"{row['opened']}",
            f"{row['closed']}",
            _share(row["area_coverage"]),
            _share(row["cross_coverage"]),
        )
    console = terminal.console()
    console.print(table)
    console.print(
        f"{terminal.plain(str(about['place']))}: shares of the area ({about['level']}) within "
        f"{about['radius_m']:,.0f} m in a {about['distance_type']} ({about['crs']}, revision "
        f"{about['revision']}) of the stations in being on each date. Boundaries are today's."
    )


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
