"""`geo-service load` and `migrate`: another register, another schema."""

from pathlib import Path

from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from tests.cli.conftest import Command
from tests.support.folder import Folder, a_row


def history(database: Database) -> tuple[int, str, list[str]]:
    with database.transaction() as session:
        revision, dataset = RegisterStore(session).load()
    return revision.number, revision.reason, [station.id for station in dataset.stations]


def test_a_good_folder_replaces_the_register(
    scratch_shell: Command, scratch: Database, tmp_path: Path
) -> None:
    folder = Folder(tmp_path / "data")
    folder.stations = [a_row("N-1"), a_row("N-2")]

    result = scratch_shell("load", folder.write(), "--reason", "十一月更新")

    number, reason, stations = history(scratch)
    assert result.exit_code == 0
    assert result.stdout == f"Loaded 2 stations as revision {number}.\n"
    assert (reason, stations) == ("十一月更新", ["N-1", "N-2"])


def test_a_faulty_folder_is_refused_with_all_its_faults(
    scratch_shell: Command, scratch: Database, tmp_path: Path
) -> None:
    scratch_shell("load", Folder(tmp_path / "good").write())
    before = history(scratch)
    folder = Folder(tmp_path / "data")
    folder.stations = [a_row("N-1", datum="mars"), a_row("N-1", latitude="114", longitude="33")]

    result = scratch_shell("load", folder.write())

    assert result.exit_code == 1
    for words in (
        "stations.csv, row 2, datum: 'mars' is not one of wgs84, gcj02, bd09",
        "stations.csv, row 3, id: 'N-1' is given twice",
        "stations.csv, row 3, latitude: '114' is out of range",
    ):
        assert words in result.output
    assert history(scratch) == before


def test_a_folder_that_is_not_there_is_refused(scratch_shell: Command, tmp_path: Path) -> None:
    result = scratch_shell("load", tmp_path / "nowhere")

    assert result.exit_code == 2
    assert "does not exist" in result.output


def test_migrating_what_is_up_to_date_says_so(scratch_shell: Command) -> None:
    result = scratch_shell("migrate")

    assert (result.exit_code, result.stdout) == (0, "The schema is at head.\n")


def test_going_back_needs_to_say_where_to(scratch_shell: Command) -> None:
    result = scratch_shell("migrate", "--down")

    assert result.exit_code == 2
    assert "--down needs --to" in result.output


def test_a_migration_nobody_knows_is_refused_in_words(scratch_shell: Command) -> None:
    result = scratch_shell("migrate", "--to", "9999")

    assert result.exit_code == 1
    assert "the schema cannot be moved" in result.output
