"""Workbooks: what each sort of cell says, and which sheets and rows are read."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.datum import Datum
from geo_service.domain.station import Reading
from geo_service.persistence.station_files import FileForm, RowDraft
from geo_service.persistence.station_files.workbook import Workbook
from geo_service.persistence.station_files.worksheet import Worksheet
from tests.support import workbooks
from tests.support.station_files import Read, read
from tests.support.workbooks import GOOD_HEADER, GOOD_ROW, good_sheet, raw_row, row, sheet


def read_book(tmp_path: Path, content: bytes, *, wished: str | None = None) -> Read:
    return read(tmp_path, content, name="stations.xlsx", sheet=wished)


def with_cell(tmp_path: Path, header: str, cell: str) -> RowDraft:
    """Read a good station with one cell more, in XML."""
    head = row(1, *GOOD_HEADER, header)
    good = row(2, *GOOD_ROW).replace("</row>", f"{cell}</row>")
    return read_book(tmp_path, workbooks.workbook(sheet(head, good))).only


def test_what_openpyxl_writes_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    table = book.active
    table.append([*GOOD_HEADER, "座位数", "核实日期", "启用日期"])
    table.append([*GOOD_ROW[:4], 114.05, 33.55, "12", date(2026, 5, 1), "2019年5月1日"])
    made = io.BytesIO()
    book.save(made)

    found = read_book(tmp_path, made.getvalue())

    assert found.table.form is FileForm.XLSX
    assert found.only.reading == Reading(x=114.05, y=33.55, datum=Datum.WGS84)
    assert (found.only.capacity, found.only.verified_on) == (12, date(2026, 5, 1))
    assert found.only.opened_on == date(2019, 5, 1)
    assert (found.only.sheet, found.only.row, found.only.faults) == ("Sheet", 2, ())


@pytest.mark.parametrize("in_memory", [False, True])
def test_what_xlsxwriter_writes_is_read(tmp_path: Path, in_memory: bool) -> None:  # noqa: FBT001
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"constant_memory": not in_memory, "in_memory": True})
    table = book.add_worksheet("驿站")
    table.write_row(0, 0, GOOD_HEADER)
    table.write_row(1, 0, ["A-1", "一行\n_x0041_ & <二行>", *GOOD_ROW[2:4], 114.05, 33.55])
    book.close()

    assert read_book(tmp_path, made.getvalue()).only.name == "一行\n_x0041_ & <二行>"


CELLS = st.one_of(
    st.none(),
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    st.integers(-(10**14), 10**14),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
)


@settings(max_examples=60, deadline=None)
@given(table=st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=5))
def test_cells_are_what_openpyxl_reads(
    tmp_path_factory: pytest.TempPathFactory, table: list[list[Any]]
) -> None:
    path = tmp_path_factory.mktemp("book") / "any.xlsx"
    book = openpyxl.Workbook()
    for line in table:
        book.active.append([f"'{each}" if isinstance(each, str) else each for each in line])
    book.save(path)
    theirs = [
        list(line) for line in openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    ]
    opened = Workbook(path)

    ours = [list(each.cells) for each in Worksheet(opened, opened.sheets[0]).rows()]

    opened.close()
    assert filled(ours) == filled(theirs)


def filled(table: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Return the rows as far as they hold anything, days without a time of day."""
    lines = []
    for line in table:
        cells = [each.date() if isinstance(each, datetime) else each for each in line]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            lines.append(cells)
    return lines


# -- cells ---------------------------------------------------------------------------------


def test_text_shared_by_cells_is_looked_up(tmp_path: Path) -> None:
    assert with_cell(tmp_path, "地址", '<c r="G2" t="s"><v>0</v></c>').address == "shared"


def test_rich_text_is_put_together_without_its_ruby(tmp_path: Path) -> None:
    text = "<r><t>人民</t></r><r><t>路</t></r><rPh><t>lu</t></rPh>"
    cell = f'<c r="G2" t="inlineStr"><is>{text}</is></c>'

    assert with_cell(tmp_path, "地址", cell).address == "人民路"


def test_a_formula_says_what_it_was_when_the_file_was_saved(tmp_path: Path) -> None:
    found = with_cell(tmp_path, "座位数", '<c r="G2"><f>6*2</f><v>12</v></c>')

    assert found.capacity == 12
    assert "is a formula" in found.remarks[0].expected.en


def test_a_formula_whose_value_is_not_in_the_file_is_refused(tmp_path: Path) -> None:
    [fault] = with_cell(tmp_path, "座位数", '<c r="G2"><f>6*2</f></c>').faults

    assert (fault.sheet, fault.row, fault.column) == ("表1", 2, "G")
    assert "its value is not in the file" in fault.expected.en


def test_the_error_of_a_formula_is_refused_and_shown(tmp_path: Path) -> None:
    cell = '<c r="G2" t="e"><f>VLOOKUP(1,A:B,2)</f><v>#N/A</v></c>'

    [fault] = with_cell(tmp_path, "地址", cell).faults

    assert fault.value == "#N/A"
    assert "error of a formula" in fault.expected.en


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="G2" s="1"><v>46143</v></c>',
        '<c r="G2" s="2"><v>46143.5</v></c>',
        '<c r="G2" t="d"><v>2026-05-01</v></c>',
        '<c r="G2" t="str"><v>2026/5/1</v></c>',
        '<c r="G2"><v>46143</v></c>',
        '<c r="G2"><v>20260501</v></c>',
    ],
)
def test_a_date_is_read_whatever_it_is_kept_as(tmp_path: Path, cell: str) -> None:
    assert with_cell(tmp_path, "核实日期", cell).verified_on == date(2026, 5, 1)


@pytest.mark.parametrize("number", ["60", "-1", "2958466", "1e300"])
def test_a_date_that_does_not_exist_is_refused(tmp_path: Path, number: str) -> None:
    [fault] = with_cell(tmp_path, "核实日期", f'<c r="G2" s="1"><v>{number}</v></c>').faults

    assert "date that does not exist" in fault.expected.en


def test_a_time_under_hours_is_refused_as_it_says_no_span(tmp_path: Path) -> None:
    [fault] = with_cell(tmp_path, "休息时间", '<c r="G2" s="3"><v>0.25</v></c>').faults

    assert "number, date or time cell" in fault.expected.en


def test_a_number_under_telephone_is_read_and_its_zeros_doubted(tmp_path: Path) -> None:
    found = with_cell(tmp_path, "电话", '<c r="G2"><v>3951234567</v></c>')

    assert found.telephone == "3951234567"
    assert "leading zeros" in found.remarks[0].expected.en


def test_a_number_of_more_digits_than_a_cell_keeps_is_refused(tmp_path: Path) -> None:
    [fault] = with_cell(tmp_path, "电话", '<c r="G2"><v>1.23456789012345E17</v></c>').faults

    assert "15 digits" in fault.expected.en


# -- merged, hidden ------------------------------------------------------------------------


def merged(*references: str) -> str:
    cells = "".join(f'<mergeCell ref="{each}"/>' for each in references)
    return f"<mergeCells>{cells}</mergeCells>"


def test_cells_merged_downwards_say_what_the_first_says(tmp_path: Path) -> None:
    content = sheet(
        row(1, *GOOD_HEADER, "乡镇"),
        row(2, *GOOD_ROW, "老街街道"),
        row(3, "A-2", *GOOD_ROW[1:]),
        row(4, "A-3", *GOOD_ROW[1:]),
        after=merged("G2:G3"),
    )

    first, second, third = read_book(tmp_path, workbooks.workbook(content)).rows

    assert [each.township for each in (first, second, third)] == ["老街街道", "老街街道", None]
    assert "is merged" in second.remarks[0].expected.en


def test_cells_merged_across_columns_are_refused(tmp_path: Path) -> None:
    content = good_sheet(after=merged("B2:C2"))

    fault = read_book(tmp_path, workbooks.workbook(content)).fault

    assert (fault.column, fault.expected.en[:21]) == ("C", "is merged across colu")


def test_a_merged_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    content = sheet(
        row(1, "驿站一览表"), row(2, *GOOD_HEADER), row(3, *GOOD_ROW), after=merged("A1:F1")
    )

    assert read_book(tmp_path, workbooks.workbook(content)).only.faults == ()


def test_rows_that_are_only_merged_into_are_no_stations(tmp_path: Path) -> None:
    content = good_sheet(after=merged("B2:B9"))
    content = content.replace("</sheetData>", f"{raw_row(3)}{raw_row(4)}</sheetData>")

    assert len(read_book(tmp_path, workbooks.workbook(content)).rows) == 1


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    content = good_sheet(row(3, "A-2", *GOOD_ROW[1:], attributes='hidden="1"'))

    found = read_book(tmp_path, workbooks.workbook(content))

    assert [each.id for each in found.rows] == ["A-1", "A-2"]
    assert "1 hidden rows are read" in str(found.table.remarks[0])


# -- sheets --------------------------------------------------------------------------------


def three_sheets(**states: str) -> bytes:
    other = good_sheet().replace("A-1", "A-2")
    notes = sheet(row(1, "说明"))
    content = {"源汇区": good_sheet(), "召陵区": other, "备注": notes}
    return workbooks.packed(workbooks.parts(content, states=states))


def test_every_sheet_with_a_header_is_read(tmp_path: Path) -> None:
    found = read_book(tmp_path, three_sheets())

    assert [(each.sheet, each.id) for each in found.rows] == [("源汇区", "A-1"), ("召陵区", "A-2")]
    assert [str(each) for each in found.table.remarks] == [
        "stations.xlsx, sheet “备注”: has no header that is known: not read"
    ]


def test_a_hidden_sheet_is_left_out_and_said(tmp_path: Path) -> None:
    found = read_book(tmp_path, three_sheets(召陵区="hidden"))

    assert [each.id for each in found.rows] == ["A-1"]
    assert "is a hidden sheet" in str(found.table.remarks[0])


def test_one_sheet_can_be_asked_for(tmp_path: Path) -> None:
    assert read_book(tmp_path, three_sheets(), wished="召陵区").only.id == "A-2"


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    refusal = read_book(tmp_path, three_sheets(), wished="郾城区").refusal

    assert "has no sheet “郾城区”, but 源汇区、召陵区、备注" in refusal


def test_an_identifier_on_two_sheets_is_a_fault_on_both(tmp_path: Path) -> None:
    book = workbooks.workbook(good_sheet(), good_sheet())

    first, second = read_book(tmp_path, book).rows

    assert "also in sheet “表2”, row 2" in first.faults[0].expected.en
    assert "also in sheet “表1”, row 2" in second.faults[0].expected.en
