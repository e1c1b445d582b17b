"""The folder as a Frictionless Data Package."""

import json
from pathlib import Path
from typing import Any

import pytest
from frictionless import Package, validate

from tests.dataset.shipped import FOLDER, LAYERS, units

DESCRIPTOR = FOLDER / "datapackage.json"


@pytest.fixture(scope="module")
def package() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(DESCRIPTOR.read_text(encoding="utf-8"))
    return read


def test_frictionless_finds_no_error_in_package_or_tables() -> None:
    report = validate(str(DESCRIPTOR))
    assert report.valid, report.flatten(["title", "message"])


def test_frictionless_reads_every_line_of_the_register() -> None:
    register = Package(str(DESCRIPTOR)).get_table_resource("stations")
    assert len(register.read_rows()) == 203


def test_frictionless_rejects_a_value_outside_the_schema(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("broken")
    for file in FOLDER.iterdir():
        if file.suffix in {".csv", ".geojson", ".json"}:
            (folder / file.name).write_bytes(file.read_bytes())
    register = folder / "stations.csv"
    register.write_text(register.read_text(encoding="utf-8").replace("wgs84", "wgs-84", 1), "utf-8")
    assert not validate(str(folder / "datapackage.json")).valid


def test_every_data_file_of_the_folder_is_a_resource(package: dict[str, Any]) -> None:
    files = {each.name for each in FOLDER.iterdir() if each.suffix in {".csv", ".geojson"}}
    assert {resource["path"] for resource in package["resources"]} == files


def test_the_place_served_is_named_for_the_service_to_read(package: dict[str, Any]) -> None:
    place = package["place"]

    assert (place["name"], place["name_en"]) == ("漯河市", "Luohe")
    assert (place["time_zone"], place["country"]) == ("Asia/Shanghai", "CN")
    assert (place["population"], place["population_year"]) == (2_367_490, 2020)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_described_properties_of_a_layer_are_those_it_has(
    package: dict[str, Any], layer: str
) -> None:
    resource = next(each for each in package["resources"] if each["name"] == layer)
    described = [each["name"] for each in resource["properties"]]
    for unit in units(layer):
        assert list(unit) == described


@pytest.mark.parametrize("layer", LAYERS)
def test_the_constraints_described_for_a_layer_hold(package: dict[str, Any], layer: str) -> None:
    types = {"string": str, "number": float, "integer": int}
    resource = next(each for each in package["resources"] if each["name"] == layer)
    for described in resource["properties"]:
        limits = described["constraints"]
        for value in (unit[described["name"]] for unit in units(layer)):
            if value is None:
                assert not limits["required"], described["name"]
                continue
            assert type(value) is types[described["type"]]
            assert value in limits.get("enum", [value])
            if "minimum" in limits:
                assert limits["minimum"] <= value <= limits.get("maximum", value)


def test_the_licence_of_geonames_is_stated_with_its_attribution(package: dict[str, Any]) -> None:
    assert "CC-BY-4.0" in {licence["name"] for licence in package["licenses"]}
    assert "© GeoNames" in (FOLDER / "sources" / "LICENSES.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "file", [each for each in sorted(FOLDER.rglob("*")) if each.is_file() and each.suffix != ".pyc"]
)
def test_every_file_is_utf_8_without_byte_order_mark_and_its_lines_end_in_lf(file: Path) -> None:
    content = file.read_bytes()
    content.decode("utf-8")
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")


def test_the_readme_explains_every_column_and_property(package: dict[str, Any]) -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    for resource in package["resources"]:
        fields = resource.get("properties") or resource["schema"]["fields"]
        for field in fields:
            assert f"`{field['name']}`" in readme, (resource["name"], field["name"])
