"""The register as text, piece by piece: CSV and GeoJSON of any size in the same little memory."""

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from geo_service.domain.station import Station
from geo_service.persistence.csv_lines import csv_lines
from geo_service.persistence.station_cells import Cell, cells_of, text_of_cell
from geo_service.persistence.station_files import Language
from geo_service.services.register_files.columns import headers, row_of
from geo_service.services.register_files.contents import Contents

_STATIONS_A_PIECE: Final = 200
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
# Else a spreadsheet takes UTF-8 for the encoding of its own country.
_MARK: Final = "\ufeff"


def csv_of(contents: Contents, language: Language) -> Iterator[bytes]:
    """Write the stations as CSV in UTF-8, a line each; no cell is a formula."""
    yield (_MARK + "".join(csv_lines([headers(language)]))).encode()
    rows = (map(text_of_cell, row_of(each, language)) for each in contents.dataset.stations)
    yield from _in_pieces(csv_lines(rows))


def geojson_of(contents: Contents) -> Iterator[bytes]:
    """Write the stations as an RFC 7946 FeatureCollection, a Feature a line.

    Properties are the columns of ``stations.csv``. The geometry is on WGS 84; longitude, latitude
    and datum among the properties are the reading, as it was given.
    """
    revision, dataset = contents
    head = {
        "type": "FeatureCollection",
        "title": dataset.place.title,
        "place": dataset.place.name,
        "revision": revision.number,
        "committed_at": revision.committed_at.astimezone(dataset.place.zone).isoformat(),
    }
    yield f'{_json(head)[:-1]},"features":[\n'.encode()
    yield from _in_pieces(_listed(_json(_feature(each)) for each in dataset.stations))
    yield b"\n]}\n"


def _feature(station: Station) -> dict[str, Any]:
    at = station.coordinate
    return {
        "type": "Feature",
        "id": station.id,
        "geometry": {"type": "Point", "coordinates": [at.longitude, at.latitude]},
        "properties": {column: _plain(cell) for column, cell in cells_of(station).items()},
    }


def _plain(cell: Cell) -> str | float | None:
    return cell.isoformat() if isinstance(cell, date) else cell


def _json(value: object) -> str:
    return _ENCODER.encode(value)


def _listed(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        yield before + text
        before = ",\n"


def _in_pieces(texts: Iterator[str]) -> Iterator[bytes]:
    while piece := "".join(islice(texts, _STATIONS_A_PIECE)):
        yield piece.encode()
