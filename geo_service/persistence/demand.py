"""Demand layers in PostGIS: replaced whole, read whole."""

from typing import Final

import numpy as np
import shapely
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.coordinate import Bounds
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.demand import (
    DemandLabel,
    DemandLayer,
    DemandLayerId,
    DemandPoints,
    DemandSummary,
    summary_of,
)
from geo_service.domain.errors import DemandLayerNotFoundError
from geo_service.domain.station import DataStatus
from geo_service.persistence.database import will_write

_LABEL: Final = (
    "id, version, name, name_en, unit, unit_en, data_status, datum, source, as_of, note, estimate"
)
_ALL: Final = text(
    f"SELECT {_LABEL}, points, total, bounds, loaded_at FROM demand_layer ORDER BY id"  # noqa: S608
)
_VERSION: Final = text("SELECT version FROM demand_layer WHERE id = :id")
# One statement, so that label and points are of one version while another is being loaded.
_ONE: Final = text(
    f"""SELECT {_LABEL}, ST_AsBinary(points.places) AS places, points.weights, points.names
        FROM demand_layer, LATERAL (
            SELECT ST_Collect(location ORDER BY number) AS places,
                array_agg(weight ORDER BY number) AS weights,
                CASE WHEN count(name) > 0 THEN array_agg(name ORDER BY number) END AS names
            FROM demand_point WHERE layer_id = demand_layer.id
        ) AS points
        WHERE id = :id"""  # noqa: S608 - our own words alone
)
# One loads at a time: two of one identifier would both delete the old and trip over each other.
_TAKE_TURN: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('demand_layer', 0))")
_REMOVE: Final = text("DELETE FROM demand_layer WHERE id = :id RETURNING id")
_ADD: Final = text(
    """INSERT INTO demand_layer
           (id, name, name_en, unit, unit_en, data_status, datum, source, as_of, note, estimate,
            points, total, bounds)
       VALUES
           (:id, :name, :name_en, :unit, :unit_en, :data_status, :datum, :source, :as_of, :note,
            :estimate, :points, :total, :bounds)
       RETURNING version"""
)
_ADD_POINTS: Final = text(
    """INSERT INTO demand_point (layer_id, number, location, weight, name)
       SELECT :id, :before + number, ST_SetSRID(ST_MakePoint(x, y), 4326), weight, nullif(name, '')
       FROM unnest(CAST(:x AS float8[]), CAST(:y AS float8[]), CAST(:weights AS float8[]),
                   CAST(:names AS text[])) WITH ORDINALITY AS point (x, y, weight, name, number)"""
)

# A statement of this many is sent at once, however busy the server is.
_POINTS_AT_ONCE: Final = 5_000


class DemandStore:
    """The demand layers as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def summaries(self) -> tuple[DemandSummary, ...]:
        """Return what there is, by identifier, without the points."""
        return tuple(map(_to_summary, self._session.execute(_ALL).mappings()))

    def version(self, layer_id: DemandLayerId) -> int:
        """Return a layer's version, or raise DemandLayerNotFoundError."""
        found = self._session.scalar(_VERSION, {"id": _asked(layer_id)})
        if found is None:
            raise no_layer(layer_id)
        return int(found)

    def one(self, layer_id: DemandLayerId) -> DemandLayer:
        """Return a layer, or raise DemandLayerNotFoundError."""
        rows = self._session.execute(_ONE, {"id": _asked(layer_id)}).mappings()
        if (row := rows.one_or_none()) is None:
            raise no_layer(layer_id)
        return _to_layer(row)

    def save(self, label: DemandLabel, points: DemandPoints) -> int:
        """Keep a layer, in the place of one of the same identifier; return its version."""
        will_write(self._session)
        self._session.execute(_TAKE_TURN)
        self._session.execute(_REMOVE, {"id": label.id})
        summary = summary_of(label.layer(points, version=0))
        bounds = summary.bounds
        version = self._session.scalar(
            _ADD,
            {
                **{name: getattr(label, name) for name in _TEXTS},
                "data_status": label.data_status.value,
                "datum": label.datum.value,
                "points": summary.points,
                "total": summary.total,
                "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
            },
        )
        self._add_points(label.id, points)
        assert version is not None  # the statement returns one
        return int(version)

    def _add_points(self, layer_id: DemandLayerId, points: DemandPoints) -> None:
        x, y = points.at.degrees
        for before in range(0, len(points), _POINTS_AT_ONCE):
            piece = slice(before, before + _POINTS_AT_ONCE)
            self._session.execute(
                _ADD_POINTS,
                {
                    "id": layer_id,
                    "before": before,
                    "x": x[piece].tolist(),
                    "y": y[piece].tolist(),
                    "weights": points.weight[piece].tolist(),
                    "names": None if points.names is None else list(points.names[piece]),
                },
            )

    def remove(self, layer_id: DemandLayerId) -> None:
        """Forget a layer, or raise DemandLayerNotFoundError."""
        will_write(self._session)
        rows = self._session.execute(_REMOVE, {"id": _asked(layer_id)})
        if rows.one_or_none() is None:
            raise no_layer(layer_id)


def no_layer(layer_id: str) -> DemandLayerNotFoundError:
    """Say that there is no layer of this identifier."""
    return DemandLayerNotFoundError(f"no demand layer has the identifier {layer_id!r}")


_TEXTS: Final = (
    *("id", "name", "name_en", "unit", "unit_en", "source", "as_of", "note", "estimate"),
)


def _asked(layer_id: str) -> str:
    # PostgreSQL takes no NUL, and no identifier holds one.
    return layer_id.replace("\0", " ")


def _to_summary(row: RowMapping) -> DemandSummary:
    west, south, east, north = row["bounds"]
    return DemandSummary(
        **{name: row[name] for name in _TEXTS},
        version=row["version"],
        datum=Datum(row["datum"]),
        data_status=DataStatus(row["data_status"]),
        points=row["points"],
        total=row["total"],
        bounds=Bounds(west=west, south=south, east=east, north=north),
        loaded_at=row["loaded_at"],
    )


def _to_layer(row: RowMapping) -> DemandLayer:
    degrees = shapely.get_coordinates(shapely.from_wkb(bytes(row["places"])))
    names = row["names"]
    return DemandLayer(
        **{name: row[name] for name in _TEXTS},
        version=row["version"],
        datum=Datum(row["datum"]),
        data_status=DataStatus(row["data_status"]),
        points=DemandPoints(
            at=Coordinates(longitudes=degrees[:, 0].copy(), latitudes=degrees[:, 1].copy()),
            weight=np.array(row["weights"], dtype=np.float64),
            names=None if names is None else tuple(name or "" for name in names),
        ),
    )
