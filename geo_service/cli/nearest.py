"""`geo-service nearest`: the closest stations, as a table for people or JSON for programs."""

import json
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

import click

from geo_service import runtime
from geo_service.cli import options, terminal
from geo_service.cli.connection import opened
from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum, coordinate_in, reading_to_coordinate
from geo_service.domain.opening_hours import OpennessAt
from geo_service.domain.register import Register
from geo_service.domain.station import Amenity, DataStatus
from geo_service.domain.street_network import StreetNetwork
from geo_service.services.nearest import (
    MAX_LIMIT,
    NearbyStation,
    NearestAnswer,
    NearestQuery,
    find_nearest,
)
from geo_service.services.on_foot import OnFootAnswer, WalkedStation, nearest_on_foot

_DEMONSTRATION: Final = "演示数据，请勿前往 · Demonstration data: do not go there."


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("longitude", type=options.Decimal())
@click.argument("latitude", type=options.Decimal())
@click.option("--datum", type=options.OneOf(Datum), default=Datum.WGS84, show_default=True)
@click.option("--limit", type=click.IntRange(1, MAX_LIMIT), default=5, show_default=True)
@click.option("--within", type=options.Metres(0.01, 20_100_000), help="Geodesic, or walked.")
@click.option("--on-foot", is_flag=True, help="By walks along the streets that are loaded.")
@options.filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def command(longitude: float, latitude: float, **given: Any) -> None:
    """Print the stations closest to LONGITUDE LATITUDE, closest first.

    Both are degrees in --datum; with --json, so are the stations'.
    """
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
        walking = runtime.walking_of(settings)
        if given["on_foot"]:
            network = runtime.streets_of(settings).network()
            walks = nearest_on_foot(register, network, query, walking)
            _tell_walks(register, query, walks, given, network)
            return
        answer = find_nearest(register, query, walking)
    if given["as_json"]:
        document = _document(register, query, answer, given["datum"])
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
    else:
        _print(answer, register.place.zone)


def _tell_walks(
    register: Register,
    query: NearestQuery,
    walks: OnFootAnswer,
    given: dict[str, Any],
    network: StreetNetwork,
) -> None:
    zone, source = register.place.zone, network.source
    if given["as_json"]:
        found = [_station(each, given["datum"], zone) for each in walks.stations]
        ways = [{"walk_m": round(each.walk, 2)} for each in walks.stations]
        document = _head(register, query, given["datum"]) | {
            "distance_type": network.distance_type.value,
            "streets": source.imprint,
            "out_of_reach": walks.out_of_reach,
            "stations": [
                station | way | {"walk_is_estimate": False}
                for station, way in zip(found, ways, strict=True)
            ],
        }
        click.echo(json.dumps(document, ensure_ascii=False, allow_nan=False))
        return
    console = terminal.console()
    table = terminal.table(
        *("station", "name", "walk m", "walk", "straight m", "services", "status"),
        right=range(2, 5),
    )
    for each in walks.stations:
        table.add_row(
            each.station.id,
            terminal.plain(each.station.name),
            f"{each.walk:,.0f}",
            f"{each.walk_minutes} min",
            f"{each.distance:,.0f}",
            "\n".join(_services(each, zone)),
            each.station.data_status.value,
        )
    console.print(table)
    console.print(f"No walk leads to {walks.out_of_reach} more. Streets: ", end="")
    console.print(terminal.plain(source.imprint) + ".")
    if any(each.station.data_status is DataStatus.DEMONSTRATION for each in walks.stations):
        console.print(_DEMONSTRATION)


def _head(register: Register, query: NearestQuery, datum: Datum) -> dict[str, Any]:
    return {
        "place": register.place.name,
        "revision": register.revision.number,
        "instant": _instant(query.instant, register.place.zone),
        "datum": datum.value,
    }


def _document(
    register: Register, query: NearestQuery, answer: NearestAnswer, datum: Datum
) -> dict[str, Any]:
    """Name things as the API does; one flat object a station."""
    zone = register.place.zone
    return _head(register, query, datum) | {
        "numberMatched": answer.matched,
        "stations": [_station(each, datum, zone) for each in answer.stations],
    }


def _station(found: NearbyStation | WalkedStation, datum: Datum, zone: tzinfo) -> dict[str, Any]:
    station = found.station
    x, y = coordinate_in(station.coordinate, datum)
    return {
        "id": station.id,
        "name": station.name,
        "distance_m": round(found.distance, 2),
        "walk_minutes": found.walk_minutes,
        "walk_is_estimate": True,
        "longitude": round(x, 7),
        "latitude": round(y, 7),
        "openness": {
            service.kind.value: {
                "state": state.state.value,
                "at": _instant(found.at, zone),
                "next_change": state.next_change and _instant(state.next_change, zone),
                "next_state": state.next_state and state.next_state.value,
            }
            for service, state in zip(station.services, found.openness, strict=True)
        },
        "amenities": [each.value for each in Amenity if each in station.amenities],
        "address": station.address,
        "township_code": station.township_code,
        "data_status": station.data_status.value,
    }


def _instant(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _print(answer: NearestAnswer, zone: tzinfo) -> None:
    console = terminal.console()
    if not answer.stations:
        console.print("No station matches.")
        return
    table = terminal.table(
        *("station", "name", "metres", "walk (est.)", "services", "status"), right=range(2, 4)
    )
    for each in answer.stations:
        table.add_row(
            each.station.id,
            terminal.plain(each.station.name),
            f"{each.distance:,.0f}",
            f"{each.walk_minutes} min",
            "\n".join(_services(each, zone)),
            each.station.data_status.value,
        )
    console.print(table)
    match = "station matches" if answer.matched == 1 else "stations match"
    console.print(f"{answer.matched} {match}. Walks are estimates from the straight line.")
    if any(each.station.data_status is DataStatus.DEMONSTRATION for each in answer.stations):
        console.print(_DEMONSTRATION)


def _services(found: NearbyStation | WalkedStation, zone: tzinfo) -> list[str]:
    return [
        f"{service.kind.value}: {_words(state, zone)}"
        for service, state in zip(found.station.services, found.openness, strict=True)
    ]


def _words(state: OpennessAt, zone: tzinfo) -> str:
    if state.next_change is None:
        return state.state.value
    return f"{state.state.value} until {state.next_change.astimezone(zone):%a %H:%M}"
