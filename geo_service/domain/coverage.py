"""How well stations cover units of administration.

- *Area coverage*: area(⋃ B(s, r) ∩ unit) / area(unit), where B(s, r) is the ground within r metres
  of station s in a straight line. Every station counts, also one beyond the unit's border.
- *Cross coverage*: the share of the unit's area within r of two stations or more, counted by
  station: two at one address count as two. (The measure is asked for by the Chinese trade unions'
  2023 programme for workers' stations, with r = 1 km.)
- *Nearest distance*: from each place of an even grid over the unit to its nearest station; mean,
  median, 90th percentile and largest. By area, not by people.
- *Worst gap*: the place of that grid farthest from any station.
- *Stations per 10,000*: the stations that stand in the unit / its population × 10,000.

Distances are geodesics on WGS 84. Areas are geodesic; shares are formed in a conformal plane, with
the discs scaled to the ground (see ``planar`` and ``covered_ground``), and are within 0.1 % of the
unit's area of the truth for cities and provinces.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from geo_service.domain.catchments import Catchments, union_of_discs
from geo_service.domain.coordinate import Metres
from geo_service.domain.distance_grid import NearestDistances, WorstGap
from geo_service.domain.errors import InvalidQueryError, ParameterFault
from geo_service.domain.ground_figures import GroundFigures
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import ServiceKind, Station
from geo_service.domain.survey import (
    Ground,
    Level,
    Survey,
    SurveyedUnit,
    Unit,
    polygons_of,
)
from geo_service.domain.township import BoundaryStatus

__all__ = [
    "DISTANCE_TYPE",
    "MAX_RADIUS",
    "CoverageReport",
    "Level",
    "Survey",
    "Totals",
    "Unit",
    "UnitCoverage",
    "catchments_of",
    "check_radius",
    "gaps_of",
    "measure",
    "report_of",
]

MAX_RADIUS: Final = Metres(50_000.0)
DISTANCE_TYPE: Final = "straight line"

_NO_STATION: Final = "no station matches"
_NO_POPULATION: Final = "the population is not known"
_NOBODY: Final = "nobody lives there"

_OF_GROUND: Final = ("area_m2", "covered_area_m2", "area_coverage", "cross_coverage")
_OF_DISTANCE: Final = ("nearest", "worst_gap")
_OF_POPULATION: Final = ("population", "stations_per_10000")

_DUST_M2: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCoverage:
    """What is known of one unit. Each None has its reason in ``missing``, by the field's name."""

    unit: Unit
    stations: int
    stations_by_service: Mapping[ServiceKind, int]
    area_m2: float | None
    covered_area_m2: float | None
    area_coverage: float | None
    cross_coverage: float | None
    stations_per_10000: float | None
    nearest: NearestDistances | None
    worst_gap: WorstGap | None
    missing: Mapping[str, str]
    notes: tuple[str, ...]

    @property
    def population(self) -> int | None:
        """The people of the unit, as its source counts them."""
        return self.unit.population

    @property
    def approximate(self) -> bool:
        """Whether the boundary, and so every figure about its ground, is an approximation."""
        return self.unit.boundary_status is BoundaryStatus.APPROXIMATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """All units together: areas added up, distances weighted by the ground they stand for.

    Where units overlap, as approximate ones do, the shared ground counts in each; the city as
    one unit is free of that. ``stations`` are those that stand in a unit; ``stations_elsewhere``
    stand in none of these but cover what they reach.
    """

    units: int
    units_measured: int
    stations: int
    stations_elsewhere: int
    stations_by_service: Mapping[ServiceKind, int]
    area_m2: float | None
    covered_area_m2: float | None
    area_coverage: float | None
    cross_coverage: float | None
    population: int | None
    stations_per_10000: float | None
    nearest: NearestDistances | None
    worst_gap: WorstGap | None
    missing: Mapping[str, str]
    approximate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageReport:
    """Coverage of every unit asked for, in their order, and what it rests on."""

    radius_m: Metres
    crs: PlanarCrs
    distance_type: str
    units: tuple[UnitCoverage, ...]
    totals: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """The figures about the ground of one unit."""

    ground: Ground
    once: float
    twice: float
    nearest: NearestDistances | None
    worst_gap: WorstGap | None


def measure(
    survey: Survey,
    stations: Sequence[Station],
    *,
    radius: Metres,
    members: Mapping[str, Sequence[Station]],
) -> CoverageReport:
    """Measure how well stations cover the units of a survey.

    Args:
        survey: the units, laid out in a plane; ``Survey.of`` makes one, worth keeping.
        stations: every station that counts, already filtered, in the units or beyond them.
            Each is counted for all the services it carries: hand over only those that match.
        radius: the service radius in metres, above 0 and at most 50,000.
        members: by a unit's code, those of the stations that stand in it.

    Raises:
        InvalidQueryError: if the radius is out of range.
    """
    check_radius(radius)
    return report_of(GroundFigures.of(survey, stations, radius=radius), members=members)


def report_of(
    figures: GroundFigures, *, members: Mapping[str, Sequence[Station]]
) -> CoverageReport:
    """Report the figures of a survey's grounds, with the stations that stand in each unit."""
    survey, stations = figures.survey, figures.stations
    measured = _by_unit(figures)
    units = tuple(
        _unit_coverage(surveyed, ground, members.get(surveyed.unit.code, ()))
        for surveyed, ground in zip(survey.units, measured, strict=True)
    )
    return CoverageReport(
        radius_m=figures.radius,
        crs=survey.crs,
        distance_type=DISTANCE_TYPE,
        units=units,
        totals=_totals(units, measured, stations, members, figures.total_nearest()),
    )


def catchments_of(stations: Sequence[Station], *, radius: Metres, crs: PlanarCrs) -> MultiPolygon:
    """Return the ground within the radius of any station, in degrees, for drawing."""
    check_radius(radius)
    return polygons_of(crs.to_degrees(union_of_discs(stations, radius=radius, crs=crs)))


def gaps_of(
    survey: Survey, stations: Sequence[Station], *, radius: Metres
) -> dict[str, MultiPolygon]:
    """Return, by the code of each unit with a boundary, its ground that no station covers.

    In degrees, for drawing; empty where all is covered. Shreds under 1 m² are rounding, and left
    out.
    """
    check_radius(radius)
    outlines = survey.outlines
    catchments = Catchments.around(stations, radius=radius, crs=survey.crs, reaching=outlines)
    codes = [each.unit.code for each in survey.units if each.ground is not None]
    return {
        code: _gaps(outline, left, survey.crs)
        for code, outline, left in zip(codes, outlines, catchments.left_of(outlines), strict=True)
    }


def _gaps(outline: BaseGeometry, left: BaseGeometry, crs: PlanarCrs) -> MultiPolygon:
    parts = shapely.get_parts(left)
    real = parts[shapely.area(parts) >= min(_DUST_M2, outline.area)]
    return polygons_of(crs.to_degrees(MultiPolygon(list(real))))


def check_radius(radius: Metres) -> None:
    """Raise InvalidQueryError where a service radius makes no sense."""
    if not 0 < radius <= MAX_RADIUS:
        reason = f"{radius:g} m is not above 0 and at most {MAX_RADIUS:,.0f} m"
        raise InvalidQueryError(ParameterFault("radius", reason))


def _by_unit(figures: GroundFigures) -> list[_Measured | None]:
    """Return the figures of each unit; None for a unit without ground."""
    found = (
        _Measured(ground=ground, once=once, twice=twice, nearest=nearest, worst_gap=gap)
        for ground, once, twice, nearest, gap in zip(
            figures.survey.grounds,
            figures.once.tolist(),
            figures.twice.tolist(),
            figures.nearest,
            figures.gaps,
            strict=True,
        )
    )
    return [None if each.ground is None else next(found) for each in figures.survey.units]


def _unit_coverage(
    surveyed: SurveyedUnit,
    measured: _Measured | None,
    members: Sequence[Station],
) -> UnitCoverage:
    unit = surveyed.unit
    missing: dict[str, str] = {}
    if measured is None:
        reason = surveyed.why_no_ground or ""
        missing |= dict.fromkeys((*_OF_GROUND, *_OF_DISTANCE), reason)
    elif measured.nearest is None:
        missing |= dict.fromkeys(_OF_DISTANCE, _NO_STATION)
    if unit.population is None:
        missing |= dict.fromkeys(_OF_POPULATION, _NO_POPULATION)
    elif unit.population == 0:
        missing["stations_per_10000"] = _NOBODY
    note = None if surveyed.ground is None else surveyed.ground.note
    return UnitCoverage(
        unit=unit,
        stations=len(members),
        stations_by_service=_by_service(members),
        area_m2=None if measured is None else measured.ground.area_m2,
        covered_area_m2=None if measured is None else measured.once * measured.ground.area_m2,
        area_coverage=None if measured is None else measured.once,
        cross_coverage=None if measured is None else measured.twice,
        stations_per_10000=_per_10000(len(members), unit.population),
        nearest=None if measured is None else measured.nearest,
        worst_gap=None if measured is None else measured.worst_gap,
        missing=missing,
        notes=() if note is None else (note,),
    )


def _totals(
    units: Sequence[UnitCoverage],
    measured: Sequence[_Measured | None],
    stations: Sequence[Station],
    members: Mapping[str, Sequence[Station]],
    nearest: NearestDistances | None,
) -> Totals:
    grounds = [each for each in measured if each is not None]
    inside = {station.id: station for each in units for station in members.get(each.unit.code, ())}
    area = float(sum(each.ground.area_m2 for each in grounds))
    once = float(sum(each.once * each.ground.area_m2 for each in grounds))
    twice = float(sum(each.twice * each.ground.area_m2 for each in grounds))
    population, missing = _total_population(units)
    if not grounds:
        missing |= dict.fromkeys((*_OF_GROUND, *_OF_DISTANCE), "no unit has a boundary")
    elif not stations:
        missing |= dict.fromkeys(_OF_DISTANCE, _NO_STATION)
    gaps = [each.worst_gap for each in grounds if each.worst_gap is not None]
    return Totals(
        units=len(units),
        units_measured=len(grounds),
        stations=len(inside),
        stations_elsewhere=sum(station.id not in inside for station in stations),
        stations_by_service=_by_service(inside.values()),
        area_m2=area if grounds else None,
        covered_area_m2=once if grounds else None,
        area_coverage=min(once / area, 1.0) if grounds else None,
        cross_coverage=min(twice / area, 1.0) if grounds else None,
        population=population,
        stations_per_10000=_per_10000(len(inside), population),
        nearest=nearest,
        worst_gap=max(gaps, key=lambda gap: gap.distance_m) if gaps else None,
        missing=missing,
        approximate=any(each.approximate for each in units),
    )


def _total_population(units: Sequence[UnitCoverage]) -> tuple[int | None, dict[str, str]]:
    """Add up the people, unless one unit's are unknown: then a sum would mislead."""
    counts = [each.population for each in units if each.population is not None]
    if units and len(counts) == len(units):
        total = sum(counts)
        return total, {} if total else {"stations_per_10000": _NOBODY}
    reason = f"{_NO_POPULATION} for {len(units) - len(counts)} of {len(units)} units"
    return None, dict.fromkeys(_OF_POPULATION, reason)


def _by_service(stations: Iterable[Station]) -> dict[ServiceKind, int]:
    """Count the stations that offer each service, however many hours or groups they list."""
    kinds = Counter(
        kind for station in stations for kind in {service.kind for service in station.services}
    )
    return {kind: kinds[kind] for kind in ServiceKind}


def _per_10000(stations: int, population: int | None) -> float | None:
    return stations / population * 10_000 if population else None
