"""`geo-service reports list`: what people say is wrong with stations."""

import json
from datetime import tzinfo
from typing import Any

import click

from geo_service.cli import terminal
from geo_service.cli.connection import opened
from geo_service.domain.report import QueuedReport
from geo_service.domain.station import StationId
from geo_service.persistence.reports import ReportStore


@click.group()
def command() -> None:
    """Look at the queue of what people say is wrong with stations."""


@command.command("list")
@click.option("--station", metavar="ID", help="Only this station's.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(station: str | None, limit: int, *, as_json: bool) -> None:
    """Print reports, the newest first. Who sent them is not known."""
    with opened() as connection:
        register = connection.register()
        with connection.database.transaction() as session:
            found = ReportStore(session).newest(
                None if station is None else StationId(station), limit=limit
            )
    zone = register.place.zone
    if as_json:
        document = {"reports": [_shape(each, zone) for each in found]}
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    console = terminal.console()
    if not found:
        console.print("No reports.")
        return
    names = {each.id: each.name for each in register.stations}
    table = terminal.table("when", "station", "name", "what", "words", right=range(0))
    for each in found:
        report = each.report
        table.add_row(
            f"{each.sent_at.astimezone(zone):%Y-%m-%d %H:%M}",
            terminal.plain(report.station_id),
            terminal.plain(names.get(report.station_id, "(no longer registered)")),
            " ".join(filter(None, [report.kind.value, report.amenity and report.amenity.value])),
            terminal.plain((report.words or "").replace("\n", " ")),
        )
    console.print(table)


def _shape(queued: QueuedReport, zone: tzinfo) -> dict[str, Any]:
    report = queued.report
    return {
        "number": queued.number,
        "station": report.station_id,
        "kind": report.kind.value,
        "amenity": None if report.amenity is None else report.amenity.value,
        "words": report.words,
        "revision": queued.revision,
        "sent_at": queued.sent_at.astimezone(zone).isoformat(timespec="seconds"),
    }
