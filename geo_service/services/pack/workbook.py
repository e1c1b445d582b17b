"""The pack as an Excel workbook: a cover, then a sheet a table.

Rows go to the file as they come: a nation's stations take no more memory than a town's. Text is
written as text, whatever it begins with; there is not one formula in the file.
"""

from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path
from typing import Any, Final

from geo_service.services.exporting import Row
from geo_service.services.pack import sentences
from geo_service.services.pack.columns import Column, Form
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.tables import ASIDE, Table, tables
from geo_service.services.pack.words import WORDS

_FONT: Final = "Microsoft YaHei"
_ACCENT: Final = "#0F766E"
_LONGEST_TEXT: Final = 32_767  # of a cell; XlsxWriter leaves longer ones out
_FORMATS: Final[dict[Form, dict[str, object]]] = {
    "text": {"num_format": "@", "indent": 1},
    "long": {"num_format": "@", "indent": 1, "text_wrap": True},
    "whole": {"num_format": "#,##0"},
    "decimal": {"num_format": "#,##0.00"},
    "share": {"num_format": "0.0%"},
    "degrees": {"num_format": "0.000000"},
    "flag": {"align": "center"},
    "date": {"num_format": "yyyy-mm-dd", "align": "left"},
    "year": {"num_format": "0"},
    "plain": {},
}
_WIDTHS: Final[dict[Form, float]] = {
    **dict.fromkeys(("whole", "decimal", "share"), 11.0),
    "degrees": 12.0,
    "flag": 9.0,
    "date": 11.0,
    "year": 9.0,
    "plain": 9.0,
    "text": 13.0,
    "long": 36.0,
}
_NAMES: Final = {"name", "unit", "nearest_station_name", "township"}
_COLUMNS_A_PAGE: Final = 22  # more could not be read on A4
_BASIS_ROW, _HEAD_ROW, _FIRST_ROW = 0, 1, 2


def write_workbook(contents: Contents, path: Path) -> None:
    """Write the pack as .xlsx; the same contents make the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - most workers never write a workbook

    options = {
        "constant_memory": True,
        "tmpdir": str(path.parent),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        _Writer(book, contents).write()


class _Writer:
    """Writes the sheets of one workbook, and holds its formats."""

    def __init__(self, book: Any, contents: Contents) -> None:
        self._book = book
        self._contents = contents
        self._words = WORDS[contents.language]
        self._formats: dict[str, Any] = {}

    def write(self) -> None:
        contents = self._contents
        self._book.set_properties(
            {
                "title": sentences.title(contents),
                "subject": sentences.basis(contents),
                "comments": sentences.status_text(contents),
                "created": contents.made_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        made = tables(contents)
        cover = self._book.add_worksheet(self._words["cover"])
        self._cover(cover, made)
        for table in made:
            self._table(self._book.add_worksheet(self._words[table.key]), table)

    def _cover(self, sheet: Any, made: Sequence[Table]) -> None:
        contents, words = self._contents, self._words
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 96)
        self._paper(sheet, landscape=False)
        at = 0
        if contents.demonstration:
            sheet.set_row(at, 42)
            ribbon = self._format("ribbon")
            self._put(sheet, at, 0, words["ribbon"], ribbon)
            sheet.write_blank(at, 1, None, ribbon)
            at += 1
        sheet.set_row(at, 36)
        self._put(sheet, at, 0, sentences.title(contents), self._format("title"))
        at += 1
        self._put(sheet, at, 0, sentences.basis(contents), self._format("muted"))
        at += 2
        pairs = sentences.parameters(contents)
        cited = [*sentences.sources(contents), *sentences.claims(contents)]
        at = self._section(sheet, at, words["summary"], sentences.summary(contents))
        at = self._pairs(sheet, at, words["parameters"], pairs)
        at = self._section(sheet, at, words["method"], sentences.method(contents))
        at = self._section(sheet, at, words["limits"], sentences.limits(contents))
        at = self._section(sheet, at, words["sources"], cited)
        listed = [words[table.key] for table in made]
        self._section(sheet, at, words["contents"], listed)

    def _pairs(self, sheet: Any, at: int, heading: str, pairs: Sequence[tuple[str, str]]) -> int:
        self._put(sheet, at, 0, heading, self._format("heading"))
        sheet.write_blank(at, 1, None, self._format("heading"))
        for number, (name, text) in enumerate(pairs, start=at + 1):
            sheet.set_row(number, 18 * _lines(text))
            self._put(sheet, number, 0, name, self._format("label"))
            self._put(sheet, number, 1, text, self._format("prose"))
        return at + len(pairs) + 2

    def _section(self, sheet: Any, at: int, heading: str, said: Sequence[str]) -> int:
        return self._pairs(sheet, at, heading, [("", sentence) for sentence in said])

    def _table(self, sheet: Any, table: Table) -> None:
        last = len(table.columns) - 1
        for number, column in enumerate(table.columns):
            sheet.set_column(number, number, _width(column))
        sheet.freeze_panes(_FIRST_ROW, _frozen(table.columns))
        self._paper(sheet, landscape=True)
        sheet.repeat_rows(_BASIS_ROW, _HEAD_ROW)
        sheet.repeat_columns(0, _frozen(table.columns) - 1)
        basis = "warned" if self._contents.demonstration else "muted"
        self._put(sheet, _BASIS_ROW, 0, self._basis(), self._format(basis))
        for number in range(1, last + 1):
            sheet.write_blank(_BASIS_ROW, number, None, self._format(basis))
        sheet.set_row(_HEAD_ROW, 48)
        for number, column in enumerate(table.columns):
            self._put(
                sheet,
                _HEAD_ROW,
                number,
                column.heading(self._contents.language),
                self._format("head"),
            )
        at = _FIRST_ROW
        for row in table.rows():
            self._row(sheet, at, table.columns, row)
            at += 1
        # The filter ends above the total, which is none of the units.
        sheet.autofilter(_HEAD_ROW, 0, max(at - 1, _HEAD_ROW), max(last, 0))
        if table.total is not None:
            self._row(sheet, at, table.columns, table.total, bold=True)
        printed = [column for column in table.columns if column.key not in ASIDE]
        sheet.print_area(0, 0, at, max(len(printed) - 1, 0))
        sheet.fit_to_pages(-(-len(printed) // _COLUMNS_A_PAGE), 0)

    def _basis(self) -> str:
        said = sentences.basis(self._contents)
        return f"{self._words['ribbon']}  ·  {said}" if self._contents.demonstration else said

    def _row(
        self, sheet: Any, at: int, columns: Sequence[Column], row: Row, *, bold: bool = False
    ) -> None:
        for number, column in enumerate(columns):
            self._cell(sheet, at, number, row.get(column.key), self._of(column.form, bold=bold))

    def _cell(self, sheet: Any, at: int, number: int, value: object, form: Any) -> None:
        if value is None or value == "":
            sheet.write_blank(at, number, None, form)
        elif isinstance(value, bool):
            self._put(sheet, at, number, self._words["yes" if value else "no"], form)
        elif isinstance(value, int | float):
            sheet.write_number(at, number, value, form)
        elif isinstance(value, date):
            sheet.write_datetime(at, number, value, form)
        else:
            self._put(sheet, at, number, str(value), form)

    def _put(self, sheet: Any, at: int, number: int, text: str, form: Any) -> None:
        """Write text as text."""
        if len(text) > _LONGEST_TEXT:
            text = text[: _LONGEST_TEXT - 1] + "…"
        if text:
            sheet.write_string(at, number, text, form)
        else:
            sheet.write_blank(at, number, None, form)

    def _paper(self, sheet: Any, *, landscape: bool) -> None:
        sheet.set_paper(9)  # A4
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        # "&" begins a code in headers and footers.
        said = sentences.status_text(self._contents).replace("&", "&&")
        place = self._contents.place_name.replace("&", "&&")
        sheet.set_footer(f"&L{place} · {said}"[:200] + "&R&P / &N")

    def _of(self, form: Form, *, bold: bool) -> Any:
        return self._format(f"{form} bold" if bold else form)

    def _format(self, name: str) -> Any:
        if (kept := self._formats.get(name)) is None:
            form = _FORMATS.get(name.removesuffix(" bold"))  # type: ignore[call-overload]
            style = dict(_STYLES[name] if form is None else form | _CELL)
            if name.endswith(" bold"):
                style |= {"bold": True, "top": 2, "bg_color": "#EEF2EF"}
            kept = self._formats[name] = self._book.add_format({"font_name": _FONT} | style)
        return kept


_CELL: Final = {"font_size": 10, "valign": "top", "bottom": 4, "bottom_color": "#D3DBD6"}
_STYLES: Final[dict[str, dict[str, object]]] = {
    "ribbon": {
        "bold": True,
        "font_size": 24,
        "valign": "vcenter",
        "indent": 1,
        "font_color": "#5C4300",
        "bg_color": "#FFF1C9",
    },
    "title": {"bold": True, "font_size": 20, "valign": "vcenter"},
    "heading": {"bold": True, "font_size": 12, "font_color": _ACCENT, "bottom": 1},
    "label": {"font_size": 10, "font_color": "#52626A", "valign": "top"},
    "prose": {"font_size": 10, "text_wrap": True, "valign": "top"},
    "muted": {"font_size": 9, "font_color": "#52626A"},
    "warned": {"font_size": 9, "bold": True, "font_color": "#5C4300", "bg_color": "#FFF1C9"},
    "head": {
        "bold": True,
        "font_size": 10,
        "text_wrap": True,
        "valign": "vcenter",
        "font_color": "#FFFFFF",
        "bg_color": _ACCENT,
        "border": 1,
        "border_color": "#FFFFFF",
    },
}


def _width(column: Column) -> float:
    return 18.0 if column.key in _NAMES else _WIDTHS[column.form]


def _frozen(columns: Sequence[Column]) -> int:
    """Return how many columns stay in sight: to the name of what the row is about."""
    keys = [column.key for column in columns]
    return next((keys.index(key) + 1 for key in ("name", "unit") if key in keys), 1)


def _lines(text: str) -> int:
    """Return how many lines a text takes on the cover; a Chinese sign is twice as wide."""
    wide = sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)
    return max(1, -(-wide // 104))
