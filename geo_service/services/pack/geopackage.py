"""The pack as a GeoPackage: layers that QGIS opens drawn as they are meant, and what they rest on.

GDAL writes the layers; the styles go into the table that QGIS looks for them in.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely import MultiPolygon, Point
from shapely.geometry.base import BaseGeometry

from geo_service.services.coverage import draw_coverage
from geo_service.services.exporting import Row
from geo_service.services.pack import sentences, styles
from geo_service.services.pack.columns import Column, Form, columns_of
from geo_service.services.pack.contents import Contents
from geo_service.services.pack.tables import Table, gap_table, station_table, unit_table
from geo_service.services.pack.words import WORDS
from maps.measures import MEASURES, breaks_of

_NUMPY: Final[Mapping[Form, type]] = {
    "whole": np.int64,
    "year": np.int64,
    "decimal": np.float64,
    "share": np.float64,
    "degrees": np.float64,
    "flag": np.bool_,
}
_BASIS_KEYS: Final = ("radius_m", "distance_type", "instant", "revision", "data_status")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A layer to write; without a geometry type it is a plain table."""

    name: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    geometries: Sequence[BaseGeometry | None] | None = None
    geometry_type: str | None = None
    style: str | None = None


def write_geopackage(contents: Contents, path: Path) -> None:
    """Write the pack as .gpkg, in degrees on WGS 84."""
    import pyogrio  # noqa: PLC0415 - GDAL: 60 MB that most workers never need

    words = WORDS[contents.language]
    path.unlink(missing_ok=True)
    layers = list(_layers(contents))
    # GDAL writes the moment of writing, unless it is told another.
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": f"{contents.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"}
    )
    try:
        for number, layer in enumerate(layers):
            title = words[f"layer_{layer.name}"]
            _write(path, layer, title, sentences.basis(contents), append=number > 0)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    _style(path, layers, contents)


def _layers(contents: Contents) -> Iterable[_Layer]:
    units = contents.answer.report.units
    table = unit_table(contents, contents.level)
    breaks = breaks_of(
        MEASURES["area_coverage"],
        [unit.area_coverage for unit in units if unit.area_coverage is not None],
    )
    yield _of(
        contents,
        "units",
        table,
        lambda _: None,
        style=lambda columns: styles.graduated(
            columns, contents.language, attribute="area_coverage", breaks=breaks
        ),
        geometries=[_multi(unit.unit.boundary) for unit in units],
        geometry_type="MultiPolygon",
    )
    if not contents.along_streets:
        yield from _ground(contents)
    yield _of(
        contents,
        "stations",
        station_table(contents),
        _point,
        style=lambda columns: styles.marker(
            columns, contents.language, shape="circle", colour="0,114,178,255", size=2.2
        ),
    )
    yield _of(
        contents,
        "gaps",
        gap_table(contents),
        _point,
        style=lambda columns: styles.marker(
            columns, contents.language, shape="cross2", colour="157,23,77,255", size=3.0
        ),
    )
    yield _Layer(
        name="about",
        columns=columns_of(("key", "value")),
        rows=_about(contents),
    )


def _ground(contents: Contents) -> Iterable[_Layer]:
    """Return what is within the radius, and of each unit what is not."""
    drawing = draw_coverage(contents.register, contents.answer)
    units, basis = contents.answer.report.units, _basis(contents)
    covered = columns_of(("name", *_BASIS_KEYS))
    yield _Layer(
        name="catchments",
        columns=covered,
        rows=[basis | {"name": contents.place_name}],
        geometries=[drawing.catchments],
        geometry_type="MultiPolygon",
        style=styles.area(covered, contents.language, fill="11,79,73,41", line="11,79,73,255"),
    )
    by_code = {unit.unit.code: unit.unit.name for unit in units}
    uncovered = columns_of(("code", "name", *_BASIS_KEYS))
    yield _Layer(
        name="uncovered",
        columns=uncovered,
        rows=[basis | {"code": code, "name": by_code[code]} for code in drawing.gaps],
        geometries=list(drawing.gaps.values()),
        geometry_type="MultiPolygon",
        style=styles.area(uncovered, contents.language, fill="157,23,77,36", line="157,23,77,140"),
    )


def _of(  # noqa: PLR0913 - the parts of a layer
    contents: Contents,
    name: str,
    table: Table,
    place: Callable[[Row], BaseGeometry | None],
    *,
    style: Callable[[Sequence[Column]], str],
    geometries: Sequence[BaseGeometry | None] | None = None,
    geometry_type: str = "Point",
) -> _Layer:
    """Return a table as a layer, each row with what its figures rest on."""
    basis = _basis(contents)
    columns = [*table.columns, *columns_of(key for key in basis if key not in _keys(table))]
    rows = [basis | row for row in table.rows()]
    return _Layer(
        name=name,
        columns=columns,
        rows=rows,
        geometries=geometries if geometries is not None else [place(row) for row in rows],
        geometry_type=geometry_type,
        style=style(columns),
    )


def _keys(table: Table) -> set[str]:
    return {column.key for column in table.columns}


def _basis(contents: Contents) -> Row:
    return {
        "radius_m": float(contents.answer.report.radius_m),
        "distance_type": sentences.distance_text(contents),
        "instant": sentences.instant_text(contents),
        "revision": contents.register.revision.number,
        "data_status": sentences.status_text(contents),
    }


def _about(contents: Contents) -> list[Row]:
    words = WORDS[contents.language]
    said = [("title", sentences.title(contents))]
    if contents.demonstration:
        said.append(("data_status", words["ribbon"]))
    said += sentences.parameters(contents)
    for key, parts in (
        ("summary", sentences.summary(contents)),
        ("method", sentences.method(contents)),
        ("limits", sentences.limits(contents)),
        ("sources", [*sentences.sources(contents), *sentences.claims(contents)]),
    ):
        said += [(words[key], part) for part in parts]
    return [{"key": key, "value": value} for key, value in said]


def _multi(boundary: BaseGeometry | None) -> BaseGeometry | None:
    """Return an outline as one of several parts: a layer has one type of geometry."""
    if boundary is None:
        return None
    return MultiPolygon(list(shapely.get_parts(boundary)))


def _point(row: Row) -> BaseGeometry:
    return Point(row["longitude"], row["latitude"])


def _write(path: Path, layer: _Layer, title: str, basis: str, *, append: bool) -> None:
    from pyogrio import raw  # noqa: PLC0415 - see write_geopackage

    arrays = [_array(column, layer.rows) for column in layer.columns]
    geometries = None if layer.geometries is None else shapely.to_wkb(list(layer.geometries))
    raw.write(
        str(path),
        geometry=geometries,
        field_data=[values for values, _ in arrays],
        field_mask=[missing for _, missing in arrays],
        fields=np.array([column.key for column in layer.columns], dtype=object),
        layer=layer.name,
        driver="GPKG",
        geometry_type=layer.geometry_type,
        crs=None if geometries is None else "EPSG:4326",
        append=append,
        # 1.2 is what old desks read, too.
        dataset_options=None if append else {"VERSION": "1.2"},
        layer_options={"IDENTIFIER": title, "DESCRIPTION": basis},
    )


def _array(column: Column, rows: Sequence[Row]) -> tuple[np.ndarray[Any, Any], Any]:
    """Return the values of a column as GDAL takes them, and which of them are missing."""
    values = [row.get(column.key) for row in rows]
    missing = np.array([value is None for value in values], dtype=np.bool_)
    if column.form == "date":
        return np.array(values, dtype="datetime64[D]"), missing
    kind = _NUMPY.get(column.form)
    if kind is np.int64 and column.key.endswith("_m"):
        kind = np.float64  # metres are shown whole, and kept as measured
    if kind is None:
        texts = [None if value is None else _text(value) for value in values]
        return np.array(texts, dtype=object), missing
    return np.array([kind(0) if value is None else value for value in values], dtype=kind), missing


def _text(value: object) -> str:
    # U+0000 ends a text in GDAL.
    return str(value).replace("\0", "\N{SYMBOL FOR NULL}")


def _style(path: Path, layers: Sequence[_Layer], contents: Contents) -> None:
    """Put the styles where QGIS looks for a layer's default."""
    made = f"{contents.made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.000Z}"
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(_STYLE_TABLE)
        file.execute(_STYLE_CONTENTS, (made,))
        file.executemany(
            _STYLE_ROW,
            [
                (layer.name, "geom", layer.name, layer.style, sentences.basis(contents), made)
                for layer in layers
                if layer.style is not None
            ],
        )


_STYLE_TABLE: Final = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME
)
"""
_STYLE_CONTENTS: Final = """
INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)
VALUES ('layer_styles', 'attributes', 'layer_styles', '', ?)
"""
_STYLE_ROW: Final = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,
                          styleName, styleQML, styleSLD, useAsDefault, description, owner,
                          update_time)
VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)
"""
