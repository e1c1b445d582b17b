"""Scenarios for tests: a small town with two townships, and edits of it."""

from typing import Any

import shapely

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.datum import Datum
from geo_service.domain.register import Register
from geo_service.domain.scenario import AddStation, Edit, MoveStation, Terms
from geo_service.domain.station import Reading, StationId
from geo_service.domain.township import BoundaryStatus, Township
from tests.support.register import a_register, a_station

WEST = "1"
EAST = "2"
NOWHERE = "3"


def a_township(code: str, bounds: tuple[float, float, float, float] | None = None) -> Township:
    """A township: a box of degrees, or without an outline."""
    return Township(
        code=code,
        name=f"Township {code}",
        boundary=shapely.box(*bounds) if bounds else None,
        boundary_status=BoundaryStatus.OFFICIAL if bounds else BoundaryStatus.NONE,
        source="a test",
        note="",
    )


TOWNSHIPS = (
    a_township(WEST, (114.0, 33.5, 114.1, 33.6)),
    a_township(EAST, (114.1, 33.5, 114.2, 33.6)),
    a_township(NOWHERE),
)


def a_town(**more: Any) -> Register:
    """One station in the west, one in the east, one in a township of unknown outline."""
    stations = [
        a_station("A", 114.05, 33.55, township_code=WEST),
        a_station("B", 114.15, 33.55, township_code=EAST),
        a_station("C", 114.30, 33.55, township_code=NOWHERE),
    ]
    return a_register(stations, townships=TOWNSHIPS, **more)


def reading(longitude: float, latitude: float) -> Reading:
    """A position as it was given, on WGS 84."""
    return Reading(x=longitude, y=latitude, datum=Datum.WGS84)


def add(longitude: float, latitude: float, name: str = "新站", **more: Any) -> Edit:
    """A station more."""
    return AddStation(
        name=name,
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        reading=reading(longitude, latitude),
        **more,
    )


def move(station: str, longitude: float, latitude: float) -> Edit:
    """A station elsewhere."""
    return MoveStation(
        station=StationId(station),
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        reading=reading(longitude, latitude),
    )


def terms(**more: Any) -> Terms:
    """Terms of which only what is named matters."""
    return Terms(**({"radius": Metres(1000.0)} | more))
