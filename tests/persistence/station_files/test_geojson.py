"""GeoJSON of stations: points, and properties as columns."""

import json
from pathlib import Path
from typing import Any

import pytest

from geo_service.domain.datum import Datum, coordinate_in, reading_to_coordinate
from geo_service.domain.station import Amenity, Reading
from geo_service.persistence.station_files import NOT_GIVEN
from tests.support.station_files import Read, read

PROPERTIES = {"id": "A-1", "name": "驿站", "services": ["rest"], "rest_for": "anyone"}


def feature(x: Any = 114.05, y: Any = 33.55, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [x, y]},
        "properties": PROPERTIES | properties,
    }


def read_features(
    tmp_path: Path, *features: Any, datum: Datum | None = Datum.WGS84, **members: Any
) -> Read:
    document = {"type": "FeatureCollection", **members, "features": features}
    return read(tmp_path, json.dumps(document, ensure_ascii=False), name="s.geojson", datum=datum)


def test_a_feature_is_a_row(tmp_path: Path) -> None:
    found = read_features(tmp_path, feature(设施=["water", "座椅"], 电话=None, 颜色={"a": 1}))

    assert found.only.reading == Reading(x=114.05, y=33.55, datum=Datum.WGS84)
    assert found.only.amenities == frozenset({Amenity.WATER, Amenity.SEATING})
    assert (found.only.telephone, found.only.address) == (None, NOT_GIVEN)
    assert [each.header for each in found.table.sheets[0].unknown] == ["颜色"]


def test_the_datum_that_is_declared_holds_for_points(tmp_path: Path) -> None:
    found = read_features(tmp_path, feature(), datum=Datum.GCJ02).only

    assert found.reading == Reading(x=114.05, y=33.55, datum=Datum.GCJ02)


def test_points_are_wgs84_where_no_datum_is_declared(tmp_path: Path) -> None:
    found = read_features(tmp_path, feature(), datum=None).only

    assert found.reading == Reading(x=114.05, y=33.55, datum=Datum.WGS84)


def test_degrees_among_the_properties_are_the_reading_as_it_was_given(tmp_path: Path) -> None:
    at = reading_to_coordinate(114.05, 33.55, Datum.GCJ02)
    of = feature(at.longitude, at.latitude, longitude=114.05, latitude=33.55, datum="gcj02")

    assert read_features(tmp_path, of).only.reading == Reading(x=114.05, y=33.55, datum=Datum.GCJ02)


def test_degrees_that_lie_elsewhere_than_the_point_are_refused(tmp_path: Path) -> None:
    of = feature(longitude=114.15, latitude=33.55)

    assert "not where the geometry" in read_features(tmp_path, of).fault.expected.en


def test_a_point_beside_the_name_of_another_datum_is_refused(tmp_path: Path) -> None:
    x, y = coordinate_in(reading_to_coordinate(114.05, 33.55, Datum.WGS84), Datum.GCJ02)

    fault = read_features(tmp_path, feature(x, y, datum="gcj02")).fault

    assert "which is it?" in fault.expected.en


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "LineString", "coordinates": [[114, 33], [115, 33]]},
        {"type": "Point", "coordinates": [114.05]},
        {"type": "Point", "coordinates": ["114.05", "33.55"]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "Point"},
        [114.05, 33.55],
    ],
)
def test_another_geometry_than_a_point_is_refused(tmp_path: Path, geometry: Any) -> None:
    fault = read_features(tmp_path, feature() | {"geometry": geometry}).fault

    assert "needs a Point" in fault.expected.en
    assert fault.row == 1


def test_swapped_degrees_are_pointed_out(tmp_path: Path) -> None:
    fault = read_features(tmp_path, feature(33.55, 114.05)).fault

    assert "swapped?" in fault.expected.en


@pytest.mark.parametrize(
    "of", [1, None, {}, {"type": "Point"}, {"type": "Feature", "properties": []}]
)
def test_what_is_no_feature_is_a_fault_of_its_row(tmp_path: Path, of: Any) -> None:
    assert "is not a Feature" in read_features(tmp_path, of).fault.expected.en


def test_two_properties_of_one_meaning_are_refused(tmp_path: Path) -> None:
    fault = read_features(tmp_path, feature(电话="1", telephone="2")).fault

    assert "means the same as the property" in fault.expected.en


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{}", "not a GeoJSON FeatureCollection"),
        ('{"type":"Feature","features":[]}', "not a GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection"}', "not a GeoJSON FeatureCollection"),
        ('{"type":"FeatureCollection","features":[]}', "holds no station"),
        ('{"type":"FeatureCollection","features":[', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":[{]}', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":[]} x', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":{}}', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":[NaN]}', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":[1e999]}', "not well-formed JSON"),
        ('{"type":"FeatureCollection","features":[{"a":1,"a":2}]}', "given twice"),
        ('{"type":"FeatureCollection","type":"x","features":[]}', "not well-formed JSON"),
        (
            '{"type":"FeatureCollection","crs":{"properties":{"name":"EPSG:3857"}},"features":[]}',
            "names a CRS",
        ),
        ('[{"type":"Feature"}]', "JSON array"),
        ('{"type":"FeatureCollection","features":["\xff"]}', "not UTF-8"),
    ],
)
def test_a_document_that_is_not_of_features_is_refused(
    tmp_path: Path, content: str, words: str
) -> None:
    found = read(tmp_path, content.encode("latin-1"), name="s.geojson")

    assert words in found.refusal
    assert found.rows == []


def test_a_document_is_read_in_any_layout(tmp_path: Path) -> None:
    document = {
        "name": "长" * 100_000,
        "features": [feature(name="站" * 1000, 备注="注" * 90_000), feature(id="A-2")],
        "bbox": [1, 2, 3, 4],
        "type": "FeatureCollection",
    }
    content = "\ufeff\r\n" + json.dumps(document, ensure_ascii=False, indent=4) + "\n"

    assert len(read(tmp_path, content).rows) == 2
