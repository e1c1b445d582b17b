"""Figures about ground that follow a register from one revision to the next."""

from dataclasses import replace

import pytest
from shapely import box

from geo_service.domain.coordinate import Coordinate, Metres
from geo_service.domain.coverage import Level, measure
from geo_service.domain.place import Revision
from geo_service.domain.register import Register
from geo_service.domain.station import Station
from geo_service.domain.survey import Survey
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.domain.units import members
from geo_service.services.coverage import CoverageQuery, measure_coverage
from tests.support.register import a_dataset, a_register, a_station

TOWNSHIPS = tuple(
    Township(
        code=f"41110{number}",
        name=f"乡 {number}",
        name_en=None,
        county_code=None,
        boundary=box(114 + number / 10, 33.5, 114.1 + number / 10, 33.6),
        boundary_status=BoundaryStatus.OFFICIAL,
        seat=None,
        population=None,
        population_year=None,
        population_source=None,
        source="a test",
        note="",
    )
    for number in range(6)
)
STATIONS = [a_station(f"s{number}", 114.05 + number / 10, 33.55) for number in range(6)]
QUERY = CoverageQuery(radius=Metres(1_200))


def the_next(register: Register, stations: list[Station], **more: object) -> Register:
    given: dict[str, object] = {"townships": register.townships} | more
    revision = replace(register.revision, number=register.revision.number + 1)
    assert isinstance(revision, Revision)
    following = Register(revision, a_dataset(stations, **given))
    following.follow(register)
    return following


def moved(station: Station, eastwards: float) -> Station:
    at = station.coordinate
    there = Coordinate(longitude=at.longitude + eastwards, latitude=at.latitude)
    return replace(station, coordinate=there)


def test_after_a_station_moved_the_report_is_that_of_measuring_anew() -> None:
    first = a_register(STATIONS, townships=TOWNSHIPS)
    measure_coverage(first, QUERY)
    after = [moved(STATIONS[0], 0.01), *STATIONS[1:]]

    found = measure_coverage(the_next(first, after), QUERY).report

    anew = the_next(first, after)
    survey = Survey.of([each.unit for each in anew.survey(Level.TOWNSHIP).units], crs=anew.crs)
    expected = measure(
        survey, after, radius=QUERY.radius, members=members(Level.TOWNSHIP, after, TOWNSHIPS)
    )
    for mine, its in zip(found.units, expected.units, strict=True):
        assert (mine.nearest, mine.worst_gap) == (its.nearest, its.worst_gap)
        shares = mine.area_coverage, mine.cross_coverage
        assert shares == pytest.approx((its.area_coverage, its.cross_coverage), abs=1e-9)


def test_what_a_moved_station_cannot_touch_is_not_measured_again() -> None:
    first = a_register(STATIONS, townships=TOWNSHIPS)
    before = measure_coverage(first, QUERY).report

    second = the_next(first, [moved(STATIONS[0], 0.01), *STATIONS[1:]])
    after = measure_coverage(second, QUERY).report

    assert second.survey(Level.TOWNSHIP) is first.survey(Level.TOWNSHIP)
    assert after.units[5].nearest is before.units[5].nearest
    assert after.units[0].nearest != before.units[0].nearest


def test_units_that_changed_are_laid_out_anew() -> None:
    first = a_register(STATIONS, townships=TOWNSHIPS)
    measure_coverage(first, QUERY)
    wider = replace(TOWNSHIPS[5], boundary=box(114.5, 33.5, 114.7, 33.6))

    second = the_next(first, STATIONS, townships=(*TOWNSHIPS[:5], wider))

    assert second.survey(Level.TOWNSHIP) is not first.survey(Level.TOWNSHIP)
    area = measure_coverage(second, QUERY).report.units[5].area_m2
    assert area is not None
    assert area > 1.9e8
