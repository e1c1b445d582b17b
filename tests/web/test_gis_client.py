"""The answers as a GIS reads them: GDAL's own programs, over HTTP."""

import csv
import io
import subprocess

import pytest
from flask import Flask

from tests.support.server import running


def _read_by_gdal(url: str, *options: str) -> list[dict[str, str]]:
    command = ["ogr2ogr", "-f", "CSV", "/vsistdout/", url, "-lco", "GEOMETRY=AS_WKT", *options]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    return list(csv.DictReader(io.StringIO(ran.stdout)))


@pytest.mark.slow
def test_a_gis_reads_all_stations_where_they_are(app: Flask) -> None:
    with running(app) as address:
        rows = _read_by_gdal(f"{address}/api/v1/stations?limit=1000")

    assert len(rows) == 203
    by_id = {row["id"]: row for row in rows}
    assert by_id["LH-001"]["WKT"] == "POINT (114.034831 33.569677)"
    assert by_id["LH-001"]["data_status"] == "demonstration"


@pytest.mark.slow
def test_a_gis_reads_every_unit_of_a_coverage_also_those_without_a_boundary(app: Flask) -> None:
    with running(app) as address:
        rows = _read_by_gdal(f"{address}/api/v1/coverage?f=geojson")

    assert len(rows) == 58
    without = [row for row in rows if not row["WKT"]]
    assert len(without) == 9
    assert all(row["area_coverage"] == "" for row in without)
    measured = [row for row in rows if row["WKT"]]
    assert all(0 <= float(row["area_coverage"]) <= 1 for row in measured)
