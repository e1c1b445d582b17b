"""Browsing: page by page through all that matches, each station once, in order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.coordinate import Bounds
from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.register import Register
from geo_service.domain.station import Service, ServiceKind, StationFilter, StationId
from geo_service.services.browse import BrowseQuery, browse
from geo_service.services.openness import OpenCondition, When
from tests.support.register import BREAKFAST, REST, a_register, a_station

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def all_pages(register: Register, limit: int, **asked: object) -> list[list[StationId]]:
    pages, after = [], None
    while True:
        query = BrowseQuery(instant=NOON, limit=limit, after=after, **asked)  # type: ignore[arg-type]
        page = browse(register, query)
        pages.append([each.station.id for each in page.stations])
        after = page.following
        if after is None:
            return pages


identifiers = st.lists(st.text("AaZz019-_.", min_size=1, max_size=4), unique=True, max_size=25)


@given(names=identifiers, limit=st.integers(1, 30))
def test_following_the_pages_meets_each_station_once_and_in_order(
    names: list[str], limit: int
) -> None:
    pages = all_pages(a_register(map(a_station, names)), limit)

    assert [name for page in pages for name in page] == sorted(names)
    assert all(len(page) == limit for page in pages[:-1])


def test_a_full_last_page_is_known_to_be_the_last() -> None:
    register = a_register(map(a_station, "ABCD"))

    assert all_pages(register, 2) == [["A", "B"], ["C", "D"]]


def test_a_station_removed_meanwhile_does_not_disturb_the_next_page() -> None:
    register = a_register(map(a_station, "ACD"))

    page = browse(register, BrowseQuery(instant=NOON, limit=2, after=StationId("B")))

    assert [each.station.id for each in page.stations] == ["C", "D"]


def test_every_page_counts_all_that_match() -> None:
    register = a_register(map(a_station, "ABC"))

    page = browse(register, BrowseQuery(instant=NOON, limit=1, after=StationId("B")))

    assert page.matched == 3


def test_conditions_and_bounds_hold_together() -> None:
    register = a_register(
        [
            a_station("IN-REST", 114.0, 33.5, REST),
            a_station("IN-BREAKFAST", 114.0, 33.5, BREAKFAST),
            a_station("OUT-REST", 115.0, 33.5, REST),
        ]
    )

    [page] = all_pages(
        register,
        10,
        conditions=StationFilter(service=ServiceKind.REST),
        bounds=Bounds(west=113.9, south=33.4, east=114.1, north=33.6),
    )

    assert page == ["IN-REST"]


def test_bounds_that_cross_the_antimeridian_hold_both_sides() -> None:
    register = a_register(
        a_station(f"{longitude}", longitude, -17.0) for longitude in (-179.5, 0.0, 179.5)
    )

    [page] = all_pages(register, 10, bounds=Bounds(west=179.0, south=-18, east=-179.0, north=-16))

    assert page == ["-179.5", "179.5"]


@pytest.mark.parametrize(("certain", "found"), [(False, ["OPEN", "UNKNOWN"]), (True, ["OPEN"])])
def test_what_may_be_open_is_kept_unless_certainty_is_asked(
    found: list[str], *, certain: bool
) -> None:
    hours = {"OPEN": "24/7", "SHUT": "off", "UNKNOWN": None}
    register = a_register(
        a_station(name, 114.0, 33.5, Service(kind=ServiceKind.REST, opening_hours=each))
        for name, each in hours.items()
    )

    [page] = all_pages(register, 10, open=OpenCondition(when=When.INSTANT, certain=certain))

    assert page == found


@pytest.mark.parametrize("limit", [0, 1001])
def test_a_page_out_of_range_cannot_be_asked(limit: int) -> None:
    with pytest.raises(InvalidQueryError, match="from 1 to 1000"):
        BrowseQuery(instant=NOON, limit=limit)
