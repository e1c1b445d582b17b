"""CSV tables read cell by cell, every fault noted with its row and column."""

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from geo_service.persistence.faults import (
    LARGEST_WHOLE,
    Faults,
    bytes_of,
    why_unfit,
)
from geo_service.persistence.spreadsheet_text import unguarded

Word = TypeVar("Word", bound=StrEnum)

# float() takes "nan", "1_000" and full-width digits; a cell may not.
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_LIST_SEPARATOR: Final = ";"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; each method reads a cell, or notes its fault and returns None."""

    file: str
    number: int
    cells: dict[str, str]
    faults: Faults

    def fault(self, column: str, reason: str) -> None:
        """Note that a cell is wrong."""
        self.faults.add(
            self.file, reason, row=self.number, column=column, value=self.cells.get(column, "")
        )

    def text(self, column: str) -> str | None:
        """Read text; an empty cell is None."""
        value = self.cells.get(column, "").strip()
        if (reason := why_unfit(value)) is not None:
            self.fault(column, reason)
            return None
        return unguarded(value) or None

    def required(self, column: str) -> str:
        """Read text that must be there."""
        noted = len(self.faults.found)
        value = self.text(column)
        if value is None:
            if len(self.faults.found) == noted:
                self.fault(column, "must not be empty")
            return ""
        return value

    def code(self, column: str) -> str:
        """Read an identifier, which must be there and may stand in an address."""
        value = self.required(column)
        if value and _CODE.fullmatch(value) is None:
            self.fault(column, "is not an identifier: up to 64 of A-Z, a-z, 0-9, '.', '_' and '-'")
        return value

    def number_in(self, column: str, low: float, high: float, hint: str = "") -> float | None:
        """Read a decimal number between two bounds; the hint is for one that is beyond them."""
        value = self.text(column)
        if value is None:
            return None
        if _NUMBER.fullmatch(value) is None:
            self.fault(column, "is not a number; write it like 113.953125")
            return None
        parsed = float(value)
        if not low <= parsed <= high:
            self.fault(column, f"is out of range: {low:.10g} to {high:.10g}{hint}")
            return None
        return parsed

    def whole(self, column: str) -> int | None:
        """Read a whole number of 0 or more."""
        value = self.number_in(column, 0, LARGEST_WHOLE)
        if value is not None and value != int(value):
            self.fault(column, "is not a whole number")
            return None
        return None if value is None else int(value)

    def day(self, column: str) -> date | None:
        """Read a date."""
        value = self.text(column)
        if value is None:
            return None
        try:
            # fromisoformat() takes 20261122 and 2026-W47-7 as well, which spreadsheets do not.
            return date.fromisoformat(value if _DAY.fullmatch(value) else "")
        except ValueError:
            self.fault(column, "is not a date; write it like 2026-11-22")
            return None

    def word(self, column: str, words: type[Word]) -> Word | None:
        """Read one word of a list."""
        value = self.text(column)
        return None if value is None else self._known(column, value, words)

    def words(self, column: str, words: type[Word], *, also: str = "") -> list[Word]:
        """Read several words of a list, with semicolons between; ``also`` is one to stand alone."""
        given = [each.strip() for each in self.cells.get(column, "").split(_LIST_SEPARATOR)]
        found = [self._known(column, each, words, also) for each in given if each]
        return [each for each in found if each is not None]

    def _known(self, column: str, value: str, words: type[Word], also: str = "") -> Word | None:
        try:
            return words(value)
        except ValueError:
            alone = f", or {also} alone" if also else ""
            self.fault(column, f"is not one of {', '.join(words)}{alone}")
            return None


def read_table(
    path: Path, columns: Sequence[str], faults: Faults, *, may_lack: Collection[str] = ()
) -> Iterator[Row]:
    """Go through the rows of a CSV file in UTF-8 or GB 18030; the header is row 1.

    The header names all the columns, in any order; ``may_lack`` are those that it need not.
    """
    text = text_of(path, faults)
    if text is None:
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 1  # a row as a spreadsheet counts it: a cell may hold several lines
    try:
        header = next(lines, [])
        columns = [each for each in columns if each in header or each not in may_lack]
        if not _header_fits(path.name, header, columns, faults):
            return
        for number, cells in enumerate(lines, start=2):
            if not any(cells):
                continue
            if len(cells) != len(header):
                reason = f"has {len(cells)} cells where the header has {len(header)}"
                faults.add(path.name, reason, row=number)
                continue
            yield Row(path.name, number, dict(zip(header, cells, strict=True)), faults)
    except csv.Error as error:
        faults.add(path.name, f"is not well-formed CSV: {error}", row=number + 1)


def text_of(path: Path, faults: Faults) -> str | None:
    """Return the text of a file in UTF-8 or GB 18030, or None with the fault noted."""
    raw = bytes_of(path, faults)
    if raw is None:
        return None
    for encoding, is_it in (("utf-8-sig", _is_text), ("gb18030", _is_chinese)):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if is_it(text):
            return text
    faults.add(path.name, "is neither UTF-8 nor GB 18030 text: save it as CSV UTF-8")
    return None


def _is_text(text: str) -> bool:
    return "\0" not in text  # UTF-16 and binary files are full of it


def _is_chinese(text: str) -> bool:
    """Tell Chinese from Latin-1: GB 18030 reads "Montréal" as a rare sign or two in Latin text.

    Most of what Chinese is written with is in GB 2312, each byte of it above 0xA0; accented
    letters of Latin-1 rarely stand in pairs.
    """
    foreign = [sign for sign in text if not sign.isascii()]
    usual = sum(_in_gb2312(sign) for sign in foreign)
    return _is_text(text) and 2 * usual >= len(foreign)


def _in_gb2312(sign: str) -> bool:
    try:
        sign.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _header_fits(file: str, header: list[str], columns: Sequence[str], faults: Faults) -> bool:
    missing = [name for name in columns if name not in header]
    unknown = [name for name in header if name not in columns]
    repeated = sorted({name for name in header if header.count(name) > 1})
    for names, reason in (
        (missing, "is a missing column"),
        (unknown, "is an unknown column"),
        (repeated, "stands twice in the header"),
    ):
        for name in names:
            faults.add(file, reason, row=1, column=name)
    return not (missing or unknown or repeated)
