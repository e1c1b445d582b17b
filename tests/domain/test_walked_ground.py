"""Coverage of ground by an estimated walk, and along streets."""

from collections.abc import Mapping

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import CoverageReport
from geo_service.domain.reach import Distances, StraightLines
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey
from geo_service.domain.walked_ground import measure_ground, straight_radius
from tests.domain.coverage_cases import CENTRE, LUOHE, away, square, stations_at, unit_of, wavy
from tests.domain.demand_cases import Streets

TOWN = unit_of(wavy(CENTRE, 3_000, seed=3), population=1_000)
STATIONS = stations_at([CENTRE, away(CENTRE, 50, 900), away(CENTRE, 200, 2_500)])


def measured(
    radius: float,
    distances: Distances,
    stations: list[Station] = STATIONS,
    members: Mapping[str, list[Station]] = {},
) -> CoverageReport:
    return measure_ground(
        Survey.of([TOWN, unit_of(None, code="none")], crs=LUOHE),
        stations,
        radius=Metres(radius),
        distances=distances,
        members=members,
    )


def test_an_estimated_walk_covers_the_ground_of_a_shorter_straight_line() -> None:
    walked, straight = measured(1_300, StraightLines(factor=1.3)), measured(1_000, StraightLines())

    assert walked.units[0].area_coverage == straight.units[0].area_coverage
    assert walked.totals.cross_coverage == straight.totals.cross_coverage


def test_distances_of_an_estimated_walk_are_straight_lines_times_the_factor() -> None:
    walked, straight = measured(1_300, StraightLines(factor=1.3)), measured(1_000, StraightLines())

    for ours, theirs in ((walked.units[0], straight.units[0]), (walked.totals, straight.totals)):
        assert ours.nearest is not None
        assert theirs.nearest is not None
        assert ours.nearest.p90_m == pytest.approx(1.3 * theirs.nearest.p90_m)
        assert ours.worst_gap is not None
        assert theirs.worst_gap is not None
        assert ours.worst_gap.distance_m == pytest.approx(1.3 * theirs.worst_gap.distance_m)
        assert ours.worst_gap.at == theirs.worst_gap.at


def test_a_report_prints_the_radius_that_was_asked_and_the_type_of_its_distances() -> None:
    walked = measured(1_300, StraightLines(factor=1.3))

    assert walked.radius_m == pytest.approx(1_300)
    assert walked.distance_type == "estimated walk"


def test_the_radius_of_the_ground_is_that_of_the_walk_by_the_factor() -> None:
    assert straight_radius(Metres(1_300), StraightLines(factor=1.3)) == pytest.approx(1_000)
    assert straight_radius(Metres(1_300), Streets()) is None


def test_streets_that_double_every_line_cover_the_ground_of_half_the_radius() -> None:
    streets, straight = measured(2_000, Streets()), measured(1_000, StraightLines())

    ours, theirs = streets.units[0], straight.units[0]
    assert streets.distance_type == "walk along streets"
    assert ours.area_coverage == pytest.approx(theirs.area_coverage, abs=0.01)
    assert ours.cross_coverage == pytest.approx(theirs.cross_coverage, abs=0.01)
    assert streets.totals.area_coverage == pytest.approx(straight.totals.area_coverage, abs=0.01)


def test_along_streets_distances_are_those_of_the_walks() -> None:
    streets, straight = measured(2_000, Streets()), measured(1_000, StraightLines())

    ours, theirs = streets.units[0], straight.units[0]
    assert ours.nearest is not None
    assert theirs.nearest is not None
    assert ours.nearest.mean_m == pytest.approx(2 * theirs.nearest.mean_m, abs=0.01)
    assert ours.worst_gap is not None
    assert theirs.worst_gap is not None
    assert ours.worst_gap.distance_m == pytest.approx(2 * theirs.worst_gap.distance_m, abs=0.01)
    assert ours.worst_gap.nearest_station == theirs.worst_gap.nearest_station


def test_ground_that_no_way_leads_from_is_told_and_left_out_of_distances() -> None:
    unit = measured(2_000, Streets(meridian=CENTRE[0])).units[0]

    assert unit.nearest is not None
    [note] = unit.notes
    assert note.startswith("no way leads to any station from ")
    assert unit.worst_gap is not None
    assert unit.worst_gap.at.longitude < CENTRE[0]


def test_where_no_way_leads_to_any_station_the_reason_stands_beside_the_null() -> None:
    report = measured(2_000, Streets(meridian=0.0))

    for each in (report.units[0], report.totals):
        assert each.nearest is None
        assert each.worst_gap is None
        assert each.missing["nearest"] == "no way leads to any station"
    assert report.units[0].area_coverage == 0


def test_along_streets_a_unit_without_a_boundary_keeps_its_reasons() -> None:
    unit = measured(2_000, Streets()).units[1]

    assert unit.area_coverage is None
    assert unit.missing["area_coverage"] == "no boundary is known"


def test_along_streets_without_a_station_the_reason_is_that_there_is_none() -> None:
    report = measured(2_000, Streets(), stations=[])

    assert report.units[0].missing["nearest"] == "no station matches"
    assert report.units[0].area_coverage == 0


def test_a_square_of_streets_is_covered_whole_by_a_wide_radius() -> None:
    survey = Survey.of([unit_of(square(half_side=500))], crs=LUOHE)

    report = measure_ground(
        survey, stations_at([CENTRE]), radius=Metres(5_000), distances=Streets(), members={}
    )

    assert report.units[0].area_coverage == 1
