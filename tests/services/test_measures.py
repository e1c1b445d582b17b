"""Coverage with demand, the worst places, and the hours of a day, of the registers at hand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest
from shapely import box

from geo_service.domain.coordinate import Metres
from geo_service.domain.coordinates import Coordinates
from geo_service.domain.coverage import Level
from geo_service.domain.demand import DemandLayer, DemandLayerId, DemandPoints
from geo_service.domain.holidays import HolidayCalendar
from geo_service.domain.reach import StraightLines
from geo_service.domain.register import Register
from geo_service.domain.residents import residents
from geo_service.domain.station import DataStatus, Service, ServiceKind, StationFilter
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.services.coverage import CoverageQuery, measure_coverage
from geo_service.services.exporting import answer_totals, coverage_features, unit_rows
from geo_service.services.measure_rows import gap_features, gap_rows, hour_row
from geo_service.services.measures import hour_by_hour, ordinary_days, worst_gaps
from geo_service.services.notes import coverage_notes
from geo_service.services.openness import OpenCondition, When
from tests.domain.demand_cases import Streets
from tests.support.register import a_register, a_station

MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 28)
KILOMETRE = CoverageQuery(radius=Metres(1000))
SQUARE = Township(
    code="T-1",
    name="Square",
    boundary=box(114.0, 33.5, 114.1, 33.6),
    boundary_status=BoundaryStatus.OFFICIAL,
    source="a test",
)


def a_layer(*places: tuple[float, float, float], version: int = 1) -> DemandLayer:
    columns = np.array(places, dtype=float).reshape(-1, 3)
    return DemandLayer(
        id=DemandLayerId("crews"),
        name="环卫班组",
        name_en="crews",
        unit="人",
        points=DemandPoints(
            at=Coordinates(longitudes=columns[:, 0], latitudes=columns[:, 1]),
            weight=columns[:, 2],
        ),
        data_status=DataStatus.DEMONSTRATION,
        source="a test",
        version=version,
    )


CREWS = a_layer((114.02, 33.55, 60), (114.08, 33.55, 40))


def rest(hours: str | None) -> Service:
    return Service(kind=ServiceKind.REST, opening_hours=hours)


@pytest.fixture(scope="module")
def small() -> Register:
    """One station by day in the west, one whose hours nobody knows in the east."""
    stations = [
        a_station("DAY", 114.02, 33.55, rest("Mo-Fr 08:00-18:00"), township_code="T-1"),
        a_station("MAYBE", 114.08, 33.55, rest(None), township_code="T-1"),
    ]
    return a_register(stations, townships=(SQUARE,))


# -- coverage with demand -------------------------------------------------------------------


def test_without_a_layer_there_is_no_report_of_demand(small: Register) -> None:
    assert measure_coverage(small, KILOMETRE).demand is None


def test_without_a_layer_the_answer_says_that_it_is_about_ground(small: Register) -> None:
    notes = coverage_notes(small, measure_coverage(small, KILOMETRE), datetime.now(UTC), "en")

    assert "No demand layer was asked for: shares are of ground, not of people." in notes


def test_a_layer_adds_its_columns_to_every_row(small: Register) -> None:
    query = replace(KILOMETRE, demand=CREWS, conditions=StationFilter(service=ServiceKind.REST))

    [row] = unit_rows(measure_coverage(small, query))

    assert (row["demand"], row["demand_covered"], row["demand_coverage"]) == (100, 100, 1)
    assert row["stations_per_10000_demand"] == 200
    assert row["missing"]["capacity"] == "the capacity of no station here is known"


def test_the_same_question_of_the_same_layer_is_measured_once(small: Register) -> None:
    query = replace(KILOMETRE, demand=CREWS)

    again = measure_coverage(small, replace(KILOMETRE, demand=replace(CREWS)))

    assert measure_coverage(small, query).demand is again.demand


def test_a_layer_loaded_anew_is_measured_anew(small: Register) -> None:
    newer = a_layer((114.05, 33.52, 1), version=2)

    measured = measure_coverage(small, replace(KILOMETRE, demand=newer)).demand

    assert measured is not None
    assert measured.totals.demand == 1


def test_a_layer_changes_nothing_about_the_ground(small: Register) -> None:
    plain = measure_coverage(small, KILOMETRE)

    assert measure_coverage(small, replace(KILOMETRE, demand=CREWS)).report is plain.report


def test_another_type_of_distance_is_measured_anew(small: Register) -> None:
    walked = replace(KILOMETRE, distances=StraightLines(factor=1.3))

    found = measure_coverage(small, walked).report

    straight = measure_coverage(small, KILOMETRE).report
    assert found.distance_type == "estimated walk"
    assert found.units[0].area_coverage == pytest.approx(
        (straight.units[0].area_coverage or 0) / 1.3**2, rel=1e-3
    )


def test_an_estimated_walk_says_what_it_is_in_a_straight_line(small: Register) -> None:
    walked = replace(KILOMETRE, distances=StraightLines(factor=1.25))

    notes = coverage_notes(small, measure_coverage(small, walked), datetime.now(UTC), "en")

    assert any("straight line × 1.25" in note and "800 m" in note for note in notes)


def test_unknown_capacity_is_told_where_supply_is(small: Register) -> None:
    answer = measure_coverage(small, replace(KILOMETRE, demand=CREWS))

    notes = coverage_notes(small, answer, datetime.now(UTC), "en")

    assert any(note.startswith("2 of the 2 stations counted have no known") for note in notes)


def test_residents_of_the_shipped_counties_add_up_at_every_level(register: Register) -> None:
    layer = residents(register)

    totals = [
        answer_totals(measure_coverage(register, replace(KILOMETRE, demand=layer, level=level)))
        for level in Level
    ]

    assert {each["demand"] for each in totals} == {round(layer.points.total, 2)}
    assert len({each["demand_coverage"] for each in totals}) == 1


def test_evenly_spread_residents_are_covered_as_their_ground_is(register: Register) -> None:
    query = replace(KILOMETRE, demand=residents(register), level=Level.COUNTY)

    for row in unit_rows(measure_coverage(register, query)):
        assert row["demand_coverage"] == pytest.approx(row["area_coverage"], abs=0.02)


def test_features_carry_the_columns_of_the_layer(register: Register) -> None:
    query = replace(KILOMETRE, demand=residents(register))
    answer = measure_coverage(register, query)

    features = coverage_features(answer.report, answer.demand)

    assert [each["properties"] for each in features] == unit_rows(answer)


# -- the worst places -----------------------------------------------------------------------


def test_gaps_without_a_layer_are_told_in_square_kilometres(register: Register) -> None:
    rows = gap_rows(worst_gaps(register, KILOMETRE, count=5))

    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert all(row["uncovered_demand"] is None for row in rows)
    assert all(0 < row["uncovered_km2"] < 4 * 3.15 for row in rows)


def test_the_first_gap_is_the_worst_gap_of_the_totals(register: Register) -> None:
    worst = measure_coverage(register, KILOMETRE).report.totals.worst_gap

    first = gap_rows(worst_gaps(register, KILOMETRE))[0]

    assert worst is not None
    assert first["distance_m"] == pytest.approx(worst.distance_m, abs=0.1)
    assert first["nearest_station"] == worst.nearest_station


def test_gaps_of_a_layer_are_told_in_its_unit(small: Register) -> None:
    query = replace(KILOMETRE, demand=a_layer((114.05, 33.52, 7), version=3))

    [row] = gap_rows(worst_gaps(small, query))

    assert (row["uncovered_demand"], row["uncovered_km2"]) == (7, None)
    assert (row["unit_code"], row["unit_name"]) == ("T-1", "Square")


def test_gaps_are_found_once(register: Register) -> None:
    assert worst_gaps(register, KILOMETRE).gaps is worst_gaps(register, KILOMETRE).gaps


def test_a_gap_is_a_point_of_geojson_longitude_first(small: Register) -> None:
    query = replace(KILOMETRE, demand=a_layer((114.05, 33.52, 7), version=3))

    [feature] = gap_features(worst_gaps(small, query))

    assert feature["geometry"] == {"type": "Point", "coordinates": [114.05, 33.52]}


# -- hour by hour ---------------------------------------------------------------------------


def test_an_hour_of_ground_says_what_coverage_says_at_that_instant(register: Register) -> None:
    day = hour_by_hour(register, KILOMETRE, [MONDAY], certain=False).days[0]

    for hour in (day.hours[5], day.hours[12]):
        asked = replace(KILOMETRE, open=OpenCondition(when=When.INSTANT), instant=hour.instant)
        answer = measure_coverage(register, asked)
        assert hour.stations == len(answer.stations)
        assert hour.share == pytest.approx(answer.report.totals.area_coverage, abs=1e-12)
        assert hour.shares == tuple(each.area_coverage for each in answer.report.units)


def test_an_hour_of_demand_says_what_coverage_says_at_that_instant(register: Register) -> None:
    query = replace(
        KILOMETRE, demand=residents(register), conditions=StationFilter(service=ServiceKind.REST)
    )

    day = hour_by_hour(register, query, [SATURDAY], certain=True).days[0]

    for hour in (day.hours[7], day.hours[15]):
        certain = OpenCondition(when=When.INSTANT, certain=True)
        asked = replace(query, open=certain, instant=hour.instant)
        demand = measure_coverage(register, asked).demand
        assert demand is not None
        assert hour.share == pytest.approx(demand.totals.share, abs=1e-12)
        shares = [each.figures and each.figures.share for each in demand.units]
        assert list(hour.shares) == pytest.approx(shares, abs=1e-12)


def test_stations_that_are_closed_then_cover_nothing(small: Register) -> None:
    query = replace(KILOMETRE, demand=CREWS)

    monday, saturday = hour_by_hour(small, query, [MONDAY, SATURDAY], certain=True).days

    assert [hour.share for hour in monday.hours] == [0] * 8 + [0.6] * 10 + [0] * 6
    assert monday.share_of_day == pytest.approx(0.6 * 10 / 24)
    assert saturday.share_of_day == 0


def test_what_may_be_open_counts_unless_certainty_is_asked(small: Register) -> None:
    query = replace(KILOMETRE, demand=CREWS)

    [day] = hour_by_hour(small, query, [MONDAY], certain=False).days

    assert (day.hours[3].share, day.hours[3].of_unknown_openness) == (0.4, 1)
    assert day.hours[9].share == 1


def test_hours_along_streets_are_asked_of_the_grid(small: Register) -> None:
    streets = replace(KILOMETRE, radius=Metres(2000), distances=Streets())

    along = hour_by_hour(small, streets, [MONDAY], certain=True).days[0].hours[12].share
    straight = hour_by_hour(small, KILOMETRE, [MONDAY], certain=True).days[0].hours[12].share

    assert along == pytest.approx(straight, abs=0.01)


def test_hours_are_those_of_the_places_own_clock(small: Register) -> None:
    [day] = hour_by_hour(small, KILOMETRE, [MONDAY], certain=True).days

    assert day.hours[5].instant.isoformat() == "2026-11-23T05:00:00+08:00"


def test_a_unit_without_a_boundary_has_no_shares_and_says_why(register: Register) -> None:
    answer = hour_by_hour(register, KILOMETRE, [MONDAY], certain=False)

    rows = [hour_row(answer, number) for number in range(len(answer.units))]

    without = [row for row in rows if row["days"][0]["share_of_day"] is None]
    assert len(without) == 9
    assert all(row["missing"].startswith("no boundary") for row in without)


def test_ordinary_days_pass_over_holidays_and_working_weekends(register: Register) -> None:
    in_national_week = datetime(2026, 9, 30, 20, 0, tzinfo=UTC)

    working, weekend = ordinary_days(register, in_national_week)

    assert (working, weekend) == (date(2026, 10, 8), date(2026, 10, 11))


def test_ordinary_days_begin_with_today_in_the_place(small: Register) -> None:
    sunday_evening_in_london = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)

    assert ordinary_days(small, sunday_evening_in_london) == (MONDAY, SATURDAY)


def test_a_calendar_without_holidays_has_ordinary_days_too() -> None:
    empty = a_register([], calendar=HolidayCalendar(()))

    assert ordinary_days(empty, datetime(2026, 11, 25, tzinfo=UTC)) == (
        date(2026, 11, 25),
        SATURDAY,
    )
