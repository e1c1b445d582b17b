"""The stretches in which all that is told of openness stays the same."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service.domain.register import Register
from geo_service.domain.station import Service, ServiceKind
from geo_service.services.standstill import Standstills
from tests.support.register import a_register, a_station

MONDAY = int(datetime(2026, 11, 15, 16, 0, tzinfo=UTC).timestamp())
WEEK_S = 7 * 86_400


def _told(register: Register, seconds: int) -> list[object]:
    """Return all that is told of openness at a moment, by asking every schedule."""
    expressions = {
        service.opening_hours for station in register.stations for service in station.services
    }
    found = (register.schedules.of(each) for each in sorted(filter(None, expressions)))
    day = datetime.fromtimestamp(seconds, register.place.zone).date()
    return [day, *(each.at_second(seconds) for each in found if each is not None)]


@given(second=st.integers(MONDAY, MONDAY + WEEK_S - 1), other=st.floats(0, 1, exclude_max=True))
@settings(deadline=None)
def test_within_a_stretch_everything_told_is_the_same(
    register: Register, second: int, other: float
) -> None:
    stretch = Standstills(register).around(second)

    elsewhere = stretch.since + int(other * (stretch.until - 1 - stretch.since))
    assert second in stretch
    assert _told(register, elsewhere) == _told(register, second)


def test_stretches_of_a_week_follow_each_other_and_no_two_are_named_alike(
    register: Register,
) -> None:
    standstills, seconds, names = Standstills(register), MONDAY, set[int]()
    while seconds < MONDAY + WEEK_S:
        stretch = standstills.around(seconds)
        assert stretch.since == seconds
        names.add(stretch.until)
        seconds = stretch.until

    assert len(names) > 7


def test_two_workers_that_look_at_different_moments_name_a_stretch_alike(
    register: Register,
) -> None:
    stretch = Standstills(register).around(MONDAY)

    assert Standstills(register).around(stretch.until - 1) == stretch


def test_a_change_of_next_year_that_comes_into_sight_ends_no_stretch_too_late() -> None:
    # Open all year and closed on one date: told of from 400 days before, to the second.
    hours = "24/7; 2027 Dec 20 off"
    register = a_register(
        [a_station("A", 114.0, 33.5, Service(kind=ServiceKind.REST, opening_hours=hours))]
    )
    schedule, standstills = register.schedules.of(hours), Standstills(register)
    assert schedule is not None
    closes = int(datetime(2027, 12, 19, 16, 0, tzinfo=UTC).timestamp())
    comes_into_sight = closes - 400 * 86_400

    before = standstills.around(comes_into_sight - 1)

    assert before.until == comes_into_sight
    assert schedule.at_second(comes_into_sight - 1) != schedule.at_second(comes_into_sight)
