"""The register as an Excel workbook that can be read in again without a change.

Rows go to the file as they come. Text is written as text, whatever it begins with; a number that a
spreadsheet would round is written as text, too.
"""

from datetime import UTC, date
from pathlib import Path
from typing import Any, Final

from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.persistence.dataset import STATION_COLUMNS
from geo_service.persistence.station_cells import Cell, text_of_number
from geo_service.persistence.station_files import Language, Said
from geo_service.services.register_files.about import about
from geo_service.services.register_files.columns import headers, row_of
from geo_service.services.register_files.contents import Contents

_LONGEST_TEXT: Final = 32_767  # of a cell
_MOST_ROWS: Final = 1_048_575
_FIRST_DAY: Final = date(1900, 3, 1)  # before it, spreadsheets do not agree on the days
_STATIONS: Final = Said("站点", "stations")
_ABOUT: Final = Said("说明", "about")
_WIDE: Final = frozenset({"name", "address", "rest_hours", "breakfast_hours", "amenities"})
_NUMBERS: Final = frozenset({"capacity", "accuracy_m"})
_DEGREES: Final = frozenset({"longitude", "latitude"})


def write_workbook(contents: Contents, language: Language, path: Path) -> None:
    """Write .xlsx; the same contents make the same bytes.

    Raises InvalidQueryError where a sheet cannot hold them.
    """
    import xlsxwriter  # noqa: PLC0415 - only where a workbook is made

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    if len(contents.dataset.stations) > _MOST_ROWS:
        raise _too_large(f"a sheet holds {_MOST_ROWS:,} stations at most")
    with xlsxwriter.Workbook(path, options) as book:
        # Not the moment of writing: that would be another file each time.
        made = contents.revision.committed_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": contents.dataset.place.title, "created": made})
        _Stations(book, language).write(contents)
        _write_about(book, contents, language)


class _Stations:
    """Writes the sheet of stations."""

    def __init__(self, book: Any, language: Language) -> None:
        self._language = language
        self._sheet = book.add_worksheet(_STATIONS.in_(language))
        self._head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E6F2F0"})
        # Whole columns are text, so that a telephone typed in later keeps its zeros.
        self._text = book.add_format({"num_format": "@"})
        self._number = book.add_format({"num_format": "General"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})

    def write(self, contents: Contents) -> None:
        sheet, language = self._sheet, self._language
        for number, column in enumerate(STATION_COLUMNS):
            sheet.set_column(number, number, _width(column), self._format_of(column))
        for number, header in enumerate(headers(language)):
            sheet.write_string(0, number, header, self._head)
        sheet.freeze_panes(1, 2)
        last = len(contents.dataset.stations)
        sheet.autofilter(0, 0, last, len(STATION_COLUMNS) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{last + 1}"})
        for at, station in enumerate(contents.dataset.stations, start=1):
            for number, cell in enumerate(row_of(station, language)):
                if cell is not None:
                    self._put(at, number, cell)

    def _put(self, at: int, number: int, cell: Cell) -> None:
        match cell:
            case str():
                if len(cell) > _LONGEST_TEXT:
                    what = f"{STATION_COLUMNS[number]} in row {at + 1}"
                    raise _too_large(f"{what} is longer than the {_LONGEST_TEXT:,} signs of a cell")
                self._sheet.write_string(at, number, cell, self._text)
            case date() if cell >= _FIRST_DAY:
                self._sheet.write_datetime(at, number, cell, self._day)
            case date():
                self._sheet.write_string(at, number, cell.isoformat(), self._text)
            case float() if float(f"{cell:.16G}") != cell:  # the digits that are written
                self._sheet.write_string(at, number, text_of_number(cell), self._text)
            case _:
                self._sheet.write_number(at, number, cell, self._number)

    def _format_of(self, column: str) -> Any:
        if column in _NUMBERS | _DEGREES:
            return self._number
        return self._day if column.endswith("_on") else self._text


def _width(column: str) -> float:
    if column in _WIDE:
        return 30.0
    return 13.0


def _write_about(book: Any, contents: Contents, language: Language) -> None:
    sheet = book.add_worksheet(_ABOUT.in_(language))
    bold = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    for at, (word, said) in enumerate(about(contents, language)):
        sheet.write_string(at, 0, word, bold)
        sheet.write_string(at, 1, said[:_LONGEST_TEXT], text)


def _too_large(why: str) -> InvalidQueryError:
    return InvalidQueryError(ParameterFault("f", f"{why}: take csv, geojson or gpkg"))
