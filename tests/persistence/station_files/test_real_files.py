"""Files that were not written for this service, by people of other cities.

San Francisco's stores come with spopt (BSD), Montreal's districts with plotly (MIT). Neither has
Chinese headers; no table of stations with Chinese headers could be had under a licence.
"""

import gzip
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pandas as pd
import pytest

from geo_service.domain.datum import Datum
from geo_service.domain.station import Reading
from geo_service.persistence.station_files import NOT_GIVEN
from tests.support.station_files import read

STORES = files("spopt") / "tests/test_locate/data/SF_store_site_16_longlat.csv"
DISTRICTS = files("plotly") / "package_data/datasets/election.geojson.gz"


def positions(rows: Sequence[object]) -> list[tuple[object, object]]:
    return [(getattr(row, "name"), getattr(row, "reading")) for row in rows]  # noqa: B009


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_stores_of_san_francisco_are_read_as_pandas_reads_them(
    tmp_path: Path, encoding: str
) -> None:
    content = STORES.read_text(encoding="utf-8")
    theirs = pd.read_csv(str(STORES))

    found = read(tmp_path, content.encode(encoding))

    assert positions(found.rows) == [
        (name, Reading(x=x, y=y, datum=Datum.WGS84))
        for name, x, y in zip(theirs["NAME"], theirs["long"], theirs["lat"], strict=True)
    ]
    assert [each.header for each in found.table.sheets[0].unknown] == ["OBJECTID"]
    assert all(row.services is NOT_GIVEN for row in found.rows)


def test_the_same_stores_are_read_from_a_workbook_that_pandas_writes(tmp_path: Path) -> None:
    theirs = pd.read_csv(str(STORES))
    theirs.to_excel(tmp_path / "by_pandas.xlsx", engine="openpyxl")

    found = read(tmp_path, (tmp_path / "by_pandas.xlsx").read_bytes(), name="a.xlsx")

    assert positions(found.rows) == positions(read(tmp_path, STORES.read_bytes()).rows)


def test_the_districts_of_montreal_are_no_stations_and_each_is_told_so(tmp_path: Path) -> None:
    content = gzip.decompress(DISTRICTS.read_bytes())

    found = read(tmp_path, content, name="a.geojson")

    assert (len(found.rows), found.table.wrong) == (58, 58)
    assert all("needs a Point" in str(row.faults[0]) for row in found.rows)
