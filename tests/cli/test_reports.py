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
