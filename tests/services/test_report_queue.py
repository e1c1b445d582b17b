"""Reports together: when they show a station as closed, and what staff make of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import count
from threading import Barrier

import pytest
from sqlalchemy import text

from geo_service.domain.change import ChangeKind
from geo_service.domain.errors import (
    InvalidQueryError,
    ReportHandledError,
    ReportNotFoundError,
    StationChangedError,
)
from geo_service.domain.report import QueuedReport, Report, ReportKind, ReportState
from geo_service.domain.station import Station, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.reports import ReportStore
from geo_service.services.report_queue import Verdict, queue_page, settle
from geo_service.services.reports import (
    is_said_closed,
    keep_report,
    mark_reported_closed,
    sender_of,
)
from geo_service.services.verification import Look, verify, verify_by_keeper
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station

TODAY = date(2026, 11, 23)
KEY = b"a secret of the service"
LEAST = 3
NOT_SO = "looked, it is open"

_words = count(1)


@pytest.fixture(autouse=True)
def _loaded(scratch_postgis: PostGIS, scratch: Database) -> None:
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("TRUNCATE station_report"))
    owner.engine.dispose()
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("Q-1"), a_station("Q-2"), a_station("Q-3", closed_on=TODAY)])
        RegisterStore(session).replace(dataset, author="a test", reason="a test")


@pytest.fixture
def say(scratch: Database) -> Callable[..., None]:
    """Somebody says that a station is closed."""

    def said(
        connection: str,
        station: str = "Q-1",
        *,
        on: date = TODAY,
        kind: ReportKind = ReportKind.CLOSED,
        words: str | None = "",
    ) -> None:
        station_id = StationId(station)
        report = Report(
            station_id=station_id,
            kind=kind,
            words=f"{next(_words)}" if words == "" else words,
        )
        sender = sender_of(connection, station_id, on, KEY)
        with scratch.transaction() as session:
            store = ReportStore(session)
            keep_report(store, report, revision=1, sender=sender)
            enough = is_said_closed(store, report, least=LEAST)
        if enough:
            with scratch.transaction() as session:
                stores = ReportStore(session), ChangeStore(session)
                mark_reported_closed(*stores, station_id, least=LEAST, on=TODAY)

    return said


def station(database: Database, station_id: str = "Q-1") -> Station:
    with database.transaction() as session:
        return ChangeStore(session).recorded(StationId(station_id)).station


def queued(database: Database, station_id: str = "Q-1") -> list[QueuedReport]:
    with database.transaction() as session:
        return ReportStore(session).newest(StationId(station_id), limit=100)


def numbers(database: Database, station_id: str = "Q-1") -> tuple[int, ...]:
    return tuple(each.number for each in queued(database, station_id))


def give(database: Database, verdict: Verdict) -> int:
    with database.transaction() as session:
        return settle(ReportStore(session), ChangeStore(session), verdict, least=LEAST)


def rejected(*which: int) -> Verdict:
    return Verdict(numbers=which, state=ReportState.REJECTED, by="王芳", why=NOT_SO)


def reported(database: Database, station_id: str = "Q-1") -> date | None:
    return station(database, station_id).reported_closed_on


# -- reported closed -----------------------------------------------------------------------


def test_so_many_independent_reports_show_a_station_as_reported_closed(
    say: Callable[..., None], scratch: Database
) -> None:
    say("a")
    say("b")
    assert reported(scratch) is None

    say("c")

    assert reported(scratch) == TODAY
    with scratch.transaction() as session:
        kind, author = session.execute(
            text("SELECT kind, author FROM revision ORDER BY number DESC LIMIT 1")
        ).one()
    assert (kind, author) == (ChangeKind.REPORTED, "reports")


def test_the_same_without_words_is_one_report_of_several_voices(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "aabc":
        say(connection, words=None)

    assert [each.voices for each in queued(scratch)] == [3]
    assert reported(scratch) == TODAY


def test_one_connection_on_one_day_is_one_voice(
    say: Callable[..., None], scratch: Database
) -> None:
    for _ in range(5):
        say("a")

    assert reported(scratch) is None


def test_one_connection_on_three_days_counts_three_times(
    say: Callable[..., None], scratch: Database
) -> None:
    for day in (21, 22, 23):
        say("a", on=date(2026, 11, day))

    assert reported(scratch) == TODAY


def test_other_faults_do_not_close_a_station(say: Callable[..., None], scratch: Database) -> None:
    for connection in "abcd":
        say(connection, kind=ReportKind.MOVED)

    assert reported(scratch) is None


def test_a_station_that_is_no_more_is_not_reported_closed(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abc":
        say(connection, "Q-3")

    assert reported(scratch, "Q-3") is None


def test_reports_of_long_ago_do_not_count(
    say: Callable[..., None], scratch: Database, scratch_postgis: PostGIS
) -> None:
    say("a")
    say("b")
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("UPDATE station_report SET sent_at = sent_at - interval '31 days'"))
    owner.engine.dispose()

    say("c")

    assert reported(scratch) is None


def test_many_at_once_make_one_revision(say: Callable[..., None], scratch: Database) -> None:
    with scratch.transaction() as session:
        before = RegisterStore(session).revision_number() or 0
    barrier = Barrier(6)

    def person(name: str) -> None:
        barrier.wait()
        say(name)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(person, "abcdef"))

    with scratch.transaction() as session:
        assert RegisterStore(session).revision_number() == before + 1
    assert reported(scratch) == TODAY


def test_what_tells_senders_apart_is_another_for_each_station_day_and_key() -> None:
    one = sender_of("192.0.2.1", StationId("Q-1"), TODAY, KEY)
    others = {
        sender_of("192.0.2.1", StationId("Q-2"), TODAY, KEY),
        sender_of("192.0.2.1", StationId("Q-1"), date(2026, 11, 24), KEY),
        sender_of("192.0.2.1", StationId("Q-1"), TODAY, b"another secret"),
        sender_of("192.0.2.2", StationId("Q-1"), TODAY, KEY),
    }

    assert len(others | {one}) == 5
    assert b"192.0.2.1" not in one


# -- what becomes of them ------------------------------------------------------------------


def test_a_station_is_shown_as_before_once_its_reports_are_rejected(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abc":
        say(connection)

    handled = give(scratch, rejected(*numbers(scratch)))

    assert (handled, reported(scratch)) == (3, None)
    states = {(each.state, each.handling and each.handling.by) for each in queued(scratch)}
    assert states == {(ReportState.REJECTED, "王芳")}


def test_while_enough_are_left_a_station_stays_reported_closed(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abcd":
        say(connection)

    give(scratch, rejected(numbers(scratch)[0]))

    assert reported(scratch) == TODAY


def test_what_told_senders_apart_is_erased_when_a_report_is_handled(
    say: Callable[..., None], scratch: Database
) -> None:
    say("a")

    give(scratch, rejected(*numbers(scratch)))

    with scratch.transaction() as session:
        kept = session.scalars(text("SELECT cardinality(senders) FROM station_report")).all()
    assert kept == [0]


def test_merged_reports_give_their_voices_to_the_one_that_stays(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abc":
        say(connection)
    kept, *merged = numbers(scratch)

    give(
        scratch,
        Verdict(numbers=tuple(merged), state=ReportState.MERGED, by="王芳", into=kept),
    )

    by_number = {each.number: each for each in queued(scratch)}
    assert (by_number[kept].state, by_number[kept].voices) == (ReportState.OPEN, 3)
    assert reported(scratch) == TODAY
    assert {each.handling.merged_into for each in by_number.values() if each.handling} == {kept}


def test_what_somebody_handled_is_not_handled_again(
    say: Callable[..., None], scratch: Database
) -> None:
    say("a")
    say("b")
    first, second = numbers(scratch)
    give(scratch, rejected(first))

    with pytest.raises(ReportHandledError, match="rejected by 王芳"):
        give(scratch, rejected(second, first))

    assert {each.number for each in queued(scratch) if each.state is ReportState.OPEN} == {second}


def test_of_two_who_handle_the_same_at_once_one_is_told(
    say: Callable[..., None], scratch: Database
) -> None:
    say("a")
    verdict = rejected(*numbers(scratch))
    barrier = Barrier(2)

    def person(_: int) -> str:
        barrier.wait()
        try:
            give(scratch, verdict)
        except ReportHandledError:
            return "late"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(person, range(2))) == ["done", "late"]


def test_a_report_that_is_not_there_is_said_so(scratch: Database) -> None:
    with pytest.raises(ReportNotFoundError, match="987654321"):
        give(scratch, rejected(987_654_321))


def test_reports_of_two_stations_are_not_merged(
    say: Callable[..., None], scratch: Database
) -> None:
    say("a", "Q-1")
    say("a", "Q-2")
    into = numbers(scratch, "Q-1")[0]
    verdict = Verdict(
        numbers=numbers(scratch, "Q-2"), state=ReportState.MERGED, by="王芳", into=into
    )

    with pytest.raises(InvalidQueryError, match="same station"):
        give(scratch, verdict)


@pytest.mark.parametrize(
    ("fields", "parameter"),
    [
        ({"state": ReportState.REJECTED}, "why"),
        ({"state": ReportState.MERGED}, "into"),
        ({"state": ReportState.ACCEPTED, "into": 4}, "into"),
        ({"state": ReportState.OPEN}, "state"),
        ({"state": ReportState.ACCEPTED, "numbers": ()}, "numbers"),
    ],
)
def test_a_verdict_that_makes_no_sense_is_refused(
    fields: dict[str, object], parameter: str
) -> None:
    given: dict[str, object] = {"numbers": (1,), "by": "王芳"} | fields

    with pytest.raises(InvalidQueryError, match=f"^{parameter}"):
        Verdict(**given)  # type: ignore[arg-type]  # each of its own field


def test_the_queue_puts_together_what_says_the_same(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "ab":
        say(connection, "Q-2")
    say("a", "Q-2", kind=ReportKind.MOVED)
    say("a", "Q-1")

    with scratch.transaction() as session:
        page = queue_page(ReportStore(session))

    assert [each.station_id for each in page.stations] == ["Q-1", "Q-2"]
    groups = page.stations[1].groups
    assert [(each.report.kind, len(each.reports), each.voices) for each in groups] == [
        (ReportKind.MOVED, 1, 1),
        (ReportKind.CLOSED, 2, 2),
    ]


# -- still right ---------------------------------------------------------------------------


def seen(database: Database) -> int:
    with database.transaction() as session:
        return RegisterStore(session).revision_number() or 0


def a_look(database: Database) -> Look:
    return Look(station_id=StationId("Q-1"), by="王芳", on=TODAY, seen=seen(database))


def test_who_of_the_staff_finds_a_record_right_answers_those_who_said_closed(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abc":
        say(connection)
    say("a", kind=ReportKind.MOVED)
    look = a_look(scratch)

    with scratch.transaction() as session:
        verify(ChangeStore(session), ReportStore(session), look)

    found = station(scratch)
    assert (found.verified_on, found.reported_closed_on) == (TODAY, None)
    still_open = [each for each in queued(scratch) if each.state is ReportState.OPEN]
    assert [each.report.kind for each in still_open] == [ReportKind.MOVED]


def test_a_keepers_word_leaves_what_others_report(
    say: Callable[..., None], scratch: Database
) -> None:
    for connection in "abc":
        say(connection)
    look = a_look(scratch)

    with scratch.transaction() as session:
        verify_by_keeper(ChangeStore(session), look)

    found = station(scratch)
    assert (found.verified_on, found.reported_closed_on) == (TODAY, TODAY)


def test_nobody_vouches_for_a_record_that_they_have_not_seen(
    say: Callable[..., None], scratch: Database
) -> None:
    look = a_look(scratch)
    for connection in "abc":
        say(connection)

    with pytest.raises(StationChangedError), scratch.transaction() as session:
        verify(ChangeStore(session), ReportStore(session), look)

    assert station(scratch).verified_on is None
    assert {each.state for each in queued(scratch)} == {ReportState.OPEN}
