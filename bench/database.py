"""A private PostGIS for each size of register, filled through the service's own persistence.

They stay under var/bench/, so that a second run need not fill them again; each is stopped when
nobody uses it.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import psycopg
from sqlalchemy import make_url

from bench import world
from bench.options import WORKSHOP
from geo_service.domain.register import Dataset
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore

_AUTHOR: Final = "bench"

# What the peers read: the same stations, where their software expects them.
_FOR_PEERS: Final = """
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO geo_service;
GRANT TEMPORARY ON DATABASE geo_service TO geo_service;
CREATE TABLE bench.station AS
    SELECT id, name, array_to_string(amenities, ';') AS amenities, address, township_code,
           location::geometry(Point, 4326) AS geom
    FROM public.station;
ALTER TABLE bench.station ADD PRIMARY KEY (id);
CREATE INDEX ON bench.station USING gist (geom);
GRANT SELECT ON bench.station TO geo_service;
CREATE FUNCTION bench.nearest(
    lon double precision DEFAULT 114.0, lat double precision DEFAULT 33.5, k integer DEFAULT 5
) RETURNS TABLE (
    id varchar, name varchar, amenities varchar[], address varchar,
    distance_m double precision, geom geometry(Point, 4326)
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT id, name, amenities, address,
           ST_Distance(location, ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography),
           location::geometry(Point, 4326)
    FROM public.station
    ORDER BY location <-> ST_SetSRID(ST_MakePoint(lon, lat), 4326)::geography
    LIMIT k
$$;
ANALYZE;
"""

# The reason stays, for it says what the register was made from.
_MOVE: Final = """
INSERT INTO revision (number, author, reason, kind)
SELECT number + 1, author, reason, 'edit' FROM revision ORDER BY number DESC LIMIT 1
RETURNING number
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A database that holds a register of one size."""

    size: int
    owner_url: str
    service_url: str

    @property
    def socket_folder(self) -> str:
        """Where its server listens."""
        return str(make_url(self.service_url).query["host"])

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection]:
        """Open a connection as the owner."""
        url = make_url(self.owner_url)
        with psycopg.connect(
            host=self.socket_folder, user=url.username, dbname=url.database, autocommit=True
        ) as connection:
            yield connection


@contextmanager
def filled(size: int) -> Iterator[Filled]:
    """Run the database of one size, filling it first if need be."""
    with Cluster(_home(size)) as cluster:
        database = Filled(size=size, owner_url=cluster.owner_url, service_url=cluster.service_url)
        migrate.upgrade(database.owner_url)
        if _reason_of_latest(database) != _fingerprint(size):
            _fill(database)
        yield database


def commit(database: Filled, dataset: Dataset, reason: str) -> int:
    """Replace the register, as `geo-service load` does; return the revision that makes."""
    connected = Database.connect(database.service_url)
    try:
        with connected.transaction() as session:
            return RegisterStore(session).replace(dataset, author=_AUTHOR, reason=reason)
    finally:
        connected.engine.dispose()


def move_revision(database: Filled) -> int:
    """Commit a change that moves the revision on, and leaves the stations as they are.

    Every worker has to load all of the register anew: it cannot know what has changed.
    """
    with database.connection() as connection:
        row = connection.execute(_MOVE).fetchone()
    assert row is not None
    return int(row[0])


def _home(size: int) -> Path:
    WORKSHOP.mkdir(parents=True, exist_ok=True)
    return WORKSHOP / f"postgis-{size}"


def _fingerprint(size: int) -> str:
    """Name all that the register of a size depends on."""
    made_by = [Path(world.__file__), *sorted(world.DATA.glob("*.*"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in made_by))
    digest.update(_FOR_PEERS.encode())
    return f"bench {size} {digest.hexdigest()[:16]}"


def _reason_of_latest(database: Filled) -> str | None:
    with database.connection() as connection:
        row = connection.execute(
            "SELECT reason FROM revision ORDER BY number DESC LIMIT 1"
        ).fetchone()
    return None if row is None else str(row[0])


def _fill(database: Filled) -> None:
    began = time.perf_counter()
    click.echo(f"Filling a database with {database.size:,} stations …")
    commit(database, world.dataset(database.size), _fingerprint(database.size))
    with database.connection() as connection:
        connection.execute(_FOR_PEERS)
    click.echo(f"  {time.perf_counter() - began:.0f} s")
