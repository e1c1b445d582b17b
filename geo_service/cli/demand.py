"""`geo-service demand`: where the people are whom stations are for."""

import json
from datetime import tzinfo
from pathlib import Path
from typing import Any

import click

from geo_service import runtime
from geo_service.cli import options, terminal
from geo_service.cli.connection import opened
from geo_service.domain.datum import Datum
from geo_service.domain.demand import DemandLabel, DemandLayerId, DemandSummary
from geo_service.domain.station import DataStatus
from geo_service.services.demand import (
    LoadedLayer,
    claimed_totals,
    layers,
    load_layer,
    remove_layer,
)

_PLACES_SHOWN = 20


@click.group()
def command() -> None:
    """Load, list and remove demand layers: weighted points that coverage can be measured by."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", "identifier", required=True, help="Small letters, digits, hyphens.")
@click.option("--name", required=True, help="What the layer is called.")
@click.option("--unit", required=True, help="What a weight counts: 人, 班组.")
@click.option(
    "--datum", type=options.OneOf(Datum), required=True, help="Of the file's coordinates."
)
@click.option("--source", required=True, help="Who says so.")
@click.option(
    "--status",
    type=options.OneOf(DataStatus),
    default=DataStatus.DERIVED,
    show_default=True,
    help="How far the layer may be trusted.",
)
@click.option("--name-en", help="The name in English.")
@click.option("--unit-en", help="The unit in English.")
@click.option("--as-of", help="When it was counted: 2026, 2026-05-01.")
@click.option("--note", help="What a reader must know.")
@click.option("--estimate", help="How the points were made up, if they were not counted.")
@click.option(
    "--allow-outside", is_flag=True, help="Keep points outside the area served, and say which."
)
def load(file: Path, **given: Any) -> None:
    """Load the layer in FILE, in the place of one of the same identifier: whole or not at all.

    CSV with the columns lon, lat, weight and perhaps name (or 经度, 纬度, 人数 or 权重, 名称), or a
    GeoJSON FeatureCollection of points with the properties weight and perhaps name.
    """
    with opened() as connection:
        label = DemandLabel(
            id=DemandLayerId(given["identifier"]),
            name=given["name"],
            unit=given["unit"],
            source=given["source"],
            datum=Datum(given["datum"]),
            data_status=DataStatus(given["status"]),
            name_en=given["name_en"],
            unit_en=given["unit_en"],
            as_of=given["as_of"],
            note=given["note"],
            estimate=given["estimate"],
        )
        loaded = load_layer(
            connection.register(),
            connection.database,
            file,
            label,
            served=runtime.served_area_of(connection.settings),
            allow_outside=given["allow_outside"],
        )
    _say_loaded(loaded)


def _say_loaded(loaded: LoadedLayer) -> None:
    summary = loaded.summary
    click.echo(
        f"Loaded {summary.name} as {summary.id}, version {summary.version}: "
        f"{summary.points:,} points, {summary.total:,.10g} {summary.unit}."
    )
    if loaded.outside:
        shown = ", ".join(map(str, loaded.outside[:_PLACES_SHOWN]))
        more = ", …" if len(loaded.outside) > _PLACES_SHOWN else ""
        click.echo(
            f"Outside the area served: {len(loaded.outside):,} of {summary.points:,} points, "
            f"{loaded.by} {shown}{more}"
        )


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def list_(*, as_json: bool) -> None:
    """List the layers, the built-in one first, and the totals that are claims alone."""
    with opened() as connection:
        register = connection.register()
        found = layers(register, connection.database)
    claims = claimed_totals(register)
    if as_json:
        document = {
            "layers": [_shape(each, register.place.zone) for each in found],
            "claims": [
                {
                    "key": each.key,
                    "name": each.name,
                    "value": each.value,
                    "unit": each.unit,
                    "as_of": each.as_of or None,
                    "source": each.source_title,
                }
                for each in claims
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    console = terminal.console()
    table = terminal.table(
        *("layer", "name", "points", "total", "unit", "status", "source"), right=range(2, 4)
    )
    for each in found:
        table.add_row(
            each.id,
            terminal.plain(each.name),
            f"{each.points:,}",
            f"{each.total:,.10g}",
            terminal.plain(each.unit),
            f"{each.data_status.value}, estimate" if each.estimate else each.data_status.value,
            terminal.plain(each.source),
        )
    console.print(table)
    for claim in claims:
        console.print(
            terminal.plain(
                f"Claim, no layer: {claim.name} {claim.value} {claim.unit} "
                f"({claim.source_title}): where they are is not known."
            )
        )


def _shape(summary: DemandSummary, zone: tzinfo) -> dict[str, Any]:
    """Name things as the API does."""
    loaded_at, bounds = summary.loaded_at, summary.bounds
    return {
        "id": summary.id,
        "name": summary.name,
        "name_en": summary.name_en,
        "unit": summary.unit,
        "unit_en": summary.unit_en,
        "points": summary.points,
        "total": summary.total,
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
        "data_status": summary.data_status.value,
        "source": summary.source,
        "as_of": summary.as_of,
        "note": summary.note,
        "estimate": summary.estimate,
        "datum_given": summary.datum.value,
        "version": summary.version,
        "loaded_at": loaded_at and loaded_at.astimezone(zone).isoformat(timespec="seconds"),
    }


@command.command()
@click.argument("identifier")
def remove(identifier: str) -> None:
    """Forget the layer IDENTIFIER."""
    with opened() as connection:
        remove_layer(connection.database, identifier)
    click.echo(f"Removed {identifier}.")
