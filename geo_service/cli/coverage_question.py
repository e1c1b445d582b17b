"""The question about coverage that several commands ask: its options, and what they mean."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from geo_service.cli import options
from geo_service.cli.connection import Connection
from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.reach import DistanceType
from geo_service.domain.register import Register
from geo_service.runtime import streets_of, walking_of
from geo_service.services.coverage import CoverageQuery
from geo_service.services.demand import layer_of
from geo_service.services.distances import distances_of

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--radius", type=options.Metres(50, 50_000), default=1000.0, show_default=True),
    click.option("--level", type=options.OneOf(Level), default=Level.TOWNSHIP, show_default=True),
    click.option("--demand", metavar="LAYER", help="Of a layer; see geo-service demand list."),
    click.option(
        "--distance",
        type=options.OneOf(DistanceType),
        default=DistanceType.STRAIGHT,
        show_default=True,
        help="What a metre of the radius is.",
    ),
    options.filters,
    click.option("--on", type=options.Day(), help="Count the stations in being on this date."),
)


def asks_of_coverage(command: F) -> F:
    """Give a command the options of the question."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def check(given: dict[str, Any]) -> None:
    """Refuse what makes no question."""
    if given["open_"] == options.ARRIVAL:
        raise click.UsageError("--open arrival needs an origin; use now or an instant here.")


def coverage_query(
    connection: Connection,
    register: Register,
    given: dict[str, Any],
    now: datetime,
    *,
    hour_by_hour: bool = False,
) -> CoverageQuery:
    """Return the question; one that goes through the hours of days says no instant of its own."""
    condition = options.condition(given["open_"], open_only=given["open_only"] and not hour_by_hour)
    layer = given["demand"] and layer_of(register, connection.database, given["demand"])
    return CoverageQuery(
        radius=Metres(given["radius"]),
        level=given["level"],
        conditions=options.conditions(given["service"], given["group"], given["amenity"]),
        open=condition,
        instant=None if condition is None else options.moment(given["open_"], now),
        demand=layer or None,
        distances=distances_of(
            given["distance"],
            walking_of(connection.settings),
            streets_of(connection.settings).network,
        ),
        on=given["on"] or (None if hour_by_hour else options.moment(given["open_"], now)),
    )
