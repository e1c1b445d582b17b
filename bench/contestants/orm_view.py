"""The same question through SQLAlchemy's ORM and GeoAlchemy2, as one would write it in a day."""

import os
from typing import Any

from flask import Flask, Response, jsonify, request
from geoalchemy2 import Geography
from sqlalchemy import ARRAY, Select, String, cast, create_engine, func, select
from sqlalchemy.orm import Session, selectinload

from geo_service.persistence.tables import ServiceRow, StationRow

# The operator <-> measures on the sphere; some spare rows make the order on the spheroid exact.
_SPARE = 20


def create_app() -> Flask:
    """Build it; BENCH_DATABASE_URL names the database."""
    app = Flask(__name__)
    engine = create_engine(os.environ["BENCH_DATABASE_URL"], pool_size=16)

    @app.get("/nearest")
    def nearest() -> Response:
        given = request.args
        query = _nearest(
            float(given["lon"]), float(given["lat"]), given.get("service"), given.get("amenity")
        )
        with Session(engine) as session:
            rows = session.execute(query).all()
            features = [_feature(station, metres, at) for station, metres, *at in rows]
        return jsonify(type="FeatureCollection", features=features)

    return app


def _nearest(
    longitude: float, latitude: float, service: str | None, amenity: str | None
) -> Select[Any]:
    point = func.ST_SetSRID(func.ST_MakePoint(longitude, latitude), 4326)
    here = cast(point, Geography(srid=4326))
    close = select(
        StationRow.id, func.ST_Distance(StationRow.location, here).label("metres")
    ).order_by(StationRow.location.op("<->")(here))
    if service is not None:
        close = close.where(StationRow.services.any(ServiceRow.kind == service))
    if amenity is not None:
        close = close.where(StationRow.amenities.op("@>")(cast([amenity], ARRAY(String))))
    drawn = close.limit(5 + _SPARE).subquery()
    position = func.geometry(StationRow.location)
    return (
        select(StationRow, drawn.c.metres, func.ST_X(position), func.ST_Y(position))
        .join(drawn, drawn.c.id == StationRow.id)
        .options(selectinload(StationRow.services))
        .order_by(drawn.c.metres, StationRow.id)
        .limit(5)
    )


def _feature(station: StationRow, metres: float, at: list[float]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": station.id,
        "geometry": {"type": "Point", "coordinates": at},
        "properties": {
            "distance_m": round(metres, 2),
            "name": station.name,
            "name_en": station.name_en,
            "services": [
                {
                    "kind": each.kind,
                    "opening_hours": each.opening_hours,
                    "groups": each.groups,
                }
                for each in station.services
            ],
            "amenities": station.amenities,
            "address": station.address,
            "township": station.township_code,
            "capacity": station.capacity,
            "accessibility": station.accessibility,
            "data_status": station.data_status,
            "source": station.source,
        },
    }
