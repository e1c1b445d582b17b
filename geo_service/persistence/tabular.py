"""CSV tables read cell by cell, every fault noted with its row and column."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from geo_service.domain.errors import Fault

Word = TypeVar("Word", bound=StrEnum)

# float() takes "nan", "1_000" and full-width digits; a cell may not.
_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?", re.ASCII)
_LIST_SEPARATOR: Final = ";"


@dataclass(slots=True)
class Faults:
    """What is wrong with the files read so far."""

    found: list[Fault] = field(default_factory=list)

    def add(self, file: str, reason: str, **where: int | str | None) -> None:
        """Note one fault and go on."""
        self.found.append(Fault(file=file, reason=reason, **where))  # type: ignore[arg-type]


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
        return self.cells.get(column, "").strip() or None

    def required(self, column: str) -> str:
        """Read text that must be there."""
        value = self.text(column)
        if value is None:
            self.fault(column, "must not be empty")
            return ""
        return value

    def number_in(self, column: str, low: float, high: float) -> float | None:
        """Read a decimal number between two bounds."""
        value = self.text(column)
        if value is None:
            return None
        if _NUMBER.fullmatch(value) is None:
            self.fault(column, "is not a number; write it like 113.953125")
            return None
        parsed = float(value)
        if not low <= parsed <= high:
            limit = f"{low:g} to {high:g}" if math.isfinite(high) else f"{low:g} or more"
            self.fault(column, f"is out of range: {limit}")
            return None
        return parsed

    def whole(self, column: str) -> int | None:
        """Read a whole number of 0 or more."""
        value = self.number_in(column, 0, math.inf)
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
            return date.fromisoformat(value)
        except ValueError:
            self.fault(column, "is not a date; write it like 2026-11-22")
            return None

    def word(self, column: str, words: type[Word]) -> Word | None:
        """Read one word of a list."""
        value = self.text(column)
        return None if value is None else self._known(column, value, words)

    def words(self, column: str, words: type[Word]) -> list[Word]:
        """Read several words of a list, with semicolons between them."""
        given = [each.strip() for each in self.cells.get(column, "").split(_LIST_SEPARATOR)]
        found = [self._known(column, each, words) for each in given if each]
        return [each for each in found if each is not None]

    def _known(self, column: str, value: str, words: type[Word]) -> Word | None:
        try:
            return words(value)
        except ValueError:
            self.fault(column, f"is not one of {', '.join(words)}")
            return None


def read_table(path: Path, columns: Sequence[str], faults: Faults) -> Iterator[Row]:
    """Go through the rows of a CSV file in UTF-8 or GB 18030; the header is row 1."""
    text = _decoded(path, faults)
    if text is None:
        return
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        if not _header_fits(path.name, header, columns, faults):
            return
        for cells in lines:
            if not any(cells):
                continue
            if len(cells) != len(header):
                reason = f"has {len(cells)} cells where the header has {len(header)}"
                faults.add(path.name, reason, row=lines.line_num)
                continue
            yield Row(path.name, lines.line_num, dict(zip(header, cells, strict=True)), faults)
    except csv.Error as error:
        faults.add(path.name, f"is not well-formed CSV: {error}", row=lines.line_num)


def _decoded(path: Path, faults: Faults) -> str | None:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    faults.add(path.name, "is neither UTF-8 nor GB 18030 text: save it as CSV UTF-8")
    return None


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
