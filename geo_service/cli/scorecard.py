"""`geo-service scorecard`: which of the union's six things each station has, by its record."""

import json
from typing import IO, Any

import click

from geo_service.cli import options, terminal
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.domain.scorecard import SPACING, Having, Shown, Tally
from geo_service.domain.station import DataStatus
from geo_service.services.exporting import csv_text
from geo_service.services.scorecard import (
    Row,
    Scorecard,
    ScorecardLevel,
    scorecard,
    station_row,
    tally_row,
    township_row,
)
from geo_service.services.scorecard_words import HAVINGS, SHOWN, criterion_text


@click.command()
@click.option(
    "--level",
    type=options.OneOf(ScorecardLevel),
    default=ScorecardLevel.TOWNSHIP,
    show_default=True,
)
@click.option(
    "--spacing",
    type=options.Metres(50, 50_000),
    default=SPACING,
    show_default=True,
    help="For a sensible layout, another station is so near.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@click.option(
    "--csv",
    "csv_file",
    # Lazy: opened when there is something to write; atomic: never half of it.
    type=click.File("w", encoding="utf-8-sig", lazy=True, atomic=True),
    help="Write a CSV file; - is the standard output.",
)
def command(level: str, spacing: float, *, as_json: bool, csv_file: IO[str] | None) -> None:
    """Print the 六有 that stations show by their own record: yes / no / unknown."""
    if as_json and csv_file:
        raise click.UsageError("--json and --csv are two answers: ask for one of them.")
    with opened() as connection:
        register = connection.register()
    answer = scorecard(register, spacing=Metres(spacing))
    about = {
        "place": register.place.name,
        "revision": register.revision.number,
        "spacing_m": answer.spacing,
        "distance_type": "straight line",
    }
    rows = _rows(register, answer, ScorecardLevel(level))
    if csv_file:
        status = " ".join(f"{name}:{n}" for name, n in register.data_status.items())
        csv_file.write(csv_text(row | about | {"register_data_status": status} for row in rows))
        if csv_file.name != "-":
            click.echo(f"Wrote {csv_file.name}")
    elif as_json:
        document = {
            **about,
            "data_status": {status.value: n for status, n in register.data_status.items()},
            "totals": tally_row(answer.totals),
            "rows": rows,
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(answer, ScorecardLevel(level))
        if DataStatus.DEMONSTRATION in register.data_status:
            click.echo("演示数据 · Demonstration data.")


def _rows(register: Register, answer: Scorecard, level: ScorecardLevel) -> list[Row]:
    if level is ScorecardLevel.STATION:
        return [station_row(register, each) for each in answer.stations]
    return [township_row(each) for each in answer.townships]


def _print(answer: Scorecard, level: ScorecardLevel) -> None:
    names = [HAVINGS[having]["en"] for having in Having]
    if level is ScorecardLevel.STATION:
        table = terminal.table("station", "name", *names, "of 6", right=range(8, 9))
        for card in answer.stations:
            marks = [SHOWN[card.marks[having].shown]["en"] for having in Having]
            table.add_row(
                terminal.plain(card.station.id),
                terminal.plain(card.station.name),
                *marks,
                f"{card.shown}",
            )
    else:
        table = terminal.table("code", "name", "stations", *names, right=range(2, 9))
        for each in answer.townships:
            table.add_row(
                terminal.plain(each.township.code),
                terminal.plain(each.township.name),
                f"{each.tally.stations}",
                *_counts(each.tally),
            )
        table.add_row("", "all", f"{answer.totals.stations}", *_counts(answer.totals))
    console = terminal.console()
    console.print(table)
    console.print("In each column: yes / no / unknown. By the record alone, nobody went there.")
    for having in Having:
        console.print(f"{HAVINGS[having]['en']}: {criterion_text(having, 'en', answer.spacing)}.")


def _counts(counted: Tally) -> list[Any]:
    return [" / ".join(f"{counted.counts[having][shown]}" for shown in Shown) for having in Having]
