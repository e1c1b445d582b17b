"""Edits make another register of one, and leave the one as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.errors import InvalidQueryError
from geo_service.domain.scenario import (
    ChangeHours,
    CloseStation,
    Draft,
    apply,
    apply_what_can_be,
    changes_between,
)
from geo_service.domain.station import Service, ServiceKind, StationId
from tests.support.register import BREAKFAST, REST, a_register, a_station
from tests.support.scenarios import EAST, NOWHERE, WEST, a_town, add, move, terms

A, B, C = map(StationId, "ABC")


def test_an_added_station_stands_in_the_township_around_it() -> None:
    made = apply(a_town(), [add(114.12, 33.52), add(120.0, 30.0)])

    assert made.station(StationId("new-1")).township_code == EAST
    assert made.station(StationId("new-2")).township_code is None


def test_what_is_added_says_that_it_is_planned() -> None:
    station = apply(a_town(), [add(114.12, 33.52)]).station(StationId("new-1"))

    assert station.data_status == "derived"
    assert "planned" in station.source


def test_a_moved_station_keeps_all_but_its_place() -> None:
    town = a_town()

    moved = apply(town, [move("A", 114.15, 33.52)]).station(A)

    assert (moved.coordinate.longitude, moved.township_code) == (114.15, EAST)
    assert (moved.name, moved.services) == (town.station(A).name, town.station(A).services)


def test_what_moves_within_a_township_of_unknown_outline_stays_in_it() -> None:
    assert apply(a_town(), [move("C", 114.31, 33.55)]).station(C).township_code == NOWHERE


def test_what_moves_out_of_a_known_township_into_none_is_in_none() -> None:
    assert apply(a_town(), [move("A", 114.31, 33.55)]).station(A).township_code is None


def test_a_closed_station_is_gone_and_the_register_itself_is_as_it_was() -> None:
    town = a_town()

    made = apply(town, [CloseStation(station=A)])

    assert [each.id for each in made.stations] == ["B", "C"]
    assert [each.id for each in town.stations] == ["A", "B", "C"]


def test_hours_change_for_one_service_or_for_all() -> None:
    town = a_register([a_station("A", 114.0, 33.5, REST, BREAKFAST)])
    hours = "Mo-Su 05:00-07:00"

    one = ChangeHours(station=A, service=ServiceKind.BREAKFAST, opening_hours=hours)
    both = ChangeHours(station=A, opening_hours=hours)

    assert apply(town, [one]).station(A).services == (
        REST,
        Service(kind=ServiceKind.BREAKFAST, opening_hours=hours),
    )
    assert {each.opening_hours for each in apply(town, [both]).station(A).services} == {hours}


def test_the_plane_and_the_units_are_those_of_the_register() -> None:
    town = a_town()

    made = apply(town, [add(114.9, 33.9)])

    assert made.crs is town.crs
    assert made.townships == town.townships


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (CloseStation(station=StationId("Z")), "edits.1.station: no station"),
        (ChangeHours(station=A, opening_hours="whenever"), "edits.1.opening_hours"),
        (
            ChangeHours(station=A, service=ServiceKind.BREAKFAST, opening_hours=None),
            "edits.1.service: A does not offer breakfast",
        ),
        (
            add(114.0, 33.5, services=(Service(kind=ServiceKind.REST, opening_hours="?"),)),
            "edits.1.opening_hours",
        ),
    ],
)
def test_an_edit_that_does_not_fit_is_named_by_its_place(edit: object, fault: str) -> None:
    with pytest.raises(InvalidQueryError, match=fault):
        apply(a_town(), [CloseStation(station=B), edit])  # type: ignore[list-item]


def test_a_register_that_moved_on_takes_what_still_fits() -> None:
    made, unfit = apply_what_can_be(a_town(), [CloseStation(station=StationId("Z")), add(114, 33)])

    assert [fault.parameter for fault in unfit] == ["edits.0.station"]
    assert "new-2" in {each.id for each in made.stations}


def test_a_new_identifier_gives_way_to_a_station_that_has_it() -> None:
    town = a_register([a_station("new-1", 114.0, 33.5)])

    assert len(apply(town, [add(114.1, 33.5)]).stations) == 2


def test_changes_name_what_was_added_closed_moved_and_opened_otherwise() -> None:
    town = a_town()
    edits = [
        add(114.12, 33.52),
        CloseStation(station=A),
        move("B", 114.16, 33.55),
        ChangeHours(station=C, opening_hours="24/7"),
    ]

    changes = changes_between(town.stations, apply(town, edits).stations)

    assert [each.id for each in changes.added] == ["new-1"]
    assert [each.id for each in changes.closed] == ["A"]
    assert [each.after.id for each in changes.moved] == ["B"]
    assert [after.id for _, after in changes.hours] == ["C"]
    assert changes.moved[0].distance_m == pytest.approx(928.9, abs=1)


def test_two_scenarios_that_add_the_same_do_not_differ() -> None:
    town, same, other = a_town(), add(114.12, 33.52), add(114.13, 33.52)

    one = apply(town, [same, other])
    two = apply(town, [other, same])

    assert changes_between(one.stations, two.stations).added == ()


@given(st.lists(st.sampled_from("ABC"), unique=True))
def test_closing_and_nothing_else_leaves_the_others(closed: list[str]) -> None:
    made = apply(a_town(), [CloseStation(station=StationId(each)) for each in closed])

    assert {each.id for each in made.stations} == set("ABC") - set(closed)


@pytest.mark.parametrize("name", ["", " ", "a\nb", "x" * 101])
def test_a_name_is_a_line_of_text(name: str) -> None:
    with pytest.raises(InvalidQueryError, match="name"):
        Draft(name=name, terms=terms())


def test_a_scenario_takes_so_many_edits() -> None:
    with pytest.raises(InvalidQueryError, match="edits"):
        Draft(name="a", terms=terms(), edits=(CloseStation(station=WEST),) * 501)  # type: ignore[arg-type]
