"""The phone's hours are the schedule's own, whatever the expression and the clock."""

import random
from bisect import bisect_right
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geo_service.domain.coordinate import Metres
from geo_service.domain.holidays import Holiday, HolidayCalendar, HolidayKind, HolidayStatus
from geo_service.domain.opening_hours import Openness, Schedule
from geo_service.domain.place import Place
from geo_service.domain.served_area import ServedArea
from geo_service.domain.station import Service, ServiceKind
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.domain.walking import Walking
from geo_service.services.pocket import DAYS_OF_HOURS, Document, PocketTerms, pocket_register
from tests.support.register import a_register, a_station

STATES = {"0": Openness.CLOSED, "1": Openness.OPEN, "2": Openness.UNKNOWN}
EXPRESSIONS = (
    "24/7",
    "off",
    "unknown",
    "Mo-Fr 08:00-18:00; PH off",
    "Mo-Su 22:00-02:00",
    "Su 02:30-03:30",
    "Mo-Fr 06:00-12:00, Sa 10:00-11:00 unknown",
    "Jan 1-Jan 31 08:00-09:00",
    "2027 Dec 24 10:00-11:00",
    "May-Jun",
)


def the_terms(day: date) -> PocketTerms:
    return PocketTerms(day=day, walking=Walking(), served_area=ServedArea(margin=Metres(20_000.0)))


def made(day: date, *expressions: str, zone: str = "Asia/Shanghai") -> Document:
    services = [Service(kind=ServiceKind.REST, opening_hours=each) for each in expressions]
    stations = [
        a_station(f"A-{number}", 114.0, 33.5, service) for number, service in enumerate(services)
    ]
    place = Place(name="试验市", zone=ZoneInfo(zone), title="试验")
    return pocket_register(a_register(stations, place=place, calendar=CALENDAR), the_terms(day))


CALENDAR = HolidayCalendar(
    [
        Holiday(
            day=date(2026, 10, 1),
            kind=HolidayKind.PUBLIC_HOLIDAY,
            name="国庆节",
            status=HolidayStatus.PUBLISHED,
            source="a test",
        ),
        Holiday(
            day=date(2026, 10, 10),
            kind=HolidayKind.MAKEUP_WORKDAY,
            name="国庆节",
            status=HolidayStatus.PUBLISHED,
            source="a test",
        ),
    ]
)


def told(
    hours: Document, number: int, seconds: int
) -> tuple[Openness, int | None, Openness | None]:
    """Read the timeline as the phone does, in Python."""
    _, codes, gaps = hours["expressions"][number]
    changes, minutes = [], hours["from"]
    for gap in gaps:
        minutes += gap
        changes.append(minutes * 60)
    place = bisect_right(changes, seconds)
    if place == len(changes) or changes[place] - seconds > hours["looked_ahead_days"] * 86_400:
        return STATES[codes[place]], None, None
    return STATES[codes[place]], changes[place], STATES[codes[place + 1]]


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Asia/Shanghai", date(2026, 9, 20)),
        ("America/Montreal", date(2026, 10, 12)),  # its clocks go back
        ("Europe/Paris", date(2027, 3, 10)),  # its clocks go forward
    ],
)
@pytest.mark.parametrize("number", range(len(EXPRESSIONS)), ids=EXPRESSIONS)
def test_the_timeline_tells_what_the_schedule_tells(number: int, zone: str, day: date) -> None:
    hours = made(day, *EXPRESSIONS, zone=zone)["hours"]
    fresh = Schedule.parse(EXPRESSIONS[number], CALENDAR, ZoneInfo(zone))
    dice = random.Random(number)  # noqa: S311  nothing secret is drawn
    begin, end = hours["from"] * 60, hours["until"] * 60

    for seconds in [begin, end - 1, *(dice.randrange(begin, end) for _ in range(200))]:
        answer = fresh.at_second(seconds)
        change = answer.next_change
        expected = (
            answer.state,
            None if change is None else round(change.timestamp()),
            answer.next_state,
        )
        assert told(hours, number, seconds) == expected


def test_the_hours_run_from_midnight_of_the_day_for_35_days() -> None:
    hours = made(date(2026, 9, 20), "24/7", zone="Asia/Shanghai")["hours"]

    midnight = datetime(2026, 9, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert hours["from"] * 60 == midnight.timestamp()
    assert hours["until"] * 60 == (midnight + timedelta(days=DAYS_OF_HOURS)).timestamp()


def test_an_expression_that_many_share_is_worked_out_once() -> None:
    document = made(date(2026, 9, 20), "24/7", "Mo 08:00-09:00", "24/7")

    assert [text for text, *_ in document["hours"]["expressions"]] == ["24/7", "Mo 08:00-09:00"]
    assert document["stations"]["services"] == [0, 1, 0]


def test_a_township_without_outline_is_looked_for_amid_its_stations() -> None:
    unit = Township(
        code="T-1",
        name="甲镇",
        boundary=None,
        boundary_status=BoundaryStatus.NONE,
        source="a test",
    )
    stations = [
        a_station("A-1", 114.0, 33.4, township_code="T-1"),
        a_station("A-2", 114.2, 33.6, township_code="T-1"),
    ]

    document = pocket_register(
        a_register(stations, townships=(unit,)), the_terms(date(2026, 9, 20))
    )

    assert (document["townships"]["lon"], document["townships"]["lat"]) == ([114.1], [33.5])


def test_an_empty_register_fits_too() -> None:
    document = pocket_register(a_register([]), the_terms(date(2026, 9, 20)))

    assert document["stations"]["id"] == []
    assert document["served"]["bounds"] is None


def test_a_position_has_all_its_digits() -> None:
    register = a_register([a_station("A-1", 114.123456789, 33.987654321)])

    document = pocket_register(register, the_terms(date(2026, 9, 20)))

    # Not one less than the server ranks by.
    assert document["stations"]["lon"] == [114.123456789]
