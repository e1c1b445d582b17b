"""The register as a GeoPackage: stations, townships and counties as layers, and what they are."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.township import County, Township
from geo_service.persistence.dataset import STATION_COLUMNS
from geo_service.persistence.station_cells import cells_of
from geo_service.persistence.station_files import Language
from geo_service.services.register_files.about import about
from geo_service.services.register_files.contents import Contents

# What is not named here is text.
_KINDS: Final[Mapping[str, type]] = {
    "capacity": np.int64,
    "population": np.int64,
    "population_year": np.int64,
    "longitude": np.float64,
    "latitude": np.float64,
    "accuracy_m": np.float64,
    **{column: date for column in STATION_COLUMNS if column.endswith("_on")},
}
_UNIT_COLUMNS: Final = (
    *("code", "name", "name_en", "county_code", "boundary_status", "population"),
    *("population_year", "population_source", "source", "note"),
)

_Column = tuple[NDArray[Any], NDArray[np.bool_]]


class _Layer(NamedTuple):
    """A layer to write; without geometries it is a plain table."""

    name: str
    fields: Mapping[str, _Column]
    geometries: NDArray[Any] | None = None
    geometry_type: str | None = None


def write_geopackage(contents: Contents, language: Language, path: Path) -> None:
    """Write .gpkg, in degrees on WGS 84; the same contents make the same bytes."""
    import pyogrio  # noqa: PLC0415 - GDAL: only where it is needed

    # GDAL writes the moment of writing, unless it is told another.
    made = contents.revision.committed_at.astimezone(UTC)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{made:%Y-%m-%dT%H:%M:%S.000Z}"})
    for number, layer in enumerate(_layers(contents, language)):
        _write(path, layer, append=number > 0)


def _layers(contents: Contents, language: Language) -> Iterable[_Layer]:
    dataset = contents.dataset
    rows: dict[str, list[Any]] = {column: [] for column in STATION_COLUMNS}
    degrees = []
    for station in dataset.stations:
        for column, cell in cells_of(station).items():
            rows[column].append(cell)
        degrees.append((station.coordinate.longitude, station.coordinate.latitude))
    points = shapely.points(np.array(degrees, dtype=np.float64).reshape(-1, 2))
    yield _Layer("stations", _fields(rows), _binary(points), "Point")
    yield _unit_layer("townships", dataset.townships)
    yield _unit_layer("counties", dataset.counties)
    said = about(contents, language)
    about_rows = {"key": [key for key, _ in said], "value": [text for _, text in said]}
    yield _Layer("about", _fields(about_rows))


def _unit_layer(name: str, units: Sequence[Township | County]) -> _Layer:
    rows = {column: [getattr(unit, column, None) for unit in units] for column in _UNIT_COLUMNS}
    rows["boundary_status"] = [unit.boundary_status.value for unit in units]
    outlines = [_parts(unit.boundary) for unit in units]
    return _Layer(name, _fields(rows), _binary(outlines), "MultiPolygon")


def _binary(geometries: Any) -> NDArray[Any]:
    return np.asarray(shapely.to_wkb(np.asarray(geometries, dtype=object)), dtype=object)


def _parts(boundary: BaseGeometry | None) -> BaseGeometry | None:
    """Return an outline as one of several parts: a layer has one type of geometry."""
    return None if boundary is None else MultiPolygon(list(shapely.get_parts(boundary)))


def _fields(rows: Mapping[str, Sequence[Any]]) -> dict[str, _Column]:
    return {column: _column(values, _KINDS.get(column, str)) for column, values in rows.items()}


def _column(values: Sequence[Any], kind: type) -> _Column:
    """Return the values of a column as GDAL takes them, and which of them are missing."""
    missing = np.array([value is None for value in values], dtype=np.bool_)
    if kind is date:
        return np.array(values, dtype="datetime64[D]"), missing
    if kind is str:
        return np.array(values, dtype=object), missing
    return np.array([kind(0) if value is None else value for value in values], dtype=kind), missing


def _write(path: Path, layer: _Layer, *, append: bool) -> None:
    from pyogrio import raw  # noqa: PLC0415 - see above

    raw.write(
        str(path),
        geometry=layer.geometries,
        field_data=[values for values, _ in layer.fields.values()],
        field_mask=[missing for _, missing in layer.fields.values()],
        fields=np.array(list(layer.fields), dtype=object),
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.geometry_type,
        crs=None if layer.geometries is None else "EPSG:4326",
        append=append,
        dataset_options=None if append else {"VERSION": "1.2"},  # what old desks read, too
    )
