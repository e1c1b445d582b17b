"""Saved routes in PostGIS."""

from typing import Final

import numpy as np
import shapely
from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from geo_service.domain.coordinates import Coordinates
from geo_service.domain.datum import Datum
from geo_service.domain.errors import RouteNotFoundError
from geo_service.domain.route import Route
from geo_service.domain.saved_route import SavedRoute
from geo_service.persistence.database import will_write

_ALL: Final = text("SELECT id, name, note, datum, ST_AsBinary(line) AS line FROM route ORDER BY id")
_ONE: Final = text(
    "SELECT id, name, note, datum, ST_AsBinary(line) AS line FROM route WHERE id = :id"
)
_SAVE: Final = text(
    """INSERT INTO route (id, name, note, datum, line)
       VALUES (:id, :name, :note, :datum, ST_GeomFromWKB(:line, 4326))
       ON CONFLICT (id) DO UPDATE
       SET name = excluded.name, note = excluded.note, datum = excluded.datum,
           line = excluded.line"""
)
_REMOVE: Final = text("DELETE FROM route WHERE id = :id RETURNING id")


class RouteStore:
    """The saved routes as they stand inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> tuple[SavedRoute, ...]:
        """Return every route, by identifier."""
        return tuple(map(_to_route, self._session.execute(_ALL).mappings()))

    def one(self, route_id: str) -> SavedRoute:
        """Return a route, or raise RouteNotFoundError."""
        # PostgreSQL takes no NUL, and no identifier holds one.
        row = self._session.execute(_ONE, {"id": route_id.replace("\0", " ")}).mappings()
        if (found := row.one_or_none()) is None:
            raise _none(route_id)
        return _to_route(found)

    def save(self, saved: SavedRoute) -> None:
        """Keep a route, in the place of one of the same identifier."""
        will_write(self._session)
        line = shapely.LineString(np.column_stack(saved.route.places.degrees))
        self._session.execute(
            _SAVE,
            {
                "id": saved.id,
                "name": saved.name,
                "note": saved.note,
                "datum": saved.datum.value,
                "line": shapely.to_wkb(line),
            },
        )

    def remove(self, route_id: str) -> None:
        """Forget a route, or raise RouteNotFoundError."""
        will_write(self._session)
        if self._session.execute(_REMOVE, {"id": route_id}).one_or_none() is None:
            raise _none(route_id)


def _none(route_id: str) -> RouteNotFoundError:
    return RouteNotFoundError(f"no saved route has the identifier {route_id!r}")


def _to_route(row: RowMapping) -> SavedRoute:
    degrees = shapely.get_coordinates(shapely.from_wkb(bytes(row["line"])))
    return SavedRoute(
        id=row["id"],
        name=row["name"],
        note=row["note"],
        datum=Datum(row["datum"]),
        route=Route.through(
            Coordinates(longitudes=degrees[:, 0].copy(), latitudes=degrees[:, 1].copy())
        ),
    )
