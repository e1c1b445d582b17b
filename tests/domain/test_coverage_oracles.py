"""Coverage against two others: PostGIS, and counting sampled places by geodesic distance."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
import shapely
from scipy.stats import qmc
from shapely import MultiPolygon, Polygon
from sqlalchemy import make_url

from geo_service.domain.coordinate import Bounds
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import Station
from tests.domain.coverage_cases import (
    CENTRE,
    GEOD,
    LUOHE,
    away,
    measured,
    scattered,
    shares,
    square,
    stations_at,
    unit_of,
    wavy,
)
from tests.support.postgis import PostGIS

# A tenth of a per cent of the unit's area: what planners are promised.
PROMISED = 0.001

# Projected, unlike ours without the local scale: 0.01 % of a radius at most over Luohe.
COVERED_SQL = """
with unit as (select st_transform(st_geomfromwkb(%(unit)s, 4326), 4547) as outline),
disc as (
    select number, st_buffer(st_transform(st_point(x, y, 4326), 4547), %(radius)s, 'quad_segs=64')
        as reach
    from unnest(%(x)s::float8[], %(y)s::float8[]) with ordinality as station (x, y, number)
),
pair as (
    select st_intersection(one.reach, other.reach) as reach
    from disc as one join disc as other
    on one.number < other.number and st_intersects(one.reach, other.reach)
)
select st_area(st_intersection(outline, (select st_union(reach) from disc))) / st_area(outline),
    coalesce(st_area(st_intersection(outline, (select st_union(reach) from pair))), 0)
        / st_area(outline)
from unit
"""


@pytest.fixture(scope="module")
def connection(shipped_postgis: PostGIS) -> Iterator[psycopg.Connection]:
    """A PostGIS to measure in; nothing is written there."""
    url = make_url(shipped_postgis.service_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
        yield connection


def in_postgis(
    connection: psycopg.Connection,
    boundary: Polygon | MultiPolygon,
    stations: list[Station],
    radius: float,
) -> tuple[float, float]:
    row = connection.execute(
        COVERED_SQL,
        {
            "unit": shapely.to_wkb(boundary),
            "radius": radius,
            "x": [station.coordinate.longitude for station in stations],
            "y": [station.coordinate.latitude for station in stations],
        },
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def by_sampling(
    boundary: Polygon | MultiPolygon, stations: list[Station], radius: float, points: int = 2**17
) -> tuple[float, float]:
    """Return the shares of evenly strewn places of the unit within a geodesic radius."""
    west, south, east, north = boundary.bounds
    low, high = np.sin(np.radians([south, north]))
    u, v = qmc.Sobol(2, rng=1).random(points).T
    # Even on the ground: a band of latitude has area in proportion to the sine's difference.
    longitude, latitude = west + u * (east - west), np.degrees(np.arcsin(low + v * (high - low)))
    inside = shapely.contains_xy(boundary, longitude, latitude)
    longitude, latitude = longitude[inside], latitude[inside]
    near = np.zeros(len(longitude), dtype=int)
    for station in stations:
        _, _, distance = GEOD.inv(
            longitude,
            latitude,
            np.full_like(longitude, station.coordinate.longitude),
            np.full_like(longitude, station.coordinate.latitude),
        )
        near += distance <= radius
    return float(np.mean(near >= 1)), float(np.mean(near >= 2))


def ring(mean_radius: float, seed: int) -> Polygon:
    """Return a township around another, as county towns have them."""
    around = shapely.difference(
        wavy(CENTRE, mean_radius, seed), wavy(CENTRE, mean_radius / 3, seed + 1)
    )
    assert isinstance(around, Polygon)
    return around


UNITS: dict[str, Polygon | MultiPolygon] = {
    "a township": wavy(CENTRE, 4_000, 1),
    "a large township": wavy(away(CENTRE, 300, 9_000), 6_500, 2),
    "a street": wavy(away(CENTRE, 80, 1_500), 900, 3),
    "a ring": ring(5_000, 4),
    "two parts": MultiPolygon(
        [wavy(away(CENTRE, 200, 4_000), 2_000, 6), wavy(away(CENTRE, 30, 4_000), 1_500, 7)]
    ),
    "the far west of the city": wavy((113.50, 33.75), 4_000, 8),
    "one out of reach": wavy((113.60, 33.85), 1_000, 9),
}
STATIONS = stations_at(
    [
        *scattered(45, 1, CENTRE, 9_000),
        *scattered(8, 2, (113.50, 33.75), 5_000),
        *[away(CENTRE, 45, 2_000)] * 2,
    ]
)


@pytest.mark.parametrize("radius", [300, 1_000, 3_000])
@pytest.mark.parametrize("unit", UNITS)
def test_shares_are_those_of_postgis(
    connection: psycopg.Connection, unit: str, radius: float
) -> None:
    expected = in_postgis(connection, UNITS[unit], STATIONS, radius)

    assert shares(UNITS[unit], STATIONS, radius) == pytest.approx(expected, abs=PROMISED)


def test_a_crowd_on_one_square_kilometre_is_the_crowd_of_postgis(
    connection: psycopg.Connection,
) -> None:
    crowd = stations_at(scattered(60, 5, CENTRE, 560))

    expected = in_postgis(connection, UNITS["a township"], crowd, 1_000)

    assert shares(UNITS["a township"], crowd) == pytest.approx(expected, abs=PROMISED)


PLACES = {
    "漯河": CENTRE,
    "between two zones": (115.49, 33.58),
    "Montréal": (-73.6, 45.5),
    "Tromsø": (18.95, 69.65),
    "Quito": (-78.5, -0.2),
}


@pytest.mark.parametrize("radius", [500, 1_000, 2_500])
@pytest.mark.parametrize("centre", PLACES.values(), ids=PLACES)
def test_shares_are_those_of_sampled_places(centre: tuple[float, float], radius: float) -> None:
    unit, stations = square(centre, 3_000), stations_at(scattered(9, 11, centre, 3_500))
    crs = PlanarCrs.choose(
        Bounds(west=centre[0] - 0.2, south=centre[1] - 0.2, east=centre[0], north=centre[1])
    )

    expected = by_sampling(unit, stations, radius)

    assert shares(unit, stations, radius, crs) == pytest.approx(expected, abs=PROMISED)


def test_shares_of_a_large_radius_are_those_of_sampled_places() -> None:
    unit, stations = square(half_side=60_000), stations_at(scattered(7, 3, CENTRE, 90_000))

    expected = by_sampling(unit, stations, 50_000, points=2**18)

    assert shares(unit, stations, 50_000) == pytest.approx(expected, abs=PROMISED)


def test_an_irregular_township_is_covered_as_sampled_places_are() -> None:
    unit, stations = wavy(CENTRE, 4_000, 12), stations_at(scattered(9, 13, CENTRE, 5_000))

    expected = by_sampling(unit, stations, 1_000, points=2**18)

    assert shares(unit, stations) == pytest.approx(expected, abs=PROMISED)


def test_distances_over_the_grid_are_those_over_sampled_places() -> None:
    unit, places = wavy(CENTRE, 4_000, 14), scattered(6, 15, CENTRE, 4_000)
    random = np.random.default_rng(16)
    west, south, east, north = unit.bounds
    longitude, latitude = random.uniform([west, south], [east, north], size=(40_000, 2)).T
    inside = shapely.contains_xy(unit, longitude, latitude)
    sampled = np.min(
        [
            GEOD.inv(
                longitude[inside],
                latitude[inside],
                np.full(inside.sum(), x),
                np.full(inside.sum(), y),
            )[2]
            for x, y in places
        ],
        axis=0,
    )

    nearest = measured(unit_of(unit), stations_at(places), crs=LUOHE).units[0].nearest

    assert nearest is not None
    assert nearest.mean_m == pytest.approx(np.mean(sampled), rel=0.01)
    assert nearest.median_m == pytest.approx(np.median(sampled), rel=0.015)
    assert nearest.p90_m == pytest.approx(np.percentile(sampled, 90), rel=0.015)
    assert nearest.max_m == pytest.approx(np.max(sampled), abs=nearest.spacing_m)
