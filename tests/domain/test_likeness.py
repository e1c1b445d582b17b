"""Stations written down twice."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from geo_service.domain.likeness import NEAR_M, alike, duplicates, likeness
from tests.support.register import a_station

GEOD = Geod(ellps="WGS84")

ONE_PLACE = [
    ("马路街爱心驿站", "马路街街道户外劳动者爱心驿站"),
    ("黄河路工会驿站", "黄和路工会驿站"),  # a slip of the pinyin keyboard
    ("人民路1号驿站", "人民路一号站"),
    ("人民路１２号驿站", "人民路十二号驿站"),
    ("文化宫 驿站", "文化宫驿站"),
    ("文化路中转站旁", "文化路中转站"),
    ("黄河路驿站", "黄河路东口驿站"),
    ("Parc Laurier", "PARC LAURIER"),
    ("爱心驿站", "爱心驿站"),
]
TWO_PLACES = [
    ("演示站点-001", "演示站点-002"),
    ("人民路1号驿站", "人民路2号驿站"),
    ("人民路一号驿站", "人民路十一号驿站"),
    ("体育场东门驿站", "体育场西门驿站"),
    ("黄河路驿站", "长江路驿站"),
    ("人民路驿站", "人民路中心小学驿站"),
    ("爱心驿站", "人民路爱心驿站"),
    ("Station A", "Station B"),
]


@pytest.mark.parametrize(("one", "other"), ONE_PLACE)
def test_names_of_one_place_are_alike(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(("one", "other"), TWO_PLACES)
def test_names_of_two_places_are_not_alike(one: str, other: str) -> None:
    assert not alike(one, other)


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_does_not_depend_on_which_comes_first(one: str, other: str) -> None:
    assert likeness(one, other) == likeness(other, one)


@given(st.text(max_size=40))
def test_a_name_is_wholly_like_itself(name: str) -> None:
    assert likeness(name, name) == 100.0


def test_far_stations_of_one_name_are_not_duplicates() -> None:
    stations = [a_station("A", 114.0, 33.5, name="人民路驿站")]
    stations.append(a_station("B", 114.01, 33.5, name="人民路驿站"))

    assert duplicates(stations) == []


def test_near_stations_of_unlike_names_are_not_duplicates() -> None:
    stations = [a_station("A", name="人民路驿站"), a_station("B", name="文化宫驿站")]

    assert duplicates(stations) == []


def test_pairs_of_stations_that_are_not_asked_about_are_left_out() -> None:
    stations = [a_station(each, name="人民路驿站") for each in "ABCD"]

    found = duplicates(stations, among={"C"})  # type: ignore[arg-type]  # an identifier is a text

    assert {(each.first, each.second) for each in found} == {("A", "C"), ("B", "C"), ("C", "D")}


def test_a_crowd_at_one_place_is_compared_with_its_neighbours_alone() -> None:
    stations = [a_station(f"A-{number:04}", name="人民路驿站") for number in range(2_000)]

    found = duplicates(stations, most=1_000_000)

    assert 0 < len(found) <= 2_000 * 33


def test_no_more_pairs_are_looked_for_than_are_wanted() -> None:
    stations = [a_station(f"A-{number:02}", name="人民路驿站") for number in range(20)]

    assert len(duplicates(stations, most=7)) == 7


@settings(max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.floats(114.0, 114.004),
            st.floats(33.5, 33.504),
            st.sampled_from(["人民路", "文化宫"]),
        ),
        max_size=20,
    )
)
def test_duplicates_are_those_that_comparing_all_pairs_finds(
    places: list[tuple[float, float, str]],
) -> None:
    stations = [
        a_station(f"A-{number:02}", x, y, name=name) for number, (x, y, name) in enumerate(places)
    ]

    found = {(each.first, each.second) for each in duplicates(stations)}

    assert found == {
        (one.id, other.id)
        for one, other in combinations(stations, 2)
        if one.name == other.name
        and GEOD.inv(
            one.coordinate.longitude, one.coordinate.latitude,
            other.coordinate.longitude, other.coordinate.latitude,
        )[2] <= NEAR_M
    }  # fmt: skip
