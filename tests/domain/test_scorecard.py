"""六有 by the record alone: yes, no, and unknown where the record is silent."""

from typing import Any

import pytest

from geo_service.domain.coordinate import WGS84, Metres
from geo_service.domain.scorecard import Having, Mark, Shown, cards_of, tally
from geo_service.domain.station import Amenity, DataStatus, Service, ServiceKind
from geo_service.services.scorecard_words import CRITERIA, HAVINGS, SHOWN, reason_text
from tests.support.register import BREAKFAST, a_station

OPEN = Service(kind=ServiceKind.REST, opening_hours="24/7")
ALL = frozenset({Amenity.SEATING, Amenity.WATER, Amenity.MEAL_HEATING, Amenity.READING})


def mark_of(having: Having, *services: Service, **more: Any) -> Mark:
    (card,) = cards_of([a_station("A", 114.0, 33.5, *services, **more)])
    return card.marks[having]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("人民路爱心驿站", Shown.YES), ("Rest Station 5", Shown.YES), ("人民路 5 号", Shown.UNKNOWN)],
)
def test_a_name_shows_itself_and_a_missing_word_proves_nothing(name: str, shown: Shown) -> None:
    assert mark_of(Having.NAME, name=name).shown is shown


@pytest.mark.parametrize(("away", "shown"), [(999.0, Shown.YES), (1001.0, Shown.NO)])
def test_a_layout_is_sensible_where_another_station_is_within_the_spacing(
    away: float, shown: Shown
) -> None:
    x, y, _ = WGS84.fwd(114.0, 33.5, 40.0, away)

    cards = cards_of([a_station("A"), a_station("B", x, y)])

    assert [card.marks[Having.LAYOUT].shown for card in cards] == [shown, shown]


def test_the_spacing_can_be_chosen() -> None:
    x, y, _ = WGS84.fwd(114.0, 33.5, 40.0, 1500.0)

    cards = cards_of([a_station("A"), a_station("B", x, y)], spacing=Metres(2000.0))

    assert cards[0].marks[Having.LAYOUT].shown is Shown.YES


def test_two_stations_at_one_place_are_neighbours() -> None:
    cards = cards_of([a_station("A"), a_station("B"), a_station("C")])

    assert {card.marks[Having.LAYOUT].values["metres"] for card in cards} == {0.0}


def test_a_lone_station_has_no_layout() -> None:
    assert mark_of(Having.LAYOUT).reason == "layout_alone"


def test_a_position_coarser_than_the_spacing_tells_nothing_of_the_layout() -> None:
    assert mark_of(Having.LAYOUT, accuracy_m=Metres(2000.0)).shown is Shown.UNKNOWN


@pytest.mark.parametrize(
    ("amenities", "facilities", "functions"),
    [
        (frozenset(), Shown.UNKNOWN, Shown.UNKNOWN),
        (ALL, Shown.YES, Shown.YES),
        (ALL - {Amenity.READING}, Shown.YES, Shown.NO),
        (ALL - {Amenity.WATER}, Shown.NO, Shown.YES),
        (frozenset({Amenity.TOILET}), Shown.NO, Shown.NO),
    ],
)
def test_amenities_tell_of_facilities_and_functions(
    amenities: frozenset[Amenity], facilities: Shown, functions: Shown
) -> None:
    assert mark_of(Having.FACILITIES, amenities=amenities).shown is facilities
    assert mark_of(Having.FUNCTIONS, amenities=amenities).shown is functions


def test_a_breakfast_is_a_function_even_where_no_amenity_is_recorded() -> None:
    assert mark_of(Having.FUNCTIONS, BREAKFAST).shown is Shown.YES


def test_hours_of_every_service_are_rules_and_missing_ones_are_unknown() -> None:
    assert mark_of(Having.RULES, OPEN).shown is Shown.YES
    assert mark_of(Having.RULES, OPEN, BREAKFAST).shown is Shown.UNKNOWN


@pytest.mark.parametrize(
    ("status", "accuracy", "shown"),
    [
        (DataStatus.OFFICIAL, 20.0, Shown.YES),
        (DataStatus.OFFICIAL, 500.0, Shown.NO),
        (DataStatus.OFFICIAL, None, Shown.UNKNOWN),
        (DataStatus.DEMONSTRATION, 20.0, Shown.UNKNOWN),
    ],
)
def test_a_station_is_findable_where_its_position_is_known_well(
    status: DataStatus, accuracy: float | None, shown: Shown
) -> None:
    assert mark_of(Having.FINDABLE, data_status=status, accuracy_m=accuracy).shown is shown


def test_silence_is_never_no() -> None:
    marks = [mark_of(having) for having in Having if having is not Having.LAYOUT]

    assert {mark.shown for mark in marks} == {Shown.UNKNOWN}


def test_counts_add_up_to_the_stations() -> None:
    cards = cards_of(
        [
            a_station("A", 114.0, 33.5, OPEN, name="驿站", amenities=ALL, accuracy_m=Metres(5.0))
            if n == 0
            else a_station(str(n))
            for n in range(4)
        ]
    )

    counted = tally(cards)

    assert counted.counts[Having.RULES] == {Shown.YES: 1, Shown.NO: 0, Shown.UNKNOWN: 3}
    assert all(sum(each.values()) == 4 for each in counted.counts.values())


def test_all_six_is_all_six() -> None:
    best = {"name": "驿站", "amenities": ALL, "accuracy_m": Metres(5.0)}
    stations = [
        a_station("A", 114.0, 33.5, OPEN, data_status=DataStatus.OFFICIAL, **best),
        a_station("B"),
    ]

    assert tally(cards_of(stations)).all_six == 1


def test_the_words_are_there_for_all_of_it() -> None:
    assert set(HAVINGS) == set(CRITERIA) == set(Having)
    assert set(SHOWN) == set(Shown)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reason_names_what_is_missing(language: Any) -> None:
    mark = mark_of(Having.FACILITIES, amenities=frozenset({Amenity.SEATING}))

    expected = {"zh": "记录的设施中没有饮水、热饭", "en": "recorded: water, meal heating"}
    assert expected[language] in reason_text(mark, language)
