"""What a file says of stations, row by row, before it is compared with the register."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from typing import Final, Protocol, Self, TypeAlias, TypeVar, Union

from geo_service.domain.coordinate import Metres
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Accessibility,
    Amenity,
    DataStatus,
    Group,
    Reading,
    ServiceKind,
    StationId,
)
from geo_service.persistence.station_files.faults import FileFault, Said, shown

Value = TypeVar("Value")


class NotGiven(Enum):
    """Stands where a file has no column, or no word that can be taken, for a field."""

    NOT_GIVEN = "not given"


NOT_GIVEN: Final = NotGiven.NOT_GIVEN
Given: TypeAlias = Union[Value, NotGiven]  # noqa: UP007 - "|" cannot be an alias with a variable


class FileForm(StrEnum):
    """What sort of file it is, by what is in it."""

    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is understood: what it holds, its letter, and what its header says.

    In GeoJSON a column is a property, and has no letter.
    """

    field: str
    header: str
    letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One table of a file: where its header stands, what is understood of it and what is not."""

    name: str | None
    header_row: int | None
    columns: Mapping[str, Column]
    unknown: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDraft:
    """What one row says of one station.

    A field is NOT_GIVEN where the file has no column for it, and where its cell has a fault (that
    is among ``faults``): a known station keeps what it has. None, an empty set and ``unknown`` are
    what an empty cell of a column says. An empty cell under name, services or position is a
    fault; under data status or source, which a station cannot lack, it says nothing: NOT_GIVEN.

    ``rest_for`` and ``breakfast_for``: an empty set is anyone, None is an empty cell.
    ``township`` is a name (or a code) as it is written, to be looked up; ``township_code`` counts
    before it where both are given; ``county`` is there to tell townships of one name apart.
    ``written`` is the text of each cell understood, by field, for faults that are found later.
    """

    row: int
    sheet: str | None = None
    id: StationId | None = None
    name: Given[str] = NOT_GIVEN
    name_en: Given[str | None] = NOT_GIVEN
    services: Given[frozenset[ServiceKind]] = NOT_GIVEN
    rest_hours: Given[str | None] = NOT_GIVEN
    rest_for: Given[frozenset[Group] | None] = NOT_GIVEN
    breakfast_hours: Given[str | None] = NOT_GIVEN
    breakfast_for: Given[frozenset[Group] | None] = NOT_GIVEN
    amenities: Given[frozenset[Amenity]] = NOT_GIVEN
    address: Given[str | None] = NOT_GIVEN
    township_code: Given[str | None] = NOT_GIVEN
    township: Given[str | None] = NOT_GIVEN
    county: Given[str | None] = NOT_GIVEN
    telephone: Given[str | None] = NOT_GIVEN
    capacity: Given[int | None] = NOT_GIVEN
    accessibility: Given[Accessibility] = NOT_GIVEN
    reading: Given[Reading] = NOT_GIVEN
    data_status: Given[DataStatus] = NOT_GIVEN
    source: Given[str] = NOT_GIVEN
    accuracy_m: Given[Metres | None] = NOT_GIVEN
    verified_on: Given[date | None] = NOT_GIVEN
    opened_on: Given[date | None] = NOT_GIVEN
    closed_on: Given[date | None] = NOT_GIVEN
    reported_closed_on: Given[date | None] = NOT_GIVEN
    faults: tuple[FileFault, ...] = ()
    remarks: tuple[FileFault, ...] = ()
    written: Mapping[str, str] = field(default_factory=dict)


class Watch(Protocol):
    """Is told now and then how far the reading is; what it raises ends the reading."""

    def __call__(self, *, rows: int, share: float) -> None:
        """Take note: so many rows are read, and this share (0 to 1) of the file."""


class Rows(Protocol):
    """The rows of a table; they may be gone through more than once."""

    def __iter__(self) -> Iterator[RowDraft]:
        """Go through them in the order of the file."""

    def __len__(self) -> int:
        """Say how many there are."""

    def close(self) -> None:
        """Let go of what they are kept in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StationTable:
    """A file of stations as it was read. Close it (``with``): its rows lie in a file aside.

    ``faults`` are those of the file as a whole: with any, it cannot be used, and rows may lack.
    Faults of single rows are with the rows; ``wrong`` says how many rows have any.
    ``remarks`` are worth knowing and stop nothing. ``datums`` counts the positions by the datum
    they were read in: a row that names its own is read in that one.
    """

    file: str
    form: FileForm | None
    rows: Rows
    faults: tuple[FileFault, ...] = ()
    remarks: tuple[FileFault, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    wrong: int = 0
    examples: int = 0
    datums: Mapping[Datum, int] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """Return the names of all that is understood in any of the sheets."""
        return frozenset(name for sheet in self.sheets for name in sheet.columns)

    def fault(self, draft: RowDraft, of: str | None, expected: Said) -> FileFault:
        """Return a fault of a row that only a comparison shows, with its cell if it has one."""
        sheet = next((each for each in self.sheets if each.name == draft.sheet), None)
        column = None if sheet is None or of is None else sheet.columns.get(of)
        written = None if of is None else draft.written.get(of)
        return FileFault(
            file=self.file,
            expected=expected,
            sheet=draft.sheet,
            row=draft.row,
            column=None if column is None else column.letter,
            header=None if column is None else column.header,
            field=of,
            value=None if written is None else shown(written),
        )

    def close(self) -> None:
        """Let go of the rows."""
        self.rows.close()

    def __enter__(self) -> Self:
        """Return the table."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the rows."""
        self.close()
