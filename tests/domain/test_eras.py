"""Eras: which stations are in being on a day, against asking each station by itself."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.eras import Eras
from geo_service.domain.place import Place
from geo_service.domain.station import Station, StationFilter
from tests.support.register import SHANGHAI, a_register, a_station

DAYS = st.dates(date(2019, 12, 20), date(2020, 1, 10))
LIFETIMES = st.lists(st.tuples(st.none() | DAYS, st.none() | DAYS), max_size=6)
CHANGE = date(2020, 5, 11)


def stations(lifetimes: list[tuple[date | None, date | None]]) -> list[Station]:
    return [
        a_station(f"A-{number}", opened_on=opened, closed_on=closed)
        for number, (opened, closed) in enumerate(lifetimes)
    ]


@given(LIFETIMES, DAYS)
def test_a_station_is_in_being_from_its_first_day_to_before_the_day_it_closed(
    lifetimes: list[tuple[date | None, date | None]], on: date
) -> None:
    register = a_register(stations(lifetimes))
    expected = [
        f"A-{number}"
        for number, (opened, closed) in enumerate(lifetimes)
        if not (opened is not None and on < opened) and not (closed is not None and closed <= on)
    ]

    era = register.eras.on(on)

    assert [each.id for each in register.stations_in(era)] == expected
    assert [each.id for each, _ in register.select(StationFilter(), era)] == expected
    assert [each.id for each in register.stations if each.in_being(on)] == expected


@given(
    LIFETIMES,
    st.tuples(DAYS, st.times()),
    st.sampled_from(["Asia/Shanghai", "America/Toronto", "Pacific/Auckland", "UTC"]),
)
def test_an_instant_is_in_the_era_of_its_day_at_the_place(
    lifetimes: list[tuple[date | None, date | None]], local: tuple[date, time], zone: str
) -> None:
    place = Place(name="试验市", zone=ZoneInfo(zone), title="试验")
    eras = a_register(stations(lifetimes), place=place).eras
    day, clock = local
    instant = datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)

    assert eras.at(instant) == eras.on(day) == eras.on(instant)
    assert eras.day_of(instant) == day


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Shanghai", CHANGE),
        ("Asia/Beirut", date(2020, 3, 29)),  # that day began at one o'clock
        ("America/Havana", date(2020, 11, 1)),  # that day had midnight twice
        ("UTC", date.min),
        ("Pacific/Kiritimati", date.max),
    ],
)
def test_an_era_begins_with_the_first_moment_of_its_day(zone: str, day: date) -> None:
    eras = Eras([day.toordinal()], ZoneInfo(zone))
    begin = datetime.combine(day, time(12), ZoneInfo(zone))

    assert eras.at(begin) == 1
    if day == date.min:
        return
    second = timedelta(seconds=1)
    moment = datetime.combine(day - timedelta(days=1), time(23, 59, 59), ZoneInfo(zone))
    assert eras.at(moment) == 0
    assert eras.at((moment.astimezone(UTC) if day < date.max else moment) + second) == 1


def test_a_register_without_dates_has_one_era() -> None:
    register = a_register([a_station("A-1"), a_station("A-2")])

    assert len(register.eras) == 1
    assert register.eras.first_change is None
    assert register.eras.at(datetime(1900, 1, 1, tzinfo=UTC)) == register.eras.on(date.max)
    assert register.stations_in(register.eras.on(CHANGE)) is register.stations


def test_a_selection_is_made_once_an_era() -> None:
    register = a_register([a_station("A-1", opened_on=CHANGE), a_station("A-2")])
    select, eras = register.select, register.eras

    before, after = (select(StationFilter(), eras.on(date(year, 1, 1))) for year in (2019, 2024))

    assert (len(before), len(after)) == (1, 2)
    assert select(StationFilter(), eras.on(CHANGE)) is after
    assert select(StationFilter(), eras.on(CHANGE - timedelta(days=1))) is before


def test_dates_take_eight_bytes_a_station_and_do_not_part_what_is_alike() -> None:
    first = date(2016, 1, 1)
    many = [
        a_station(f"A-{number:04}", opened_on=first + timedelta(days=number))
        for number in range(1000)
    ]

    columns = a_register(many).stations

    assert len(columns.traits) == 1
    held = columns.lifetimes.opened, columns.lifetimes.closed
    assert sum(each.itemsize * len(each) for each in held) == 8 * 1000


def test_the_day_of_a_station_is_told_in_the_calendar_of_the_place() -> None:
    station = a_station("A-1", opened_on=CHANGE)
    register = a_register([station])
    midnight = datetime.combine(CHANGE, time(), SHANGHAI)

    assert register.in_being(station, midnight)
    assert not register.in_being(station, midnight - timedelta(seconds=1))
