"""Stations in and out of PostGIS, as lines of COPY: the fastest way that PostgreSQL has."""

import struct
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import islice
from typing import Any, Final

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo_service.domain.coordinate import Coordinate
from geo_service.domain.station import Amenity, Group, ServiceKind, Station
from geo_service.domain.station_columns import ColumnsBuilder, StationColumns
from geo_service.domain.station_lines import CELLS, Cell, joined

_LINES_IN_A_ROW: Final = 500
_LINES_AT_ONCE: Final = 2000

# Each cell as station_lines.py has it. (::geometry: only that type has X and Y. Dates to_char:
# what they look like otherwise is a setting of the database's.)
_CELL: Final = {
    "longitude": "ST_X(station.location::geometry)",
    "latitude": "ST_Y(station.location::geometry)",
    "amenities": "array_to_string(station.amenities, ' ')",
    **{
        day: f"to_char(station.{day}, 'YYYY-MM-DD')"
        for day in ("opened_on", "closed_on", "reported_closed_on", "verified_on")
    },
    **{f"{kind}_hours": f"{kind}.opening_hours" for kind in ServiceKind},
    **{f"{kind}_groups": f"array_to_string({kind}.\"groups\", ' ')" for kind in ServiceKind},
}
_OFFERED: Final = " ".join(
    f"LEFT JOIN station_service {kind} ON {kind}.station_id = station.id AND {kind}.kind = '{kind}'"
    for kind in ServiceKind
)
_READ: Final = f"""
    COPY (
        SELECT {", ".join(_CELL.get(cell, f"station.{cell}") for cell in CELLS)}
        FROM station {_OFFERED} ORDER BY station.id
    ) TO STDOUT (ENCODING 'UTF8')
"""  # noqa: S608  our own words alone

_STATION_COLUMNS: Final = (
    *("id", "name", "name_en", "location", "reading_x", "reading_y", "reading_datum"),
    *("amenities", "address", "township_code", "telephone", "capacity", "accessibility"),
    *("data_status", "source", "accuracy_m", "verified_on"),
    *("opened_on", "closed_on", "reported_closed_on"),
)
_SERVICE_COLUMNS: Final = ("station_id", "kind", "opening_hours", "groups")

# EWKB: little-endian, a point that names its reference system, the system, x, y.
_POINT: Final = struct.Struct("<BIIdd")
_POINT_WITH_SRID: Final = 0x2000_0001


def read_stations(session: Session, between: Callable[[], None]) -> StationColumns:
    """Read all stations; ``between`` is called between two small pieces of the work."""
    builder = ColumnsBuilder()
    with _driver(session) as connection, connection.cursor() as cursor:
        # However long it takes while others are at work: that nothing comes any more is noticed.
        cursor.execute("SET LOCAL statement_timeout = 0")
        # The query is planned to be short of what is worth compiling, and is not always.
        cursor.execute("SET LOCAL jit = off")
        with cursor.copy(_READ) as copy:
            rows = (bytes(row) for row in copy)
            while lines := [row[:-1] for row in islice(rows, _LINES_IN_A_ROW)]:
                builder.add(lines)
                between()
    return builder.columns()


def write_stations(session: Session, stations: Iterable[Station]) -> None:
    """Add stations and their services, in the session's own transaction."""
    _write(session, "station", _STATION_COLUMNS, map(_station_line, stations))
    _write(
        session,
        "station_service",
        _SERVICE_COLUMNS,
        (line for station in stations for line in _service_lines(station)),
    )


def _write(session: Session, table: str, columns: Iterable[str], lines: Iterator[str]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    statement = f"COPY {table} ({names}) FROM STDIN (ENCODING 'UTF8')"
    with (
        _driver(session) as connection,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        while some := "\n".join(islice(lines, _LINES_AT_ONCE)):
            copy.write(f"{some}\n".encode())


@contextmanager
def _driver(session: Session) -> Iterator[psycopg.Connection[Any]]:
    """Lend the driver's connection of a session; its errors come out as SQLAlchemy's."""
    held = session.connection()
    connection = held.connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        yield connection
    except psycopg.Error as error:
        if connection.closed:
            held.invalidate(error)  # else it would be asked to roll back, and fail once more
        raise DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


def _station_line(station: Station) -> str:
    at, reading = station.coordinate, station.reading
    location = _POINT.pack(1, _POINT_WITH_SRID, Coordinate.SRID, at.longitude, at.latitude)
    return joined(
        (
            station.id,
            station.name,
            station.name_en,
            location.hex(),
            repr(reading.x),
            repr(reading.y),
            reading.datum.value,
            _array(each.value for each in Amenity if each in station.amenities),
            station.address,
            station.township_code,
            station.telephone,
            _number(station.capacity),
            station.accessibility.value,
            station.data_status.value,
            station.source,
            _number(station.accuracy_m),
            _day(station.verified_on),
            _day(station.opened_on),
            _day(station.closed_on),
            _day(station.reported_closed_on),
        )
    )


def _service_lines(station: Station) -> Iterator[str]:
    for service in station.services:
        groups = _array(each.value for each in Group if each in service.groups)
        yield joined((station.id, service.kind.value, service.opening_hours, groups))


def _array(words: Iterable[str]) -> str:
    return f"{{{','.join(words)}}}"


def _day(given: date | None) -> Cell:
    return None if given is None else given.isoformat()


def _number(given: float | None) -> Cell:
    return None if given is None else repr(given)
