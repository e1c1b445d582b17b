"""OGC API as others' software reads it, over HTTP: GDAL's driver, pyogrio, OWSLib."""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from owslib.ogcapi.features import Features

from geo_service.settings import PROJECT
from tests.support.server import running

THREE_LINES = """
import json, geopandas
found = geopandas.read_file("OAPIF:{address}", layer="stations")
first = found.set_index("id").loc["LH-001"].geometry
print(json.dumps(dict(
    stations=len(found), first=[first.x, first.y], seats=float(found.capacity.sum()),
    crs="CRS84" in str(found.crs),
)))
"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where the OGC API is."""
    with running(app) as origin:
        yield f"{origin}/ogc"


def read_by_gdal(address: str, layer: str, *options: str) -> list[dict[str, str]]:
    command = [
        *("ogr2ogr", "-f", "CSV", "/vsistdout/", f"OAPIF:{address}", layer),
        *("-lco", "GEOMETRY=AS_WKT", *options),
    ]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return list(csv.DictReader(io.StringIO(ran.stdout)))


def test_gdal_lists_the_layers(address: str) -> None:
    ran = subprocess.run(
        ["ogrinfo", "-ro", f"OAPIF:{address}"],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    for layer in ("stations", "townships", "counties", "coverage"):
        assert f": {layer}" in ran.stdout


@pytest.mark.parametrize(
    ("layer", "features"), [("stations", 203), ("townships", 58), ("counties", 5)]
)
def test_gdal_reads_every_feature_a_page_at_a_time(address: str, layer: str, features: int) -> None:
    rows = read_by_gdal(address, layer, "-oo", "PAGE_SIZE=20")

    assert len(rows) == features


def test_gdal_reads_a_box(address: str) -> None:
    rows = read_by_gdal(address, "stations", "-spat", "114.0", "33.5", "114.1", "33.6")

    everywhere = read_by_gdal(address, "stations")
    assert 0 < len(rows) < len(everywhere) == 203


def test_geopandas_reads_the_stations_where_they_are(address: str) -> None:
    with (PROJECT / "data" / "stations" / "stations.csv").open(encoding="utf-8") as lines:
        seats = sum(float(row["capacity"] or 0) for row in csv.DictReader(lines))

    # In a process of its own: while GDAL waits for an answer, nothing else of its process runs.
    ran = subprocess.run(
        [sys.executable, "-c", THREE_LINES.format(address=address)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert json.loads(ran.stdout) == {
        "stations": 203,
        "first": [114.034831, 33.569677],
        "seats": seats,
        "crs": True,
    }


def test_owslib_finds_collections_items_and_queryables(address: str) -> None:
    service = Features(address)

    assert service.feature_collections() == ["stations", "townships", "counties", "coverage"]
    found = service.collection_items("stations", limit=5, bbox=[114.0, 33.5, 114.1, 33.6])
    assert found["numberReturned"] == 5
    assert "capacity" in service.collection_queryables("stations")["properties"]
    assert service.collection_item("stations", "LH-002")["id"] == "LH-002"
