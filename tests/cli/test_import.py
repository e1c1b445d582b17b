"""`geo-service import`: first what a file would do, then, if that is wanted, all of it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from tests.cli.conftest import Command
from tests.support.folder import Folder
from tests.support.folder import a_row as a_line

HEADER = "编号,名称,服务,经度,纬度,地址,座位数\n"


@pytest.fixture
def shell(scratch_shell: Command, tmp_path: Path) -> Command:
    """Run a command over a register of two stations."""
    folder = Folder(tmp_path / "data")
    folder.stations = [a_line("N-1", name="一号"), a_line("N-2", name="二号")]
    assert scratch_shell("load", folder.write()).exit_code == 0
    return scratch_shell


def a_file(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file = folder / "站点.csv"
    file.write_text(HEADER + "".join(f"{line}\n" for line in lines), encoding=encoding)
    return file


def names(database: Database) -> dict[str, str]:
    with database.transaction() as session:
        _, dataset = RegisterStore(session).load()
    return {station.id: station.name for station in dataset.stations}


NEW = "N-3,三号,休息,114.02,33.52,路口,5"
CHANGED = "N-1,一号新名,休息,,,,"


def test_a_dry_run_says_what_would_change_and_writes_nothing(
    shell: Command, scratch: Database, tmp_path: Path
) -> None:
    file = a_file(tmp_path, NEW)

    result = shell("import", file, "--datum", "wgs84")

    assert result.exit_code == 0, result.output
    assert "1 rows: 1 new, 0 changed, 0 unchanged, 0 wrong; 2 stations are not" in result.stdout
    assert "nothing was written" in result.stdout
    assert "N-3" not in names(scratch)


def test_what_is_applied_is_one_revision_by_whoever_runs_it(
    shell: Command, scratch: Database, tmp_path: Path
) -> None:
    file = a_file(tmp_path, NEW, encoding="gb18030")

    result = shell("import", file, "--datum", "wgs84", "--apply", "--reason", "年度更新")

    assert result.exit_code == 0, result.output
    assert names(scratch)["N-3"] == "三号"
    with scratch.transaction() as session:
        query = text("SELECT kind, reason FROM revision ORDER BY number DESC LIMIT 1")
        assert tuple(session.execute(query).one()) == ("import", "年度更新")


def test_with_anything_wrong_nothing_is_written(
    shell: Command, scratch: Database, tmp_path: Path
) -> None:
    file = a_file(tmp_path, NEW, "N-4,四号,休息,114.02,33.52,路口,许多", "N-5,,休息,114,33.5,,")

    result = shell("import", file, "--datum", "wgs84", "--apply")

    assert result.exit_code == 1
    assert "row 3" in result.stdout
    assert "'许多'" in result.stdout
    assert "row 4" in result.stdout
    assert "nothing was written: something is wrong with the file" in result.stderr
    assert "N-3" not in names(scratch)


def test_programs_get_one_object(shell: Command, tmp_path: Path) -> None:
    file = a_file(tmp_path, NEW)

    result = shell("import", file, "--datum", "wgs84", "--json")

    found = json.loads(result.stdout)
    assert found["counts"] == {"new": 1, "changed": 0, "unchanged": 0, "missing": 2, "wrong": 0}
    assert (found["applied"], found["written"], found["is_sound"]) == (None, 1, True)
    assert found["entries"][0]["station_id"] == "N-3"


def test_the_datum_must_be_declared(shell: Command, tmp_path: Path) -> None:
    result = shell("import", a_file(tmp_path, NEW))

    assert result.exit_code == 2
    assert "--datum" in result.stderr


def test_what_the_file_lacks_can_be_closed(
    shell: Command, scratch: Database, tmp_path: Path
) -> None:
    file = a_file(tmp_path, NEW)

    result = shell(
        *("import", file, "--datum", "wgs84", "--apply"),
        *("--missing", "close", "--closed-on", "2026-12-01"),
    )

    assert result.exit_code == 0, result.output
    with scratch.transaction() as session:
        closed = session.scalars(text("SELECT id FROM station WHERE closed_on = '2026-12-01'"))
        assert sorted(closed) == ["N-1", "N-2"]


def test_the_same_again_changes_nothing(shell: Command, scratch: Database, tmp_path: Path) -> None:
    file = a_file(tmp_path, NEW)
    assert shell("import", file, "--datum", "wgs84", "--apply").exit_code == 0
    with scratch.transaction() as session:
        before = RegisterStore(session).revision_number()

    result = shell("import", file, "--datum", "wgs84", "--apply")

    assert "1 unchanged" in result.stdout
    with scratch.transaction() as session:
        assert RegisterStore(session).revision_number() == before
