"""`geo-service scenarios`: listed, shown, compared, removed."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from geo_service.domain.register import Overrides
from geo_service.domain.scenario import CloseStation, Draft
from geo_service.domain.station import StationId
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from geo_service.persistence.snapshots import load_register
from geo_service.services.scenarios import save_scenario
from tests.cli.conftest import Command
from tests.support.register import a_dataset
from tests.support.scenarios import EAST, TOWNSHIPS, WEST, a_town, add, terms


@pytest.fixture
def saved(scratch: Database) -> Iterator[str]:
    """One scenario, not listed: a station more in the west, one closed in the east."""
    with scratch.transaction() as session:
        dataset = a_dataset(a_town().stations, townships=TOWNSHIPS)
        RegisterStore(session).replace(dataset, author="a test", reason="a test")
        session.execute(text("DELETE FROM scenario"))
    draft = Draft(
        name="试一试",
        terms=terms(),
        edits=(add(114.02, 33.52), CloseStation(station=StationId("B"))),
        listed=False,
    )
    yield save_scenario(scratch, load_register(scratch, Overrides()), draft).id
    with scratch.transaction() as session:
        session.execute(text("DELETE FROM scenario"))


def test_the_operator_sees_what_is_not_listed(scratch_shell: Command, saved: str) -> None:
    listed = scratch_shell("scenarios", "list").stdout

    assert saved in listed
    assert "试一试" in listed


def test_a_scenario_is_shown_whole(scratch_shell: Command, saved: str) -> None:
    shown = json.loads(scratch_shell("scenarios", "show", saved).stdout)

    assert (shown["state"], shown["terms"]["radius"]) == ("ready", 1000)
    assert [each["kind"] for each in shown["edits"]] == ["add", "close"]


def test_a_comparison_lists_the_townships_that_change(scratch_shell: Command, saved: str) -> None:
    result = scratch_shell("scenarios", "compare", saved)
    assert result.exit_code == 0, result.output
    printed = result.stdout
    document = json.loads(scratch_shell("scenarios", "compare", saved, "--json").stdout)

    rows = [line.split()[0] for line in printed.splitlines()[1:3]]
    assert rows == [WEST, EAST], printed
    assert "in a straight line" in printed
    assert [each["stations"] for each in document["units"]] == [1, -1, 0]
    assert document["units"][0]["gained_km2"] == pytest.approx(3.1416, rel=2e-3)


def test_the_operator_removes_it_without_a_token(scratch_shell: Command, saved: str) -> None:
    removed = scratch_shell("scenarios", "remove", saved)
    after = scratch_shell("scenarios", "list")

    assert removed.stdout == f"Removed {saved}.\n"
    assert after.stdout == "No scenario is saved.\n"


def test_what_is_not_there_is_said(scratch_shell: Command, saved: str) -> None:
    result = scratch_shell("scenarios", "show", saved[::-1])

    assert (result.exit_code, "no scenario has the identifier" in result.output) == (1, True)
