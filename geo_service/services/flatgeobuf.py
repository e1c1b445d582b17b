"""Places as FlatGeobuf, the binary form that GIS desks read fastest; written by GDAL."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo_service.services.exporting import Cell

_PATIENCE_S: Final = 5.0
# GDAL takes a few times the size of what it writes: one file at a time in each process.
_turn = Lock()


class FlatGeobufBusyError(Exception):
    """Others are having files written, and this one cannot wait for all of them."""


def flatgeobuf(
    name: str,
    columns: Sequence[str],
    rows: Sequence[Mapping[str, Cell]],
    geometries: Sequence[BaseGeometry | None],
    *,
    geometry_type: str,
) -> bytes:
    """Write rows and their places (WGS 84), in their order; raises FlatGeobufBusyError."""
    from pyogrio import raw  # noqa: PLC0415 - GDAL: 60 MB that most workers never need

    arrays = [_array([row[column] for row in rows]) for column in columns]
    if not _turn.acquire(timeout=_PATIENCE_S):
        raise FlatGeobufBusyError
    try:
        with tempfile.TemporaryDirectory(prefix="geo-service-") as folder:
            path = Path(folder) / "layer.fgb"
            raw.write(
                str(path),
                geometry=shapely.to_wkb(np.array(list(map(_whole, geometries)), dtype=object)),
                field_data=[values for values, _ in arrays],
                field_mask=[missing for _, missing in arrays],
                fields=np.array(columns, dtype=object),
                layer=name,
                driver="FlatGeobuf",
                geometry_type=geometry_type,
                crs="EPSG:4326",
                # An index would bring the rows into another order.
                layer_options={"SPATIAL_INDEX": "NO"},
            )
            return path.read_bytes()
    finally:
        _turn.release()


def _whole(geometry: BaseGeometry | None) -> BaseGeometry | None:
    """Return a geometry as the one type that its layer has."""
    return MultiPolygon([geometry]) if isinstance(geometry, Polygon) else geometry


def _array(values: Sequence[Cell]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return a column as GDAL takes it, and which of its values are missing."""
    missing = np.array([value is None for value in values], dtype=np.bool_)
    kinds = {type(value) for value in values if value is not None}
    for kind, number in ((bool, np.bool_), (int, np.int64), (float, np.float64)):
        if kinds == {kind} or (kind is float and kinds == {int, float}):
            filled = [kind(0) if value is None else value for value in values]
            return np.array(filled, dtype=number), missing
    # U+0000 ends a text in GDAL.
    texts = [
        None if value is None else str(value).replace("\0", "\N{SYMBOL FOR NULL}")
        for value in values
    ]
    return np.array(texts, dtype=object), missing
