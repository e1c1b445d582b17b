"""CSV files of stations, from the encoding to the single row."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from geo_service.domain.datum import Datum
from geo_service.domain.station import Accessibility, Amenity, Group, Reading, ServiceKind
from geo_service.persistence.dataset import STATION_COLUMNS, read_dataset
from geo_service.persistence.station_files import HEADERS, NOT_GIVEN, FileForm, read_station_file
from geo_service.persistence.station_files.headers import field_of, letter_of
from geo_service.settings import PROJECT
from tests.support.station_files import HEADER, LINE, read, read_cell

STATIONS = PROJECT / "data" / "stations"


def test_the_shipped_register_is_read_as_the_data_folder_is() -> None:
    stations = read_dataset(STATIONS).stations

    with read_station_file(STATIONS / "stations.csv", datum=None) as table:
        rows = list(table.rows)

    assert (len(rows), table.wrong, table.faults) == (203, 0, ())
    for row, station in zip(rows, stations, strict=True):
        assert row.id == station.id
        assert row.reading == station.reading
        assert row.services == frozenset(each.kind for each in station.services)
        for each in station.services:
            assert getattr(row, f"{each.kind}_hours") == each.opening_hours
            assert getattr(row, f"{each.kind}_for") == each.groups
        for name in ("name", "name_en", "amenities", "address", "township_code", "telephone"):
            assert getattr(row, name) == getattr(station, name)
        for name in ("capacity", "accessibility", "data_status", "source", "accuracy_m"):
            assert getattr(row, name) == getattr(station, name)
        for name in ("verified_on", "opened_on", "closed_on"):
            assert getattr(row, name) == getattr(station, name)


def test_a_file_with_chinese_headers_and_words_is_read(tmp_path: Path) -> None:
    content = (
        "站点名称,服务类型,休息时间,休息对象,早餐时间,早餐对象,配套设施,所属街道,联系电话,座位数,"
        "无障碍,经度,纬度,数据来源,核实日期,建成时间\n"
        "人民路驿站,休息；早餐,周一至周五 8:00-18:00,所有人,全天,环卫工,饮水、空调,老街街道,"
        "0395-1234567,１２,部分,114.05,33.55,普查,2026年5月1日,2019/5/1\n"
    )

    row = read(tmp_path, content).only

    assert row.id is None
    assert row.name == "人民路驿站"
    assert row.services == frozenset(ServiceKind)
    assert row.rest_hours == "Mo-Fr 08:00-18:00"
    assert row.breakfast_hours == "24/7"
    assert (row.rest_for, row.breakfast_for) == (frozenset(), frozenset({Group.SANITATION}))
    assert row.amenities == frozenset({Amenity.WATER, Amenity.COOLING})
    assert (row.township, row.township_code) == ("老街街道", NOT_GIVEN)
    assert (row.telephone, row.capacity) == ("0395-1234567", 12)
    assert row.accessibility is Accessibility.LIMITED
    assert row.reading == Reading(x=114.05, y=33.55, datum=Datum.WGS84)
    assert (row.verified_on, row.opened_on) == (date(2026, 5, 1), date(2019, 5, 1))
    assert row.faults == ()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_separator_are_found_out(
    tmp_path: Path, encoding: str, delimiter: str
) -> None:
    content = f"{HEADER}\n{LINE}\n".replace(",", delimiter)

    found = read(tmp_path, content.encode(encoding))

    assert found.only.name == "人民路驿站"
    assert found.table.encoding == ("gb18030" if encoding == "gbk" else encoding)
    assert (found.table.form, found.table.delimiter) == (FileForm.CSV, delimiter)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{HEADER}\n{LINE}".encode("utf-16"), id="utf-16"),
        pytest.param(f"{HEADER}\n{LINE}".encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param("name,id\nMontréal,Québec\n".encode("latin-1"), id="latin-1"),
        pytest.param("名稱,編號\n漯河驛站,A\n".encode("big5") + b"\xff\n", id="big5"),
        pytest.param(b"id,name\nA,\0\n", id="NUL"),
    ],
)
def test_another_encoding_is_refused_and_never_garbled(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, content)

    assert "neither UTF-8 nor GB 18030" in found.refusal
    assert found.rows == []


def test_a_file_in_two_encodings_is_refused(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}\n".encode() + LINE.encode("gb18030"))

    assert found.refusal
    assert found.rows == []


def test_an_absent_column_says_nothing_and_an_empty_cell_clears(tmp_path: Path) -> None:
    row = read_cell(tmp_path, "地址", "").only

    assert row.address is None
    assert row.telephone is NOT_GIVEN
    assert row.verified_on is NOT_GIVEN


def test_an_empty_cell_of_what_no_station_can_lack(tmp_path: Path) -> None:
    row = read(tmp_path, "编号,名称,服务,经度,纬度,数据来源,数据状态\nA-1,,,,,,\n").only

    assert {each.field for each in row.faults} == {"name", "services", "longitude", "latitude"}
    assert (row.source, row.data_status, row.reading) == (NOT_GIVEN, NOT_GIVEN, NOT_GIVEN)


def test_a_fault_names_row_column_header_value_and_what_is_expected(tmp_path: Path) -> None:
    fault = read_cell(tmp_path, "座位数", "十二").fault

    assert (fault.row, fault.column, fault.header) == (2, "G", "座位数")
    assert (fault.field, fault.value) == ("capacity", "十二")
    assert fault.said("zh") == (
        "stations.csv，第 2 行，G 列，“座位数”： '十二' 不是数字；请写成 12 这样"
    )
    assert str(fault) == (
        "stations.csv, row 2, column G, “座位数”: '十二' is not a number; write it like 12"
    )


def test_all_faults_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    lines = "\n".join(f"A-{at},,,,x,y" for at in range(50))

    found = read(tmp_path, f"{HEADER}\n{lines}\n")

    assert found.table.wrong == 50
    assert all(len(row.faults) == 4 for row in found.rows)


def test_hours_that_are_not_understood_name_the_part(tmp_path: Path) -> None:
    fault = read_cell(tmp_path, "休息时间", "周一到周五 看情况").fault

    assert fault.field == "rest_hours"
    assert "看情况" in fault.expected.zh


@pytest.mark.parametrize("words", ["不详", "未知", ""])
def test_hours_not_known_are_none(tmp_path: Path, words: str) -> None:
    assert read_cell(tmp_path, "休息时间", words).only.rest_hours is None


def test_hours_of_no_named_service_are_those_of_the_only_one(tmp_path: Path) -> None:
    row = read_cell(tmp_path, "开放时间", "全天").only

    assert (row.rest_hours, row.breakfast_hours) == ("24/7", NOT_GIVEN)


def test_hours_of_no_named_service_are_refused_where_there_are_two(tmp_path: Path) -> None:
    content = "名称,服务,开放时间\n站,休息；早餐,全天\n"

    assert "which service" in read(tmp_path, content).fault.expected.en


def test_groups_of_no_named_service_are_those_of_every_one(tmp_path: Path) -> None:
    row = read(tmp_path, "名称,服务,服务对象\n站,休息；早餐,环卫工\n").only

    assert row.rest_for == row.breakfast_for == frozenset({Group.SANITATION})


def test_an_identifier_given_twice_is_a_fault_in_both_rows(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}\n{LINE}\n{LINE.replace('A-1', 'A-2')}\n{LINE}\n")

    assert [[str(each) for each in row.faults] for row in found.rows] == [
        ["stations.csv, row 2: 'A-1' is given twice: also in row 4"],
        [],
        ["stations.csv, row 4, column A, “编号”: 'A-1' is given twice: also in row 2"],
    ]
    assert found.table.wrong == 2


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        ("33.55", "114.05", "are longitude and latitude swapped?"),
        ("114.05", "133.55", "is out of range: -90 to 90"),
        ("214.05", "33.55", "is out of range: -180 to 180"),
        ("0", "0", "no position"),
        ("114.05", "", "must not be empty"),
        ("114°3′", "33.55", "is not a number"),
    ],
)
def test_degrees_that_lie_nowhere_are_refused(tmp_path: Path, x: str, y: str, words: str) -> None:
    content = f"{HEADER}\nA-1,站,休息,所有人,{x},{y}\n"

    assert words in read(tmp_path, content).fault.expected.en


def test_a_row_that_names_its_datum_is_read_in_it(tmp_path: Path) -> None:
    lines = f"{LINE},\n{LINE.replace('A-1', 'A-2')},高德\n{LINE.replace('A-1', 'A-3')},bd-09\n"

    found = read(tmp_path, f"{HEADER},坐标系\n{lines}", datum=Datum.WGS84)

    assert found.table.datums == {Datum.WGS84: 1, Datum.GCJ02: 1, Datum.BD09: 1}
    assert found.rows[1].reading == Reading(x=114.05, y=33.55, datum=Datum.GCJ02)


def test_without_a_datum_declared_every_row_must_name_its_own(tmp_path: Path) -> None:
    found = read(tmp_path, f"{HEADER}\n{LINE}\n", datum=None)

    assert "neither declared nor given" in found.fault.expected.en


def test_a_header_that_names_another_datum_than_is_declared_is_refused(tmp_path: Path) -> None:
    content = f"{HEADER}\n{LINE}\n".replace("经度", "经度（GCJ-02）")

    assert "says gcj02, and wgs84 is declared" in read(tmp_path, content).refusal
    assert read(tmp_path, content, datum=Datum.GCJ02).only.faults == ()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("编号,名称,站点名称", "means the same as column B"),
        ("编号,名称,经度", "needs a column latitude"),
        ("甲,乙,丙", "has no header"),
        ("地址,电话", "has no header"),
        ("名称", "has no header"),
    ],
)
def test_a_header_that_cannot_be_told_is_refused(tmp_path: Path, header: str, words: str) -> None:
    content = f"{header}\n{','.join('1' * len(header.split(',')))}\n"

    assert words in read(tmp_path, content).refusal


def test_columns_that_are_not_known_are_left_out_and_named(tmp_path: Path) -> None:
    found = read_cell(tmp_path, "备注", "好")

    assert found.only.faults == ()
    [sheet] = found.table.sheets
    assert [(each.letter, each.header) for each in sheet.unknown] == [("G", "备注")]


def test_a_title_above_the_header_is_passed_over(tmp_path: Path) -> None:
    found = read(tmp_path, f"漯河市爱心驿站一览表,,,,,\n,,,,,\n{HEADER}\n{LINE}\n")

    assert (found.only.row, found.table.sheets[0].header_row) == (4, 3)


@pytest.mark.parametrize("line", ["A-1,站,休息,所有人,114.05,33.55,多", "A-1,站,休息"])
def test_a_row_of_another_width_is_a_fault_of_that_row(tmp_path: Path, line: str) -> None:
    found = read(tmp_path, f"{HEADER}\n{line}\n{LINE}\n")

    assert "where the header has 6" in found.rows[0].faults[0].expected.en
    assert found.rows[1].faults == ()


def test_text_that_looks_like_a_formula_is_text(tmp_path: Path) -> None:
    row = read_cell(tmp_path, "地址", "=HYPERLINK(1)&cmd|'/c calc'!A1").only

    assert row.address == "=HYPERLINK(1)&cmd|'/c calc'!A1"


def test_rows_can_be_gone_through_twice_at_once() -> None:
    with read_station_file(STATIONS / "stations.csv", datum=None) as table:
        assert all(one == other for one, other in zip(table.rows, table.rows, strict=True))


def test_whoever_watches_may_end_the_reading(tmp_path: Path) -> None:
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "\n" + "".join(f"A-{at},{LINE[4:]}\n" for at in range(5000)))

    def stop(*, rows: int, share: float) -> None:
        assert rows >= 999
        assert 0 < share <= 1
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_station_file(path, datum=Datum.WGS84, watch=stop)


def test_every_column_of_the_data_folder_has_a_chinese_and_an_english_name() -> None:
    lacking = set(STATION_COLUMNS) - HEADERS.keys()

    assert not lacking
    for field, said in HEADERS.items():
        assert field_of(said.zh) == field_of(said.en) == field_of(field) == field


@pytest.mark.parametrize(
    "header",
    ["经度", " 经 度 ", "经度*", "经度：", "经度(°)", "Longitude", "LON", "ＬＮＧ", "lng_"],
)
def test_headers_are_known_in_spite_of_case_space_and_width(header: str) -> None:
    assert field_of(header) == "longitude"


def test_letters_are_those_of_a_spreadsheet() -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415 - slow to load

    assert all(letter_of(at) == get_column_letter(at + 1) for at in range(16384))


def test_a_cell_of_several_lines_is_one_row(tmp_path: Path) -> None:
    written = io.StringIO()
    csv.writer(written).writerows(
        [[*HEADER.split(","), "地址"], [*LINE.split(","), "一行\n二行"], [*LINE.split(","), ""]]
    )

    first, second = read(tmp_path, written.getvalue()).rows

    assert first.address == "一行\n二行"
    assert (first.row, second.row) == (2, 3)
