"""The ``datapackage.json`` of a register: its place, and what stands in the other files."""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import chain, combinations
from typing import Any, Final

from geo_service.domain.datum import Datum
from geo_service.domain.holidays import HolidayKind, HolidayStatus
from geo_service.domain.place import Place
from geo_service.domain.station import Accessibility, DataStatus, Group, ServiceKind
from geo_service.persistence.dataset import (
    ANYONE,
    CLAIM_COLUMNS,
    HOLIDAY_COLUMNS,
    STATION_COLUMNS,
)

_PLACE: Final = ("name_en", "population", "population_year", "population_source")
_DIALECT: Final = {
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "header": True,
}


def _one_of(words: Sequence[str] | type[StrEnum]) -> dict[str, Any]:
    return {"enum": [str(word) for word in words]}


def _some_of(words: type[StrEnum], *more: str) -> dict[str, Any]:
    """Allow every list of different words, in the order that they are written in."""
    sizes = range(1, len(words) + 1)
    lists = chain.from_iterable(combinations(words, size) for size in sizes)
    return {"enum": [*more, *(";".join(each) for each in lists)]}


_NEEDED: Final = {"required": True}
_KEY: Final = {"required": True, "unique": True}

# Type and constraints of each column; a column that is not here holds text, or nothing.
_STATION_FIELDS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "id": ("string", _KEY),
    "name": ("string", _NEEDED),
    "services": ("string", _NEEDED | _some_of(ServiceKind)),
    **{f"{kind}_for": ("string", _some_of(Group, ANYONE)) for kind in ServiceKind},
    "capacity": ("integer", {"minimum": 0}),
    "accessibility": ("string", _NEEDED | _one_of(Accessibility)),
    "longitude": ("number", _NEEDED | {"minimum": -180, "maximum": 180}),
    "latitude": ("number", _NEEDED | {"minimum": -90, "maximum": 90}),
    "datum": ("string", _NEEDED | _one_of(Datum)),
    "data_status": ("string", _NEEDED | _one_of(DataStatus)),
    "source": ("string", _NEEDED),
    "accuracy_m": ("number", {"minimum": 0}),
    **{column: ("date", {}) for column in STATION_COLUMNS if column.endswith("_on")},
}
_HOLIDAY_FIELDS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "date": ("date", _KEY),
    "kind": ("string", _NEEDED | _one_of(HolidayKind)),
    "name": ("string", _NEEDED),
    "status": ("string", _NEEDED | _one_of(HolidayStatus)),
    "source": ("string", _NEEDED),
}
_CLAIM_FIELDS: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "key": ("string", _KEY),
    "name": ("string", _NEEDED),
    "value": ("string", _NEEDED),
}


def described(place: Place) -> str:
    """Write the description of a data folder, as a Frictionless Data Package."""
    document = {
        "name": "register",
        "profile": "data-package",
        "title": place.title,
        **_given({"title_en": place.title_en}),
        "description": "Written by geo-service export. Licences and sources of the whole are not "
        "part of a register: add those of the data here before you pass them on.",
        "place": {
            "name": place.name,
            "time_zone": place.zone.key,
            **_given({name: getattr(place, name) for name in _PLACE}),
        },
        "resources": [
            _table("stations", "站点 Stations", STATION_COLUMNS, _STATION_FIELDS),
            _layer("townships", "乡镇（街道）Townships"),
            _layer("counties", "区县 Counties"),
            _table("holidays", "节假日 Holidays", HOLIDAY_COLUMNS, _HOLIDAY_FIELDS),
            _table("programme", "项目事实 Facts of the programme", CLAIM_COLUMNS, _CLAIM_FIELDS),
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _table(
    name: str,
    title: str,
    columns: Sequence[str],
    fields: Mapping[str, tuple[str, dict[str, Any]]],
) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        "schema": {
            "fields": [_field(column, *fields.get(column, ("string", {}))) for column in columns],
            "primaryKey": columns[0],
            "missingValues": [""],
        },
    }


def _field(name: str, kind: str, constraints: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "type": kind} | ({"constraints": constraints} if constraints else {})


def _layer(name: str, title: str) -> dict[str, Any]:
    return {
        "name": name,
        "path": f"{name}.geojson",
        "profile": "data-resource",
        "title": title,
        "format": "geojson",
        "mediatype": "application/geo+json",
        "encoding": "utf-8",
    }
