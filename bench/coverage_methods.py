"""Three ways to the same figure: the share of each township within a kilometre of a station.

All get the same plane, outlines and places; laying those out is not timed, as the service keeps
them. Each returns the shares in the order of the outlines.
"""

from dataclasses import dataclass
from typing import Any, Final

import geopandas
import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from bench.world import Country
from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import measure
from geo_service.domain.covered_ground import covered_areas
from geo_service.domain.ground_figures import discs_about
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.survey import Survey

RADIUS: Final = Metres(1000.0)
_QUARTER: Final = 32  # sides of a quarter of a disc, in SQL too: its area is 0.04 % short

Shares = NDArray[np.float64]

_TABLES: Final = """
DROP TABLE IF EXISTS bench.unit, bench.place;
CREATE TABLE bench.unit (number integer PRIMARY KEY, outline geometry NOT NULL);
CREATE TABLE bench.place (at geometry NOT NULL, radius double precision NOT NULL);
"""

_COVER: Final = (
    "SET statement_timeout = '900s'",
    "DROP TABLE IF EXISTS reached",
    # Discs that touch form a cluster; each cluster is one union, and clusters do not overlap.
    """
    CREATE TEMPORARY TABLE reached AS
    WITH disc AS (SELECT ST_Buffer(at, radius, 32) AS shape FROM bench.place),
         clustered AS (SELECT shape, ST_ClusterDBSCAN(shape, 0, 1) OVER () AS cluster FROM disc)
    SELECT ST_Union(shape) AS shape FROM clustered GROUP BY cluster
    """,
    "CREATE INDEX ON reached USING gist (shape)",
    "ANALYZE reached",
)
_SHARES: Final = """
SELECT unit.number,
       coalesce(sum(ST_Area(ST_Intersection(unit.outline, reached.shape))), 0)
       / ST_Area(unit.outline)
FROM bench.unit LEFT JOIN reached ON ST_Intersects(unit.outline, reached.shape)
GROUP BY unit.number, unit.outline ORDER BY unit.number
"""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A country laid out in its plane."""

    country: Country
    survey: Survey
    outlines: NDArray[np.object_]
    places: NDArray[np.object_]
    radii: NDArray[np.float64]

    @classmethod
    def of(cls, country: Country) -> "Ground":
        """Lay it out."""
        crs = PlanarCrs.choose(country.bounds)
        survey = Survey.of(country.units, crs=crs)
        at = [each.coordinate for each in country.stations]
        longitude = np.array([each.longitude for each in at])
        latitude = np.array([each.latitude for each in at])
        outlines = [each.ground.outline for each in survey.units if each.ground is not None]
        return cls(
            country=country,
            survey=survey,
            outlines=np.array([*outlines, None], dtype=object)[:-1],
            places=np.asarray(shapely.points(*crs.forward(longitude, latitude))),
            radii=RADIUS * crs.scale_at(longitude, latitude),
        )


def by_service(ground: Ground) -> Shares:
    """Measure as the service does: cross coverage, distances and worst gaps are in the time."""
    report = measure(ground.survey, ground.country.stations, radius=RADIUS, members={})
    shares = [each.area_coverage for each in report.units if each.area_coverage is not None]
    return np.array(shares)


def by_service_shares_alone(ground: Ground) -> Shares:
    """Measure as the service does, but the ground covered once and twice alone."""
    discs = discs_about(ground.country.stations, radius=RADIUS, crs=ground.survey.crs)
    covered = covered_areas(ground.outlines, discs)
    return np.asarray(covered.once / shapely.area(ground.outlines))


def by_geopandas(ground: Ground) -> Shares:
    """Buffer, dissolve and overlay, as a GIS analyst would."""
    units = geopandas.GeoDataFrame(
        {"number": np.arange(len(ground.outlines))}, geometry=list(ground.outlines)
    )
    discs = geopandas.GeoSeries(list(ground.places)).buffer(ground.radii, quad_segs=_QUARTER)
    reached = geopandas.GeoDataFrame(geometry=[discs.union_all()]).explode(ignore_index=True)
    cut = geopandas.overlay(units, reached, how="intersection", keep_geom_type=True)
    covered = cut.area.groupby(cut["number"]).sum().reindex(units["number"], fill_value=0.0)
    return np.asarray(covered.to_numpy() / units.area.to_numpy(), dtype=np.float64)


def load_into_postgis(connection: psycopg.Connection[Any], ground: Ground) -> None:
    """Put the outlines and places into tables, indexed."""
    connection.execute(_TABLES)
    with connection.cursor() as cursor:
        with cursor.copy("COPY bench.unit FROM STDIN") as copy:
            for number, outline in enumerate(shapely.to_wkb(ground.outlines, hex=True)):
                copy.write_row((number, outline))
        with cursor.copy("COPY bench.place FROM STDIN") as copy:
            wkb = shapely.to_wkb(ground.places, hex=True)
            for place, radius in zip(wkb, ground.radii.tolist(), strict=True):
                copy.write_row((place, radius))
    connection.execute("CREATE INDEX ON bench.unit USING gist (outline)")
    connection.execute("ANALYZE bench.unit, bench.place")


def by_postgis(connection: psycopg.Connection[Any]) -> Shares:
    """Ask plain SQL."""
    for statement in _COVER:
        connection.execute(statement)
    return np.array([share for _, share in connection.execute(_SHARES)])
