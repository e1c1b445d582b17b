"""CSV of stations: its encoding and its separator found out, its records gone through."""

import codecs
import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from geo_service.persistence.spreadsheet_text import unguarded
from geo_service.persistence.station_files.faults import UnfitError
from geo_service.persistence.station_files.tables import (
    HEADER_WITHIN,
    LAST_ROW,
    RawRow,
    headers_known,
)

DELIMITERS: Final = (",", ";", "\t")
_PIECE: Final = 1 << 20
_LONGEST_CELL: Final = 1 << 17
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def encoding_of(path: Path) -> str:
    """Return ``utf-8-sig``, ``utf-8`` or ``gb18030``, in which all of a file can be read.

    Raises:
        UnfitError: it is neither, or reads as neither: a wrong guess would garble names.
    """
    with path.open("rb") as file:
        begins = file.read(4)
    marked = begins.startswith(codecs.BOM_UTF8)
    encoding = "utf-8-sig" if marked else "utf-8"
    if not begins.startswith(_UTF_16) and _decodes(path, encoding, lambda _: True):
        return encoding
    if not marked and _decodes(path, "gb18030", _Chinese()):
        return "gb18030"
    raise UnfitError(
        "既不是 UTF-8 也不是 GB 18030 编码的文字；请另存为“CSV UTF-8（逗号分隔）”",
        "is neither UTF-8 nor GB 18030 text: save it as CSV UTF-8",
    )


class _Chinese:
    """Tells Chinese from Latin-1, which reads as rare signs among Latin letters in GB 18030.

    Most of what Chinese is written with is in GB 2312.
    """

    def __init__(self) -> None:
        self._foreign = 0
        self._usual = 0

    def __call__(self, piece: str) -> bool:
        foreign = "".join(sign for sign in piece if sign > "\x7f")
        self._foreign += len(foreign)
        self._usual += len(foreign.encode("gb2312", "ignore")) // 2
        return 2 * self._usual >= self._foreign


def _decodes(path: Path, encoding: str, looks_right: Callable[[str], bool]) -> bool:
    right = True
    try:
        with path.open(encoding=encoding, newline="") as file:
            while piece := file.read(_PIECE):
                if "\0" in piece:  # UTF-16 and binary files are full of it
                    return False
                right = looks_right(piece)
    except UnicodeDecodeError:
        return False
    return right


def delimiter_of(path: Path, encoding: str) -> str:
    """Return the separator by which the most columns of a header are understood."""

    def understood(delimiter: str) -> int:
        with path.open(encoding=encoding, newline="") as file:
            first = zip(range(HEADER_WITHIN), _records(file, delimiter), strict=False)
            try:
                return max((headers_known(cells) for _, cells in first), default=0)
            except csv.Error:
                return 0

    return max(DELIMITERS, key=understood)


def rows_of(file: IO[str], delimiter: str) -> Iterator[RawRow]:
    """Go through the records; a cell may hold several lines, and a record is one row."""
    number = 0
    try:
        for number, cells in enumerate(_records(file, delimiter), start=1):
            if number > LAST_ROW:
                raise UnfitError(f"多于 {LAST_ROW:,} 行", f"has more than {LAST_ROW:,} rows")
            yield RawRow(number, list(map(unguarded, cells)))
    except csv.Error as error:
        raise UnfitError(
            f"第 {number + 1} 行起不是完好的 CSV（引号不配对，或一格过长）",
            f"is not well-formed CSV from row {number + 1} on: {error}",
        ) from None


def _records(file: IO[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(_LONGEST_CELL)
    return csv.reader(file, delimiter=delimiter, strict=True)
