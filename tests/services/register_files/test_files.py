"""The files of a register, opened by programs that did not write them."""

import csv
import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pyogrio
import pytest
from openpyxl import load_workbook

from geo_service.domain.datum import Datum
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.station import Amenity, DataStatus, Reading, Station
from geo_service.persistence.dataset import STATION_COLUMNS, read_dataset
from geo_service.services.register_files.contents import Contents
from geo_service.services.register_files.files import RegisterForm, RegisterPress
from tests.conftest import SHIPPED
from tests.services.register_files.test_round_trip import contents_of
from tests.support.register import a_station


def written(stations: Sequence[Station], form: RegisterForm, folder: Path) -> Path:
    path = folder / f"register.{form}"
    RegisterPress().write(contents_of(stations), form, "zh", path)
    return path


@pytest.mark.parametrize("form", RegisterForm)
def test_the_same_revision_makes_the_same_bytes(form: RegisterForm, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    stations = [a_station("A-1", verified_on=date(2026, 5, 1)), a_station("B-1")]

    first = written(stations, form, tmp_path).read_bytes()

    assert written(stations, form, tmp_path / "again").read_bytes() == first


def test_a_spreadsheet_finds_text_as_text_and_no_formula(tmp_path: Path) -> None:
    station = a_station("A-1", name="=HYPERLINK(1)", telephone="0395 313", address="+1")

    sheet = load_workbook(written([station], RegisterForm.XLSX, tmp_path))["站点"]

    cells = {sheet.cell(1, cell.column).value: cell for cell in sheet[2]}
    assert cells["名称"].value == "=HYPERLINK(1)"
    assert {cells[header].data_type for header in ("名称", "电话", "地址")} == {"s"}
    assert cells["电话"].number_format == "@"


def test_a_spreadsheet_finds_degrees_as_numbers_and_days_as_days(tmp_path: Path) -> None:
    station = a_station("A-1", 114.034831, 33.5, capacity=12, opened_on=date(2020, 2, 29))

    sheet = load_workbook(written([station], RegisterForm.XLSX, tmp_path))["站点"]

    cells = {sheet.cell(1, cell.column).value: cell.value for cell in sheet[2]}
    assert (cells["经度"], cells["纬度"], cells["座位数"]) == (114.034831, 33.5, 12)
    assert cells["启用日期"].date() == date(2020, 2, 29)


def test_a_number_that_a_spreadsheet_would_round_is_text(tmp_path: Path) -> None:
    exact = 114.10000000000001  # 17 digits

    sheet = load_workbook(written([a_station("A-1", exact)], RegisterForm.XLSX, tmp_path))["站点"]

    cells = {sheet.cell(1, cell.column).value: cell.value for cell in sheet[2]}
    assert cells["经度"] == "114.10000000000001"


def test_the_workbook_says_what_it_is_of_and_that_it_is_invented(tmp_path: Path) -> None:
    sheet = load_workbook(written([a_station("A-1")], RegisterForm.XLSX, tmp_path))["说明"]

    said = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert said["版本"] == "7"
    assert said["版本时间"] == "2026-11-01T16:00:00+08:00"
    assert said["数据情况"] == "演示（虚构，不能用于决策） 1"


def test_a_text_that_no_cell_holds_is_refused_by_its_row(tmp_path: Path) -> None:
    with pytest.raises(InvalidQueryError, match="name in row 2 is longer than the 32,767 signs"):
        written([a_station("A-1", name="长" * 32_768)], RegisterForm.XLSX, tmp_path)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_is_what_python_and_excel_take_for_utf_8(tmp_path: Path) -> None:
    station = a_station("A-1", name="驿站", address='a,"b"\r\nc')
    path = written([station], RegisterForm.CSV, tmp_path)

    (row,) = rows_of(path)

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert (row["名称"], row["地址"]) == ("驿站", 'a,"b"\r\nc')


def test_no_cell_of_csv_is_a_formula(tmp_path: Path) -> None:
    station = a_station("A-1", name="=1+1", telephone="+86 395", address="@x", source="-")

    (row,) = rows_of(written([station], RegisterForm.CSV, tmp_path))

    said = [row[header] for header in ("名称", "电话", "地址", "数据来源")]
    assert said == ["'=1+1", "'+86 395", "'@x", "'-"]


def test_geojson_stands_where_the_station_is_and_tells_the_reading(tmp_path: Path) -> None:
    station = replace(
        a_station("A-1", 114.0, 33.5, amenities=frozenset({Amenity.WATER, Amenity.SEATING})),
        reading=Reading(x=114.006, y=33.499, datum=Datum.GCJ02),
    )

    path = written([station, a_station("B-1")], RegisterForm.GEOJSON, tmp_path)

    (first, _) = json.loads(path.read_bytes())["features"]
    assert first["geometry"]["coordinates"] == [114.0, 33.5]
    assert first["properties"]["longitude"] == 114.006
    assert first["properties"]["datum"] == "gcj02"
    assert first["properties"]["amenities"] == "water;seating"
    assert list(first["properties"]) == list(STATION_COLUMNS)


@pytest.mark.parametrize("form", [RegisterForm.GEOJSON, RegisterForm.GPKG])
def test_gdal_finds_every_station(form: RegisterForm, tmp_path: Path) -> None:
    dataset = read_dataset(SHIPPED)
    path = tmp_path / f"register.{form}"
    RegisterPress().write(contents_of([])._replace(dataset=dataset), form, "zh", path)

    layer = "stations" if form is RegisterForm.GPKG else None
    frame = pyogrio.read_dataframe(path, layer=layer)

    assert list(frame["id"]) == [station.id for station in dataset.stations]
    assert list(frame.geometry.x) == [each.coordinate.longitude for each in dataset.stations]


def test_the_geopackage_holds_units_and_says_what_it_is_of(tmp_path: Path) -> None:
    dataset = read_dataset(SHIPPED)
    path = tmp_path / "register.gpkg"
    contents = Contents(contents_of([]).revision, dataset)
    RegisterPress().write(contents, RegisterForm.GPKG, "en", path)

    layers = {
        name: pyogrio.read_info(path, layer=name)["features"]
        for name, _ in pyogrio.list_layers(path)
    }
    said = pyogrio.read_dataframe(path, layer="about")

    assert layers == {"stations": 203, "townships": 58, "counties": 5, "about": 8}
    assert dict(zip(said["key"], said["value"], strict=True))["Revision"] == "7"
    townships = pyogrio.read_dataframe(path, layer="townships")
    assert townships.geometry.isna().sum() == sum(t.boundary is None for t in dataset.townships)


def test_an_empty_register_is_a_file_too(tmp_path: Path) -> None:
    for form in RegisterForm:
        path = written([], form, tmp_path)

        assert path.stat().st_size > 0
    assert json.loads((tmp_path / "register.geojson").read_bytes())["features"] == []
    ran = subprocess.run(
        ["ogrinfo", "-ro", "-q", tmp_path / "register.gpkg"], capture_output=True, check=True
    )
    assert b"stations" in ran.stdout


def test_how_far_the_data_may_be_trusted_is_counted(tmp_path: Path) -> None:
    stations = [a_station("A-1", data_status=DataStatus.OFFICIAL), a_station("B-1")]

    sheet = load_workbook(written(stations, RegisterForm.XLSX, tmp_path))["说明"]

    said = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert said["数据情况"] == "正式 1; 演示（虚构，不能用于决策） 1"
