"""What the contestants of `bench/nearest` are asked, and what PostGIS answers."""

import json
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psycopg

from bench import world
from bench.options import WORKSHOP
from bench.processes import Server

BEGINS: Final = "2026-11-23T09:00:00+08:00"
"""A Monday morning, when most stations are open: the service's clock starts there."""

PLAIN: Final = "plain"
FILTERED: Final = "filtered"
SERVICE: Final = "rest"
AMENITY: Final = "water"
_BY_SERVICE_AND_AMENITY: Final = f"&service={SERVICE}&amenity={AMENITY}"
ON_ARRIVAL: Final = "&open=arrival"
_CONDITIONS: Final = {PLAIN: "", FILTERED: f"{_BY_SERVICE_AND_AMENITY}{ON_ARRIVAL}"}

_ASKED: Final = 5000
_CHECKED: Final = 200
_BOX_DEG: Final = 0.02  # pygeoapi knows no nearest: it is asked for what lies within some 2 km

# Thirty spare candidates make the order exact: <-> measures on the sphere.
_NEAREST: Final = """
SELECT id FROM (
    SELECT id, ST_Distance(location, place.here) AS metres
    FROM station, (SELECT ST_SetSRID(ST_MakePoint(%s, %s), 4326)::geography AS here) AS place
    WHERE %s = 'plain' OR (
        'water' = ANY (amenities) AND EXISTS (
            SELECT FROM station_service WHERE station_id = id AND kind = 'rest'
        )
    )
    ORDER BY location <-> place.here LIMIT 35
) AS close ORDER BY metres, id LIMIT 5
"""

Origin = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Questions:
    """The same origins for everyone, each contestant's in its own form."""

    size: int
    origins: list[Origin]

    @classmethod
    def about(cls, size: int) -> "Questions":
        """Draw the origins for a register of one size."""
        places = world.origins(world.dataset(size).stations, _ASKED)
        return cls(size, [(longitude, latitude) for longitude, latitude in places.tolist()])

    def paths(self, name: str, form: Callable[[float, float], str]) -> Path:
        """Write a contestant's file of paths for wrk."""
        path = WORKSHOP / "questions" / f"{name}-{self.size}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = (form(longitude, latitude) for longitude, latitude in self.origins)
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
        return path

    def disagreements(
        self, server: Server, form: Callable[[float, float], str], right: list[list[str]]
    ) -> int:
        """Count the origins, of those checked, whose five stations are not PostGIS's in order."""
        asked = (form(*origin) for origin in self.origins[:_CHECKED])
        return sum(
            _ids(server.url + path) != expected for path, expected in zip(asked, right, strict=True)
        )

    def answers_of_postgis(self, connection: psycopg.Connection, variant: str) -> list[list[str]]:
        """Return the right answers to the origins that are checked."""
        return [
            [row[0] for row in connection.execute(_NEAREST, (*origin, variant))]
            for origin in self.origins[:_CHECKED]
        ]


def service_path(variant: str) -> Callable[[float, float], str]:
    """Return the form of a question to the service."""
    more = _CONDITIONS[variant]
    return lambda longitude, latitude: (
        f"/api/v1/stations/nearest?lon={longitude}&lat={latitude}{more}"
    )


def peer_path(variant: str) -> Callable[[float, float], str]:
    """Return the form of a question to one of our own small applications; without the hours."""
    more = _BY_SERVICE_AND_AMENITY if variant == FILTERED else ""
    return lambda longitude, latitude: f"/nearest?lon={longitude}&lat={latitude}{more}"


def bare_path(variant: str) -> Callable[[float, float], str]:
    """Return the form of a question to the view that does not read it."""
    return lambda longitude, latitude: f"/{variant}?lon={longitude}&lat={latitude}"


def tipg_path(longitude: float, latitude: float) -> str:
    """Return the form of a question to TiPg, whose answers are in no order unless asked."""
    return (
        f"/collections/bench.nearest/items?lon={longitude}&lat={latitude}&k=5&limit=5"
        "&sortby=distance_m&f=geojson"
    )


def pygeoapi_path(longitude: float, latitude: float) -> str:
    """Return the form of a question to pygeoapi: five stations of a box."""
    west, south = longitude - _BOX_DEG, latitude - _BOX_DEG
    east, north = longitude + _BOX_DEG, latitude + _BOX_DEG
    box = f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}"
    return f"/collections/stations/items?bbox={box}&limit=5&f=json"


def body(url: str) -> str:
    """Return the text of an answer."""
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  loopback
        text: str = answer.read().decode()
    return text


def _ids(url: str) -> list[str]:
    return [str(each["id"]) for each in json.loads(body(url))["features"]]
