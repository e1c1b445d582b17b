"""`geo-service reports list`: the queue as staff read it."""

import json

import pytest
from sqlalchemy import text

from geo_service.domain.report import Report, ReportKind
from geo_service.domain.station import Amenity, StationId
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.reports import ReportStore
from tests.cli.conftest import Command
from tests.support.postgis import PostGIS
from tests.support.register import a_dataset, a_station


@pytest.fixture
def queue(scratch_postgis: PostGIS, scratch: Database) -> None:
    """Two reports of one station, one of another that was removed since."""
    owner = Database.connect(scratch_postgis.owner_url)
    with owner.transaction() as session:
        session.execute(text("TRUNCATE station_report"))
    owner.engine.dispose()
    with scratch.transaction() as session:
        dataset = a_dataset([a_station("C-1")])
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
    with scratch.transaction() as session:
        store = ReportStore(session)
        for station, kind, amenity, words in (
            ("C-1", ReportKind.CLOSED, None, "门锁了\n\x1b[31m灯也没开"),
            ("C-1", ReportKind.AMENITY_MISSING, Amenity.TOILET, None),
            ("GONE-1", ReportKind.MOVED, None, None),
        ):
            report = Report(station_id=StationId(station), kind=kind, amenity=amenity, words=words)
            store.add(report, revision=7)


@pytest.mark.usefixtures("queue")
def test_the_queue_is_listed_newest_first(scratch_shell: Command) -> None:
    said = json.loads(scratch_shell("reports", "list", "--json").stdout)["reports"]

    assert [(each["station"], each["kind"], each["amenity"]) for each in said] == [
        ("GONE-1", "moved", None),
        ("C-1", "amenity_missing", "toilet"),
        ("C-1", "closed", None),
    ]
    assert said[0]["revision"] == 7
    assert said[0]["sent_at"].endswith("+08:00")


@pytest.mark.usefixtures("queue")
def test_one_stations_reports_can_be_asked_for(scratch_shell: Command) -> None:
    said = scratch_shell("reports", "list", "--station", "C-1", "--limit", "1").stdout

    assert "amenity_missing toilet" in said
    assert "GONE-1" not in said
    assert "closed" not in said


@pytest.mark.usefixtures("queue")
def test_words_of_strangers_cannot_command_the_terminal(scratch_shell: Command) -> None:
    said = scratch_shell("reports", "list").stdout

    assert "门锁了" in said
    assert "\x1b[31m灯" not in said
    assert "(no longer registered)" in said


@pytest.mark.usefixtures("queue")
def test_an_empty_queue_is_said_in_words(scratch_shell: Command) -> None:
    assert scratch_shell("reports", "list", "--station", "X").stdout == "No reports.\n"


def numbers(shell: Command, state: str = "open") -> list[int]:
    said = json.loads(shell("reports", "list", "--json", "--state", state).stdout)["reports"]
    return [each["number"] for each in said]


@pytest.mark.usefixtures("queue")
def test_what_was_settled_is_listed_by_its_state(scratch_shell: Command) -> None:
    first, second, third = numbers(scratch_shell)

    accepted = scratch_shell("reports", "accept", first)
    rejected = scratch_shell("reports", "reject", second, "--why", "went there")

    assert (accepted.stdout, rejected.stdout) == ("1 report accepted.\n", "1 report rejected.\n")
    assert [numbers(scratch_shell, state) for state in ("open", "accepted", "rejected")] == [
        [third],
        [first],
        [second],
    ]
    said = json.loads(scratch_shell("reports", "list", "--json", "--state", "rejected").stdout)[
        "reports"
    ]
    assert said[0]["why"] == "went there"


@pytest.mark.usefixtures("queue")
def test_reports_of_one_station_are_merged(scratch_shell: Command) -> None:
    _, second, third = numbers(scratch_shell)

    assert scratch_shell("reports", "merge", second, "--into", third).exit_code == 0

    kept = json.loads(scratch_shell("reports", "list", "--json", "--station", "C-1").stdout)[
        "reports"
    ]
    assert [(each["number"], each["voices"]) for each in kept] == [(third, 2)]


@pytest.mark.usefixtures("queue")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("accept", "987654321"), "no report carries the number 987654321"),
        (("reject", "1"), "--why"),
        (("accept", "0"), "0 is not in the range"),
        (("accept", "x"), "not a valid integer"),
        (("accept",), "Missing argument"),
    ],
)
def test_what_cannot_be_settled_is_said(
    scratch_shell: Command, arguments: tuple[str, ...], said: str
) -> None:
    refused = scratch_shell("reports", *arguments)

    assert refused.exit_code != 0
    assert said in refused.stderr


@pytest.mark.usefixtures("queue")
def test_a_report_is_not_settled_twice(scratch_shell: Command) -> None:
    first, *_ = numbers(scratch_shell)
    scratch_shell("reports", "accept", first)

    again = scratch_shell("reports", "reject", first, "--why", "no")

    assert again.exit_code == 1
    assert "was accepted by" in again.stderr
