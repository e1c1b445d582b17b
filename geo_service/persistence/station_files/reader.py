"""One file read from its first byte to its last, inside the program that may be ended."""

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from geo_service.domain.datum import Datum
from geo_service.domain.hours_words import parse_hours
from geo_service.persistence.station_files import csv_file, geojson_file
from geo_service.persistence.station_files.drafts import FileForm, Sheet
from geo_service.persistence.station_files.faults import FileFault, Said, UnfitError, shown
from geo_service.persistence.station_files.headers import HEADERS
from geo_service.persistence.station_files.rows import Line, RowParser
from geo_service.persistence.station_files.sniffing import form_of
from geo_service.persistence.station_files.tables import header_faults, lines, opened
from geo_service.persistence.station_files.template import OWN_SHEETS
from geo_service.persistence.station_files.workbook import SheetEntry, Workbook
from geo_service.persistence.station_files.worksheet import Worksheet

Progress = Callable[[int, float], None]

_BETWEEN_WORDS: Final = 1000  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be read, and how."""

    path: Path
    name: str
    datum: Datum | None
    sheet: str | None


@dataclass(slots=True, kw_only=True)
class Summary:
    """What there is to say of a file beside its rows."""

    form: FileForm | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheets: list[Sheet] = field(default_factory=list)
    faults: list[FileFault] = field(default_factory=list)
    remarks: list[FileFault] = field(default_factory=list)
    rows: int = 0
    wrong: int = 0
    examples: int = 0
    datums: Mapping[str, int] = field(default_factory=dict)
    # Where identifiers that were met first in good rows stand again.
    again: Mapping[str, tuple[str | None, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {
            "form": self.form,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "sheets": [asdict(each) for each in self.sheets],
            "faults": [each.written() for each in self.faults],
            "remarks": [each.written() for each in self.remarks],
            "rows": self.rows,
            "wrong": self.wrong,
            "examples": self.examples,
            "datums": dict(self.datums),
            "again": dict(self.again),
        }


class Reading:
    """The reading of one file."""

    def __init__(self, order: Order, out: IO[str], progress: Progress) -> None:
        self.order = order
        self.summary = Summary()
        self.parser = RowParser(order.name, order.datum, parse_hours)
        self._out = out
        self._progress = progress
        self._seen = 0

    def read(self) -> Summary:
        """Read the file, write its lines out, and return the rest; a refusal is a fault in it."""
        try:
            self._read()
        except UnfitError as error:
            self.fault(error.said)
        summary, parser = self.summary, self.parser
        if not summary.faults and not parser.rows:
            self.fault(Said("没有一行站点", "holds no station"))
        if parser.hidden:
            zh, en = (
                f"有 {parser.hidden} 行是隐藏的，也读了",
                f"{parser.hidden} hidden rows are read",
            )
            self.remark(Said(zh, en))
        summary.rows, summary.wrong = parser.rows, parser.wrong
        summary.examples, summary.datums = parser.examples, parser.datums
        summary.again = parser.again
        return summary

    def fault(self, expected: Said, *, sheet: str | None = None) -> None:
        """Note what is wrong with the file as a whole."""
        self.summary.faults.append(FileFault(file=self.order.name, expected=expected, sheet=sheet))

    def remark(self, said: Said, *, sheet: str | None = None) -> None:
        """Note what is worth knowing of it."""
        self.summary.remarks.append(FileFault(file=self.order.name, expected=said, sheet=sheet))

    def _read(self) -> None:
        form = self.summary.form = form_of(self.order.path)
        if form is FileForm.XLSX:
            self._read_workbook()
        elif self.order.sheet is not None:
            raise UnfitError("没有工作表可选", "has no sheets to choose from")
        elif form is FileForm.CSV:
            self._read_csv()
        else:
            self._read_geojson()

    def _read_csv(self) -> None:
        path = self.order.path
        encoding = self.summary.encoding = csv_file.encoding_of(path)
        delimiter = self.summary.delimiter = csv_file.delimiter_of(path, encoding)
        size = path.stat().st_size
        with path.open("rb") as raw, _as_text(raw, encoding) as file:
            table = opened(None, csv_file.rows_of(file, delimiter))
            if table is None:
                raise UnfitError(*_no_header())
            self.summary.sheets.append(table.sheet)
            self.summary.faults += header_faults(self.order.name, table, self.order.datum)
            if self.summary.faults:
                return
            self.put(lines(self.parser, table, ragged=False), lambda: raw.tell() / size)

    def _read_workbook(self) -> None:
        book = Workbook(self.order.path)
        try:
            chosen = self._chosen(book.sheets)
            # A sheet is unpacked twice: once for its merged cells, which stand at its end.
            total = 2 * sum(book.size(each.part) for each in chosen) or 1
            for each in chosen:
                self._read_sheet(book, each, lambda: book.unpacked / total)
        finally:
            book.close()
        if not self.summary.sheets:
            raise UnfitError(*_no_header())

    def _chosen(self, sheets: Sequence[SheetEntry]) -> Sequence[SheetEntry]:
        """Return the sheets to read: the one that is asked for, or all that are to be seen."""
        wished = self.order.sheet
        if wished is not None:
            found = [each for each in sheets if each.is_table and each.name == wished]
            if not found:
                names = "、".join(shown(each.name) for each in sheets if each.is_table)
                raise UnfitError(
                    f"没有工作表“{wished}”；有：{names}", f"has no sheet “{wished}”, but {names}"
                )
            return found
        for each in sheets:
            if each.hidden:
                self.remark(
                    Said("是隐藏的工作表，没有读", "is a hidden sheet: not read"), sheet=each.name
                )
        return [each for each in sheets if each.is_table and not each.hidden]

    def _read_sheet(self, book: Workbook, entry: SheetEntry, share: Callable[[], float]) -> None:
        table = opened(entry.name, Worksheet(book, entry).rows())
        if table is None:
            if entry.name in OWN_SHEETS:
                return
            self.remark(
                Said("没有认得的表头，没有读", "has no header that is known: not read"),
                sheet=entry.name,
            )
            return
        self.summary.sheets.append(table.sheet)
        faults = list(header_faults(self.order.name, table, self.order.datum))
        self.summary.faults += faults
        if not faults:
            self.put(lines(self.parser, table, ragged=True), share)

    def _read_geojson(self) -> None:
        path = self.order.path
        size = path.stat().st_size
        self.summary.encoding = "utf-8"
        with path.open("rb") as raw:
            features = geojson_file.FeatureRows(raw, self.parser)
            try:
                self.put(features.lines(), lambda: raw.tell() / size)
            finally:
                self.summary.sheets.append(features.sheet())

    def put(self, found: Iterator[Line | None], share: Callable[[], float]) -> None:
        """Write lines out as they come, and say now and then how far that is."""
        for line in found:
            self._seen += 1
            if self._seen % _BETWEEN_WORDS == 0:
                self._progress(self.parser.rows, min(share(), 1.0))
            if line is not None:
                # dumps() works in C, dump() piece by piece in Python: ten times as long.
                written = json.dumps(line.as_json(), ensure_ascii=False, separators=(",", ":"))
                self._out.write(f"{written}\n")


def _as_text(raw: IO[bytes], encoding: str) -> IO[str]:
    return io.TextIOWrapper(raw, encoding=encoding, newline="")


def _no_header() -> tuple[str, str]:
    zh = "、".join(each.zh for each in HEADERS.values())
    en = ", ".join(each.en for each in HEADERS.values())
    return (
        f"前 20 行里找不到表头：要有“编号”或“名称”，以及其他列。认得的列：{zh}",
        f"has no header within its first 20 rows: id or name, and others. Known are {en}",
    )
