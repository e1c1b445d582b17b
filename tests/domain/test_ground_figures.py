"""Figures that follow a change of stations without measuring everything anew."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.ground_figures import GroundFigures
from geo_service.domain.station import StationId
from geo_service.domain.survey import Survey
from tests.domain.coverage_cases import CENTRE, LUOHE, away, scattered, stations_at, unit_of, wavy

UNITS = [unit_of(wavy(away(CENTRE, 36 * n, 12_000), 2_500, n), str(n)) for n in range(10)]
SURVEY = Survey.of(UNITS, crs=LUOHE)
STATIONS = stations_at(scattered(40, 4, CENTRE, 15_000))
RADIUS = Metres(1_500)
BEFORE = GroundFigures.of(SURVEY, STATIONS, radius=RADIUS)


def same(one: GroundFigures, other: GroundFigures) -> None:
    assert one.once == pytest.approx(other.once, abs=1e-9)
    assert one.twice == pytest.approx(other.twice, abs=1e-9)
    assert one.nearest == other.nearest
    assert one.gaps == other.gaps
    assert one.total_nearest() == other.total_nearest()


@settings(deadline=None, max_examples=30)
@given(
    gone=st.sets(st.integers(0, 39), max_size=3),
    moved=st.sets(st.integers(0, 39), max_size=2),
    azimuth=st.floats(0, 360),
    metres=st.floats(0, 20_000),
)
def test_figures_after_a_change_are_those_measured_anew(
    gone: set[int], moved: set[int], azimuth: float, metres: float
) -> None:
    longitude, latitude = away(CENTRE, azimuth, metres)
    there = Coordinate(longitude=longitude, latitude=latitude)
    after = [
        replace(station, coordinate=there) if number in moved else station
        for number, station in enumerate(STATIONS)
        if number not in gone
    ]

    same(BEFORE.with_stations(after), GroundFigures.of(SURVEY, after, radius=RADIUS))


def test_units_that_a_change_cannot_touch_are_not_measured() -> None:
    after = BEFORE.with_stations(STATIONS[1:])

    as_before = [one is other for one, other in zip(BEFORE.nearest, after.nearest, strict=True)]
    assert 0 < as_before.count(False) < 5


def test_the_last_station_to_go_leaves_no_distances() -> None:
    one = GroundFigures.of(SURVEY, STATIONS[:1], radius=RADIUS)

    none = one.with_stations([])

    assert none.total_nearest() is None
    assert set(none.nearest) == {None}
    assert none.once.tolist() == [0.0] * 10


def test_a_station_on_the_far_side_of_the_earth_changes_nothing() -> None:
    stray = stations_at([(-66.0, -33.0)])[0]

    same(BEFORE.with_stations([*STATIONS, replace(stray, id=StationId("stray"))]), BEFORE)
