"""`geo-service import`: a file of stations into the register, after a dry run."""

import getpass
import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self

import click

from geo_service import runtime
from geo_service.cli import options, terminal
from geo_service.cli.connection import Connection, opened
from geo_service.domain.datum import Datum
from geo_service.domain.station import DataStatus
from geo_service.domain.station_import import ImportOptions, MatchBy, RowKind, WhenMissing
from geo_service.persistence.station_files import read_station_file
from geo_service.services.import_documents import entry_json, summary_json
from geo_service.services.import_plan import Entry, ImportPlan
from geo_service.services.import_rows import Here
from geo_service.services.importing import plan_import
from geo_service.services.imports import apply_plan

_LINES_SHOWN: Final = 200
_WRONG: Final = 1


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--datum",
    type=options.OneOf(Datum),
    required=True,
    help="What the file's positions are measured against, where a row does not say.",
)
@click.option("--sheet", help="The sheet of a workbook.  [default: all that have a header]")
@click.option(
    "--match",
    type=options.OneOf(MatchBy),
    default=MatchBy.ID,
    show_default=True,
    help="Whether rows without identifier find their station by its very same name.",
)
@click.option(
    "--missing",
    type=options.OneOf(WhenMissing),
    default=WhenMissing.LEAVE,
    show_default=True,
    help="What becomes of stations in being that the file lacks.",
)
@click.option("--closed-on", type=options.Day(), help="First day without them.  [default: today]")
@click.option(
    "--status",
    type=options.OneOf(DataStatus),
    default=DataStatus.OFFICIAL,
    show_default=True,
    help="How far new stations may be trusted, where the row does not say.",
)
@click.option("--source", help="Who says so, where the row does not.  [default: the file's name]")
@click.option("--allow-outside", is_flag=True, help="Take positions outside the area served.")
@click.option("--apply", "is_applied", is_flag=True, help="Write it, if nothing is wrong.")
@click.option(
    "--datum-is-right",
    is_flag=True,
    help="Apply even where the positions seem to be of another datum.",
)
@click.option("--reason", help="What the history says it was for.  [default: names the file]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(file: Path, **given: Any) -> None:
    """Say what FILE would do to the register; with --apply, do it: all of it, or nothing.

    FILE is CSV (UTF-8 or GB18030), XLSX or GeoJSON, with Chinese or English headers. The first
    column in need is the identifier (编号): rows with one that is known change that station, all
    others are new. Ends with exit code 1 where anything is wrong.
    """
    asked = ImportOptions(
        datum=Datum(given["datum"]),
        source=given["source"] or file.name,
        sheet=given["sheet"],
        missing=WhenMissing(given["missing"]),
        closed_on=given["closed_on"],
        match=MatchBy(given["match"]),
        data_status=DataStatus(given["status"]),
        allow_outside=given["allow_outside"],
    )
    reason = given["reason"] or f"import of {file.name}"
    with opened() as connection:
        plan = _plan(connection, file, asked)
        refusal = _why_not(plan, datum_is_right=given["datum_is_right"])
        applied = None
        if given["is_applied"] and refusal is None:
            applied = apply_plan(connection.database, plan, author=_author(), reason=reason)
    if as_json := given["as_json"]:
        document = summary_json(plan) | {
            "revision": plan.revision,
            "applied": applied,
            "entries": [entry_json(each) for each in plan.entries],
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(plan)
    if given["is_applied"] and refusal is not None:
        raise click.ClickException(f"nothing was written: {refusal}")
    if not plan.is_sound:
        raise SystemExit(_WRONG)
    if not as_json:
        _say_end(plan, applied)


def _plan(connection: Connection, file: Path, asked: ImportOptions) -> ImportPlan:
    register = connection.register()
    here = Here(
        area=runtime.served_area_of(connection.settings),
        today=datetime.now(register.place.zone).date(),
    )
    with _Progress() as progress:
        table = read_station_file(
            file, datum=asked.datum, sheet=asked.sheet, watch=progress.reading
        )
        with table:
            return plan_import(register, table, asked, here, progress.planning)


def _why_not(plan: ImportPlan, *, datum_is_right: bool) -> str | None:
    if not plan.is_sound:
        return "something is wrong with the file"
    if plan.datum.likely is not None and not datum_is_right:
        return (
            f"the positions seem to be measured against {plan.datum.likely}; give that as --datum, "
            "or say --datum-is-right"
        )
    return None


class _Progress:
    """Says on the error output of a terminal how far it is; in a pipe, nothing."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._is_shown = self._stream.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._say("")

    def reading(self, *, rows: int, share: float) -> None:
        self._say(f"Reading: {rows:,} rows, {share:.0%}")

    def planning(self, done: int, rows: int) -> None:
        self._say(f"Comparing: {done:,} of {rows:,} rows")

    def _say(self, text: str) -> None:
        if self._is_shown:
            self._stream.write(f"\r\x1b[K{text}")
            self._stream.flush()


def _print(plan: ImportPlan) -> None:
    counts = plan.counts
    click.echo(
        f"{plan.rows:,} rows: {counts[RowKind.NEW]:,} new, {counts[RowKind.CHANGED]:,} changed, "
        f"{counts[RowKind.UNCHANGED]:,} unchanged, {counts[RowKind.WRONG]:,} wrong; "
        f"{counts[RowKind.MISSING]:,} stations are not in the file."
    )
    _print_datum(plan)
    lines = [str(each) for each in plan.faults]
    lines += [f"note: {each}" for each in plan.remarks]
    for entry in plan.entries:
        lines += _lines(entry)
    for line in lines[:_LINES_SHOWN]:
        click.echo(terminal.plain(line))
    if len(lines) > _LINES_SHOWN:
        click.echo(f"… and {len(lines) - _LINES_SHOWN:,} lines more; --json has them all.")


def _print_datum(plan: ImportPlan) -> None:
    check = plan.datum
    if check.likely is None:
        return
    right = ", ".join(f"{datum} {check.right[datum]:,}" for datum in Datum)
    click.echo(
        f"The positions seem to be {check.likely}, not {check.declared} "
        f"(这批坐标像是 {_NAMES[check.likely]}): of {check.rows:,} rows that can be told, so many "
        f"come out right: {right}."
    )


_NAMES: Final = {Datum.WGS84: "WGS 84", Datum.GCJ02: "GCJ-02", Datum.BD09: "BD-09"}


def _lines(entry: Entry) -> list[str]:
    lines = [f"wrong: {each}" for each in entry.faults]
    called = f"{entry.station_id} {entry.name}"
    if entry.kind is RowKind.NEW:
        lines.append(f"new: {called}")
    elif entry.kind is RowKind.MISSING:
        lines.append(f"missing: {called}" + ("" if entry.after is None else ", to be closed"))
    elif entry.kind is RowKind.CHANGED:
        moved = "" if entry.moved_m is None else f" (moves {entry.moved_m:,.0f} m)"
        fields = "; ".join(
            f"{each.field}: {_shown(each.before)} → {_shown(each.after)}" for each in entry.changes
        )
        lines.append(f"changed: {called}{moved}: {fields}")
    lines += [
        f"  perhaps the same as {each.station_id} {each.name}, {each.distance_m:,.0f} m away"
        for each in entry.alike
    ]
    if entry.astray:
        lines.append("  lies outside the township it is put in")
    return lines


def _shown(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "–"
    return value.isoformat() if isinstance(value, date) else str(value)


def _say_end(plan: ImportPlan, applied: int | None) -> None:
    if applied is not None:
        click.echo(f"Written: {len(plan.written):,} stations, revision {applied}.")
    elif plan.written:
        click.echo("A dry run: nothing was written. --apply writes it.")
    else:
        click.echo("There is nothing to write.")


def _author() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"user {os.getuid()}"
