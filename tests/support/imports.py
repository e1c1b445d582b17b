"""Files of stations as the reader gives them, for tests of what is made of them."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from geo_service.domain.datum import Datum
from geo_service.domain.station import Reading, ServiceKind, StationId
from geo_service.persistence.station_files.drafts import (
    Column,
    FileForm,
    RowDraft,
    Sheet,
    StationTable,
)

_COLUMNS = ("id", "name", "services", "longitude", "latitude", "township", "rest_hours")


class Listed:
    """Rows that are there already."""

    def __init__(self, rows: tuple[RowDraft, ...]) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[RowDraft]:
        """Go through them."""
        return iter(self._rows)

    def __len__(self) -> int:
        """Count them."""
        return len(self._rows)

    def close(self) -> None:
        """Do nothing."""


def a_row(
    identifier: str | None = None, at: tuple[float, float] | None = None, **more: Any
) -> RowDraft:
    """A row that says what is named; ``at`` in WGS 84, unless a reading says otherwise."""
    given: dict[str, Any] = {} if identifier is None else {"id": StationId(identifier)}
    if at is not None:
        given["reading"] = Reading(x=at[0], y=at[1], datum=more.pop("datum", Datum.WGS84))
    return RowDraft(**{"row": 0} | given | more)


def a_new_row(name: str, at: tuple[float, float], **more: Any) -> RowDraft:
    """A row that says all that a new station needs."""
    return a_row(at=at, **{"name": name, "services": frozenset({ServiceKind.REST})} | more)


def a_table(*rows: RowDraft, **more: Any) -> StationTable:
    """A file of these rows, numbered as in a spreadsheet under a header."""
    numbered = tuple(replace(each, row=number) for number, each in enumerate(rows, start=2))
    letters = "ABCDEFGHIJ"
    columns = {
        name: Column(field=name, header=name, letter=letters[place])
        for place, name in enumerate(_COLUMNS)
    }
    sheet = Sheet(name=None, header_row=1, columns=columns)
    given: dict[str, Any] = {"file": "a.csv", "form": FileForm.CSV, "sheets": (sheet,)}
    return StationTable(**given | {"rows": Listed(numbered)} | more)
