"""The coverage report: every unit is there, every figure has its value or its reason."""

from dataclasses import fields

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon

from geo_service.domain.coordinate import Bounds, Metres
from geo_service.domain.coverage import UnitCoverage
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.planar import PlanarCrs
from geo_service.domain.station import ServiceKind, Station
from geo_service.domain.township import BoundaryStatus
from tests.domain.coverage_cases import (
    CENTRE,
    GEOD,
    LUOHE,
    away,
    measured,
    scattered,
    shares,
    square,
    station_at,
    stations_at,
    unit_of,
    wavy,
)

REST, BREAKFAST = ServiceKind.REST, ServiceKind.BREAKFAST


def stations() -> list[Station]:
    return [
        station_at(*CENTRE, "a", (REST,)),
        station_at(*away(CENTRE, 90, 900), "b", (REST, BREAKFAST)),
        station_at(*away(CENTRE, 90, 6_000), "beyond", (BREAKFAST,)),
    ]


def only(found: tuple[UnitCoverage, ...]) -> UnitCoverage:
    (unit,) = found
    return unit


def test_units_are_reported_in_the_order_asked() -> None:
    units = [unit_of(None, "3"), unit_of(square(), "1"), unit_of(None, "2")]

    assert [each.unit.code for each in measured(units, stations()).units] == ["3", "1", "2"]


def test_a_report_says_what_it_rests_on() -> None:
    report = measured(unit_of(square()), stations(), 800)

    assert report.radius_m == Metres(800)
    assert report.crs == LUOHE
    assert report.distance_type == "straight line"


def test_stations_are_counted_by_service_among_those_that_stand_in_the_unit() -> None:
    held = stations()

    found = only(measured(unit_of(square()), held, members={"411102001": held[:2]}).units)

    assert found.stations == 2
    assert found.stations_by_service == {REST: 2, BREAKFAST: 1}


def test_a_station_with_two_sets_of_breakfast_hours_is_one_breakfast_station() -> None:
    twice = station_at(*CENTRE, "a", (BREAKFAST, BREAKFAST))

    found = only(measured(unit_of(square()), [twice], members={"411102001": [twice]}).units)

    assert found.stations_by_service == {REST: 0, BREAKFAST: 1}


def test_stations_per_10000_relate_those_in_the_unit_to_its_people() -> None:
    held = stations()
    unit = unit_of(square(), population=40_000)

    found = only(measured(unit, held, members={unit.code: held[:2]}).units)

    assert found.stations_per_10000 == pytest.approx(0.5)
    assert found.population == 40_000


def test_the_area_is_the_geodesic_one() -> None:
    unit = unit_of(wavy(CENTRE, 5_000, 4))

    found = only(measured(unit, stations()).units)

    truth, _ = GEOD.geometry_area_perimeter(unit.boundary)
    assert found.area_m2 == pytest.approx(abs(truth))
    assert found.area_coverage is not None
    assert found.covered_area_m2 == pytest.approx(abs(truth) * found.area_coverage)


def test_a_station_beyond_the_border_covers_and_is_near() -> None:
    found = only(measured(unit_of(square()), stations()[2:], 2_000).units)

    assert found.stations == 0
    assert found.area_coverage
    assert found.worst_gap is not None
    assert found.worst_gap.nearest_station == "beyond"


def test_a_unit_without_boundary_says_why_for_each_figure_it_lacks() -> None:
    unit = unit_of(None, why_no_boundary="no outline of it is published")

    found = only(measured(unit, stations()).units)

    assert set(found.missing) == {
        field.name for field in fields(found) if getattr(found, field.name) is None
    } | {"population"}
    assert found.missing["area_coverage"] == "no outline of it is published"
    assert found.missing["population"] == "the population is not known"


def test_without_stations_coverage_is_nil_and_distances_are_missing_with_the_reason() -> None:
    found = only(measured(unit_of(square()), []).units)

    assert (found.area_coverage, found.cross_coverage) == (0, 0)
    assert found.nearest is None
    assert found.worst_gap is None
    assert found.missing["nearest"] == found.missing["worst_gap"] == "no station matches"


def test_a_figure_that_is_there_is_not_called_missing() -> None:
    assert only(measured(unit_of(square(), population=1), stations()).units).missing == {}


def test_a_unit_where_nobody_lives_has_no_stations_per_person() -> None:
    found = only(measured(unit_of(square(), population=0), stations()).units)

    assert found.population == 0
    assert found.missing == {"stations_per_10000": "nobody lives there"}


def test_a_boundary_that_crosses_itself_is_repaired_and_the_report_says_so() -> None:
    west, south, east, north = square().bounds
    bow_tie = Polygon([(west, south), (east, north), (east, south), (west, north)])

    found = only(measured(unit_of(bow_tie), stations()).units)

    repaired = shapely.make_valid(bow_tie)
    truth, _ = GEOD.geometry_area_perimeter(shapely.orient_polygons(repaired))
    assert found.area_m2 == pytest.approx(truth)
    assert "repaired" in found.notes[0]


@pytest.mark.parametrize(
    "boundary",
    [
        Polygon(),
        Polygon([CENTRE, away(CENTRE, 90, 100), CENTRE]),
        shapely.transform(square(), lambda places: places + np.inf),
    ],
    ids=["empty", "a line", "infinite"],
)
def test_a_boundary_that_encloses_nothing_is_reported_not_measured(boundary: Polygon) -> None:
    found = only(measured(unit_of(boundary), stations()).units)

    assert found.area_m2 is None
    assert found.missing["area_m2"] == "the boundary encloses no area"


def test_the_direction_a_boundary_runs_in_does_not_matter() -> None:
    unit = square()

    assert shares(unit.reverse(), stations()) == pytest.approx(shares(unit, stations()))
    assert only(measured(unit_of(unit.reverse()), []).units).area_m2 == pytest.approx(
        only(measured(unit_of(unit), []).units).area_m2
    )


def test_the_direction_a_hole_runs_in_does_not_matter() -> None:
    shell, hole = square().exterior, square(half_side=2_000).exterior
    areas = [
        only(measured(unit_of(Polygon(shell, [ring])), []).units).area_m2
        for ring in (hole, hole.reverse())
    ]

    assert areas[0] == pytest.approx(areas[1])


def test_a_kiosk_of_a_unit_is_measured() -> None:
    found = only(measured(unit_of(square(half_side=1)), stations()).units)

    assert found.area_coverage == 1
    assert found.nearest is not None
    assert found.nearest.points == 1


@pytest.mark.parametrize("status", [BoundaryStatus.OFFICIAL, BoundaryStatus.APPROXIMATE])
def test_an_approximate_boundary_makes_the_figures_approximate(status: BoundaryStatus) -> None:
    report = measured([unit_of(square(), status=status), unit_of(None, "2")], stations())

    approximate = status is BoundaryStatus.APPROXIMATE
    assert [each.approximate for each in report.units] == [approximate, False]
    assert report.totals.approximate is approximate


@pytest.mark.parametrize("radius", [0, -1, 50_001, float("nan"), float("inf")])
def test_a_radius_out_of_range_is_refused(radius: float) -> None:
    with pytest.raises(InvalidQueryError, match="radius"):
        measured(unit_of(square()), stations(), radius)


def test_totals_add_up_the_ground_of_all_units() -> None:
    boundary = wavy(CENTRE, 5_000, 8)
    west, south, east, north = boundary.bounds
    halves = [
        shapely.intersection(boundary, shapely.box(west, south, CENTRE[0], north)),
        shapely.intersection(boundary, shapely.box(CENTRE[0], south, east, north)),
    ]
    places = stations_at(scattered(20, 8, CENTRE, 6_000))

    whole = measured(unit_of(boundary), places).totals
    parts = measured(
        [unit_of(half, str(n)) for n, half in enumerate(halves)],  # type: ignore[arg-type]
        places,
    ).totals

    assert parts.area_m2 == pytest.approx(whole.area_m2, rel=1e-7)
    assert parts.area_coverage == pytest.approx(whole.area_coverage, abs=1e-7)
    assert parts.cross_coverage == pytest.approx(whole.cross_coverage, abs=1e-7)
    assert parts.nearest is not None
    assert whole.nearest is not None
    assert parts.nearest.mean_m == pytest.approx(whole.nearest.mean_m, rel=0.01)


def test_totals_count_a_station_once_and_tell_those_that_stand_elsewhere() -> None:
    held = stations()
    units = [unit_of(square(), "1"), unit_of(None, "2")]

    totals = measured(units, held, members={"1": held[:1], "2": held[1:2]}).totals

    assert (totals.units, totals.units_measured) == (2, 1)
    assert (totals.stations, totals.stations_elsewhere) == (2, 1)
    assert totals.stations_by_service == {REST: 2, BREAKFAST: 1}


def test_totals_give_no_population_while_that_of_a_unit_is_unknown() -> None:
    units = [unit_of(square(), "1", population=5_000), unit_of(square(), "2")]

    totals = measured(units, stations()).totals

    assert totals.population is None
    assert totals.stations_per_10000 is None
    assert totals.missing["population"] == "the population is not known for 1 of 2 units"


def test_totals_of_known_populations_relate_all_stations_to_all_people() -> None:
    held = stations()
    units = [unit_of(square(), "1", population=5_000), unit_of(None, "2", population=15_000)]

    totals = measured(units, held, members={"1": held[:2], "2": held[2:]}).totals

    assert totals.population == 20_000
    assert totals.stations_per_10000 == pytest.approx(1.5)


def test_the_worst_gap_of_all_is_the_worst_of_any_unit() -> None:
    units = [unit_of(square(), "1"), unit_of(square(away(CENTRE, 0, 30_000)), "2")]

    report = measured(units, stations())

    assert report.totals.worst_gap == report.units[1].worst_gap


def test_totals_without_any_boundary_say_so() -> None:
    totals = measured([unit_of(None)], stations()).totals

    assert totals.area_coverage is None
    assert totals.missing["area_coverage"] == "no unit has a boundary"


def test_no_units_make_an_empty_report() -> None:
    report = measured([], stations())

    assert report.units == ()
    assert report.totals.stations_elsewhere == 3


def test_coverage_does_not_depend_on_where_on_its_parallel_a_city_lies() -> None:
    def at(longitude: float) -> tuple[float, float]:
        centre = (longitude, -16.5)
        boundary = square(centre, 4_000)
        crs = PlanarCrs.choose(Bounds(west=longitude, south=-17, east=longitude, north=-16))
        return shares(boundary, stations_at(scattered(15, 2, centre, 5_000)), crs=crs)

    assert at(-66.5) == pytest.approx(at(20.0), abs=1e-9)


def test_a_city_across_the_antimeridian_is_covered_as_any_other() -> None:
    def at(longitude: float) -> tuple[float, float]:
        centre = (longitude, -16.5)
        crs = PlanarCrs.choose(Bounds(west=longitude, south=-17, east=longitude, north=-16))
        whole = shapely.box(longitude - 0.04, -16.54, longitude + 0.04, -16.46)
        west_half, east_half = (
            shapely.intersection(
                whole, shapely.box(longitude + side - 1, -17, longitude + side, -16)
            )
            for side in (0, 1)
        )
        beyond = shapely.transform(east_half, lambda xy: xy - [360 if longitude == 180 else 0, 0])
        boundary = shapely.multipolygons(np.array([west_half, beyond]))
        assert isinstance(boundary, MultiPolygon)
        return shares(boundary, stations_at(scattered(15, 2, centre, 5_000)), crs=crs)

    assert at(180.0) == pytest.approx(at(20.0), abs=1e-9)


def test_order_of_stations_does_not_matter() -> None:
    places = stations_at(scattered(30, 4, CENTRE, 5_000))

    one = measured(unit_of(square()), places).totals
    other = measured(unit_of(square()), places[::-1]).totals

    assert other.area_coverage == pytest.approx(one.area_coverage)
    assert other.cross_coverage == pytest.approx(one.cross_coverage)
    assert (other.nearest, other.worst_gap) == (one.nearest, one.worst_gap)
