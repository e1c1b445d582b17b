"""`geo-service history …`: what changed in the register, and changes taken back."""

import json
from datetime import date, tzinfo
from typing import Any

import click

from geo_service.cli import options, terminal
from geo_service.cli.author import author
from geo_service.cli.connection import opened
from geo_service.domain.change import ChangeKind, FieldValue, field_changes, fields_of
from geo_service.domain.past import PastChange, PastRevision, fate_of
from geo_service.domain.station import StationId
from geo_service.domain.undoing import Obstacle, Resolution, UndoStep
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.history import MOST_COUNTED, HistoryStore
from geo_service.services import history_json
from geo_service.services.register_history import (
    Undoer,
    UndoPlan,
    UndoQuestion,
    plan_undo,
    revision_of_day,
    undo,
)

_SHOWN = 20

_OBSTACLES = {
    Obstacle.CHANGED: "changed again later",
    Obstacle.GONE: "taken out later",
    Obstacle.BACK: "there again, and another",
    Obstacle.NO_SERVICE: "would offer nothing",
    Obstacle.LIFETIME: "would close before it opens",
    Obstacle.TOWNSHIP: "would lie in a township that is no longer registered",
}


@click.group()
def command() -> None:
    """Show what changed in the register, who changed it and why, and take changes back."""


@command.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@click.option("--before", type=click.IntRange(min=1), metavar="N", help="Only older than this.")
@click.option("--kind", type=options.OneOf(ChangeKind), help="Only changes of this sort.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(limit: int, before: int | None, kind: ChangeKind | None, *, as_json: bool) -> None:
    """List the revisions of the register, the newest first."""
    with opened() as connection:
        zone = connection.register().place.zone
        with connection.database.transaction() as session:
            found = HistoryStore(session).revisions(
                limit=limit, before=before, kind=None if kind is None else ChangeKind(kind)
            )
    if as_json:
        _print_json(
            {"revisions": [history_json.revision_json(each, zone, names=True) for each in found]}
        )
        return
    table = terminal.table("revision", "when", "kind", "stations", "who", "why", right=range(1))
    for each in found:
        table.add_row(
            str(each.number),
            _when(each, zone),
            _kind(each),
            f"{MOST_COUNTED:,}+" if each.stations > MOST_COUNTED else f"{each.stations:,}",
            terminal.plain(each.author),
            terminal.plain(each.reason),
        )
    terminal.console().print(table)


@command.command()
@click.argument("revision", type=click.IntRange(min=1))
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def show(revision: int, limit: int, *, as_json: bool) -> None:
    """Print what REVISION did to each station, field by field."""
    with opened() as connection:
        zone = connection.register().place.zone
        with connection.database.transaction() as session:
            history = HistoryStore(session)
            found = history.revision(revision)
            fates = history.fates(found)
            changes = history.of_revision(revision, limit=limit)
    if as_json:
        _print_json(
            {
                **history_json.revision_json(found, zone, names=True),
                **history_json.fates_json(fates),
                "changes": [history_json.change_json(each) for each in changes],
            }
        )
        return
    console = terminal.console()
    console.print(_headline(found, zone))
    console.print(f"{fates.added} added, {fates.changed} changed, {fates.removed} removed")
    for each in changes:
        state = each.after or each.before
        assert state is not None  # a row of the history is one or the other
        console.print(
            f"{terminal.plain(each.station_id)} {terminal.plain(state.name)}: {fate_of(each).value}"
        )
        if each.before is not None and each.after is not None:
            for field in field_changes(each.before, each.after):
                console.print(f"  {field.field}: {_text(field.before)} → {_text(field.after)}")
    if fates.all > len(changes):
        console.print(f"… and {fates.all - len(changes):,} more stations; see --limit.")


@command.command()
@click.argument("identifier")
@click.option("--on", type=options.Day(), help="The station as that day ended.")
@click.option("--revision", type=click.IntRange(min=0), help="The station as that revision had it.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def station(
    identifier: str, on: date | None, revision: int | None, limit: int, *, as_json: bool
) -> None:
    """Print what became of the station IDENTIFIER; with --on or --revision, how it was then."""
    if on is not None and revision is not None:
        raise click.UsageError("Give --on or --revision, not both.")
    station_id = StationId(identifier)
    with opened() as connection:
        zone = connection.register().place.zone
        with connection.database.transaction() as session:
            history = HistoryStore(session)
            if on is not None:
                revision = revision_of_day(history, on, zone)
            if revision is not None:
                then = history.station_as_of(station_id, revision)
                _print_state(revision, then.revision, history_json.record_json(then.station))
                return
            found = history.of_station(station_id, limit=limit)
    if not found:
        raise click.ClickException(f"The history knows no station {identifier!r}.")
    if as_json:
        _print_json(
            {
                "station": identifier,
                "history": [
                    history_json.past_change_json(each, zone, names=True) for each in found
                ],
            }
        )
        return
    console = terminal.console()
    for each in found:
        console.print(f"{fate_of(each.change).value} by {_headline(each.revision, zone)}")
        for line in _field_lines(each):
            console.print(f"  {line}")


@command.command("undo")
@click.argument("revision", type=click.IntRange(min=1))
@click.option("--station", metavar="ID", help="Only what it did to this station.")
@click.option(
    "--conflicts",
    type=options.OneOf(Resolution),
    default=Resolution.REFUSE,
    show_default=True,
    help="Where a later change is in the way: undo nothing, keep the later change, or overwrite.",
)
@click.option("--apply", "to_apply", is_flag=True, help="Do it; else what it comes to is printed.")
@click.option("--reason", default="undone by geo-service history undo", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def undo_(  # noqa: PLR0913 - each is an option
    revision: int,
    station: str | None,
    conflicts: str,
    reason: str,
    *,
    to_apply: bool,
    as_json: bool,
) -> None:
    """Take back what REVISION did, an import of a whole file too; without --apply, say what it is.

    What was changed elsewhere since stays. An undo is a revision of its own, and can be undone.
    """
    question = UndoQuestion(
        revision=revision,
        station_id=None if station is None else StationId(station),
        resolution=Resolution(conflicts),
    )
    with opened() as connection, connection.database.transaction() as session:
        history = HistoryStore(session)
        if to_apply:
            by = Undoer(author=author(), reason=reason)
            plan = undo(history, ChangeStore(session), question, by)
        else:
            plan = plan_undo(history, question, shown=_SHOWN)
    if as_json:
        _print_json(history_json.plan_json(plan) | {"applied": to_apply})
        return
    _print_plan(plan, applied=to_apply)


def _print_plan(plan: UndoPlan, *, applied: bool) -> None:
    console = terminal.console()
    for step in plan.steps:
        console.print(f"{terminal.plain(step.station_id)}: {_step(step)}")
    if plan.steps and plan.fates.all > len(plan.steps):
        console.print(f"… and {plan.fates.all - len(plan.steps):,} more stations.")
    for step in plan.in_the_way:
        assert step.obstacle is not None  # that is what they are
        console.print(f"! {terminal.plain(step.station_id)}: {_OBSTACLES[step.obstacle]}")
        for each in step.disputes:
            console.print(
                f"    {each.field}: {_text(each.before)} → {_text(each.after)}, "
                f"now {_text(each.present)}"
            )
    fates = plan.fates
    counts = f"{fates.added} put back, {fates.changed} changed back, {fates.removed} taken out"
    if applied:
        console.print(f"Undone as revision {plan.present}: {counts}.")
    elif plan.is_refused and plan.obstacles:
        console.print("Nothing would be undone: see --conflicts keep or overwrite.")
    elif plan.is_refused:
        console.print("Nothing is left to undo.")
    else:
        console.print(f"To be done with --apply: {counts}.")


def _step(step: UndoStep) -> str:
    if step.present is None:
        return "put back"
    if step.result is None:
        return "taken out"
    changes = field_changes(step.present, step.result)
    return "; ".join(f"{each.field} {_text(each.before)} → {_text(each.after)}" for each in changes)


def _print_state(asked: int, changed_in: int, record: dict[str, Any]) -> None:
    _print_json({"revision": asked, "changed_in": changed_in, "record": record})


def _field_lines(past: PastChange) -> list[str]:
    before, after = past.change.before, past.change.after
    if before is not None and after is not None:
        return [
            f"{each.field}: {_text(each.before)} → {_text(each.after)}"
            for each in field_changes(before, after)
        ]
    state = after or before
    assert state is not None  # a row of the history is one or the other
    given = {name: value for name, value in fields_of(state).items() if value not in (None, ())}
    return [f"{name}: {_text(value)}" for name, value in given.items()]


def _headline(revision: PastRevision, zone: tzinfo) -> str:
    return (
        f"revision {revision.number}, {_when(revision, zone)}, {_kind(revision)}, "
        f"{terminal.plain(revision.author)}: {terminal.plain(revision.reason)}"
    )


def _kind(revision: PastRevision) -> str:
    said = revision.kind.value
    if revision.undoes is not None:
        said += f" of {revision.undoes}"
    if revision.undone_by:
        said += f", undone by {', '.join(map(str, revision.undone_by))}"
    return said


def _when(revision: PastRevision, zone: tzinfo) -> str:
    return f"{revision.committed_at.astimezone(zone):%Y-%m-%d %H:%M}"


def _text(value: FieldValue) -> str:
    if value is None:
        return "(nothing)"
    return terminal.plain(" ".join(value) if isinstance(value, tuple) else str(value)) or "(empty)"


def _print_json(document: dict[str, Any]) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
