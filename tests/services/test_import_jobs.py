"""Files are looked through apart, one after the other, and applied whole or not at all."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import (
    ForbiddenCountyError,
    ImportNotFoundError,
    ImportNotReadyError,
    TooManyImportsError,
)
from geo_service.domain.station import StationId
from geo_service.domain.station_import import ImportState, RowKind
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.imports import ImportStore, Wanted
from geo_service.persistence.register import RegisterStore
from geo_service.services.import_jobs import Importers
from geo_service.services.imports import (
    MOST_WAITING,
    Approval,
    approve_import,
    discard_import,
    entries_of,
    saved_import,
)
from tests.services.import_cases import importers_at, keep, over
from tests.support.register import a_dataset, a_station

KNOWN = (a_station("A-1", 114.0, 33.5, name="老街"), a_station("A-2", 114.1, 33.6, name="新街"))
NEW = "A-3,河边,休息,114.02,33.52,5"
CHANGED = "A-1,老街,休息,114.0,33.5,9"


@pytest.fixture(autouse=True)
def town(scratch: Database) -> Iterator[None]:
    """A register of two stations, and no import."""
    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset(KNOWN), author="a test", reason="a test")
        session.execute(text("DELETE FROM station_import"))
    yield
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM station_import"))


@pytest.fixture
def importers(scratch: Database, tmp_path: Path) -> Importers:
    """What sees to the imports of a machine of the test's own."""
    return importers_at(tmp_path, scratch)


def planned(database: Database, importers: Importers, *lines: str) -> str:
    import_id = keep(database, *lines)
    importers.wake()
    found = over(database, import_id)
    assert found.state is ImportState.PLANNED, found.failure
    return import_id


def approval(database: Database, import_id: str) -> Approval:
    revision = saved_import(database, import_id).revision
    assert revision is not None
    return Approval(approver="王芳 (wang.fang)", revision=revision)


def stations(database: Database) -> dict[str, tuple[str, int | None]]:
    with database.transaction() as session:
        _, dataset = RegisterStore(session).load()
    return {each.id: (each.name, each.capacity) for each in dataset.stations}


def change(database: Database, identifier: str, name: str) -> None:
    """Do what somebody else does meanwhile."""
    with database.transaction() as session:
        store = ChangeStore(session)
        station = replace(store.recorded(StationId(identifier)).station, name=name)
        note = RevisionNote(author="别人", reason="改名", kind=ChangeKind.EDIT)
        store.apply([station], note=note)


def test_a_dry_run_is_kept_and_writes_nothing(scratch: Database, importers: Importers) -> None:
    import_id = planned(scratch, importers, NEW, CHANGED, "A-4,,休息,114,33.5,")

    found = saved_import(scratch, import_id)
    assert found.summary is not None
    assert found.summary["counts"] == {
        "new": 1,
        "changed": 1,
        "unchanged": 0,
        "missing": 1,
        "wrong": 1,
    }
    assert set(stations(scratch)) == {"A-1", "A-2"}


def test_entries_are_found_by_their_kind(scratch: Database, importers: Importers) -> None:
    import_id = planned(scratch, importers, NEW, CHANGED)

    chosen = entries_of(scratch, import_id, Wanted(limit=10, kind=RowKind.CHANGED))

    assert chosen.count == 1
    assert chosen.entries[0]["changes"] == [{"field": "capacity", "before": None, "after": 9}]


def test_what_is_approved_is_written_as_one_revision(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW, CHANGED)

    approve_import(scratch, import_id, approval(scratch, import_id))
    importers.wake()

    found = over(scratch, import_id)
    assert found.state is ImportState.APPLIED, found.failure
    assert stations(scratch) == {"A-1": ("老街", 9), "A-2": ("新街", None), "A-3": ("河边", 5)}
    with scratch.transaction() as session:
        query = text("SELECT number, author, reason, kind FROM revision ORDER BY 1 DESC LIMIT 1")
        row = session.execute(query).one()
    assert tuple(row) == (found.applied, "王芳 (wang.fang)", "年度更新", "import")


def test_the_file_is_let_go_of_when_it_is_applied(scratch: Database, importers: Importers) -> None:
    import_id = planned(scratch, importers, NEW)
    approve_import(scratch, import_id, approval(scratch, import_id))
    importers.wake()
    over(scratch, import_id)

    with scratch.transaction() as session, pytest.raises(ImportNotFoundError):
        ImportStore(session).file(import_id)


def test_what_others_changed_meanwhile_is_not_overwritten_but_looked_at_anew(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW, CHANGED)
    seen = approval(scratch, import_id)
    change(scratch, "A-1", "老街驿站")

    approve_import(scratch, import_id, seen)
    importers.wake()

    found = over(scratch, import_id)
    assert found.state is ImportState.PLANNED
    assert found.summary is not None
    assert found.summary["overtaken"]
    assert stations(scratch) == {"A-1": ("老街驿站", None), "A-2": ("新街", None)}
    chosen = entries_of(scratch, import_id, Wanted(limit=10, kind=RowKind.CHANGED))
    assert [each["field"] for each in chosen.entries[0]["changes"]] == ["name", "capacity"]
    with pytest.raises(ImportNotReadyError, match="looked through anew"):
        approve_import(scratch, import_id, seen)


def test_a_station_that_others_added_under_the_same_identifier_is_not_overwritten(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW)
    with scratch.transaction() as session:
        note = RevisionNote(author="别人", reason="新增", kind=ChangeKind.EDIT)
        ChangeStore(session).apply([a_station("A-3", name="别人的")], note=note)

    approve_import(scratch, import_id, approval(scratch, import_id))
    importers.wake()

    assert over(scratch, import_id).state is ImportState.PLANNED
    assert stations(scratch)["A-3"] == ("别人的", None)


def test_what_others_changed_elsewhere_does_not_matter(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW)
    change(scratch, "A-2", "另一处")

    approve_import(scratch, import_id, approval(scratch, import_id))
    importers.wake()

    assert over(scratch, import_id).state is ImportState.APPLIED


def test_after_a_load_the_file_is_looked_through_anew(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW)
    with scratch.transaction() as session:
        RegisterStore(session).replace(a_dataset(KNOWN), author="a test", reason="again")

    approve_import(scratch, import_id, approval(scratch, import_id))
    importers.wake()

    assert over(scratch, import_id).state is ImportState.PLANNED


@pytest.mark.parametrize(
    ("line", "why"),
    [("A-4,,休息,114,33.5,", "rows that are wrong"), ("A-1,老街,休息,114.0,33.5,", "nothing")],
)
def test_what_is_wrong_or_changes_nothing_is_not_applied(
    scratch: Database, importers: Importers, line: str, why: str
) -> None:
    import_id = planned(scratch, importers, line)

    with pytest.raises(ImportNotReadyError, match=why):
        approve_import(scratch, import_id, approval(scratch, import_id))


def test_what_is_applied_is_not_applied_again(scratch: Database, importers: Importers) -> None:
    import_id = planned(scratch, importers, NEW)
    seen = approval(scratch, import_id)
    approve_import(scratch, import_id, seen)

    with pytest.raises(ImportNotReadyError, match="already"):
        approve_import(scratch, import_id, seen)


def test_who_may_not_touch_all_counties_does_not_approve_for_all(
    scratch: Database, importers: Importers
) -> None:
    import_id = planned(scratch, importers, NEW)
    seen = replace(approval(scratch, import_id), counties=frozenset({"411102"}))

    with pytest.raises(ForbiddenCountyError):
        approve_import(scratch, import_id, seen)


def test_what_is_discarded_is_not_applied(scratch: Database, importers: Importers) -> None:
    import_id = planned(scratch, importers, NEW)
    seen = approval(scratch, import_id)

    discard_import(scratch, import_id)

    assert saved_import(scratch, import_id).state is ImportState.DISCARDED
    with pytest.raises(ImportNotReadyError):
        approve_import(scratch, import_id, seen)


def test_what_waits_is_discarded_at_once(scratch: Database) -> None:
    import_id = keep(scratch, NEW)

    discard_import(scratch, import_id)

    with scratch.transaction() as session:
        assert ImportStore(session).claim() is None


def test_so_many_may_wait_and_no_more(scratch: Database) -> None:
    # A service of another test may still look through some of them meanwhile.
    with pytest.raises(TooManyImportsError):
        deque((keep(scratch, NEW) for _ in range(5 * MOST_WAITING)), maxlen=0)


def test_a_file_that_is_none_of_stations_says_so(scratch: Database, importers: Importers) -> None:
    import_id = keep(scratch, "编号在哪里")

    importers.wake()

    found = over(scratch, import_id)
    assert found.state is ImportState.PLANNED
    assert found.summary is not None
    assert not found.summary["is_sound"]


def test_an_import_that_breaks_down_is_told_of(scratch: Database, importers: Importers) -> None:
    import_id = keep(scratch, NEW)
    with scratch.transaction() as session:
        session.execute(
            text("UPDATE station_import SET file = 'x' WHERE id = :id"), {"id": import_id}
        )

    importers.wake()

    found = over(scratch, import_id)
    assert (found.state, found.failure) == (
        ImportState.FAILED,
        "the import ended by a fault; the log of the service says more",
    )


def test_an_import_that_is_not_heard_of_is_interrupted(scratch: Database) -> None:
    import_id = keep(scratch, NEW)
    with scratch.transaction() as session:
        session.execute(
            text("UPDATE station_import SET state = 'planning',"
                 " heartbeat_at = now() - interval '1 min' WHERE id = :id"),
            {"id": import_id},
        )  # fmt: skip

    assert saved_import(scratch, import_id).state is ImportState.INTERRUPTED


def test_old_imports_are_forgotten_when_another_comes(scratch: Database) -> None:
    import_id = keep(scratch, NEW)
    with scratch.transaction() as session:
        session.execute(text("UPDATE station_import SET created_at = now() - interval '31 days'"))

    keep(scratch, NEW)

    with pytest.raises(ImportNotFoundError):
        saved_import(scratch, import_id)


@pytest.mark.parametrize("wrong", ["", "x", "../etc", "A" * 22])
def test_an_identifier_that_is_none_finds_nothing(scratch: Database, wrong: str) -> None:
    with pytest.raises(ImportNotFoundError):
        saved_import(scratch, wrong)
