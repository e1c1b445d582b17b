"""`geo-service nearest`: the closest stations, as a table for people or JSON for programs."""

import json
from datetime import UTC, datetime, tzinfo
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from geo_service import runtime
from geo_service.cli import options
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum, reading_to_coordinate
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.station import DataStatus
from geo_service.services.nearest import (
    MAX_LIMIT,
    NearbyStation,
    NearestAnswer,
    NearestQuery,
    find_nearest,
)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("longitude", type=options.Decimal())
@click.argument("latitude", type=options.Decimal())
@click.option("--datum", type=click.Choice(Datum), default=Datum.WGS84, show_default=True)
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=5, show_default=True)
@click.option("--within", type=options.Metres(1, 20_100_000), help="Geodesic.")
@options.filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(longitude: float, latitude: float, **given: Any) -> None:
    """Print the stations closest to LONGITUDE LATITUDE, closest first."""
    with opened() as connection:
        settings, register = connection.settings, connection.register()
        query = NearestQuery(
            origin=reading_to_coordinate(longitude, latitude, given["datum"]),
            instant=options.moment(given["open_"], datetime.now(UTC)),
            limit=given["limit"],
            within=None if given["within"] is None else Metres(given["within"]),
            conditions=options.conditions(given["service"], given["group"], given["amenity"]),
            open=options.condition(given["open_"], open_only=given["open_only"]),
        )
        runtime.served_area_of(settings).check(register, query.origin)
        answer = find_nearest(register, query, runtime.walking_of(settings))
        zone = register.place.zone
    if given["as_json"]:
        click.echo(json.dumps(_document(answer, zone), ensure_ascii=False))
    else:
        _print(answer, zone)


def _document(answer: NearestAnswer, zone: tzinfo) -> dict[str, Any]:
    return {
        "matched": answer.matched,
        "stations": [
            {
                "id": each.station.id,
                "name": each.station.name,
                "distance_m": round(each.distance, 2),
                "walk_minutes": each.walk_minutes,
                "walk_is_estimate": True,
                "longitude": each.station.coordinate.longitude,
                "latitude": each.station.coordinate.latitude,
                "datum": Datum.WGS84.value,
                "openness": {
                    service.kind.value: {
                        "state": state.state.value,
                        "at": each.at.astimezone(zone).isoformat(timespec="seconds"),
                        "next_change": state.next_change and state.next_change.isoformat(),
                    }
                    for service, state in zip(each.station.services, each.openness, strict=True)
                },
                "amenities": sorted(each.station.amenities),
                "data_status": each.station.data_status.value,
            }
            for each in answer.stations
        ],
    }


def _print(answer: NearestAnswer, zone: tzinfo) -> None:
    console = Console()
    if not answer.stations:
        console.print("No station matches.")
        return
    table = Table("station", "name", "metres", "walk (est.)", "services", "status", box=None)
    for column in (2, 3):
        table.columns[column].justify = "right"
    for each in answer.stations:
        table.add_row(
            each.station.id,
            each.station.name,
            f"{each.distance:,.0f}",
            f"{each.walk_minutes} min",
            "\n".join(_services(each, zone)),
            each.station.data_status.value,
        )
    console.print(table, markup=False)
    console.print(f"{answer.matched} stations match. Walks are estimates from the straight line.")
    if any(each.station.data_status is DataStatus.DEMONSTRATION for each in answer.stations):
        console.print("演示数据，请勿前往 · Demonstration data: do not go there.")


def _services(found: NearbyStation, zone: tzinfo) -> list[str]:
    return [
        f"{service.kind.value}: {_words(state, zone)}"
        for service, state in zip(found.station.services, found.openness, strict=True)
    ]


def _words(state: OpennessAt, zone: tzinfo) -> str:
    if state.next_change is None:
        return state.state.value
    return f"{state.state.value} until {state.next_change.astimezone(zone):%a %H:%M}"
