"""The columns of a register's table: exactly those that files of stations are read with.

In English they are those of ``stations.csv``, with its words; in Chinese all words are Chinese,
but opening hours stay in the OSM grammar: written in words they would be read as hours that are as
good, and yet another text, and a file that was only looked at would change the register.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from geo_service.domain.station import ServiceKind, Station
from geo_service.persistence.dataset import ANYONE, STATION_COLUMNS
from geo_service.persistence.station_cells import LIST_SEPARATOR, Cell, cells_of
from geo_service.persistence.station_files import HEADERS, Language
from geo_service.persistence.station_files.vocabulary import (
    ACCESSIBILITY_WORDS,
    AMENITY_WORDS,
    ANYONE_WORDS,
    DATUM_WORDS,
    GROUP_WORDS,
    SERVICE_WORDS,
    STATUS_WORDS,
)

_CHINESE_SEPARATOR: Final = "、"

_FOR: Final = {ANYONE: ANYONE_WORDS} | {kind.value: words for kind, words in GROUP_WORDS.items()}
_WORDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "services": {kind.value: words for kind, words in SERVICE_WORDS.items()},
    **{f"{kind}_for": _FOR for kind in ServiceKind},
    "amenities": {kind.value: words for kind, words in AMENITY_WORDS.items()},
    "accessibility": {kind.value: words for kind, words in ACCESSIBILITY_WORDS.items()},
    "datum": {kind.value: words for kind, words in DATUM_WORDS.items()},
    "data_status": {kind.value: words for kind, words in STATUS_WORDS.items()},
}


def headers(language: Language) -> tuple[str, ...]:
    """Return the headers, in the order of the columns."""
    return tuple(HEADERS[column].in_(language) for column in STATION_COLUMNS)


def row_of(station: Station, language: Language) -> tuple[Cell, ...]:
    """Return the cells of a station, in the order of the columns."""
    cells = cells_of(station)
    if language == "zh":
        for column in _WORDS:
            code = cells[column]
            if isinstance(code, str):
                cells[column] = _in_chinese(column, code)
    return tuple(cells.values())


@cache  # lists of some words: there are far fewer of them than of stations
def _in_chinese(column: str, codes: str) -> str:
    words = _WORDS[column]
    return _CHINESE_SEPARATOR.join(words[code][0] for code in codes.split(LIST_SEPARATOR))
