"""Files of demand points: read whole, or refused with every fault where it stands."""

import json
from pathlib import Path
from typing import Any

import prcoords
import pytest

from geo_service.domain.datum import Datum
from geo_service.domain.demand import MOST_POINTS
from geo_service.domain.errors import DatasetError
from geo_service.persistence.demand_files import read_demand

HEADER = "lon,lat,weight,name"


def a_csv(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "crews.csv"
    file.write_bytes("\n".join(lines).encode(encoding))
    return file


def a_geojson(folder: Path, *features: Any, **more: Any) -> Path:
    file = folder / "crews.geojson"
    document = {"type": "FeatureCollection", "features": list(features)} | more
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def a_point(x: Any = 114.0, y: Any = 33.6, **properties: Any) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [x, y]}
    return {"type": "Feature", "geometry": geometry, "properties": {"weight": 1} | properties}


def faults_of(file: Path) -> list[str]:
    with pytest.raises(DatasetError) as refusal:
        read_demand(file, Datum.WGS84)
    return [str(fault) for fault in refusal.value.faults]


# -- what is read --------------------------------------------------------------------------


def test_a_csv_gives_points_weights_and_names(tmp_path: Path) -> None:
    file = a_csv(tmp_path, HEADER, "114.01,33.58,12,人民路", "114.02,33.59,8.5,")

    points = read_demand(file, Datum.WGS84).points

    assert points.at.longitudes.tolist() == [114.01, 114.02]
    assert points.at.latitudes.tolist() == [33.58, 33.59]
    assert points.weight.tolist() == [12.0, 8.5]
    assert points.names == ("人民路", "")


@pytest.mark.parametrize(
    "header", ["经度,纬度,人数,名称", "经度,纬度,权重,名称", "Longitude,Latitude,Weight,Name"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_headers_and_encodings_that_people_have_are_read(
    tmp_path: Path, header: str, encoding: str
) -> None:
    file = a_csv(tmp_path, header, "114.01,33.58,12,人民路一段", encoding=encoding)

    points = read_demand(file, Datum.WGS84).points

    assert (points.total, points.names) == (12.0, ("人民路一段",))


def test_the_order_of_columns_is_free(tmp_path: Path) -> None:
    points = read_demand(a_csv(tmp_path, "weight,lat,lon", "3,33.6,114"), Datum.WGS84).points

    assert (points.at[0].longitude, points.at[0].latitude, points.total) == (114.0, 33.6, 3.0)


def test_a_layer_without_names_has_none(tmp_path: Path) -> None:
    points = read_demand(a_csv(tmp_path, HEADER, "114,33.6,1,"), Datum.WGS84).points

    assert points.names is None


def test_readings_are_converted_from_the_declared_datum(tmp_path: Path) -> None:
    given = prcoords.wgs_gcj((33.58, 114.01))
    file = a_csv(tmp_path, HEADER, f"{given[1]:.9f},{given[0]:.9f},1,")

    at = read_demand(file, Datum.GCJ02).points.at[0]

    assert (round(at.longitude, 7), round(at.latitude, 7)) == (114.01, 33.58)


def test_geojson_gives_the_same_as_csv(tmp_path: Path) -> None:
    lines = a_csv(tmp_path, HEADER, "114.01,33.58,12,人民路", "114.02,33.59,8.5,")
    features = a_geojson(
        tmp_path,
        a_point(114.01, 33.58, weight=12, name="人民路", id=7),
        a_point(114.02, 33.59, 人数=8.5, weight=8.5),
    )

    one, other = (read_demand(each, Datum.WGS84).points for each in (lines, features))

    assert one.at.longitudes.tolist() == other.at.longitudes.tolist()
    assert one.weight.tolist() == other.weight.tolist()
    assert one.names == other.names


def test_every_point_knows_where_it_stands_in_the_file(tmp_path: Path) -> None:
    file = a_csv(tmp_path, HEADER, "114,33.6,1,", "", "114,33.6,1,")

    assert list(read_demand(file, Datum.WGS84).places) == [2, 4]


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x,33.6,1,", "row 2, lon: 'x' is not a number"),
        ("NaN,33.6,1,", "row 2, lon: 'NaN' is not a number"),
        ("1_14,33.6,1,", "row 2, lon: '1_14' is not a number"),
        ("33.6,114,1,", "row 2, lat: '114' is out of range: -90 to 90; are longitude"),
        ("114,33.6,inf,", "row 2, weight: 'inf' is not a number"),
        ("114,33.6,-1,", "row 2, weight: '-1' is out of range"),
        ("114,33.6,,", "row 2, weight: '' must not be empty"),
        ("114,33.6,1", "row 2: has 3 cells where the header has 4"),
        ("114,33.6,1,a\x00", "neither UTF-8 nor GB 18030"),
        (f"114,33.6,1,{'x' * 201}", "longer than 200 characters"),
        ('114,33.6,1,"a\nb"', "more than one line of text"),
        ('114,33.6,1,"a', "not well-formed CSV"),
        ("114,33.6,0,", "every weight is 0"),
        ("", "holds no point"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, said: str) -> None:
    assert any(said in each for each in faults_of(a_csv(tmp_path, HEADER, line)))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("lon,lat", "row 1, weight: is a missing column (or 权重, 人数)"),
        ("lon,lat,weight,height", "row 1, height: is an unknown column"),
        ("lon,lat,weight,经度", "row 1, 经度: means the same as lon"),
        ("", "row 1, lon: is a missing column"),
    ],
)
def test_a_header_that_cannot_be_used_is_named(tmp_path: Path, header: str, said: str) -> None:
    assert any(said in each for each in faults_of(a_csv(tmp_path, header, "114,33.6,1,1")))


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    found = faults_of(a_csv(tmp_path, HEADER, "x,y,z,", "114,33.6,1,", "200,33.6,1,"))

    assert [each.split(":")[0] for each in found] == [
        "crews.csv, row 2, lon",
        "crews.csv, row 2, lat",
        "crews.csv, row 2, weight",
        "crews.csv, row 4, lon",
    ]


def test_a_file_of_faults_alone_is_told_in_a_hundred_lines(tmp_path: Path) -> None:
    found = faults_of(a_csv(tmp_path, HEADER, *["x,33.6,1,"] * 5000))

    assert len(found) == 101
    assert found[-1].endswith("more faults may follow")


def test_more_points_than_the_bound_are_refused(tmp_path: Path) -> None:
    file = a_csv(tmp_path, "lon,lat,weight", *["114,33.6,1"] * (MOST_POINTS + 1))

    (found,) = faults_of(file)

    assert found == f"crews.csv, row {MOST_POINTS + 2}: holds more than 200,000 points"


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (a_point(weight=None), "(feature 1) must not be empty"),
        (a_point(weight=-1), "must be a number from 0"),
        (a_point(weight=True), "must be a number from 0"),
        (a_point(weight="3"), "must be a number from 0"),
        (a_point(float("nan")), "needs a Point"),
        (a_point(33.6, 114.0), "needs a Point"),
        (a_point("114"), "needs a Point"),
        (a_point(name=3), "must be text"),
        (a_point() | {"geometry": None}, "needs a Point"),
        (a_point() | {"properties": None}, "is not a Feature with properties"),
        ([], "is not a Feature with properties"),
    ],
)
def test_a_feature_that_cannot_be_used_is_named(tmp_path: Path, feature: Any, said: str) -> None:
    assert any(said in each for each in faults_of(a_geojson(tmp_path, feature)))


def test_geojson_in_another_system_is_refused(tmp_path: Path) -> None:
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}

    (found,) = faults_of(a_geojson(tmp_path, a_point(), crs=crs))

    assert "not degrees" in found


@pytest.mark.parametrize(
    "content",
    [
        b'<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>',
        b"{" * 100_000,
        b'{"type": "Feature"}',
        b"\xff\xfe\x00\x01",
        b"PK\x03\x04",
        b"",
    ],
)
def test_what_is_neither_form_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "crews.geojson"
    file.write_bytes(content)

    assert faults_of(file)
