"""Data folders that tests write whole, and then spoil."""

import csv
import json
from pathlib import Path
from typing import Any

from geo_service.persistence.dataset import CLAIM_COLUMNS, HOLIDAY_COLUMNS, STATION_COLUMNS

Cells = dict[str, str]
Feature = dict[str, Any]


def a_row(identifier: str = "A-1", **cells: str) -> Cells:
    """One good line of stations.csv; cells that are not named are empty or harmless."""
    given = dict.fromkeys(STATION_COLUMNS, "") | {
        "id": identifier,
        "name": f"Station {identifier}",
        "services": "rest",
        "rest_for": "anyone",
        "longitude": "114.05",
        "latitude": "33.55",
        "datum": "wgs84",
        "data_status": "official",
        "source": "a test",
    }
    return given | cells


def a_square(west: float, south: float, side: float = 0.1) -> Feature:
    """A square as GeoJSON."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def a_unit(code: str, geometry: Any = None, /, **properties: Any) -> Feature:
    """One good feature of townships.geojson or counties.geojson."""
    given = {
        "code": code,
        "name": f"Unit {code}",
        "boundary_status": "none" if geometry is None else "official",
        "source": "a test",
    }
    return {"type": "Feature", "geometry": geometry, "properties": given | properties}


class Folder:
    """A good data folder; a test changes what it likes and then writes it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.package: dict[str, Any] = {
            "title": "Stations of Testville",
            "place": {"name": "试验市", "time_zone": "Asia/Shanghai"},
        }
        self.stations = [a_row()]
        self.townships = [a_unit("T-1", a_square(114.0, 33.5))]
        self.counties: list[Feature] | None = None
        self.holidays: list[Cells] | None = None
        self.claims: list[Cells] | None = None

    def write(self) -> Path:
        """Write all files; return the folder."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.put("datapackage.json", json.dumps(self.package).encode())
        self.table("stations.csv", STATION_COLUMNS, self.stations)
        self.units("townships.geojson", self.townships)
        if self.counties is not None:
            self.units("counties.geojson", self.counties)
        if self.holidays is not None:
            self.table("holidays.csv", HOLIDAY_COLUMNS, self.holidays)
        if self.claims is not None:
            self.table("programme.csv", CLAIM_COLUMNS, self.claims)
        return self.path

    def put(self, name: str, content: bytes) -> Path:
        """Write one file as it is given; return the folder."""
        (self.path / name).write_bytes(content)
        return self.path

    def table(self, name: str, columns: tuple[str, ...], rows: list[Cells]) -> None:
        """Write a CSV file."""
        with (self.path / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    def units(self, name: str, features: list[Feature]) -> None:
        """Write a GeoJSON file."""
        collection = {"type": "FeatureCollection", "features": features}
        self.put(name, json.dumps(collection).encode())
