"""A register written as a data folder, of the form that ``read_dataset`` reads.

The same register makes the same bytes. What the register does not hold (licences, the sources of
the whole, files beside those that are read) cannot be in it.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from shapely.geometry import mapping

from geo_service.domain.errors import GeoServiceError
from geo_service.domain.register import Dataset
from geo_service.domain.station_columns import StationColumns
from geo_service.domain.township import County, Township
from geo_service.persistence.csv_lines import csv_lines
from geo_service.persistence.dataset import CLAIM_COLUMNS, HOLIDAY_COLUMNS, STATION_COLUMNS
from geo_service.persistence.dataset_description import described
from geo_service.persistence.station_cells import Cell, cells_of, text_of_cell

FILES: Final = (
    *("datapackage.json", "stations.csv", "townships.geojson"),
    *("counties.geojson", "holidays.csv", "programme.csv"),
)


class FolderTakenError(GeoServiceError):
    """A folder holds what no data folder holds, and would be mixed with one."""


def check_free(folder: Path, *, force: bool = False) -> None:
    """Raise FolderTakenError where writing would mix with somebody's files; ``force``: let it."""
    if force or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name not in FILES:
            raise FolderTakenError(
                f"{folder} holds {path.name}, which a data folder written here does not; "
                "--force replaces the files of the register in it all the same"
            )


def write_dataset(dataset: Dataset, folder: Path) -> None:
    """Write all the files of a dataset; raises OSError.

    A folder that is not there appears whole. In one that is, all is written aside first, so a full
    disk leaves it as it was; then file after file takes its place.
    """
    folder = folder.absolute()
    is_new = not folder.is_dir()
    aside = folder.parent if is_new else folder  # on the same file system, whatever is mounted
    aside.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".geo-service-", dir=aside))
    try:
        for name, lines in _files(dataset):
            with (draft / name).open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
                file.flush()
                os.fsync(file.fileno())
        if is_new:
            draft.chmod(0o755)  # mkdtemp's are for their owner alone
            draft.rename(folder)
        else:
            for name in FILES:
                (draft / name).replace(folder / name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _files(dataset: Dataset) -> Iterator[tuple[str, Iterable[str]]]:
    yield "datapackage.json", [described(dataset.place)]
    stations = map(cells_of, StationColumns.of(dataset.stations))
    yield "stations.csv", _table(STATION_COLUMNS, (each.values() for each in stations))
    yield "townships.geojson", _collection(map(_township, dataset.townships))
    yield "counties.geojson", _collection(map(_unit, dataset.counties))
    holidays = (
        (day.day, day.kind, day.name, day.status, day.source) for day in dataset.calendar.holidays
    )
    yield "holidays.csv", _table(HOLIDAY_COLUMNS, holidays)
    claims = sorted(dataset.claims, key=lambda claim: claim.key)
    facts = ([getattr(claim, column) for column in CLAIM_COLUMNS] for claim in claims)
    yield "programme.csv", _table(CLAIM_COLUMNS, facts)


def _table(columns: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    yield from csv_lines([columns], end="\n")
    yield from csv_lines((map(text_of_cell, row) for row in rows), end="\n")


def _collection(features: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Write features a line each, by code: two exports are compared line by line."""
    yield '{"type":"FeatureCollection","features":[\n'
    by_code = sorted(features, key=lambda feature: str(feature["properties"]["code"]))
    yield ",\n".join(
        json.dumps(feature, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        for feature in by_code
    )
    yield "\n]}\n"


def _township(township: Township) -> dict[str, Any]:
    seat = township.seat
    return _unit(
        township,
        county_code=township.county_code,
        seat_longitude=None if seat is None else seat.longitude,
        seat_latitude=None if seat is None else seat.latitude,
    )


def _unit(unit: County | Township, **more: str | float | None) -> dict[str, Any]:
    boundary = unit.boundary
    return {
        "type": "Feature",
        "properties": {
            "code": unit.code,
            "name": unit.name,
            "name_en": unit.name_en,
            **more,
            "boundary_status": unit.boundary_status.value,
            "population": unit.population,
            "population_year": unit.population_year,
            "population_source": unit.population_source,
            "source": unit.source,
            "note": unit.note or None,
        },
        "geometry": None if boundary is None else mapping(boundary),
    }
