"""Outlines: GeoJSON as RFC 7946 has it, or a fault."""

import json
from pathlib import Path
from typing import Any

import pytest

from geo_service.domain.errors import Fault
from geo_service.domain.township import BoundaryStatus
from geo_service.persistence.faults import Faults
from geo_service.persistence.outlines import OutlineFeature, read_features
from tests.support.folder import a_square, a_unit


def read(tmp_path: Path, document: Any) -> tuple[list[OutlineFeature], list[Fault]]:
    path = tmp_path / "townships.geojson"
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    path.write_bytes(content)
    faults = Faults()
    return list(read_features(path, faults)), faults.found


def collection(*features: Any, **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features), **members}


def ring(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(map(list, corners))]}


def test_a_polygon_is_read(tmp_path: Path) -> None:
    [feature], faults = read(tmp_path, collection(a_unit("T-1", a_square(114.0, 33.5))))

    assert feature.geometry is not None
    assert feature.geometry.bounds == (114.0, 33.5, 114.1, 33.6)
    assert feature.boundary_status() is BoundaryStatus.OFFICIAL
    assert not faults


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"\xff\xfe{}",
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b'{"a":' * 100_000, id="deep objects"),
        b"null",
        b"[]",
        {"type": "FeatureCollection"},
        {"type": "FeatureCollection", "features": {}},
        {"type": "Feature", "properties": {}, "geometry": None},
    ],
)
def test_what_is_no_feature_collection_is_one_fault(tmp_path: Path, document: Any) -> None:
    features, faults = read(tmp_path, document)

    assert not features
    assert [fault.file for fault in faults] == ["townships.geojson"]


def test_broken_json_is_named_by_line_and_column(tmp_path: Path) -> None:
    _, [fault] = read(tmp_path, b'{"type": "FeatureCollection",\n "features": [,]}')

    assert "line 2, column 15" in fault.reason


def test_a_named_crs_is_refused(tmp_path: Path) -> None:
    named = {"type": "name", "properties": {"name": "EPSG:4547"}}

    _, [fault] = read(tmp_path, collection(a_unit("T-1", a_square(114.0, 33.5)), crs=named))

    assert "reproject" in fault.reason


@pytest.mark.parametrize("feature", [None, [], {"geometry": None}, {"properties": []}])
def test_a_feature_without_properties_is_a_fault(tmp_path: Path, feature: Any) -> None:
    features, [fault] = read(tmp_path, collection(feature, a_unit("T-2")))

    assert "(feature 1)" in fault.reason
    assert len(features) == 1


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "Point", "coordinates": [114, 33]}, "needs a Polygon"),
        ({"type": "LineString", "coordinates": [[114, 33], [115, 33]]}, "needs a Polygon"),
        ({"type": "GeometryCollection", "geometries": []}, "needs a Polygon"),
        ({"type": "Polygon", "coordinates": []}, "needs a Polygon"),
        ({"type": "Polygon", "coordinates": [[[114, 33], [115, 33]]]}, "needs a Polygon"),
        ({"type": "Polygon", "coordinates": "everywhere"}, "needs a Polygon"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "needs a Polygon"),
        ({"type": "Polygon"}, "needs a Polygon"),
        ({"type": "Blob", "coordinates": []}, "needs a Polygon"),
        ({}, "needs a Polygon"),
        ([], "needs a Polygon"),
        ("POLYGON EMPTY", "needs a Polygon"),
        (ring((0, 0), (2, 2), (2, 0), (0, 2), (0, 0)), "crosses or touches itself"),
        (ring((33.5, 114.0), (33.6, 114.0), (33.6, 114.1), (33.5, 114.0)), "not degrees"),
        (ring((500_000, 3e6), (500_001, 3e6), (5e5, 4e6), (500_000, 3e6)), "not degrees"),
        (ring((0, 0), (float("nan"), 1), (1, 1), (0, 0)), "not degrees"),
        (ring((0, 0), (float("inf"), 1), (1, 1), (0, 0)), "not degrees"),
    ],
)
def test_a_geometry_that_is_no_outline_is_a_fault(
    tmp_path: Path, geometry: Any, words: str
) -> None:
    features, faults = read(tmp_path, collection(a_unit("T-1") | {"geometry": geometry}))

    assert words in faults[0].reason
    assert "(feature 1)" in faults[0].reason
    assert features[0].geometry is None


@pytest.mark.parametrize(
    ("geometry", "status", "words"),
    [
        (None, "official", "none exactly where the geometry is null"),
        (a_square(0, 0), "none", "none exactly where the geometry is null"),
        (a_square(0, 0), "certain", "not one of official, approximate, none"),
        (a_square(0, 0), None, "must not be empty"),
        (a_square(0, 0), 3, "must be text"),
    ],
)
def test_a_boundary_status_that_does_not_fit_is_one_fault(
    tmp_path: Path, geometry: Any, status: Any, words: str
) -> None:
    unit = a_unit("T-1", geometry, boundary_status=status)
    path = tmp_path / "townships.geojson"
    path.write_text(json.dumps(collection(unit)), encoding="utf-8")
    faults = Faults()

    for feature in read_features(path, faults):
        feature.boundary_status()

    [fault] = faults.found
    assert words in fault.reason
    assert fault.column == "boundary_status"


def read_one(tmp_path: Path, **properties: Any) -> tuple[OutlineFeature, list[Fault]]:
    path = tmp_path / "townships.geojson"
    path.write_text(json.dumps(collection(a_unit("T-1", **properties))), encoding="utf-8")
    faults = Faults()
    [feature] = read_features(path, faults)
    return feature, faults.found


@pytest.mark.parametrize("value", [5, [], "a\u0000b", "\ud800", "a\x9bb"])
def test_a_name_that_is_no_text_is_a_fault(tmp_path: Path, value: Any) -> None:
    feature, faults = read_one(tmp_path, name=value)

    assert feature.properties.required("name") == ""
    assert [fault.column for fault in faults] == ["name"]


@pytest.mark.parametrize("value", ["5", 1.5, -1, True, 2**31, 10**400])
def test_a_count_that_is_no_whole_number_is_a_fault(tmp_path: Path, value: Any) -> None:
    feature, faults = read_one(tmp_path, population=value)

    assert feature.properties.whole("population") is None
    assert [fault.column for fault in faults] == ["population"]


@pytest.mark.parametrize("value", ["114", True, 181, float("nan"), float("inf"), 10**400])
def test_a_seat_that_is_nowhere_is_a_fault(tmp_path: Path, value: Any) -> None:
    feature, faults = read_one(tmp_path, seat_longitude=value)

    assert feature.properties.decimal_in("seat_longitude", -180, 180) is None
    assert [fault.column for fault in faults] == ["seat_longitude"]


def test_a_code_too_long_for_an_index_is_a_fault(tmp_path: Path) -> None:
    feature, faults = read_one(tmp_path, code="x" * 101)

    feature.properties.code("code")

    assert "longer than 100" in faults[0].reason
