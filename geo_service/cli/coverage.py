"""`geo-service coverage`: how well stations cover each unit."""

import json
from datetime import UTC, datetime
from typing import IO, Any

import click

from geo_service.cli import coverage_history, coverage_question, terminal
from geo_service.cli.connection import opened
from geo_service.cli.coverage_question import asks_of_coverage, coverage_query
from geo_service.cli.measures import print_gaps, print_hours, within
from geo_service.domain.coverage import UnitCoverage
from geo_service.domain.demand_coverage import UnitDemand
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus
from geo_service.domain.walked_ground import WORDS
from geo_service.services.asked import asked_in_a_line, distance_asked, layer_asked
from geo_service.services.coverage import (
    CoverageAnswer,
    CoverageQuery,
    day_counted,
    measure_coverage,
)
from geo_service.services.exporting import Cell, answer_totals, coverage_csv, unit_rows
from geo_service.services.measure_rows import day_row, gap_csv, gap_rows, hour_csv, hour_row
from geo_service.services.measures import MOST_GAPS, hour_by_hour, ordinary_days, worst_gaps
from geo_service.services.notes import counting_notes, coverage_notes, register_notes


@click.command()
@asks_of_coverage
@coverage_history.history_options
@click.option("--gaps", type=click.IntRange(1, MOST_GAPS), help="Name so many worst places.")
@click.option("--hours", is_flag=True, help="Tell a working day and a weekend day by the hour.")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), help="With --hours: this day.")
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

    Distances are in metres, in a straight line unless --distance says otherwise; shares are of
    the unit's area, and with --demand of its demand too. With --gaps: the places farthest from any
    station. With --hours: what is covered at each hour by what is open then.
    """
    _check(given)
    now = datetime.now(UTC)
    with opened() as connection:
        register = connection.register()
        query = coverage_query(connection, register, given, now, hour_by_hour=given["hours"])
        if given["history"]:
            coverage_history.tell(register, query, given, now)
            return
        if given["hours"]:
            _tell_hours(register, query, given, now)
        elif given["gaps"]:
            _name_gaps(register, query, given, now)
        else:
            _measure(register, query, given, now)


def _check(given: dict[str, Any]) -> None:
    coverage_history.check(given)
    coverage_question.check(given)
    if given["as_json"] and given["csv_file"]:
        raise click.UsageError("--json and --csv are two answers: ask for one of them.")
    if given["hours"] and (given["gaps"] or given["open_"]):
        raise click.UsageError("--hours goes through the day: leave --gaps and --open out.")
    if given["day"] and not given["hours"]:
        raise click.UsageError("--date needs --hours.")


def _measure(
    register: Register, query: CoverageQuery, given: dict[str, Any], now: datetime
) -> None:
    answer = measure_coverage(register, query)
    about = about_asked(register, query)
    if given["csv_file"]:
        _write(given["csv_file"], coverage_csv(answer, about))
    elif given["as_json"]:
        _print_json(
            query,
            about
            | {
                "notes": coverage_notes(register, answer, now, "en"),
                "totals": answer_totals(answer),
                "units": unit_rows(answer),
            },
        )
    else:
        _print(answer, about)
        _print_caution(register)


def _name_gaps(
    register: Register, query: CoverageQuery, given: dict[str, Any], now: datetime
) -> None:
    found = worst_gaps(register, query, count=given["gaps"])
    about = about_asked(register, query)
    if given["csv_file"]:
        _write(given["csv_file"], gap_csv(found, about))
    elif given["as_json"]:
        notes = register_notes(register, query.instant or now, "en")
        notes += counting_notes(query, found.of_unknown_openness, "en")
        _print_json(query, about | {"notes": notes, "gaps": gap_rows(found)})
    else:
        print_gaps(found, about)
        _print_caution(register)


def _tell_hours(
    register: Register, query: CoverageQuery, given: dict[str, Any], now: datetime
) -> None:
    days = (given["day"].date(),) if given["day"] else ordinary_days(register, now)
    answer = hour_by_hour(register, query, days, certain=given["open_only"])
    about = about_asked(register, query) | {"open_only": given["open_only"]}
    if given["csv_file"]:
        _write(given["csv_file"], hour_csv(answer, about))
    elif given["as_json"]:
        numbers = range(len(answer.units))
        rows = {
            "days": [day_row(day) for day in answer.days],
            "units": [hour_row(answer, number) for number in numbers],
        }
        notes = register_notes(register, now, "en")
        notes += counting_notes(query, answer.of_unknown_openness, "en")
        _print_json(query, about | {"notes": notes} | rows)
    else:
        print_hours(answer, about)
        _print_caution(register)


def _print_json(query: CoverageQuery, document: dict[str, Any]) -> None:
    whole = {**document, "distance": distance_asked(query), "demand": layer_asked(query)}
    click.echo(json.dumps(whole, ensure_ascii=False, allow_nan=False))


def _print_caution(register: Register) -> None:
    if DataStatus.DEMONSTRATION in register.data_status:
        click.echo("演示数据 · Demonstration data.")


def about_asked(register: Register, query: CoverageQuery) -> dict[str, Cell]:
    """Say what the figures hold for, as every line of the CSV does."""
    conditions, zone = query.conditions, register.place.zone
    return {
        "place": register.place.name,
        "radius_m": query.radius,
        "distance_type": WORDS[query.distances.distance_type],
        **asked_in_a_line(query),
        "service": conditions.service and conditions.service.value,
        "group": conditions.group and conditions.group.value,
        "amenity": " ".join(each.value for each in Amenity if each in conditions.amenities),
        "instant": None
        if query.instant is None
        else query.instant.astimezone(zone).isoformat(timespec="seconds"),
        "on": day_counted(register, query).isoformat(),
        "open_only": query.open is not None and query.open.certain,
        "crs": register.crs.name,
        "revision": register.revision.number,
        "data_status": " ".join(f"{name}:{n}" for name, n in register.data_status.items()),
    }


def _write(file: IO[str], text: str) -> None:
    file.write(text)
    if file.name != "-":
        click.echo(f"Wrote {file.name}")


def _print(answer: CoverageAnswer, about: dict[str, Any]) -> None:
    columns = ["code", "name", "stations", "area km²", "covered", "twice", "mean m", "worst m"]
    if answer.demand:
        columns += [f"demand {terminal.plain(about['demand_unit'])}", "covered", "uncovered"]
    table = terminal.table(*columns, right=range(2, len(columns)))
    demands = answer.demand.units if answer.demand else [None] * len(answer.report.units)
    for unit, demand in zip(answer.report.units, demands, strict=True):
        table.add_row(*_cells(unit), *(_demand_cells(demand) if demand else ()))
    console = terminal.console()
    console.print(table)
    totals = answer.report.totals
    share = "unknown" if totals.area_coverage is None else f"{totals.area_coverage:.1%}"
    if answer.demand:
        of_demand = _share(answer.demand.totals.share)
        share = f"{of_demand} of {terminal.plain(about['demand_name'])}, {share}"
    console.print(
        f"{terminal.plain(about['place'])}: {totals.stations} stations, {share} of the area "
        f"{within(about)} ({about['crs']}, revision {about['revision']}, "
        f"stations of {about['on']}). "
        "~: the boundary is an approximation."
    )
    if estimate := about.get("demand_estimate"):
        console.print(terminal.plain(estimate))


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


def _demand_cells(unit: UnitDemand) -> tuple[str, ...]:
    figures = unit.figures
    if figures is None:
        return "–", "–", "–"
    return f"{figures.demand:,.0f}", _share(figures.share), f"{figures.uncovered:,.0f}"


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
