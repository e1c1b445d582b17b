"""The history read: what was, on any revision, is what a second register-keeper would say."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.errors import (
    HistoryNotKeptError,
    RevisionNotFoundError,
    StationNotFoundError,
)
from geo_service.domain.past import Fate, Fates, fate_of
from geo_service.domain.station import Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.history import HistoryStore, register_as_of
from geo_service.persistence.register import RegisterStore
from tests.support.postgis import PostGIS, history_altered
from tests.support.register import a_dataset, a_station

A, B, C = (StationId(f"{letter}-1") for letter in "ABC")
EDIT = RevisionNote(author="李女士", reason="moved", kind=ChangeKind.EDIT)


@pytest.fixture(autouse=True)
def begun(scratch: Database, scratch_postgis: PostGIS) -> int:
    """A history that begins with A and B; its first revision."""
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session, history_altered(session):
        session.execute(text("TRUNCATE revision, station_history, station, place CASCADE"))
    owner.engine.dispose()
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("A-1"), a_station("B-1")])
        return RegisterStore(session).replace(dataset, author="a test", reason="first load")


@pytest.fixture
def history(scratch: Database) -> Iterator[HistoryStore]:
    """The history as it is when first asked."""
    with scratch.transaction() as session:
        yield HistoryStore(session)


def change(database: Database, *stations: Station, removed: tuple[StationId, ...] = ()) -> int:
    with database.transaction() as session:
        return ChangeStore(session).apply(stations, removed=removed, note=EDIT)


def as_of(database: Database, revision: int) -> dict[StationId, Station]:
    with database.transaction() as session:
        return {each.id: each for each in register_as_of(session, revision)}


# -- revisions -------------------------------------------------------------------------------


def test_revisions_come_newest_first_with_who_when_what_and_why(
    scratch: Database, begun: int, history: HistoryStore
) -> None:
    number = change(scratch, a_station("C-1"), a_station("A-1", name="moved"))

    newest, first = history.revisions(limit=10)

    assert (newest.number, first.number) == (number, begun)
    assert (newest.author, newest.reason, newest.kind) == ("李女士", "moved", ChangeKind.EDIT)
    assert (newest.stations, first.stations) == (2, 2)
    assert datetime.now(UTC) - newest.committed_at < timedelta(minutes=5)


def test_revisions_are_read_page_by_page(scratch: Database, history: HistoryStore) -> None:
    for number in range(5):
        change(scratch, a_station("A-1", name=f"name {number}"))

    first = history.revisions(limit=4)
    rest = history.revisions(limit=4, before=first[-1].number)

    assert [each.number for each in [*first, *rest]] == [6, 5, 4, 3, 2, 1]


def test_revisions_of_one_kind_alone(scratch: Database, begun: int, history: HistoryStore) -> None:
    change(scratch, a_station("C-1"))

    assert [each.number for each in history.revisions(limit=9, kind=ChangeKind.LOAD)] == [begun]


def test_a_revision_knows_what_took_it_back(scratch: Database, history: HistoryStore) -> None:
    number = change(scratch, a_station("C-1"))
    with scratch.transaction() as session:
        note = replace(EDIT, kind=ChangeKind.UNDO, undoes=number)
        undo = ChangeStore(session).apply([], removed=[C], note=note)

    assert history.revision(number).undone_by == (undo,)
    assert history.revision(undo).undoes == number


@pytest.mark.parametrize("number", [0, 99, -1, 2**80])
def test_a_revision_that_never_was_is_refused(history: HistoryStore, number: int) -> None:
    with pytest.raises(RevisionNotFoundError):
        history.revision(number)


def test_a_revision_says_what_it_did_to_each_station(
    scratch: Database, history: HistoryStore
) -> None:
    number = change(scratch, a_station("C-1"), a_station("A-1", name="moved"), removed=(B,))

    changes = history.of_revision(number, limit=10)

    assert [(each.station_id, fate_of(each)) for each in changes] == [
        *((A, Fate.CHANGED), (B, Fate.REMOVED), (C, Fate.ADDED))
    ]
    assert history.fates(history.revision(number)) == Fates(added=1, changed=1, removed=1)
    assert changes[0].before is not None
    assert changes[0].before.name == "Station A-1"


def test_what_a_revision_did_is_read_page_by_page(scratch: Database, history: HistoryStore) -> None:
    number = change(scratch, *(a_station(f"N-{each}") for each in range(5)))

    first = history.of_revision(number, limit=3)
    rest = history.of_revision(number, limit=3, following=first[-1].station_id)

    assert [each.station_id for each in [*first, *rest]] == [f"N-{each}" for each in range(5)]


# -- one station -----------------------------------------------------------------------------


def test_a_station_has_all_its_states_each_before_the_next(
    scratch: Database, history: HistoryStore
) -> None:
    change(scratch, a_station("A-1", name="second"))
    change(scratch, removed=(A,))
    change(scratch, a_station("A-1", name="third"))

    past = history.of_station(A, limit=10)

    assert [fate_of(each.change) for each in past] == [
        *(Fate.ADDED, Fate.REMOVED, Fate.CHANGED, Fate.ADDED)
    ]
    assert all(later.change.before == sooner.change.after for later, sooner in pairwise(past))


def test_a_stations_past_is_read_page_by_page(scratch: Database, history: HistoryStore) -> None:
    for number in range(3):
        change(scratch, a_station("A-1", name=f"name {number}"))

    first = history.of_station(A, limit=2)
    rest = history.of_station(A, limit=9, before=first[-1].revision.number)

    assert [each.revision.number for each in [*first, *rest]] == [4, 3, 2, 1]


def test_a_station_is_read_as_a_revision_had_it(
    scratch: Database, begun: int, history: HistoryStore
) -> None:
    second = change(scratch, a_station("A-1", name="second"))
    third = change(scratch, a_station("B-1", name="elsewhere"))

    assert history.station_as_of(A, begun).station.name == "Station A-1"
    assert history.station_as_of(A, third).revision == second


@pytest.mark.parametrize("station_id", [C, StationId("never")])
def test_a_station_that_was_not_there_then_is_not_found(
    scratch: Database, begun: int, history: HistoryStore, station_id: StationId
) -> None:
    change(scratch, a_station("C-1"))

    with pytest.raises(StationNotFoundError):
        history.station_as_of(station_id, begun)


# -- at a moment -----------------------------------------------------------------------------


def test_the_revision_of_a_moment_is_the_last_before_it(
    scratch: Database, begun: int, history: HistoryStore
) -> None:
    change(scratch, a_station("C-1"))
    first, last = history.revision(begun), history.revision(begun + 1)

    assert history.revision_at(last.committed_at) == begun
    assert history.revision_at(last.committed_at + timedelta(microseconds=1)) == begun + 1
    with pytest.raises(HistoryNotKeptError):
        history.revision_at(first.committed_at)


def test_a_revision_to_come_is_refused(history: HistoryStore, begun: int) -> None:
    with pytest.raises(RevisionNotFoundError, match=f"the present revision is {begun}"):
        history.register_as_of(begun + 1)


def test_what_is_older_than_the_history_is_refused(
    scratch: Database, scratch_postgis: PostGIS, history: HistoryStore, begun: int
) -> None:
    change(scratch, a_station("A-1", name="second"))
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session, history_altered(session):
        session.execute(text("DELETE FROM station_history WHERE revision = 1"))
    owner.engine.dispose()

    with pytest.raises(HistoryNotKeptError, match="begins with revision 2"):
        history.register_as_of(begun)
    with pytest.raises(HistoryNotKeptError):
        history.since(begun, until=2, limit=1)


# -- against a second book-keeper ------------------------------------------------------------

ids = st.sampled_from("ABCD")
revisions = st.lists(
    st.dictionaries(ids, st.none() | st.sampled_from(["甲", "乙", "丙"]), min_size=1, max_size=3),
    max_size=6,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=revisions)
def test_every_revision_and_every_way_between_two_is_as_the_books_say(
    scratch: Database, script: list[dict[str, str | None]]
) -> None:
    with scratch.transaction() as session:
        number = RegisterStore(session).replace(a_dataset([]), author="a test", reason="a test")
    books: dict[int, dict[StationId, Station]] = {number: {}}
    state: dict[StationId, Station] = {}
    for asked in script:
        given_ = {StationId(key): name for key, name in asked.items()}
        stations = [a_station(key, name=name) for key, name in given_.items() if name is not None]
        gone = tuple(key for key, name in given_.items() if name is None)
        number = change(scratch, *stations, removed=gone)
        state = {key: each for key, each in state.items() if key not in gone}
        state |= {each.id: each for each in stations}
        books[number] = state

    assert {each: as_of(scratch, each) for each in books} == books
    for since, copy in books.items():
        assert mirrored(scratch, since, copy) == books[number]


def mirrored(
    database: Database, since: int, copy: dict[StationId, Station]
) -> dict[StationId, Station]:
    """Bring a copy of the register up to date, two changes at a time."""
    copy, following = dict(copy), None
    while True:
        with database.transaction() as session:
            store = HistoryStore(session)
            page = store.since(since, until=store.last(), limit=2, following=following)
        if not page:
            return copy
        for each in page:
            assert (each.station_id in copy) == (each.fate is not Fate.ADDED)
            copy.pop(each.station_id, None)
            if each.station is not None:
                copy[each.station_id] = each.station
        since, following = page[-1].revision, page[-1].station_id


def test_whoever_has_nothing_yet_gets_everything_as_added(
    history: HistoryStore, begun: int
) -> None:
    page = history.since(0, until=begun, limit=10)

    assert [(each.station_id, each.fate) for each in page] == [(A, Fate.ADDED), (B, Fate.ADDED)]


def test_nothing_is_told_of_what_is_committed_after_the_answer_began(
    scratch: Database, history: HistoryStore, begun: int
) -> None:
    change(scratch, a_station("C-1"))

    assert history.since(begun, until=begun, limit=10) == []


# -- nobody's to alter -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        """INSERT INTO station_history VALUES (1, 'A-1', NULL)
           ON CONFLICT (revision, station_id) DO UPDATE SET document = NULL""",
        "WITH gone AS (DELETE FROM station_history RETURNING 1) SELECT count(*) FROM gone",
        "ALTER TABLE station_history DISABLE TRIGGER refuse_to_alter",
        "ALTER TABLE revision DISABLE TRIGGER ALL",
        "DROP TRIGGER refuse_to_alter ON station_history",
        "DROP FUNCTION refuse_to_alter_history CASCADE",
        "SET session_replication_role = replica",
        "DROP TABLE station_history",
    ],
)
def test_there_is_no_way_round_for_the_services_role(
    scratch: Database, begun: int, statement: str
) -> None:
    with pytest.raises(ProgrammingError), scratch.transaction() as session:
        session.execute(text(statement))

    assert as_of(scratch, begun)[A].name == "Station A-1"
