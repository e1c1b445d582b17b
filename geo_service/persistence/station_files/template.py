"""An empty table to fill in: what each column is for, examples, and lists to choose from."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from geo_service.persistence.station_files.headers import HEADERS
from geo_service.persistence.station_files.vocabulary import first_words

SHEET: Final = "站点"
NOTES_SHEET: Final = "填写说明"
TOWNSHIPS_SHEET: Final = "乡镇街道一览"
OWN_SHEETS: Final = frozenset({NOTES_SHEET, TOWNSHIPS_SHEET})
"""Sheets of the template that hold no stations."""

_COLUMNS: Final = (
    *("id", "name", "services", "rest_hours", "rest_for", "breakfast_hours", "breakfast_for"),
    *("amenities", "address", "county", "township", "longitude", "latitude", "datum"),
    *("telephone", "capacity", "accessibility", "verified_on", "opened_on", "closed_on"),
    *("source", "data_status", "accuracy_m", "name_en"),
)
# A row whose number begins with 示例 is left out by the reader.
_EXAMPLES: Final[Sequence[Mapping[str, str]]] = (
    {
        "id": "示例一（导入时跳过）",
        "name": "人民路爱心驿站",
        "services": "休息",
        "rest_hours": "周一至周五 8:00-18:00",
        "rest_for": "所有人",
        "amenities": "饮水；座椅；热饭",
        "address": "人民路 1 号",
        "county": "源汇区",
        "township": "老街街道",
        "longitude": "114.016500",
        "latitude": "33.580400",
        "telephone": "0395-0000000",
        "capacity": "12",
        "accessibility": "是",
        "verified_on": "2026-05-01",
        "source": "市总工会 2026 年普查",
    },
    {
        "id": "示例二（导入时跳过）",
        "name": "某某早餐点",
        "services": "休息；早餐",
        "rest_hours": "全天",
        "rest_for": "所有人",
        "breakfast_hours": "每天 5:30-7:10",
        "breakfast_for": "环卫工；公交司机",
        "longitude": "114.020000",
        "latitude": "33.570000",
        "source": "市总工会 2026 年普查",
    },
)
_MEANT: Final[Mapping[str, str]] = {
    "id": "站点的编号，英文字母、数字和 . _ - 。已有的站点照原编号写；新站点可以空着，由系统编号",
    "name": "必填",
    "services": "必填。休息、早餐，两者都有写“休息；早餐”",
    "rest_hours": "像“周一至周五 8:00-18:00”“全天”“早5点半到7点”这样写；不知道就空着",
    "rest_for": "有休息服务时必填。所有人，或环卫工、公交司机；几种之间用分号",
    "breakfast_hours": "写法与休息时间相同",
    "breakfast_for": "有早餐时必填，写法与休息对象相同",
    "amenities": "几种之间用分号；下拉里只能选一种，其余接着往后写",
    "county": "几个区县有同名乡镇时才要",
    "township": "名称或代码；空着就由位置推定",
    "longitude": "必填，度，像 114.016500",
    "latitude": "必填，度，像 33.580400",
    "datum": "空着就按导入时声明的坐标系；某一行不同时才写。高德、腾讯是 GCJ-02，百度是 BD-09",
    "telephone": "站点的电话，会公开；不要写个人手机号",
    "capacity": "整数",
    "accessibility": "轮椅能不能进",
    "verified_on": "像 2026-05-01、2026/5/1 或 2026年5月1日",
    "opened_on": "第一天开放的日期",
    "closed_on": "不再开放的第一天；停用的站点不要删行",
    "source": "这条记录从哪里来",
    "accuracy_m": "位置可能差多少米",
}
_GENERAL: Final = (
    "从“站点”表第 2 行起填写，一行一个站点；示例两行可以留着，导入时会跳过。",
    "没有的列可以整列删去：已有站点在这一项上不变。留着列而单元格空着，就是把这一项清空。",
    "表头可以换顺序，不要改名；多出来的列（如“序号”“备注”）不会导入。",
    "坐标系要在导入时声明；从高德、腾讯地图取的点选 GCJ-02，从百度地图取的选 BD-09。",
)
_LISTS: Final[Mapping[str, str]] = {
    "services": "services",
    "rest_for": "for",
    "breakfast_for": "for",
    "amenities": "amenities",
    "datum": "datum",
    "accessibility": "accessibility",
    "data_status": "data_status",
}
_SEVERAL: Final = frozenset({"services", "rest_for", "breakfast_for", "amenities"})
_DAYS: Final = frozenset({"verified_on", "opened_on", "closed_on"})
_NUMBERS: Final = frozenset({"longitude", "latitude", "capacity", "accuracy_m"})
_MUST: Final = frozenset({"name", "services", "longitude", "latitude"})
_LAST_ROW: Final = 5000
_MADE: Final = datetime(2026, 1, 1, tzinfo=UTC)  # the same bytes whenever it is made


def template_csv() -> bytes:
    """Return the table to fill in as CSV that spreadsheet programs open with Chinese right."""
    written = io.StringIO(newline="")
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(HEADERS[field].zh for field in _COLUMNS)
    table.writerows([each.get(field, "") for field in _COLUMNS] for each in _EXAMPLES)
    return written.getvalue().encode("utf-8-sig")


def template_workbook(townships: Sequence[str] = ()) -> bytes:
    """Return the table to fill in as a workbook; with townships, these can be chosen, too."""
    import xlsxwriter  # noqa: PLC0415 - a worker that is never asked need not load it

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"title": "站点导入模板", "created": _MADE})
    _write_stations(book, book.add_worksheet(SHEET), townships)
    _write_notes(book, book.add_worksheet(NOTES_SHEET))
    if townships:
        book.add_worksheet(TOWNSHIPS_SHEET).write_column(0, 0, townships)
    book.close()
    return made.getvalue()


def _write_stations(book: Any, sheet: Any, townships: Sequence[str]) -> None:
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    example = book.add_format({"num_format": "@", "font_color": "#767676", "italic": True})
    plain = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    must = book.add_format({"bold": True, "bg_color": "#FFE3B3", "border": 1})
    for at, field in enumerate(_COLUMNS):
        form = None if field in _NUMBERS else day if field in _DAYS else text
        sheet.set_column(at, at, 24 if field in {"name", "address", "rest_hours"} else 14, form)
        sheet.write_string(0, at, HEADERS[field].zh, must if field in _MUST else plain)
        if field in _MEANT:
            sheet.write_comment(0, at, _MEANT[field], {"x_scale": 2})
        for row, each in enumerate(_EXAMPLES, start=1):
            sheet.write_string(row, at, each.get(field, ""), example)
        if field in _LISTS:
            _offer(sheet, at, list(first_words(_LISTS[field])), several=field in _SEVERAL)
    if townships:
        source = f"='{TOWNSHIPS_SHEET}'!$A$1:$A${len(townships)}"
        _offer(sheet, _COLUMNS.index("township"), source, several=True)
    sheet.freeze_panes(1, 2)


def _offer(sheet: Any, column: int, source: Any, *, several: bool) -> None:
    """Offer a list to choose from; where several can be named, others are not refused."""
    rule = {"validate": "list", "source": source, "show_error": not several}
    rule |= {"error_title": "请从下拉里选", "error_message": "这一列只能写下拉里的词"}
    sheet.data_validation(1, column, _LAST_ROW, column, rule)


def _write_notes(book: Any, sheet: Any) -> None:
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 2, 56, wrapped)
    sheet.write_column(0, 1, _GENERAL, wrapped)
    header = len(_GENERAL) + 1
    sheet.write_row(header, 0, ["这一列", "怎么填", "可以写的词"], bold)
    for row, field in enumerate(_COLUMNS, start=header + 1):
        sheet.write_string(row, 0, HEADERS[field].zh)
        sheet.write_string(row, 1, _MEANT.get(field, ""), wrapped)
        if field in _LISTS:
            sheet.write_string(row, 2, "、".join(first_words(_LISTS[field])), wrapped)
