"""`geo-service scorecard`."""

import json
from pathlib import Path

from tests.cli.conftest import Command


def test_townships_are_printed_with_what_the_marks_mean(shell: Command) -> None:
    result = shell("scorecard")

    assert result.exit_code == 0
    assert "Another station within 1,000 m in a straight line" in result.stdout
    assert "演示数据" in result.stdout


def test_stations_are_printed_one_a_line(shell: Command) -> None:
    lines = shell("scorecard", "--level", "station").stdout.splitlines()

    assert sum(line.startswith("LH-") for line in lines) == 203


def test_json_has_totals_and_rows(shell: Command) -> None:
    answer = json.loads(shell("scorecard", "--json", "--spacing", "500").stdout)

    assert (answer["spacing_m"], answer["totals"]["stations"], len(answer["rows"])) == (
        500.0,
        203,
        58,
    )


def test_csv_is_written_whole(shell: Command, tmp_path: Path) -> None:
    result = shell("scorecard", "--level", "station", "--csv", tmp_path / "six.csv")

    assert result.exit_code == 0
    assert len((tmp_path / "six.csv").read_text("utf-8-sig").splitlines()) == 204


def test_two_forms_at_once_are_refused(shell: Command) -> None:
    assert shell("scorecard", "--json", "--csv", "-").exit_code == 2
