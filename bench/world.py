"""Registers of any size, made from a fixed seed: the shipped one, or towns over a nation's extent.

Beyond the shipped 203, each station is a copy of a shipped one (its hours, groups, amenities and
township), put near a town. Towns differ in size as towns do: few are large. The extent is a box
inside China, so that the plane chosen for it is a Chinese one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Bounds, Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.register import Dataset
from geo_service.domain.station import Reading, Station, StationId
from geo_service.domain.survey import Level, Unit
from geo_service.domain.township import BoundaryStatus
from geo_service.persistence.dataset import read_dataset
from geo_service.settings import PROJECT

DATA: Final = PROJECT / "data" / "stations"
SEED: Final = 203
SHIPPED: Final = 203
EXTENT: Final = Bounds(west=100.0, south=23.0, east=120.0, north=42.0)

_STATIONS_A_TOWN: Final = 60
_TOWN_DEG: Final = 0.03  # about 3 km: one standard deviation of a town's stations
_AWAY_DEG: Final = 0.02  # how far from a station its askers stand, likewise

Degrees = NDArray[np.float64]


@lru_cache(maxsize=1)
def shipped() -> Dataset:
    """Return the register that the project ships."""
    return read_dataset(DATA)


def dataset(size: int) -> Dataset:
    """Return a register of so many stations; the same number gives the same register."""
    given = shipped()
    if size == len(given.stations):
        return given
    return replace(given, stations=tuple(_stations(size, given.stations)))


def _stations(size: int, models: Sequence[Station]) -> Iterator[Station]:
    random = np.random.default_rng([SEED, size])
    copied = random.integers(len(models), size=size)
    for number, ((longitude, latitude), model) in enumerate(
        zip(_places(size, random).tolist(), copied.tolist(), strict=True), start=1
    ):
        yield replace(
            models[model],
            id=StationId(f"S-{number:07}"),
            name=f"演示站点-{number:07}",
            name_en=f"Demonstration site {number:07}",
            coordinate=Coordinate(longitude=longitude, latitude=latitude),
            reading=Reading(x=longitude, y=latitude, datum=Datum.WGS84),
        )


def _places(size: int, random: np.random.Generator) -> Degrees:
    towns = max(1, size // _STATIONS_A_TOWN)
    low, high = [EXTENT.west, EXTENT.south], [EXTENT.east, EXTENT.north]
    centres = random.uniform(low, high, (towns, 2))
    weights = random.pareto(1.2, towns) + 0.2
    town = random.choice(towns, size, p=weights / weights.sum())
    # A town ten times as populous is some three times as wide.
    spread = _TOWN_DEG * np.sqrt(weights / weights.mean()).clip(0.3, 6.0)
    places = centres[town] + random.normal(size=(size, 2)) * spread[town, None]
    return np.asarray(np.round(places.clip(low, high), 6))


def origins(stations: Sequence[Station], count: int) -> Degrees:
    """Return places near stations, where askers stand: (count, 2), longitude first."""
    random = np.random.default_rng([SEED, len(stations), count])
    chosen = random.integers(len(stations), size=count)
    places = np.array([[each.coordinate.longitude, each.coordinate.latitude] for each in stations])
    return np.round(places[chosen] + random.normal(size=(count, 2)) * _AWAY_DEG, 6)


# -- townships -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """Units and the stations in and around them, as coverage is measured of them."""

    units: tuple[Unit, ...]
    stations: Sequence[Station]
    bounds: Bounds


def country(size: int) -> Country:
    """Return so many stations, and a fifth as many townships; at 203 the shipped ones."""
    stations = dataset(size).stations
    if size == SHIPPED:
        units = tuple(_shipped_units())
        outlines = [unit.boundary for unit in units if unit.boundary is not None]
        west, south, east, north = shapely.total_bounds(np.array(outlines, dtype=object)).tolist()
        return Country(
            units=units,
            stations=stations,
            bounds=Bounds(west=west, south=south, east=east, north=north),
        )
    return Country(units=tuple(_cells(size // 5)), stations=stations, bounds=EXTENT)


def _shipped_units() -> Iterator[Unit]:
    for township in shipped().townships:
        yield _unit(township.code, township.boundary)


def _cells(count: int) -> Iterator[Unit]:
    """Cut the extent into the Voronoi cells of a jittered grid: townships that fill it."""
    random = np.random.default_rng([SEED, count])
    rows = max(1, round(count**0.5))
    columns = max(1, round(count / rows))
    x, y = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    jitter = random.uniform(-0.35, 0.35, (2, rows, columns))
    seats = shapely.multipoints(
        np.column_stack(
            [
                EXTENT.west + (EXTENT.east - EXTENT.west) * (x + jitter[0] / columns).ravel(),
                EXTENT.south + (EXTENT.north - EXTENT.south) * (y + jitter[1] / rows).ravel(),
            ]
        )
    )
    box = shapely.box(EXTENT.west, EXTENT.south, EXTENT.east, EXTENT.north)
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=box))
    for number, cell in enumerate(shapely.intersection(cells, box), start=1):
        yield _unit(f"T-{number:06}", cell)


def _unit(code: str, boundary: Polygon | MultiPolygon | None) -> Unit:
    return Unit(
        code=code,
        name=code,
        level=Level.TOWNSHIP,
        boundary=boundary,
        boundary_status=BoundaryStatus.APPROXIMATE if boundary else BoundaryStatus.NONE,
    )
