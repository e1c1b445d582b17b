"""The coverage service: which stations count at an instant, and answers that are kept."""

from datetime import UTC, datetime

import pytest
from shapely import box

from geo_service.domain.coordinate import Metres
from geo_service.domain.coverage import Level
from geo_service.domain.register import Register
from geo_service.domain.station import Group, Service, ServiceKind, StationFilter
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.services.coverage import (
    CoverageAnswer,
    CoverageQuery,
    draw_coverage,
    measure_coverage,
)
from geo_service.services.openness import OpenCondition, When
from tests.support.register import a_register, a_station

MONDAY_AT_FIVE = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
SQUARE = Township(
    code="T-1",
    name="Square",
    boundary=box(114.0, 33.5, 114.1, 33.6),
    boundary_status=BoundaryStatus.OFFICIAL,
    source="a test",
)
BREAKFAST_FROM = {
    "EARLY": "Mo-Fr 04:30-07:00",
    "LATE": "Mo-Fr 06:30-09:00",
    "WEEKEND": "Sa,Su 04:30-07:00",
    "SOMETIME": None,
}


@pytest.fixture(scope="module")
def small() -> Register:
    """Four breakfasts and a rest, in one square."""
    stations = [
        a_station(
            name,
            114.02 + 0.02 * place,
            33.55,
            Service(
                kind=ServiceKind.BREAKFAST,
                opening_hours=hours,
                groups=frozenset({Group.SANITATION}),
            ),
            township_code="T-1",
        )
        for place, (name, hours) in enumerate(BREAKFAST_FROM.items())
    ]
    rest = Service(kind=ServiceKind.REST, opening_hours="24/7")
    stations.append(a_station("ALWAYS", 114.05, 33.58, rest, township_code="T-1"))
    return a_register(stations, townships=(SQUARE,))


def asked(register: Register, *, certain: bool | None = None, **asked: object) -> CoverageAnswer:
    condition = None if certain is None else OpenCondition(when=When.INSTANT, certain=certain)
    return measure_coverage(
        register,
        CoverageQuery(
            radius=Metres(1000),
            conditions=StationFilter(**asked),  # type: ignore[arg-type]
            open=condition,
            instant=MONDAY_AT_FIVE if condition else None,
        ),
    )


def names(answer: CoverageAnswer) -> list[str]:
    return sorted(station.id for station in answer.stations)


def test_without_an_instant_every_station_counts(small: Register) -> None:
    answer = asked(small)

    assert names(answer) == ["ALWAYS", "EARLY", "LATE", "SOMETIME", "WEEKEND"]
    assert answer.of_unknown_openness == 0


def test_breakfast_on_a_monday_at_five_counts_what_is_or_may_be_open(small: Register) -> None:
    answer = asked(small, certain=False, service=ServiceKind.BREAKFAST, group=Group.SANITATION)

    assert names(answer) == ["EARLY", "SOMETIME"]
    assert answer.of_unknown_openness == 1
    assert answer.report.units[0].stations == 2


def test_certainty_drops_what_may_be_closed(small: Register) -> None:
    answer = asked(small, certain=True, service=ServiceKind.BREAKFAST)

    assert names(answer) == ["EARLY"]
    assert answer.of_unknown_openness == 0


def test_a_station_is_not_counted_for_a_service_that_was_not_asked_for(small: Register) -> None:
    assert names(asked(small, certain=True, service=ServiceKind.REST)) == ["ALWAYS"]


def test_a_group_without_any_breakfast_finds_none(small: Register) -> None:
    answer = asked(small, service=ServiceKind.BREAKFAST, group=Group.BUS_DRIVER)

    assert answer.report.units[0].area_coverage == 0.0


def test_the_same_question_is_measured_once(small: Register) -> None:
    assert asked(small).report is asked(small).report


def test_two_instants_with_the_same_stations_open_share_a_measurement(small: Register) -> None:
    earlier = asked(small, certain=True, service=ServiceKind.BREAKFAST)
    later = measure_coverage(
        small,
        CoverageQuery(
            radius=Metres(1000),
            conditions=StationFilter(service=ServiceKind.BREAKFAST),
            open=OpenCondition(when=When.INSTANT, certain=True),
            instant=MONDAY_AT_FIVE.replace(minute=30),
        ),
    )

    assert later.report is earlier.report


@pytest.mark.parametrize(
    "other",
    [
        CoverageQuery(radius=Metres(1001)),
        CoverageQuery(radius=Metres(1000), level=Level.CITY),
        CoverageQuery(radius=Metres(1000), conditions=StationFilter(service=ServiceKind.BREAKFAST)),
    ],
    ids=["radius", "level", "stations"],
)
def test_another_question_is_measured_anew(small: Register, other: CoverageQuery) -> None:
    assert measure_coverage(small, other).report is not asked(small).report


def test_another_revision_is_measured_anew(small: Register) -> None:
    again = a_register(small.stations, townships=small.townships)

    assert asked(again).report is not asked(small).report


def test_a_drawing_is_made_once_too(small: Register) -> None:
    answer = asked(small)

    assert draw_coverage(small, answer) is draw_coverage(small, answer)


def test_gaps_and_covered_ground_make_up_the_unit(small: Register) -> None:
    answer = asked(small)

    gaps = draw_coverage(small, answer).gaps["T-1"]

    covered = answer.report.units[0].area_coverage
    assert covered is not None
    assert SQUARE.boundary is not None
    assert gaps.area / SQUARE.boundary.area == pytest.approx(1 - covered, abs=0.001)
