"""The past asked by day, and whole changes taken back in the database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import (
    HistoryNotKeptError,
    RevisionNotFoundError,
    StationChangedError,
    UndoRefusedError,
)
from geo_service.domain.past import Fates
from geo_service.domain.station import Station, StationId
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.domain.undoing import Obstacle, Resolution
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.history import HistoryStore, register_as_of
from geo_service.persistence.register import RegisterStore
from geo_service.services.register_history import (
    Undoer,
    UndoPlan,
    UndoQuestion,
    changes_since,
    plan_undo,
    revision_of_day,
    undo,
)
from tests.support.register import SHANGHAI, a_dataset, a_station

A, B, C = (StationId(f"{letter}-1") for letter in "ABC")
OLD = {each.id: each for each in (a_station("A-1", capacity=4), a_station("B-1"))}


@pytest.fixture(autouse=True)
def loaded(scratch: Database) -> int:
    """A register of two stations, after another one: the history does not begin here."""
    number = 0
    for stations in ([a_station("Z-1")], OLD.values()):
        with scratch.transaction() as session:
            number = RegisterStore(session).replace(
                a_dataset(stations), author="a test", reason="a test"
            )
    return number


def imported(database: Database, *stations: Station, removed: tuple[StationId, ...] = ()) -> int:
    note = RevisionNote(author="王女士", reason="the May list", kind=ChangeKind.IMPORT)
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, removed=removed, note=note)


def taken_back(database: Database, revision: int, **more: Any) -> UndoPlan:
    asked = {key: more.pop(key) for key in ("station_id", "resolution") if key in more}
    with database.transaction() as session:
        return undo(
            HistoryStore(session),
            ChangeStore(session),
            UndoQuestion(revision=revision, **asked),
            Undoer(author="李女士", reason="wrong list", **more),
        )


def planned(database: Database, revision: int, **asked: Any) -> UndoPlan:
    with database.transaction() as session:
        question = UndoQuestion(revision=revision, **asked)
        return plan_undo(HistoryStore(session), question, shown=10)


def register(database: Database) -> dict[StationId, Station]:
    with database.transaction() as session:
        return {
            each: found.station
            for each, found in ChangeStore(session).recorded_of([A, B, C]).items()
        }


# -- whole changes ---------------------------------------------------------------------------


def test_a_whole_import_is_taken_back_at_once(scratch: Database) -> None:
    number = imported(
        scratch, a_station("C-1"), replace(OLD[A], name="moved", capacity=9), removed=(B,)
    )

    plan = taken_back(scratch, number)

    assert register(scratch) == OLD
    assert plan.fates == Fates(added=1, changed=1, removed=1)
    assert plan.present == number + 1


def test_an_undo_is_a_revision_that_says_what_it_undoes_and_by_whom(scratch: Database) -> None:
    number = imported(scratch, a_station("C-1"))

    made = taken_back(scratch, number).present

    with scratch.transaction() as session:
        revision = HistoryStore(session).revision(made)
    assert (revision.author, revision.reason) == ("李女士", "wrong list")
    assert (revision.kind, revision.undoes) == (ChangeKind.UNDO, number)


def test_an_undo_is_undone_like_any_other_change(scratch: Database) -> None:
    number = imported(scratch, a_station("C-1"), replace(OLD[A], name="moved"))
    there = register(scratch)

    taken_back(scratch, taken_back(scratch, number).present)

    assert register(scratch) == there


def test_what_a_load_did_to_stations_is_taken_back(scratch: Database, loaded: int) -> None:
    taken_back(scratch, loaded)

    assert register(scratch) == {}
    with scratch.transaction() as session:
        stations = [each.id for each in register_as_of(session, loaded + 1)]
    assert stations == ["Z-1"]


def test_one_station_of_a_change_is_taken_back_alone(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="moved"), replace(OLD[B], name="moved"))

    taken_back(scratch, number, station_id=A)

    assert register(scratch) == {A: OLD[A], B: replace(OLD[B], name="moved")}


def test_what_was_changed_elsewhere_since_stays(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="moved"))
    imported(scratch, replace(OLD[A], name="moved", capacity=30))

    taken_back(scratch, number)

    assert register(scratch)[A] == replace(OLD[A], capacity=30)


# -- something in the way --------------------------------------------------------------------


def test_nothing_is_undone_while_a_later_change_is_in_the_way(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="first"), replace(OLD[B], name="first"))
    last = imported(scratch, replace(OLD[A], name="second"))

    with pytest.raises(UndoRefusedError, match="A-1") as refused:
        taken_back(scratch, number)

    (step,) = refused.value.steps
    assert (step.station_id, step.obstacle) == (A, Obstacle.CHANGED)
    assert register(scratch)[B].name == "first"
    with scratch.transaction() as session:
        assert HistoryStore(session).last() == last


@pytest.mark.parametrize(
    ("resolution", "name"), [(Resolution.KEEP, "second"), (Resolution.OVERWRITE, OLD[A].name)]
)
def test_whoever_undoes_may_say_what_holds(
    scratch: Database, resolution: Resolution, name: str
) -> None:
    number = imported(scratch, replace(OLD[A], name="first"), replace(OLD[B], name="first"))
    imported(scratch, replace(OLD[A], name="second"))

    taken_back(scratch, number, resolution=resolution)

    assert {each.name for each in register(scratch).values()} == {name, OLD[B].name}


def test_what_is_undone_already_is_refused_as_nothing_left(scratch: Database) -> None:
    number = imported(scratch, a_station("C-1"))
    taken_back(scratch, number)

    with pytest.raises(UndoRefusedError, match="nothing left to undo"):
        taken_back(scratch, number)


def test_a_station_changed_since_the_plan_was_seen_is_not_touched(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="moved"))
    seen = planned(scratch, number).present
    imported(scratch, replace(OLD[A], name="moved", capacity=30))

    with pytest.raises(StationChangedError):
        taken_back(scratch, number, seen=seen)

    assert register(scratch)[A].capacity == 30


def test_a_station_comes_back_only_into_a_township_that_there_is(scratch: Database) -> None:
    township = Township(
        code="1", name="镇", boundary=None, boundary_status=BoundaryStatus.NONE, source="", note=""
    )
    there = a_station("A-1", township_code="1")
    for dataset in (a_dataset([there], townships=(township,)), a_dataset([a_station("B-1")])):
        with scratch.transaction() as session:
            number = RegisterStore(session).replace(dataset, author="a test", reason="a test")

    with pytest.raises(UndoRefusedError) as refused:
        taken_back(scratch, number)

    assert [each.obstacle for each in refused.value.steps] == [Obstacle.TOWNSHIP]


def test_who_may_not_change_a_station_undoes_nothing(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="moved"), replace(OLD[B], name="moved"))

    class NotYoursError(Exception):
        pass

    def only_a(station: Station) -> None:
        if station.id != A:
            raise NotYoursError

    with pytest.raises(NotYoursError):
        taken_back(scratch, number, may_change=only_a)

    assert {each.name for each in register(scratch).values()} == {"moved"}


def test_of_two_who_undo_at_once_one_finds_nothing_left(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="moved"))
    at_once = threading.Barrier(2)

    def take_back(_: int) -> bool:
        at_once.wait()
        try:
            taken_back(scratch, number)
        except UndoRefusedError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take_back, range(2))) == [False, True]


def test_a_revision_to_come_cannot_be_undone(scratch: Database) -> None:
    with pytest.raises(RevisionNotFoundError):
        planned(scratch, 10**9)


def test_what_the_history_begins_with_cannot_be_undone(scratch: Database) -> None:
    with scratch.transaction() as session:
        first = HistoryStore(session).first()

    with pytest.raises(UndoRefusedError, match="begins"):
        planned(scratch, first)


# -- the plan --------------------------------------------------------------------------------


def test_a_plan_writes_nothing_and_names_each_station(scratch: Database) -> None:
    number = imported(scratch, a_station("C-1"), replace(OLD[A], name="moved"), removed=(B,))

    plan = planned(scratch, number)

    assert [(each.station_id, each.result) for each in plan.steps] == [
        *((A, OLD[A]), (B, OLD[B]), (C, None))
    ]
    assert plan.present == number
    assert not plan.is_refused


def test_a_plan_counts_what_is_in_the_way(scratch: Database) -> None:
    number = imported(scratch, replace(OLD[A], name="first"), replace(OLD[B], name="first"))
    imported(scratch, replace(OLD[A], name="second"))

    plan = planned(scratch, number)

    assert (plan.obstacles, plan.unfit, plan.is_refused) == (1, 0, True)
    assert [each.station_id for each in plan.in_the_way] == [A]


# -- days and changes ------------------------------------------------------------------------


def test_a_day_is_the_revision_it_ended_with_by_the_clock_of_the_place(
    scratch: Database, loaded: int
) -> None:
    with scratch.transaction() as session:
        history = HistoryStore(session)
        made = history.revision(loaded).committed_at.astimezone(SHANGHAI)
        tomorrow = made.date() + timedelta(days=1)

        assert revision_of_day(history, made.date(), SHANGHAI) == loaded
        assert revision_of_day(history, tomorrow, SHANGHAI) == loaded
        assert revision_of_day(history, date.max, SHANGHAI) == loaded
        with pytest.raises(HistoryNotKeptError):
            revision_of_day(history, date(1999, 1, 1), SHANGHAI)


def test_a_day_ends_at_midnight_of_the_place(scratch: Database, loaded: int) -> None:
    west, east = ZoneInfo("Etc/GMT+12"), ZoneInfo("Etc/GMT-14")  # never the same day
    with scratch.transaction() as session:
        history = HistoryStore(session)
        day = history.revision(loaded).committed_at.astimezone(west).date()

        assert revision_of_day(history, day, west) == loaded
        with pytest.raises(HistoryNotKeptError):
            revision_of_day(history, day, east)


def test_changes_are_complete_when_nothing_is_left(scratch: Database, loaded: int) -> None:
    number = imported(scratch, a_station("C-1"), replace(OLD[A], name="moved"))

    with scratch.transaction() as session:
        history = HistoryStore(session)
        some = changes_since(history, loaded, limit=1)
        last = some.changes[-1]
        rest = changes_since(history, last.revision, limit=1, following=last.station_id)

    assert (some.until, some.is_complete) == (number, False)
    assert [each.station_id for each in (*some.changes, *rest.changes)] == [A, C]
    assert rest.is_complete
