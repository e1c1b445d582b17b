"""The script makes the shipped bytes again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dataset.shipped import FOLDER, SCRIPT

MADE = ("stations.csv", "townships.geojson", "counties.geojson")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_made_again_every_file_has_the_same_bytes_whatever_the_hash_seed_and_locale(
    tmp_path: Path, hash_seed: str
) -> None:
    made = run("--into", str(tmp_path), PYTHONHASHSEED=hash_seed, LC_ALL="C", TZ="Asia/Shanghai")
    assert made.returncode == 0, made.stderr
    for name in MADE:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_check_passes_on_what_is_shipped() -> None:
    assert run("--check").returncode == 0


def test_check_names_a_file_that_differs_and_leaves_it_alone(tmp_path: Path) -> None:
    run("--into", str(tmp_path))
    changed = tmp_path / "stations.csv"
    changed.write_bytes(changed.read_bytes().replace(b"LH-203", b"LH-999"))
    before = changed.read_bytes()
    checked = run("--check", "--into", str(tmp_path))
    assert checked.returncode == 1
    assert "stations.csv" in checked.stderr
    assert "counties.geojson" not in checked.stderr
    assert changed.read_bytes() == before


def test_check_names_a_file_that_is_missing(tmp_path: Path) -> None:
    assert "counties.geojson" in run("--check", "--into", str(tmp_path)).stderr


def test_help_explains_the_options() -> None:
    shown = run("--help")
    assert shown.returncode == 0
    assert "--check" in shown.stdout
