"""`geo-service scenarios`: what planners saved, from a terminal."""

import json
from datetime import UTC, datetime
from typing import Any

import click

from geo_service import runtime
from geo_service.cli import options, terminal
from geo_service.cli.connection import Connection, opened
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.domain.scenario import Scenario, Terms
from geo_service.domain.station import DataStatus
from geo_service.persistence.scenario_rows import edit_json, terms_json
from geo_service.services.comparing import Comparison, Side, compare, question, side_of
from geo_service.services.coverage import CoverageQuery
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of
from geo_service.services.scenario_notes import comparison_notes
from geo_service.services.scenarios import (
    remove_as_operator,
    saved_scenario,
    saved_scenarios,
)

_KM2 = 1e-6


@click.group()
def command() -> None:
    """List, show, compare and remove scenarios; /planner/scenarios and the API save them."""


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(*, as_json: bool) -> None:
    """List all scenarios, the newest first; those that the page does not list, too."""
    with opened() as connection:
        register = connection.register()
        found = saved_scenarios(connection.database, unlisted=True)
    if as_json:
        click.echo(_json({"scenarios": [_shape(each, register) for each in found]}))
        return
    console = terminal.console()
    if not found:
        console.print("No scenario is saved.")
        return
    table = terminal.table(
        "scenario", "name", "state", "made", "edits", "revision", right=range(4, 6)
    )
    for each in found:
        table.add_row(
            each.id,
            terminal.plain(each.draft.name),
            each.state.value,
            f"{each.created_at.astimezone(register.place.zone):%Y-%m-%d %H:%M}",
            f"{len(each.draft.edits)}",
            f"{each.revision}",
        )
    console.print(table)


@command.command()
@click.argument("identifier")
def show(identifier: str) -> None:
    """Print the scenario IDENTIFIER as JSON: its terms, its edits, and what was found for it."""
    with opened() as connection:
        found, register = saved_scenario(connection.database, identifier), connection.register()
    whole = _shape(found, register) | {
        "note": found.draft.note,
        "listed": found.draft.listed,
        "edits": [edit_json(each) for each in found.draft.edits],
        "suggestion": found.suggestion,
        "progress": found.progress,
        "result": found.result,
        "failure": found.failure,
    }
    click.echo(_json(whole))


@command.command(name="compare")
@click.argument("identifier")
@click.option(
    "--against", default="today", show_default=True, help="today, or another's identifier."
)
@click.option("--level", type=options.OneOf(Level), default=Level.TOWNSHIP, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def compare_(identifier: str, against: str, level: Level, *, as_json: bool) -> None:
    """Print what the scenario IDENTIFIER changes, by its own terms."""
    with opened() as connection:
        found, register = saved_scenario(connection.database, identifier), connection.register()
        before = Side(register=register)
        if against != "today":
            before = side_of(register, saved_scenario(connection.database, against))
        query = _question(connection, register, found.draft.terms, Level(level))
        compared = compare(before, side_of(register, found), query)
    notes = comparison_notes(compared, register, runtime.Clock().now(), "en")
    if as_json:
        click.echo(_json(_compared_shape(compared, found, notes)))
        return
    _print(compared, found)
    for note in notes:
        click.echo(terminal.plain(note))
    if DataStatus.DEMONSTRATION in register.data_status:
        click.echo("演示数据 · Demonstration data.")


@command.command()
@click.argument("identifier")
def remove(identifier: str) -> None:
    """Delete the scenario IDENTIFIER; its token is not needed here."""
    with opened() as connection:
        remove_as_operator(connection.database, identifier)
    click.echo(f"Removed {identifier}.")


def _question(
    connection: Connection, register: Register, terms: Terms, level: Level
) -> CoverageQuery:
    layer = None
    if terms.demand is not None:
        layer = layer_of(register, connection.database, terms.demand)
    walking = runtime.walking_of(connection.settings)
    return question(
        terms,
        level,
        datetime.now(UTC),
        layer=layer,
        distances=distances_of(
            terms.distance, walking, runtime.streets_of(connection.settings).network
        ),
    )


def _shape(scenario: Scenario, register: Register) -> dict[str, Any]:
    zone = register.place.zone
    return {
        "id": scenario.id,
        "name": scenario.draft.name,
        "state": scenario.state.value,
        "revision": scenario.revision,
        "register_revision": register.revision.number,
        "created_at": scenario.created_at.astimezone(zone).isoformat(timespec="seconds"),
        "terms": terms_json(scenario.draft.terms),
        "edits_count": len(scenario.draft.edits),
    }


def _compared_shape(compared: Comparison, found: Scenario, notes: list[str]) -> dict[str, Any]:
    return {
        "scenario": found.id,
        "revision": compared.before.register.revision.number,
        "terms": terms_json(found.draft.terms),
        "level": compared.query.level.value,
        "totals": compared.totals.change,
        "units": [
            {
                "code": each.before["code"],
                "name": each.before["name"],
                **each.change,
                "gained_km2": each.ground and round(each.ground.gained_m2 * _KM2, 4),
                "lost_km2": each.ground and round(each.ground.lost_m2 * _KM2, 4),
                "demand_gained": each.demand and round(each.demand.gained, 2),
                "demand_lost": each.demand and round(each.demand.lost, 2),
            }
            for each in compared.units
        ],
        "notes": notes,
    }


def _print(compared: Comparison, found: Scenario) -> None:
    table = terminal.table(
        *("code", "name", "stations", "area covered", "gained km²", "lost km²", "worst m"),
        right=range(2, 7),
    )
    for each in compared.units:
        if not each.is_any:
            continue
        ground, change = each.ground, each.change
        table.add_row(
            terminal.plain(each.before["code"]),
            terminal.plain(each.before["name"]),
            f"{change['stations']:+d}",
            _signed(change["area_coverage"], ".1%"),
            "–" if ground is None else f"{ground.gained_m2 * _KM2:.2f}",
            "–" if ground is None else f"{ground.lost_m2 * _KM2:.2f}",
            _signed(change["worst_gap_distance_m"], ",.0f"),
        )
    console = terminal.console()
    console.print(table)
    totals, report = compared.totals, compared.answers[0].report
    console.print(
        f"{terminal.plain(found.draft.name)}: area covered "
        f"{_share(totals.before['area_coverage'])} → {_share(totals.after['area_coverage'])}, "
        f"{report.radius_m:,.0f} m in a {report.distance_type}, revision "
        f"{compared.before.register.revision.number}; units that change are listed."
    )


def _signed(change: float | None, form: str) -> str:
    return "–" if change is None else f"{change:+{form}}"


def _share(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.1%}"


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False)
