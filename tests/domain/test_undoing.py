"""Undoing: a change taken back gives what was before, and later changes are never lost unsaid."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_service.domain.change import StationChange, field_changes
from geo_service.domain.coordinate import Coordinate
from geo_service.domain.datum import Datum
from geo_service.domain.station import (
    Amenity,
    Group,
    Reading,
    Service,
    ServiceKind,
    Station,
    StationId,
)
from geo_service.domain.undoing import Dispute, Obstacle, Resolution, UndoStep, undo_step
from tests.support.register import BREAKFAST, REST, a_station

BEFORE = a_station("LH-001", telephone="0395-1", capacity=8)


def moved(station: Station, longitude: float, latitude: float) -> Station:
    return replace(
        station,
        coordinate=Coordinate(longitude=longitude, latitude=latitude),
        reading=Reading(x=longitude, y=latitude, datum=Datum.WGS84),
    )


def undone(
    before: Station | None,
    after: Station | None,
    present: Station | None,
    resolution: Resolution = Resolution.REFUSE,
    townships: frozenset[str] | None = None,
) -> UndoStep:
    change = StationChange(revision=7, station_id=BEFORE.id, before=before, after=after)
    return undo_step(change, present, resolution=resolution, townships=townships)


# -- nothing in the way ----------------------------------------------------------------------


def test_a_change_nobody_touched_since_is_taken_back_whole() -> None:
    after = replace(BEFORE, name="另一个名字", telephone=None)

    step = undone(BEFORE, after, after)

    assert (step.result, step.obstacle) == (BEFORE, None)


def test_an_adding_is_undone_by_taking_the_station_out() -> None:
    step = undone(None, BEFORE, BEFORE)

    assert (step.result, step.obstacle, step.changes) == (None, None, True)


def test_a_taking_out_is_undone_by_putting_the_station_back() -> None:
    step = undone(BEFORE, None, None)

    assert (step.result, step.obstacle) == (BEFORE, None)


@pytest.mark.parametrize(
    ("before", "after"),
    [(BEFORE, replace(BEFORE, name="x")), (None, BEFORE), (BEFORE, None)],
    ids=["changed", "added", "taken out"],
)
def test_what_is_already_as_before_stays_as_it_is(
    before: Station | None, after: Station | None
) -> None:
    step = undone(before, after, before)

    assert (step.changes, step.obstacle) == (False, None)


def test_later_changes_of_other_fields_stay() -> None:
    after = replace(BEFORE, name="另一个名字")
    present = replace(after, capacity=20)

    step = undone(BEFORE, after, present)

    assert (step.result, step.obstacle) == (replace(BEFORE, capacity=20), None)


def test_one_services_hours_are_taken_back_while_the_others_stay() -> None:
    before = replace(BEFORE, services=(REST, BREAKFAST))
    after = replace(before, services=(hours(REST, "Mo-Fr 08:00-18:00"), BREAKFAST))
    present = replace(after, services=(after.services[0], hours(BREAKFAST, "Mo-Su 05:30-07:00")))

    step = undone(before, after, present)

    assert step.result is not None
    assert step.result.services == (REST, hours(BREAKFAST, "Mo-Su 05:30-07:00"))


def hours(service: Service, expression: str) -> Service:
    return replace(service, opening_hours=expression)


def test_a_later_verification_stays_and_is_no_obstacle() -> None:
    after = replace(BEFORE, name="另一个名字", verified_on=date(2026, 5, 1))
    present = replace(after, verified_on=date(2026, 6, 1))

    step = undone(BEFORE, after, present)

    assert (step.result, step.obstacle) == (replace(BEFORE, verified_on=date(2026, 6, 1)), None)


# -- something in the way --------------------------------------------------------------------


def test_a_field_changed_again_is_named_with_all_three_values() -> None:
    after = replace(BEFORE, name="第一次")
    present = replace(after, name="第二次")

    step = undone(BEFORE, after, present)

    assert step.obstacle is Obstacle.CHANGED
    assert step.disputes == (
        Dispute(field="name", before=BEFORE.name, after="第一次", present="第二次"),
    )


@pytest.mark.parametrize(
    ("resolution", "name", "telephone"),
    [
        (Resolution.REFUSE, "第二次", None),
        (Resolution.KEEP, "第二次", "0395-1"),
        (Resolution.OVERWRITE, BEFORE.name, "0395-1"),
    ],
)
def test_the_resolution_says_which_of_two_changes_holds(
    resolution: Resolution, name: str, telephone: str | None
) -> None:
    after = replace(BEFORE, name="第一次", telephone=None)
    present = replace(after, name="第二次", capacity=20)

    step = undone(BEFORE, after, present, resolution)

    assert step.result == replace(present, name=name, telephone=telephone)


def test_a_position_goes_back_with_its_township_or_not_at_all() -> None:
    before = replace(BEFORE, township_code="1")
    after = replace(moved(before, 114.2, 33.6), township_code="2")
    present = moved(after, 114.21, 33.61)

    step = undone(before, after, present, Resolution.KEEP)

    assert step.result == present
    assert {each.field for each in step.disputes} == {"longitude", "latitude", "township_code"}


def test_a_service_that_came_and_was_changed_later_is_in_dispute_as_a_whole() -> None:
    after = replace(BEFORE, services=(REST, BREAKFAST))
    present = replace(after, services=(REST, hours(BREAKFAST, "Mo-Su 05:30-07:00")))

    kept, overwritten = (
        undone(BEFORE, after, present, each) for each in (Resolution.KEEP, Resolution.OVERWRITE)
    )

    assert kept.result == present
    assert overwritten.result == BEFORE
    assert {each.field for each in kept.disputes} == {
        *("services", "breakfast_hours", "breakfast_for")
    }


@pytest.mark.parametrize(
    ("before", "after", "present", "obstacle"),
    [
        (BEFORE, replace(BEFORE, name="x"), None, Obstacle.GONE),
        (None, BEFORE, replace(BEFORE, name="y"), Obstacle.CHANGED),
        (BEFORE, None, replace(BEFORE, name="y"), Obstacle.BACK),
    ],
    ids=["gone", "added and changed", "back"],
)
def test_a_station_that_came_or_went_since_is_left_unless_it_is_to_be_overwritten(
    before: Station | None, after: Station | None, present: Station | None, obstacle: Obstacle
) -> None:
    refused, kept, overwritten = (undone(before, after, present, each) for each in Resolution)

    assert refused.obstacle is kept.obstacle is overwritten.obstacle is obstacle
    assert refused.result is kept.result is present
    assert overwritten.result == before


# -- what the register cannot hold -----------------------------------------------------------


@pytest.mark.parametrize("resolution", Resolution)
def test_a_township_that_is_gone_is_never_brought_back(resolution: Resolution) -> None:
    before = replace(BEFORE, township_code="411102001")
    after = replace(BEFORE, township_code=None)

    step = undone(before, after, after, resolution, townships=frozenset({"411102002"}))

    assert (step.result, step.obstacle) == (after, Obstacle.TOWNSHIP)


def test_a_station_left_without_a_service_is_refused() -> None:
    before = replace(BEFORE, services=(BREAKFAST,))
    after = replace(BEFORE, services=(REST, BREAKFAST))
    present = replace(BEFORE, services=(REST,))

    step = undone(before, after, present, Resolution.KEEP)

    assert (step.result, step.obstacle) == (present, Obstacle.NO_SERVICE)


def test_a_station_that_would_close_before_it_opens_is_refused() -> None:
    before = replace(BEFORE, opened_on=date(2026, 5, 1))
    after = replace(BEFORE, opened_on=date(2020, 5, 1))
    present = replace(after, closed_on=date(2024, 5, 1))

    step = undone(before, after, present)

    assert (step.result, step.obstacle) == (present, Obstacle.LIFETIME)


# -- whatever the change ---------------------------------------------------------------------

services = st.sampled_from(
    [
        Service(kind=kind, opening_hours=hours, groups=groups)
        for kind in ServiceKind
        for hours in (None, "Mo-Su 06:00-20:00")
        for groups in (frozenset[Group](), frozenset({Group.SANITATION}))
    ]
)
some_services = st.lists(services, min_size=1, max_size=2, unique_by=lambda each: each.kind).map(
    lambda listed: tuple(sorted(listed, key=lambda each: list(ServiceKind).index(each.kind)))
)
names = st.sampled_from(["甲", "乙", "丙"])
whole: dict[str, Any] = {
    "name": names,
    "services": some_services,
    "amenities": st.frozensets(st.sampled_from(Amenity), max_size=3),
    "address": st.none() | names,
    "telephone": st.none() | names,
    "capacity": st.none() | st.integers(0, 3),
    "township_code": st.sampled_from([None, "1", "2"]),
}


@st.composite
def states(draw: st.DrawFn) -> Station:
    at = draw(st.sampled_from([(114.0, 33.5), (114.1, 33.5), (114.1, 33.6)]))
    given_fields = {name: draw(strategy) for name, strategy in whole.items()}
    return moved(replace(BEFORE, **given_fields), *at)


@given(before=states(), after=states())
def test_undoing_and_undoing_that_again_leads_back(before: Station, after: Station) -> None:
    there = undone(before, after, after)
    assert there.result == before

    back = undone(after, before, before)
    assert back.result == after


@given(before=states(), after=states(), present=states())
def test_a_field_ends_as_it_is_now_or_as_it_was_before(
    before: Station, after: Station, present: Station
) -> None:
    step = undone(before, after, present, Resolution.KEEP)

    assert step.result is not None
    changed = {each.field for each in field_changes(present, step.result)} - {"services"}
    touched = {each.field for each in field_changes(before, after)}
    assert changed <= touched
    if step.obstacle is not Obstacle.NO_SERVICE:
        back = {each.field for each in field_changes(before, step.result)}
        assert changed.isdisjoint(back)


@given(before=states(), after=states(), present=states())
def test_nothing_changed_later_is_lost_without_being_named(
    before: Station, after: Station, present: Station
) -> None:
    step = undone(before, after, present, Resolution.OVERWRITE)

    assert step.result is not None
    later = {each.field for each in field_changes(after, present)}
    lost = {each.field for each in field_changes(present, step.result)} & later
    lost -= {"services"}  # two services share that field; their own are looked at
    named = {each.field for each in step.disputes}
    if present not in (before, after):
        assert lost <= named


def test_a_step_says_which_station_it_is_about() -> None:
    assert undone(None, BEFORE, BEFORE).station_id == StationId("LH-001")
