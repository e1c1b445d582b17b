"""Vector tiles as others' software reads them: GDAL, by TileJSON and as OGC API – Tiles."""

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.server import running

pytestmark = pytest.mark.slow

FIRST = (114.034831, 33.569677)  # where the data folder has LH-001
READ = """
import json, sys, pyogrio
source, options = json.loads(sys.argv[1])
found = pyogrio.read_dataframe(source, **options)
first = found[found.id == "LH-001"].geometry.to_crs("EPSG:4326").iloc[0]
print(json.dumps([found.id.nunique(), first.x, first.y]))
"""


@pytest.fixture(scope="module")
def origin(app: Flask) -> Iterator[str]:
    """Where the service is."""
    with running(app) as origin:
        yield origin


def read(source: str, **options: str) -> tuple[int, float, float]:
    """Return how many stations GDAL finds, and where the first is."""
    # In a process of its own: while GDAL waits for an answer, nothing else of its process runs.
    ran = subprocess.run(
        [sys.executable, "-c", READ, json.dumps([source, options])],
        check=True, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    stations, longitude, latitude = json.loads(ran.stdout)
    return stations, longitude, latitude


def test_gdal_reads_every_tile_of_a_zoom_by_tilejson(origin: str) -> None:
    found = read(
        f"MVT:{origin}/tiles/stations/9",
        METADATA_FILE=f"{origin}/tiles/stations.json",
        TILE_EXTENSION="mvt",
    )

    assert found[0] == 203
    assert found[1:] == pytest.approx(FIRST, abs=2e-4)


def test_gdal_finds_its_way_through_ogc_api_tiles(origin: str) -> None:
    found = read(f"OGCAPI:{origin}/ogc/collections/stations", API="TILES", layer="Zoom level 1")

    assert found[0] == 203
    assert found[1:] == pytest.approx(FIRST, abs=0.05)
