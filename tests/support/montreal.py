"""Montreal, from the data sets that plotly brings along (MIT): 249 places and 58 districts."""

import csv
import gzip
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.support.folder import Folder, a_row, a_unit

PLACE = "Montréal"


def carshare() -> list[tuple[float, float]]:
    """Return longitude and latitude of the 249 car-share places."""
    rows = csv.DictReader(_text("carshare.csv.gz").splitlines())
    return [(float(row["centroid_lon"]), float(row["centroid_lat"])) for row in rows]


def districts() -> list[dict[str, Any]]:
    """Return the 58 election districts as GeoJSON Features."""
    features: list[dict[str, Any]] = json.loads(_text("election.geojson.gz"))["features"]
    return features


def write_folder(path: Path) -> Path:
    """Write Montreal as a data folder."""
    folder = Folder(path)
    folder.package = {
        "title": "Autopartage à Montréal",
        "place": {"name": PLACE, "name_en": "Montreal", "time_zone": "America/Toronto"},
    }
    folder.stations = [
        a_row(
            f"M-{number:03}",
            name=f"Autopartage {number}",
            longitude=f"{longitude:.15f}",
            latitude=f"{latitude:.15f}",
            data_status="derived",
            source="plotly: carshare",
        )
        for number, (longitude, latitude) in enumerate(carshare(), start=1)
    ]
    folder.townships = [
        a_unit(
            district["id"],
            district["geometry"],
            name=district["properties"]["district"],
            source="plotly: election districts",
        )
        for district in districts()
    ]
    return folder.write()


def _text(name: str) -> str:
    packed = files("plotly") / "package_data" / "datasets" / name
    return gzip.decompress(packed.read_bytes()).decode("utf-8")
