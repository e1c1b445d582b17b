"""A table of cells: which row is its header, what each column holds, and its rows as lines."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from geo_service.domain.datum import Datum
from geo_service.persistence.station_files.cells import Raw, as_text
from geo_service.persistence.station_files.drafts import Column, Sheet
from geo_service.persistence.station_files.faults import FileFault, Said, UnfitError, shown
from geo_service.persistence.station_files.headers import field_of, in_brackets, letter_of
from geo_service.persistence.station_files.rows import Line, RowParser
from geo_service.persistence.station_files.vocabulary import meaning_of

MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 256
LAST_ROW: Final = 1_048_576  # of a spreadsheet, empty ones counted
# Above the header there may be a title, and who made the table when.
HEADER_WITHIN: Final = 20


class RawRow(NamedTuple):
    """One row as a file has it; ``number`` counts as a spreadsheet does."""

    number: int
    cells: Sequence[Raw]
    hidden: bool = False


class Opened(NamedTuple):
    """A table whose header is understood, and the rows beneath it."""

    sheet: Sheet
    columns: Sequence[Column | None]
    rows: Iterator[RawRow]
    width: int


def headers_known(cells: Sequence[Raw]) -> int:
    """Say how many different columns a row of headers would name."""
    return len({field_of(each) for each in cells if isinstance(each, str)} - {None})


def opened(name: str | None, rows: Iterable[RawRow]) -> Opened | None:
    """Return a table with its header understood, or None where no row of the first is one."""
    rows = iter(rows)
    first = list(islice(rows, HEADER_WITHIN))
    header = max(first, key=lambda row: headers_known(row.cells), default=None)
    if header is None or not _is_header(header):
        return None
    columns = [
        Column(field=field_of(text) or "", header=shown(text), letter=letter_of(position))
        for position, text in enumerate(map(_header_text, header.cells))
    ]
    known = {each.field: each for each in reversed(columns) if each.field}
    return Opened(
        sheet=Sheet(
            name=name,
            header_row=header.number,
            columns=known,
            unknown=tuple(each for each in columns if not each.field and each.header),
        ),
        columns=[each if each.field else None for each in columns],
        rows=chain(first[first.index(header) + 1 :], rows),
        width=len(header.cells),
    )


def _is_header(row: RawRow) -> bool:
    fields = {field_of(each) for each in row.cells if isinstance(each, str)} - {None}
    return len(fields) >= 2 and not fields.isdisjoint({"id", "name"})


def _header_text(cell: Raw) -> str:
    return as_text(cell) if isinstance(cell, str) else ""


def header_faults(file: str, table: Opened, datum: Datum | None) -> Iterator[FileFault]:
    """Go through what is wrong with a header. Raises UnfitError where it is too wide."""
    if table.width > MOST_COLUMNS:
        raise UnfitError(f"多于 {MOST_COLUMNS} 列", f"has more than {MOST_COLUMNS} columns")
    for column, expected in chain(_repeated(table), _degrees_unfit(table.sheet, datum)):
        yield FileFault(
            file=file,
            expected=expected,
            sheet=table.sheet.name,
            row=table.sheet.header_row,
            column=column.letter,
            header=column.header,
            field=column.field,
        )


def _repeated(table: Opened) -> Iterator[tuple[Column, Said]]:
    for column in table.columns:
        if column is None or (first := table.sheet.columns[column.field]) is column:
            continue
        yield (
            column,
            Said(
                f"与 {first.letter} 列“{first.header}”意思相同，请只留一列",
                f"means the same as column {first.letter}, “{first.header}”: leave one of them",
            ),
        )


def _degrees_unfit(sheet: Sheet, datum: Datum | None) -> Iterator[tuple[Column, Said]]:
    for name, other, zh in (("longitude", "latitude", "纬度"), ("latitude", "longitude", "经度")):
        if (column := sheet.columns.get(name)) is None:
            continue
        if other not in sheet.columns:
            yield column, Said(f"缺少“{zh}”一列", f"needs a column {other}, too")
        named = meaning_of("datum", in_brackets(column.header))
        if named is not None and datum is not None and named != datum:
            yield (
                column,
                Said(
                    f"写的是 {named}，声明的坐标系却是 {datum}；请核对",
                    f"says {named}, and {datum} is declared: which is it?",
                ),
            )


def lines(parser: RowParser, table: Opened, *, ragged: bool) -> Iterator[Line | None]:
    """Go through the rows of a table; an empty one is None. ``ragged`` rows may be short."""
    name, header_row = table.sheet.name, table.sheet.header_row
    known = [(at, column) for at, column in enumerate(table.columns) if column is not None]
    for row in table.rows:
        if not any(cell is not None and cell != "" for cell in row.cells):
            yield None
            continue
        if parser.rows >= MOST_ROWS:
            raise UnfitError(
                f"多于 {MOST_ROWS:,} 行；请分成几个文件", f"holds more than {MOST_ROWS:,} rows"
            )
        cells = row.cells
        if not ragged and _does_not_fit(cells, table.width):
            yield parser.broken(
                name,
                row.number,
                Said(
                    f"有 {len(cells)} 格，第 {header_row} 行的表头却有 {table.width} 格；"
                    "含逗号的文字要加引号",
                    f"has {len(cells)} cells where the header has {table.width}",
                ),
            )
            continue
        end = len(cells)
        line = parser.line(
            name,
            row.number,
            ((column, cells[at] if at < end else None) for at, column in known),
        )
        if line is not None and row.hidden:
            parser.hidden += 1
        yield line


def _does_not_fit(cells: Sequence[Raw], width: int) -> bool:
    return len(cells) < width or any(cell for cell in cells[width:])
