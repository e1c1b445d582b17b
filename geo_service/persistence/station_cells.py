"""A station as the cells of a table, in the columns of ``stations.csv``."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from geo_service.domain.station import Amenity, Group, ServiceKind, Station
from geo_service.persistence.dataset import ANYONE, STATION_COLUMNS
from geo_service.persistence.spreadsheet_text import guarded

Cell = str | int | float | date | None

LIST_SEPARATOR: Final = ";"

# All other columns are attributes of a station, by name.
_COMPOSED: Final = frozenset(
    [
        *("services", "amenities", "longitude", "latitude", "datum"),
        *(f"{kind}_{what}" for kind in ServiceKind for what in ("hours", "for")),
    ]
)
_OWN: Final = tuple(column for column in STATION_COLUMNS if column not in _COMPOSED)


def cells_of(station: Station) -> dict[str, Cell]:
    """Return a station's cells by column, in the order of ``STATION_COLUMNS``.

    The position is the reading, in the datum that it was given in: what is read again from it is
    the same station to the last bit.
    """
    reading = station.reading
    offered = {service.kind: service for service in station.services}
    composed: dict[str, Cell] = {
        "services": _listed(kind for kind in ServiceKind if kind in offered),
        "amenities": _listed(each for each in Amenity if each in station.amenities),
        "longitude": reading.x,
        "latitude": reading.y,
        "datum": reading.datum.value,
    }
    for kind in ServiceKind:
        service = offered.get(kind)
        composed[f"{kind}_hours"] = None if service is None else service.opening_hours
        composed[f"{kind}_for"] = (
            None
            if service is None
            else _listed(each for each in Group if each in service.groups) or ANYONE
        )
    own = {column: _plain(getattr(station, column)) for column in _OWN}
    return {
        column: composed[column] if column in composed else own[column]
        for column in STATION_COLUMNS
    }


def text_of_cell(cell: Cell) -> str:
    """Write a cell as CSV has it: numbers whole, text that is no formula."""
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case float():
            return text_of_number(cell)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)


def text_of_number(number: float) -> str:
    """Write a number in the fewest digits that are read as the same again."""
    text = repr(number)
    if "e" in text:  # which no cell may have
        text = f"{Decimal(text):f}"
    return text.removesuffix(".0")


def _plain(value: Any) -> Cell:
    return value.value if isinstance(value, StrEnum) else value


def _listed(words: Iterable[StrEnum]) -> str | None:
    return LIST_SEPARATOR.join(each.value for each in words) or None
