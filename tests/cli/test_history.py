"""`geo-service history`: what changed, as an operator reads it, and changes taken back."""

import json
from dataclasses import replace
from typing import Any

import pytest

from geo_service.domain.change import ChangeKind, RevisionNote
from geo_service.domain.station import Amenity, StationId
from geo_service.persistence.changes import ChangeStore
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from tests.cli.conftest import Command
from tests.support.register import a_dataset, a_station

OLD = a_station("A-1", amenities=frozenset({Amenity.WATER}))
HOSTILE = "红\x1b[31m站"


@pytest.fixture
def numbers(scratch: Database) -> dict[str, int]:
    """A load, an import that changed one station and added one, and an edit of the first."""
    numbers = {}
    for stations in ([], [OLD]):
        with scratch.transaction() as session:
            numbers["load"] = RegisterStore(session).replace(
                a_dataset(stations), author="a test", reason="a test"
            )
    changed = replace(OLD, name=HOSTILE, amenities=frozenset())
    for name, kind, stations in (
        ("import", ChangeKind.IMPORT, [changed, a_station("B-1")]),
        ("edit", ChangeKind.EDIT, [replace(changed, capacity=12)]),
    ):
        with scratch.transaction() as session:
            note = RevisionNote(author="王女士", reason=f"the {name}", kind=kind)
            numbers[name] = ChangeStore(session).apply(stations, note=note)
    return numbers


def stations(database: Database) -> dict[str, Any]:
    with database.transaction() as session:
        found = ChangeStore(session).recorded_of([StationId("A-1"), StationId("B-1")])
        return {each: recorded.station for each, recorded in found.items()}


def test_revisions_are_listed_newest_first(scratch_shell: Command, numbers: dict[str, int]) -> None:
    said = scratch_shell("history", "list", "--limit", 2, "--json").stdout

    edit, imported = json.loads(said)["revisions"]
    assert (edit["number"], edit["kind"], edit["author"]) == (numbers["edit"], "edit", "王女士")
    assert (imported["stations"], imported["reason"]) == (2, "the import")
    assert edit["committed_at"].endswith("+08:00")


@pytest.mark.usefixtures("numbers")
def test_revisions_of_one_sort_are_listed_alone(scratch_shell: Command) -> None:
    said = scratch_shell("history", "list", "--kind", "import", "--limit", 1).stdout

    assert "the import" in said
    assert "the edit" not in said


def test_a_revision_is_shown_field_by_field(
    scratch_shell: Command, numbers: dict[str, int]
) -> None:
    said = scratch_shell("history", "show", numbers["import"]).stdout

    assert "1 added, 1 changed, 0 removed" in said
    assert "amenities: water → (empty)" in said
    assert "B-1 Station B-1: added" in said


def test_text_cannot_command_the_terminal(scratch_shell: Command, numbers: dict[str, int]) -> None:
    said = scratch_shell("history", "show", numbers["import"]).stdout

    assert "\x1b" not in said
    assert "红\ufffd[31m站" in said


def test_only_so_many_stations_are_shown_and_the_rest_counted(
    scratch_shell: Command, numbers: dict[str, int]
) -> None:
    said = scratch_shell("history", "show", numbers["import"], "--limit", 1).stdout

    assert "and 1 more" in said


@pytest.mark.usefixtures("numbers")
def test_a_stations_past_is_told(scratch_shell: Command) -> None:
    said = scratch_shell("history", "station", "A-1", "--limit", 3, "--json").stdout

    told = json.loads(said)["history"]
    assert [each["change"] for each in told] == ["changed", "changed", "added"]
    assert told[0]["fields"] == [{"field": "capacity", "before": None, "after": 12}]


def test_a_station_is_shown_as_a_revision_had_it(
    scratch_shell: Command, numbers: dict[str, int]
) -> None:
    said = scratch_shell("history", "station", "A-1", "--revision", numbers["load"]).stdout

    assert json.loads(said)["record"]["amenities"] == ["water"]


@pytest.mark.usefixtures("numbers")
def test_a_station_is_shown_as_a_day_ended(scratch_shell: Command) -> None:
    said = scratch_shell("history", "station", "A-1", "--on", "2100-01-01").stdout

    assert json.loads(said)["record"]["capacity"] == 12


@pytest.mark.usefixtures("numbers")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("nobody",), "knows no station"),
        (("A-1", "--on", "1999-01-01"), "the history begins"),
        (("A-1", "--revision", "99999"), "the present revision is"),
        (("A-1", "--revision", "1", "--on", "1999-01-01"), "not both"),
    ],
)
def test_what_there_is_not_is_said(
    scratch_shell: Command, options: tuple[str, ...], reason: str
) -> None:
    result = scratch_shell("history", "station", *options)

    assert result.exit_code != 0
    assert reason in result.stderr


def test_an_undo_is_only_planned_at_first(
    scratch_shell: Command, scratch: Database, numbers: dict[str, int]
) -> None:
    before = stations(scratch)

    said = scratch_shell("history", "undo", numbers["import"]).stdout

    assert "To be done with --apply: 0 put back, 1 changed back, 1 taken out." in said
    assert stations(scratch) == before


def test_an_import_is_undone_and_later_edits_of_other_fields_stay(
    scratch_shell: Command, scratch: Database, numbers: dict[str, int]
) -> None:
    result = scratch_shell("history", "undo", numbers["import"], "--apply", "--json")

    assert json.loads(result.stdout)["revision"] == numbers["edit"] + 1
    assert stations(scratch) == {"A-1": replace(OLD, capacity=12)}


def test_one_station_is_undone_alone(
    scratch_shell: Command, scratch: Database, numbers: dict[str, int]
) -> None:
    scratch_shell("history", "undo", numbers["import"], "--station", "B-1", "--apply")

    assert set(stations(scratch)) == {"A-1"}
    assert stations(scratch)["A-1"].name == HOSTILE


def test_what_is_in_the_way_is_named_and_nothing_undone(
    scratch_shell: Command, scratch: Database, numbers: dict[str, int]
) -> None:
    with scratch.transaction() as session:
        note = RevisionNote(author="王女士", reason="again", kind=ChangeKind.EDIT)
        ChangeStore(session).apply([replace(stations(scratch)["A-1"], name="third")], note=note)

    planned = scratch_shell("history", "undo", numbers["import"])
    applied = scratch_shell("history", "undo", numbers["import"], "--apply")

    assert "name: Station A-1 → 红\ufffd[31m站, now third" in planned.stdout
    assert "--conflicts keep or overwrite" in planned.stdout
    assert applied.exit_code == 1
    assert "later changes are in the way" in applied.stderr
    assert set(stations(scratch)) == {"A-1", "B-1"}
