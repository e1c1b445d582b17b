"""`geo-service demand`: loaded, listed, removed; whole or not at all."""

import json
from pathlib import Path

import pytest

from geo_service.settings import PROJECT
from tests.cli.conftest import Command

CREWS = "lon,lat,weight,name\n114.01,33.58,12,人民路\n114.02,33.59,8.5,\n"
LABEL = (
    *("--id", "crews", "--name", "环卫班组", "--unit", "人", "--datum", "wgs84"),
    *("--source", "环卫处 2026"),
)


@pytest.fixture(autouse=True)
def _loaded(scratch_shell: Command) -> None:
    """The shipped register: other tests of this database may have replaced it."""
    scratch_shell("load", PROJECT / "data" / "stations")


def a_file(folder: Path, content: str | bytes, name: str = "crews.csv") -> Path:
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_a_layer_is_loaded_listed_and_removed(scratch_shell: Command, tmp_path: Path) -> None:
    loaded = scratch_shell("demand", "load", a_file(tmp_path, CREWS), *LABEL)
    listed = scratch_shell("demand", "list")
    removed = scratch_shell("demand", "remove", "crews")
    after = scratch_shell("demand", "list")

    assert loaded.output.startswith("Loaded 环卫班组 as crews, version ")
    assert "2 points, 20.5 人." in loaded.output
    assert "环卫班组" in listed.stdout
    assert removed.stdout == "Removed crews.\n"
    assert "环卫班组" not in after.stdout


def test_the_list_has_the_residents_as_an_estimate_and_totals_as_claims(
    scratch_shell: Command,
) -> None:
    answer = json.loads(scratch_shell("demand", "list", "--json").stdout)

    (residents,) = answer["layers"]
    assert (residents["id"], residents["data_status"]) == ("population", "derived")
    assert "not where people live" in residents["estimate"]
    assert round(residents["total"]) == 322334 + 505302 + 400875 + 447130 + 593673
    assert {each["value"] for each in answer["claims"]} == {">2900", "550"}


def test_loading_again_replaces(scratch_shell: Command, tmp_path: Path) -> None:
    for weight in ("1", "2"):
        file = a_file(tmp_path, f"lon,lat,weight\n114.0,33.6,{weight}\n")
        scratch_shell("demand", "load", file, *LABEL)

    answer = json.loads(scratch_shell("demand", "list", "--json").stdout)
    scratch_shell("demand", "remove", "crews")

    assert [each["total"] for each in answer["layers"] if each["id"] == "crews"] == [2.0]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("lon,lat,weight\n114,33.6,1\n114,33.6,-1\n", "row 3, weight: '-1' is out of range"),
        ("经度,纬度,人数\n114,33.6,\n", "row 2, 人数: '' must not be empty"),
        ("lon,lat\n114,33.6\n", "weight: is a missing column"),
    ],
)
def test_a_file_with_a_fault_is_refused_with_row_and_column(
    scratch_shell: Command, tmp_path: Path, content: str, said: str
) -> None:
    result = scratch_shell("demand", "load", a_file(tmp_path, content), *LABEL)
    listed = scratch_shell("demand", "list")

    assert result.exit_code == 1
    assert said in result.output
    assert "crews" not in listed.stdout


def test_points_outside_the_area_served_are_refused_with_their_rows(
    scratch_shell: Command, tmp_path: Path
) -> None:
    file = a_file(tmp_path, "lon,lat,weight\n114.0,33.6,1\n33.6,89,1\n")

    result = scratch_shell("demand", "load", file, *LABEL)

    assert result.exit_code == 1
    assert "row 3: '33.600000,89.000000' lies outside the area served by 漯河市" in result.output


def test_points_outside_may_be_kept_and_are_named(scratch_shell: Command, tmp_path: Path) -> None:
    file = a_file(tmp_path, "lon,lat,weight\n114.0,33.6,1\n116.4,39.9,1\n")

    result = scratch_shell("demand", "load", file, *LABEL, "--allow-outside")
    scratch_shell("demand", "remove", "crews")

    assert result.exit_code == 0
    assert "Outside the area served: 1 of 2 points, row 3" in result.output


@pytest.mark.parametrize("datum", ["mars", "WGS-84", ""])
def test_an_unknown_datum_is_refused(scratch_shell: Command, tmp_path: Path, datum: str) -> None:
    file = a_file(tmp_path, CREWS)

    result = scratch_shell("demand", "load", file, *LABEL, "--datum", datum)

    assert result.exit_code == 2
    assert "gcj02" in result.output


def test_a_datum_must_be_declared(scratch_shell: Command, tmp_path: Path) -> None:
    without = [each for each in LABEL if each not in {"--datum", "wgs84"}]

    result = scratch_shell("demand", "load", a_file(tmp_path, CREWS), *without)

    assert result.exit_code == 2
    assert "--datum" in result.output


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--id", "Crews 1", "small letters"),
        ("--id", "population", "built-in"),
        ("--name", "a\x1b[31m", "line of text"),
        ("--unit", " ", "line of text"),
        ("--note", "x" * 1001, "1000 characters"),
    ],
)
def test_a_label_that_cannot_be_shown_is_refused(
    scratch_shell: Command, tmp_path: Path, option: str, value: str, said: str
) -> None:
    result = scratch_shell("demand", "load", a_file(tmp_path, CREWS), *LABEL, option, value)

    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("layer", ["nowhere", "population"])
def test_what_cannot_be_removed_says_why(scratch_shell: Command, layer: str) -> None:
    result = scratch_shell("demand", "remove", layer)

    assert result.exit_code == 1
    assert "no demand layer" in result.output or "cannot be removed" in result.output
