"""`geo-service reports …`: what people say is wrong with stations, and what became of it."""

import getpass
import json
import os
from datetime import tzinfo
from typing import Any, Final

import click

from geo_service.cli import terminal
from geo_service.cli.connection import opened
from geo_service.domain.report import LONGEST_ANSWER, QueuedReport, ReportState
from geo_service.domain.station import StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import MOST_AT_ONCE, Verdict, settle

_ALL: Final = "all"

_numbers = click.argument(
    "numbers", metavar="NUMBER...", nargs=-1, required=True, type=click.IntRange(1, 2**63 - 1)
)
_WHY_HELP: Final = f"Why, in {LONGEST_ANSWER} characters; it stays with the report."


@click.group()
def command() -> None:
    """Look at the queue of what people say is wrong with stations, and settle it."""


@command.command("list")
@click.option("--station", metavar="ID", help="Only this station's.")
@click.option(
    "--state",
    type=click.Choice([*(each.value for each in ReportState), _ALL]),
    default=ReportState.OPEN.value,
    show_default=True,
    help="What became of them.",
)
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(station: str | None, state: str, limit: int, *, as_json: bool) -> None:
    """Print reports, the newest first. Who sent them is not known."""
    with opened() as connection:
        register = connection.register()
        with connection.database.transaction() as session:
            found = ReportStore(session).newest(
                None if station is None else StationId(station),
                limit=limit,
                states=None if state == _ALL else [ReportState(state)],
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
    headings = ("number", "when", "station", "name", "what", "said by", "words", "state")
    table = terminal.table(*headings, right=range(1))
    for each in found:
        report = each.report
        table.add_row(
            str(each.number),
            f"{each.sent_at.astimezone(zone):%Y-%m-%d %H:%M}",
            terminal.plain(report.station_id),
            terminal.plain(names.get(report.station_id, "(no longer registered)")),
            " ".join(filter(None, [report.kind.value, report.amenity and report.amenity.value])),
            str(each.voices),
            terminal.plain((report.words or "").replace("\n", " ")),
            each.state.value,
        )
    console.print(table)


@command.command()
@_numbers
@click.option("--why", help=_WHY_HELP)
def accept(numbers: tuple[int, ...], why: str | None) -> None:
    """Settle reports that were right, once the station's record says so too."""
    _settle(numbers, ReportState.ACCEPTED, why)


@command.command()
@_numbers
@click.option("--why", required=True, help=_WHY_HELP)
def reject(numbers: tuple[int, ...], why: str) -> None:
    """Settle reports that were not right."""
    _settle(numbers, ReportState.REJECTED, why)


@command.command()
@_numbers
@click.option("--into", required=True, type=click.IntRange(1, 2**63 - 1), help="The one to keep.")
def merge(numbers: tuple[int, ...], into: int) -> None:
    """Settle reports that say the same as another one of the station, which stays open."""
    _settle(numbers, ReportState.MERGED, None, into)


def _settle(
    numbers: tuple[int, ...], state: ReportState, why: str | None, into: int | None = None
) -> None:
    if len(numbers) > MOST_AT_ONCE:
        raise click.UsageError(f"At most {MOST_AT_ONCE} reports at once.")
    if why is not None and len(why) > LONGEST_ANSWER:
        raise click.BadParameter(f"takes {LONGEST_ANSWER} characters at most", param_hint="--why")
    with opened() as connection:
        verdict = Verdict(
            numbers=tuple(dict.fromkeys(numbers)), state=state, by=_author(), why=why, into=into
        )
        with connection.database.transaction() as session:
            done = settle(
                ReportStore(session),
                ChangeStore(session),
                verdict,
                least=connection.settings.closed_after_reports,
            )
    click.echo(f"{done} {'report' if done == 1 else 'reports'} {state.value}.")


def _author() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"user {os.getuid()}"


def _shape(queued: QueuedReport, zone: tzinfo) -> dict[str, Any]:
    report, handling = queued.report, queued.handling
    return {
        "number": queued.number,
        "station": report.station_id,
        "kind": report.kind.value,
        "amenity": None if report.amenity is None else report.amenity.value,
        "words": report.words,
        "revision": queued.revision,
        "sent_at": queued.sent_at.astimezone(zone).isoformat(timespec="seconds"),
        "state": queued.state.value,
        "voices": queued.voices,
        "handled_at": None
        if handling is None
        else handling.at.astimezone(zone).isoformat(timespec="seconds"),
        "handled_by": None if handling is None else handling.by,
        "why": None if handling is None else handling.why,
        "merged_into": None if handling is None else handling.merged_into,
    }
