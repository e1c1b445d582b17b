"""`geo-service network`: the streets that walks are measured along."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from geo_service import runtime
from geo_service.cli import terminal
from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import GeoServiceError
from geo_service.domain.street_network import StreetNetwork
from geo_service.persistence.street_network import StreetNetworkFile
from geo_service.services.network import ATTRIBUTION, LICENCE, NetworkRequest, load_network
from geo_service.settings import Settings, SettingsError


@click.group()
def command() -> None:
    """Load, show and remove the street network.

    It is a file of its own: no database is needed, and a running service notices a new one.
    """


class _Box(click.ParamType[Bounds]):
    """west,south,east,north in degrees."""

    name = "west,south,east,north"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Bounds:
        """Read the box."""
        try:
            west, south, east, north = map(float, value.split(","))
            return Bounds(west=west, south=south, east=east, north=north)
        except (ValueError, GeoServiceError) as error:
            detail = f": {error}" if isinstance(error, GeoServiceError) else ""
            self.fail(f"{value!r} is not a box like 113.4,33.4,114.3,34.0{detail}", param, ctx)


class _Day(click.ParamType[str]):
    """An ISO date."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Read the day."""
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            self.fail(f"{value!r} is not a day like 2026-11-23", param, ctx)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--bounds", type=_Box(), help="Only streets that reach into this box of degrees.")
@click.option("--as-of", type=_Day(), help="Day of the data, where the file does not say it.")
@click.option("--attribution", default=ATTRIBUTION, show_default=True)
@click.option("--licence", default=LICENCE, show_default=True)
def load(file: Path, **given: Any) -> None:
    """Load FILE, an extract of OpenStreetMap (.osm.pbf), in the place of any network before.

    Take an extract that goes some kilometres beyond the place served: cut at its border, ways
    around would be missing and walks too long.
    """
    with _kept() as kept:
        network = load_network(
            NetworkRequest(
                file=file,
                bounds=given["bounds"],
                attribution=given["attribution"],
                licence=given["licence"],
                as_of=given["as_of"],
            ),
            kept,
            lambda: datetime.now(UTC),
        )
    click.echo(f"Loaded {file.name}.")
    _print(network)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def show(*, as_json: bool) -> None:
    """Say what network is loaded, from where and of when."""
    with _kept() as kept:
        network = kept.network()
    if as_json:
        click.echo(json.dumps(_document(network), ensure_ascii=False, allow_nan=False))
    else:
        _print(network)


@command.command()
def remove() -> None:
    """Take the network away; walks are estimates again."""
    with _kept() as kept:
        kept.remove()
    click.echo("Removed the street network.")


@contextmanager
def _kept() -> Iterator[StreetNetworkFile]:
    """Find the network's file; what was foreseen to go wrong ends the command with its text."""
    try:
        yield runtime.streets_of(Settings.from_env(os.environ))
    except (GeoServiceError, SettingsError) as error:
        raise click.ClickException(str(error)) from None


def _document(network: StreetNetwork) -> dict[str, Any]:
    source, islands, box = network.source, network.islands, network.bounds
    return {
        "file": source.file,
        "sha256": source.sha256,
        "attribution": source.attribution,
        "licence": source.licence,
        "as_of": source.as_of,
        "loaded_at": source.loaded_at.isoformat(timespec="seconds"),
        "bounds": None if box is None else [box.west, box.south, box.east, box.north],
        "nodes": len(network.nodes),
        "edges": len(network.tail),
        "kilometres": round(float(network.metres.sum()) / 1000, 3),
        "islands": {
            "parts": islands.parts,
            "nodes": islands.nodes,
            "kilometres": round(islands.metres / 1000, 3),
        },
    }


def _print(network: StreetNetwork) -> None:
    said = _document(network)
    console = terminal.console()
    islands = said["islands"]
    console.print(
        f"{said['kilometres']:,.1f} km of walked streets, {said['edges']:,} edges between "
        f"{said['nodes']:,} nodes; left out as islands: {islands['kilometres']:,.1f} km in "
        f"{islands['parts']:,} parts."
    )
    if said["bounds"] is not None:
        console.print("Within " + ", ".join(f"{each:.4f}" for each in said["bounds"]) + ".")
    console.print(
        f"From {terminal.plain(said['file'])}, data of {said['as_of'] or 'an unknown day'}, loaded "
        f"{said['loaded_at']}."
    )
    console.print(terminal.plain(f"{said['attribution']}, {said['licence']}."))
