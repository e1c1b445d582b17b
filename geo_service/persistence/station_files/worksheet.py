"""The rows of one sheet of a workbook, cell by cell as they come."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple

from geo_service.persistence.station_files.cells import Filled, Formula, Plain, Raw, Unreadable
from geo_service.persistence.station_files.faults import Said, UnfitError
from geo_service.persistence.station_files.tables import LAST_ROW, MOST_COLUMNS, RawRow
from geo_service.persistence.station_files.workbook import (
    SheetEntry,
    Workbook,
    broken,
    called,
    text_in,
    unescaped,
)

_VALUE, _TEXT, _FORMULA, _INLINE = called("v"), called("t"), called("f"), called("is")
_MOST_MERGED: Final = 100_000
_MERGED: Final = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^>]{0,200}?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']"
)
_OVERLAP: Final = 300  # longer than anything the pattern finds
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - days on a wall calendar
_EPOCH_1904: Final = datetime(1904, 1, 1)  # noqa: DTZ001
_LAST_DAY: Final = 2_958_466  # 9999-12-31, and one

_NO_VALUE: Final = Said(
    "是公式，但文件里没有保存结果；请在 Excel 或 WPS 里打开并保存，或改成数值",
    "is a formula, and its value is not in the file: open and save it in a spreadsheet program",
)
_ACROSS: Final = Said(
    "是跨列合并的单元格，分不清内容属于哪一列；请取消合并",
    "is merged across columns, so it cannot be told which it belongs to: unmerge it",
)
_NO_DAY: Final = Said("不是能读的日期", "is a date that does not exist")


class _Merged(NamedTuple):
    """Cells made one; rows as a spreadsheet counts, columns from 0."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


class Worksheet:
    """One sheet, to be gone through once."""

    def __init__(self, book: Workbook, entry: SheetEntry) -> None:
        self._book = book
        self._part = entry.part
        self._strings = book.strings
        self._formats = book.formats
        self._epoch = _EPOCH_1904 if book.from_1904 else _EPOCH
        self._columns: dict[str, int] = {}

    def rows(self) -> Iterator[RawRow]:
        """Go through the rows that the sheet has; whatever size it claims is not believed."""
        merged = _Covering(self._merged())
        number = 0
        for element in self._book.rows(self._part):
            number = self._number(element, number)
            cells = self._cells(element, number)
            merged.cover(number, cells)
            yield RawRow(number, cells, element.get("hidden") in {"1", "true"})

    def _number(self, element: Any, before: int) -> int:
        given = element.get("r")
        number = before + 1 if given is None else int(given) if given.isdecimal() else 0
        if not before < number <= LAST_ROW:
            raise broken()
        return number

    def _cells(self, row: Any, number: int) -> list[Raw]:
        cells: list[Raw] = []
        digits = len(str(number))
        for element in row:
            raw = self._simple(element)
            if raw is None:
                raw = self._raw(element)
            if raw is None or raw == "":
                continue
            reference = element.get("r")
            position = len(cells)
            if reference is not None:
                letters = reference[:-digits]
                known = self._columns.get(letters)
                position = self._position(letters) if known is None else known
            if position >= MOST_COLUMNS:
                raise UnfitError(f"多于 {MOST_COLUMNS} 列", f"has more than {MOST_COLUMNS} columns")
            if position >= len(cells):
                cells.extend([None] * (position + 1 - len(cells)))
            cells[position] = raw
        return cells

    def _position(self, letters: str) -> int:
        position = self._columns[letters] = _position_of(letters)
        return position

    def _simple(self, cell: Any) -> Raw:
        """Read a cell of one plain text or number, as most are; None for any other."""
        if len(cell) != 1:
            return None
        child = cell[0]
        if child.tag in _INLINE:
            if len(child) == 1 and child[0].tag in _TEXT:
                return unescaped(child[0].text or "")
        elif child.tag in _VALUE and child.text is not None:
            return self._value(cell, child.text)
        return None

    def _raw(self, cell: Any) -> Raw:
        shown = None
        formula = False
        for child in cell:
            if child.tag in _VALUE:
                shown = child.text
            elif child.tag in _FORMULA:
                formula = True
            elif child.tag in _INLINE:
                return text_in(child)
        if shown is None:
            return Unreadable(_NO_VALUE, "") if formula else None
        value = self._value(cell, shown)
        return Formula(value) if formula and not isinstance(value, Unreadable) else value

    def _value(self, cell: Any, shown: str) -> Plain | Unreadable:
        kind = cell.get("t", "n")
        if kind == "n":
            return self._number_of(cell, shown)
        if kind == "s":
            try:
                return self._strings[int(shown)]
            except (ValueError, IndexError):
                raise broken() from None
        if kind == "b":
            return shown == "1"
        if kind == "e":
            return Unreadable(
                Said("是公式出错的结果", "is the error of a formula, not a value"), shown
            )
        return _iso_day(shown) if kind == "d" else unescaped(shown)

    def _number_of(self, cell: Any, shown: str) -> Plain | Unreadable:
        try:
            number = int(shown) if len(shown) < 16 and shown.isdecimal() else float(shown)
            style = int(cell.get("s", "0"))
        except ValueError:
            raise broken() from None
        formats = self._formats
        form = formats[style] if 0 <= style < len(formats) else "number"
        return number if form == "number" else self._moment(number, form)

    def _moment(self, number: float, form: str) -> Plain | Unreadable:
        if not 0 <= number < _LAST_DAY:
            return Unreadable(_NO_DAY, str(number))
        if form == "time" and number < 1:
            return (self._epoch + timedelta(days=number)).time()
        if self._epoch is _EPOCH and number < 61:
            # Spreadsheets have a 29 February 1900, and days before it are one less.
            if int(number) == 60:
                return Unreadable(_NO_DAY, str(number))
            number += 1
        moment = self._epoch + timedelta(days=number)
        return moment.date() if float(number).is_integer() else moment

    def _merged(self) -> Iterator[_Merged]:
        """Find the merged cells, which a sheet lists after its rows."""
        before, found = b"", 0
        for piece in self._book.pieces(self._part):
            text = before + piece
            end = 0
            for each in _MERGED.finditer(text):
                found, end = found + 1, each.end()
                if found > _MOST_MERGED:
                    raise UnfitError(
                        "合并单元格过多", f"has more than {_MOST_MERGED:,} merged cells"
                    )
                yield _Merged(
                    first_row=int(each[2]),
                    last_row=int(each[4]),
                    first_column=_position_of(each[1].decode()),
                    last_column=_position_of(each[3].decode()),
                )
            before = text[max(end, len(text) - _OVERLAP) :]


class _Covering:
    """Says of each row, in order, which cells lie under others that they are merged with."""

    def __init__(self, merged: Iterator[_Merged]) -> None:
        self._coming = sorted(merged, reverse=True)
        self._covering: list[tuple[_Merged, Raw]] = []

    def cover(self, number: int, cells: list[Raw]) -> None:
        """Write into the cells of a row what they say by being merged."""
        while self._coming and self._coming[-1].first_row <= number:
            each = self._coming.pop()
            at_first = each.first_row == number and each.first_column < len(cells)
            first = cells[each.first_column] if at_first else None
            if first is not None:
                self._covering.append((each, first))
        if not self._covering:
            return
        self._covering = [each for each in self._covering if each[0].last_row >= number]
        for each, first in self._covering:
            _cover(each, first, number, cells)


def _cover(merged: _Merged, first: Raw, number: int, cells: list[Raw]) -> None:
    last = min(merged.last_column, MOST_COLUMNS - 1)
    if last >= len(cells):
        cells.extend([None] * (last + 1 - len(cells)))
    if merged.last_column > merged.first_column:
        for position in range(merged.first_column, last + 1):
            if number > merged.first_row or position > merged.first_column:
                cells[position] = Unreadable(_ACROSS, "")
    elif number > merged.first_row:
        value = first.value if isinstance(first, Formula) else first
        if isinstance(value, Unreadable):
            cells[merged.first_column] = value
        elif not isinstance(value, Filled):
            cells[merged.first_column] = Filled(value)


def _position_of(letters: str) -> int:
    position = 0
    if not 1 <= len(letters) <= 3 or not letters.isascii() or not letters.isupper():
        raise broken()
    for letter in letters:
        position = position * 26 + ord(letter) - ord("A") + 1
    return position - 1


def _iso_day(shown: str) -> date | time | Unreadable:
    try:
        moment = datetime.fromisoformat(shown)
    except ValueError:
        return Unreadable(_NO_DAY, shown)
    return moment if moment.time() != time() else moment.date()
