"""The read-only views of PostGIS that others read: their columns, as they are published."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from geo_service.domain.coordinate import Coordinate

GEOMETRY: Final = "geometry"


class _Published(DeclarativeBase):
    """The views; apart from the tables, which migrations are compared with."""

    metadata = MetaData()


class PublishedStation(_Published):
    """A station, with what it offers on one line."""

    __tablename__ = "ogc_station"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    services: Mapped[str]
    rest_hours: Mapped[str | None]
    rest_for: Mapped[str | None]
    breakfast_hours: Mapped[str | None]
    breakfast_for: Mapped[str | None]
    amenities: Mapped[str]
    address: Mapped[str | None]
    township_code: Mapped[str | None]
    township: Mapped[str | None]
    county_code: Mapped[str | None]
    county: Mapped[str | None]
    telephone: Mapped[str | None]
    capacity: Mapped[int | None]
    accessibility: Mapped[str]
    data_status: Mapped[str]
    source: Mapped[str]
    accuracy_m: Mapped[float | None]
    verified_on: Mapped[date | None]
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    reported_closed_on: Mapped[date | None]
    geometry: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=Coordinate.SRID))


class PublishedTownship(_Published):
    """A township, with its outline as far as it is known."""

    __tablename__ = "ogc_township"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    county_code: Mapped[str | None]
    county: Mapped[str | None]
    boundary_status: Mapped[str]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    population_source: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str]
    geometry: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=Coordinate.SRID)
    )


class PublishedCounty(_Published):
    """A county."""

    __tablename__ = "ogc_county"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    boundary_status: Mapped[str]
    population: Mapped[int | None]
    population_year: Mapped[int | None]
    population_source: Mapped[str | None]
    source: Mapped[str]
    note: Mapped[str]
    geometry: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=Coordinate.SRID)
    )


class PublishedCoverage(_Published):
    """How far a township is covered: a share of its ground from 0 to 1, and distances in metres."""

    __tablename__ = "ogc_coverage"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_en: Mapped[str | None]
    county_code: Mapped[str | None]
    county: Mapped[str | None]
    boundary_status: Mapped[str]
    revision: Mapped[int]
    measured_on: Mapped[date]
    radius_m: Mapped[float]
    stations: Mapped[int]
    stations_rest: Mapped[int]
    stations_breakfast: Mapped[int]
    area_km2: Mapped[float | None]
    covered_km2: Mapped[float | None]
    area_coverage: Mapped[float | None]
    cross_coverage: Mapped[float | None]
    population: Mapped[int | None]
    stations_per_10000: Mapped[float | None]
    nearest_mean_m: Mapped[float | None]
    nearest_median_m: Mapped[float | None]
    nearest_p90_m: Mapped[float | None]
    nearest_max_m: Mapped[float | None]
    geometry: Mapped[WKBElement | None] = mapped_column(
        Geometry("MULTIPOLYGON", srid=Coordinate.SRID)
    )


VIEWS: Final[Mapping[str, type[_Published]]] = {
    "stations": PublishedStation,
    "townships": PublishedTownship,
    "counties": PublishedCounty,
    "coverage": PublishedCoverage,
}


def columns_of(name: str) -> tuple[str, ...]:
    """Return the columns of a view but the geometry; none where there is no such view."""
    if name not in VIEWS:
        return ()
    return tuple(each.name for each in VIEWS[name].__table__.columns if each.name != GEOMETRY)
