"""Stations and units to measure, made up in the likeness of Luohe."""

from collections.abc import Iterable

import numpy as np
from pyproj import Geod
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Bounds, Coordinate, Metres
from geo_service.domain.coverage import CoverageReport, Level, Survey, Unit, measure
from geo_service.domain.datum import Datum
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import (
    DataStatus,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.township import BoundaryStatus

GEOD = Geod(ellps="WGS84")

LUOHE = PlanarCrs.choose(Bounds(west=113.45, south=33.40, east=114.29, north=33.99))
CENTRE = (114.02, 33.58)


def station_at(
    longitude: float,
    latitude: float,
    identifier: str = "",
    services: tuple[ServiceKind, ...] = (ServiceKind.REST,),
) -> Station:
    return Station(
        id=StationId(identifier or f"at {longitude:.9f} {latitude:.9f}"),
        name="演示站点",
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        services=tuple(Service(kind=kind) for kind in services),
        reading=Reading(x=longitude, y=latitude, datum=Datum.WGS84),
        data_status=DataStatus.DEMONSTRATION,
        source="made for a test",
    )


def stations_at(places: Iterable[tuple[float, float]]) -> list[Station]:
    """Return a station at each place; two at one place are two."""
    return [station_at(*place, f"s{number:04}") for number, place in enumerate(places)]


def away(origin: tuple[float, float], azimuth: float, metres: float) -> tuple[float, float]:
    """Return the place a geodesic leads to."""
    longitude, latitude, _ = GEOD.fwd(*origin, azimuth, metres)
    return longitude, latitude


def unit_of(
    boundary: Polygon | MultiPolygon | None,
    code: str = "411102001",
    population: int | None = None,
    why_no_boundary: str | None = None,
    status: BoundaryStatus = BoundaryStatus.OFFICIAL,
) -> Unit:
    return Unit(
        code=code,
        name=f"街道 {code}",
        level=Level.TOWNSHIP,
        boundary=boundary,
        boundary_status=BoundaryStatus.NONE if boundary is None else status,
        population=population,
        why_no_boundary=why_no_boundary,
    )


def square(centre: tuple[float, float] = CENTRE, half_side: float = 5_000) -> Polygon:
    """Return a square, side to side between two meridians, of about twice ``half_side`` metres."""
    west, _ = away(centre, 270, half_side)
    east, _ = away(centre, 90, half_side)
    _, south = away(centre, 180, half_side)
    _, north = away(centre, 0, half_side)
    return Polygon([(west, south), (east, south), (east, north), (west, north)])


def wavy(centre: tuple[float, float], mean_radius: float, seed: int, corners: int = 90) -> Polygon:
    """Return an outline as irregular as a township's."""
    random = np.random.default_rng(seed)
    waves = random.uniform(-0.12, 0.12, size=(5, 2))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    reach = 1 + sum(
        a * np.cos((n + 2) * angles) + b * np.sin((n + 2) * angles)
        for n, (a, b) in enumerate(waves)
    )
    return Polygon(
        [
            away(centre, float(np.degrees(angle)), float(mean_radius * r))
            for angle, r in zip(angles, reach, strict=True)
        ]
    )


def scattered(
    count: int, seed: int, centre: tuple[float, float], spread: float
) -> list[tuple[float, float]]:
    """Return places strewn about a centre, denser towards it."""
    random = np.random.default_rng(seed)
    return [
        away(centre, float(azimuth), float(distance))
        for azimuth, distance in zip(
            random.uniform(0, 360, count), random.uniform(0, spread, count), strict=True
        )
    ]


def measured(
    unit: Unit | list[Unit],
    stations: list[Station],
    radius: float = 1_000,
    crs: PlanarCrs = LUOHE,
    members: dict[str, list[Station]] | None = None,
) -> CoverageReport:
    """Survey and measure in one go."""
    units = unit if isinstance(unit, list) else [unit]
    return measure(
        Survey.of(units, crs=crs), stations, radius=Metres(radius), members=members or {}
    )


def shares(
    boundary: Polygon | MultiPolygon,
    stations: list[Station],
    radius: float = 1_000,
    crs: PlanarCrs = LUOHE,
) -> tuple[float, float]:
    """Return area and cross coverage of a boundary."""
    found = measured(unit_of(boundary), stations, radius, crs).units[0]
    assert found.area_coverage is not None
    assert found.cross_coverage is not None
    return found.area_coverage, found.cross_coverage
