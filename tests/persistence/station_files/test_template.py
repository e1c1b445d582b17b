"""The table to fill in: it is read as it is, and what it shows as an example is right."""

import csv
import io
from pathlib import Path

import openpyxl

from geo_service.persistence.station_files import template_csv, template_workbook
from geo_service.persistence.station_files.vocabulary import first_words, meaning_of
from tests.support.station_files import read

TOWNSHIPS = ("老街街道", "马路街街道")


def test_a_template_is_understood_whole_and_holds_no_station_yet(tmp_path: Path) -> None:
    for content, name in ((template_csv(), "a.csv"), (template_workbook(TOWNSHIPS), "a.xlsx")):
        found = read(tmp_path, content, name=name)

        assert "holds no station" in found.refusal
        assert (found.table.examples, found.table.remarks) == (2, ())
        assert [each.unknown for each in found.table.sheets] == [()]


def test_the_examples_would_be_stations_if_they_were_not_marked(tmp_path: Path) -> None:
    content = template_csv().decode("utf-8-sig").replace("（导入时跳过）", "")
    content = content.replace("示例一", "A-1").replace("示例二", "A-2")

    found = read(tmp_path, content)

    assert [row.faults for row in found.rows] == [(), ()]


def test_both_templates_have_the_same_cells() -> None:
    table = openpyxl.load_workbook(io.BytesIO(template_workbook())).worksheets[0]
    lines = csv.reader(io.StringIO(template_csv().decode("utf-8-sig")))

    assert [[each or "" for each in line] for line in table.iter_rows(values_only=True)] == list(
        lines
    )


def test_every_list_of_the_workbook_offers_words_that_are_understood() -> None:
    table = openpyxl.load_workbook(io.BytesIO(template_workbook(TOWNSHIPS))).worksheets[0]
    offered = {
        table[f"{str(each.sqref)[0]}1"].value: each.formula1.strip('"').split(",")
        for each in table.data_validations.dataValidation
    }

    assert offered.pop("乡镇街道") == ["'乡镇街道一览'!$A$1:$A$2"]
    assert offered == {
        "服务": list(first_words("services")),
        "休息对象": list(first_words("for")),
        "早餐对象": list(first_words("for")),
        "设施": list(first_words("amenities")),
        "坐标系": list(first_words("datum")),
        "无障碍": list(first_words("accessibility")),
        "数据状态": list(first_words("data_status")),
    }
    assert meaning_of("amenities", offered["设施"][0]) == "water"


def test_a_template_is_the_same_bytes_whenever_it_is_made() -> None:
    assert template_workbook() == template_workbook()


def test_a_filled_template_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    table = book.worksheets[0]
    names = [each.value for each in table[1]]
    station: dict[str, object] = {
        "名称": "建设路驿站",
        "服务": "休息",
        "休息对象": "所有人",
        "设施": "饮水；充电",
    }
    station |= {"经度": 114.03, "纬度": 33.57, "坐标系": "GCJ-02", "座位数": 8}
    for name, value in station.items():
        table.cell(4, names.index(name) + 1, value)
    made = io.BytesIO()
    book.save(made)

    row = read(tmp_path, made.getvalue(), name="a.xlsx").only

    assert (row.name, row.capacity, row.row, row.faults) == ("建设路驿站", 8, 4, ())
    assert row.id is None
