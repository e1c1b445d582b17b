"""`geo-service backup` and `restore`: with the private cluster, from one home to another."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo_service.cli import main
from tests.conftest import SHIPPED
from tests.support.postgis import throw_away_home


@pytest.fixture(scope="module")
def homes() -> Iterator[tuple[Path, Path]]:
    """Two homes, each of which gets a private cluster."""
    with throw_away_home() as one, throw_away_home() as other:
        yield one, other


def run(home: Path, *words: object) -> Result:
    return CliRunner(env={"GEO_SERVICE_HOME": str(home)}).invoke(main, [*map(str, words)])


def test_a_home_is_brought_over_into_another(homes: tuple[Path, Path], tmp_path: Path) -> None:
    here, there = homes
    file = tmp_path / "stations.backup"
    run(here, "load", SHIPPED, "--reason", "first")
    run(here, "load", SHIPPED, "--reason", "second")

    backed_up = run(here, "backup", file)
    restored = run(there, "restore", file)
    again = run(there, "restore", file)

    assert backed_up.output.startswith(f"Wrote {file}: revision 2, 203 stations, ")
    assert restored.output == "Restored revision 2, 203 stations.\n"
    assert again.exit_code == 1
    assert "the database is not empty" in again.output
    run(here, "export", tmp_path / "here")
    run(there, "export", tmp_path / "there")
    assert (tmp_path / "here/stations.csv").read_bytes() == (
        tmp_path / "there/stations.csv"
    ).read_bytes()


def test_a_file_that_cannot_be_written_is_told_in_words(homes: tuple[Path, Path]) -> None:
    result = run(homes[0], "backup", "/nowhere/at/all.backup")

    assert result.exit_code == 1
    assert "No such file or directory" in result.output
    assert "Traceback" not in result.output


def test_a_file_that_is_not_there_is_refused(homes: tuple[Path, Path], tmp_path: Path) -> None:
    result = run(homes[1], "restore", tmp_path / "none.backup")

    assert result.exit_code == 2
    assert "does not exist" in result.output
