"""Stations beside one another, field by field, in words."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from geo_service.domain.change import FieldValue, fields_of
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.domain.undoing import UndoStep
from geo_service.services.hours_text import hours_text
from geo_service.web.language import Language
from geo_service.web.register_history.words import WORDS
from geo_service.web.station.words import WORDS as STATION_WORDS

POSITION: Final = ("longitude", "latitude", "datum")

# What the words of a station's page call the values of a field.
_NAMED: Final = {
    "services": "service_",
    "rest_for": "group_",
    "breakfast_for": "group_",
    "amenities": "amenity_",
    "accessibility": "access_",
    "data_status": "status_",
}


class Row(NamedTuple):
    """A field: its name, and what it says of each station that is shown; ``note`` adds to it."""

    label: str
    values: tuple[str, ...]
    note: str = ""

    @property
    def differs(self) -> bool:
        """Say whether the stations shown differ in it."""
        return len(set(self.values)) > 1


class RowMaker:
    """Writes the fields of stations in the words of one language."""

    def __init__(self, register: Register, language: Language) -> None:
        self._register = register
        self._language: Language = language
        self._words = WORDS[language]
        self._said = STATION_WORDS[language]

    def rows(self, *stations: Station) -> list[Row]:
        """Return all fields that any of the stations fills in."""
        tables = [fields_of(each) for each in stations]
        rows = []
        for name in tables[0]:
            if name == POSITION[0]:
                rows.append(self._position(stations))
            elif name not in POSITION and any(table[name] not in (None, ()) for table in tables):
                values = tuple(self.value_text(name, table[name]) for table in tables)
                rows.append(Row(self.label(name), values))
        return rows

    def changed(self, before: Station, after: Station) -> list[Row]:
        """Return the fields in which two stations differ."""
        return [row for row in self.rows(before, after) if row.differs]

    def disputes(self, step: UndoStep) -> list[Row]:
        """Return the fields in the way of undoing: as before, as then made, and as now."""
        return [
            Row(
                self.label(each.field),
                tuple(
                    self.value_text(each.field, value)
                    for value in (each.before, each.after, each.present)
                ),
            )
            for each in step.disputes
        ]

    def label(self, name: str) -> str:
        """Return what a field is called."""
        return self._words.get(f"field_{name}", name)

    def value_text(self, name: str, value: FieldValue) -> str:
        """Return the value of a field as a person reads it."""
        if value is None or value == ():
            return self._words["nothing"]
        if name in {"rest_hours", "breakfast_hours"}:
            return hours_text(str(value), self._language)
        if name == "township_code":
            return self._township(str(value))
        prefix = _NAMED.get(name)
        if name == "datum":
            return self._words[f"datum_{value}"]
        if isinstance(value, tuple):
            return self._words["comma"].join(self._value_word(prefix, each) for each in value)
        return str(value) if prefix is None else self._value_word(prefix, str(value))

    def position_text(self, table: Mapping[str, FieldValue]) -> str:
        """Return a position as it was given, the way people write it here."""
        datum = self._words[f"datum_{table['datum']}"]
        return f"{table['longitude']}, {table['latitude']}（{datum}）"

    def _value_word(self, prefix: str | None, value: str) -> str:
        return self._said.get(f"{prefix}{value}") or self._said.get(value, value)

    def _township(self, code: str) -> str:
        found = self._register.townships_by_code.get(code)
        if found is None:
            return code
        name = found.name_en if self._language == "en" else found.name
        return f"{name or found.name} {code}"

    def _position(self, stations: tuple[Station, ...]) -> Row:
        values = tuple(self.position_text(fields_of(each)) for each in stations)
        note = ""
        if len(stations) > 1 and len(set(values)) > 1:
            first, last = stations[0].coordinate, stations[-1].coordinate
            note = self._words["moved"].format(distance=self._way(first.distance_to(last)))
        return Row(self._words["field_position"], values, note)

    def _way(self, metres: float) -> str:
        if metres < 1000:
            return self._words["metres"].format(metres=f"{metres:,.0f}")
        return self._words["kilometres"].format(kilometres=f"{metres / 1000:,.1f}")
