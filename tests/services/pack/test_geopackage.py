"""The GeoPackage, as GDAL and geopandas read it, and as QGIS finds its styles."""

import sqlite3
import subprocess
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path
from typing import Any

import geopandas
import pyogrio
import pytest
from shapely.geometry import shape

from geo_service.domain.register import Register
from geo_service.services.exporting import coverage_features, unit_row
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.geopackage import write_geopackage
from maps.plate import COLOURS

LAYERS = {
    "units": "MultiPolygon",
    "catchments": "MultiPolygon",
    "uncovered": "MultiPolygon",
    "stations": "Point",
    "gaps": "Point",
    "about": None,
}


@pytest.fixture(scope="module")
def path(pack: Contents, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The GeoPackage of the shipped register."""
    path = tmp_path_factory.mktemp("geopackage") / "pack.gpkg"
    write_geopackage(pack, path)
    return path


def layer_of(path: Path, name: str) -> Any:
    return geopandas.read_file(path, layer=name)


def styles(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as file:
        query = "SELECT f_table_name, styleQML FROM layer_styles WHERE useAsDefault"
        return dict(file.execute(query).fetchall())


def test_it_has_its_layers_each_of_one_type_of_geometry(path: Path) -> None:
    listed = {name: kind for name, kind in pyogrio.list_layers(path) if name != "layer_styles"}

    assert listed == LAYERS


def test_gdal_opens_it_without_a_warning(path: Path) -> None:
    ran = subprocess.run(
        ["ogrinfo", "-ro", "-al", "-so", str(path)], capture_output=True, text=True, check=True
    )

    assert ran.stderr == ""
    assert "Feature Count: 203" in ran.stdout
    assert "演示数据" in ran.stdout


def test_a_unit_says_what_its_row_of_the_api_says(path: Path, pack: Contents) -> None:
    frame = layer_of(path, "units").set_index("code")

    for unit in pack.answer.report.units:
        row, read = unit_row(unit), frame.loc[unit.unit.code]
        for key in ("name", "stations", "area_km2", "area_coverage", "nearest_mean_m"):
            assert read[key] == row[key] or (row[key] is None and read.isna()[key])
        assert (read.geometry is None) == (unit.unit.boundary is None)
    assert frame.crs.to_epsg() == 4326


def test_outlines_are_those_of_the_register(path: Path, pack: Contents) -> None:
    frame = layer_of(path, "units").set_index("code")

    for unit in pack.answer.report.units:
        if unit.unit.boundary is not None:
            assert frame.loc[unit.unit.code].geometry.equals(unit.unit.boundary)


def test_within_a_unit_what_is_covered_and_what_is_not_make_the_whole(path: Path) -> None:
    units, covered, uncovered = (
        layer_of(path, name).to_crs("EPSG:4547") for name in ("units", "catchments", "uncovered")
    )
    reached = covered.geometry.iloc[0]

    for unit in units[units.geometry.notna()].itertuples():
        left = uncovered[uncovered["code"] == unit.code].geometry.iloc[0]
        inside = unit.geometry.intersection(reached).area
        assert inside + left.area == pytest.approx(unit.geometry.area, rel=1e-3)
        assert inside / unit.geometry.area == pytest.approx(unit.area_coverage, abs=1e-3)


def test_every_layer_says_what_it_rests_on(path: Path) -> None:
    for name in ("units", "catchments", "uncovered", "stations", "gaps"):
        frame = layer_of(path, name)
        assert set(frame["radius_m"]) == {1000}
        assert set(frame["distance_type"]) == {"直线距离"}
        assert set(frame["data_status"]) == {"演示数据"}
    about = pyogrio.read_dataframe(path, layer="about", read_geometry=False)
    assert "演示数据，不可作为依据 · Demonstration data" in set(about["value"])


def test_stations_stand_where_the_register_has_them(path: Path, register: Register) -> None:
    frame = layer_of(path, "stations").set_index("id")

    for station in register.stations:
        at = frame.loc[str(station.id)].geometry
        assert (at.x, at.y) == pytest.approx(
            (station.coordinate.longitude, station.coordinate.latitude), abs=1e-6
        )


def test_qgis_finds_a_style_for_every_layer_that_can_be_drawn(path: Path) -> None:
    found = styles(path)

    assert set(found) == {name for name, kind in LAYERS.items() if kind}
    for text in found.values():
        renderer = ET.fromstring(text.partition("\n")[2]).find("renderer-v2")  # noqa: S314 - ours
        assert renderer is not None


def test_units_are_shaded_in_the_classes_of_every_other_map(path: Path) -> None:
    style = ET.fromstring(styles(path)["units"].partition("\n")[2])  # noqa: S314 - ours

    ranges = [
        (float(each.get("lower", "")), float(each.get("upper", ""))) for each in style.iter("range")
    ]
    colours = [each.get("v") for each in style.iter("prop") if each.get("k") == "color"]
    assert ranges == [(0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1)]
    assert colours == [
        ",".join(str(int(each[at : at + 2], 16)) for at in (1, 3, 5)) + ",255" for each in COLOURS
    ]


def test_fields_have_chinese_names_in_qgis(path: Path) -> None:
    style = ET.fromstring(styles(path)["units"].partition("\n")[2])  # noqa: S314 - ours

    named = {each.get("field"): each.get("name") for each in style.iter("alias")}
    assert named["area_coverage"] == "面积覆盖率"


def test_hostile_names_are_values(harmful: Contents, tmp_path: Path) -> None:
    write_geopackage(harmful, tmp_path / "x.gpkg")

    names = set(layer_of(tmp_path / "x.gpkg", "stations")["name"])
    expected = {each.name.replace("\0", "\N{SYMBOL FOR NULL}") for each in harmful.answer.stations}
    assert names == expected


def test_the_same_contents_make_the_same_bytes(pack: Contents, path: Path, tmp_path: Path) -> None:
    write_geopackage(pack, tmp_path / "again.gpkg")

    assert (tmp_path / "again.gpkg").read_bytes() == path.read_bytes()


def test_geojson_winds_its_rings_as_rfc_7946_wants_them(pack: Contents) -> None:
    for feature in coverage_features(pack.answer.report):
        if feature["geometry"] is not None:
            whole = shape(feature["geometry"])
            for part in getattr(whole, "geoms", [whole]):
                assert part.exterior.is_ccw
                assert not any(hole.is_ccw for hole in part.interiors)
