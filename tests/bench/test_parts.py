"""The parts of the benchmarks that figures depend on."""

import re
from pathlib import Path

import numpy as np
import pytest
import shapely

from bench import world
from bench.commands.document import filled
from bench.options import PROJECT, parse
from bench.rounds import interleaved, spread

PIN = re.compile(r"[A-Za-z0-9._-]+==[^\s#]+  # \S.*")


def test_the_same_size_gives_the_same_register() -> None:
    assert world.dataset(500).stations == world.dataset(500).stations


def test_a_register_of_the_shipped_size_is_the_shipped_one() -> None:
    assert world.dataset(203) is world.shipped()


def test_stations_of_a_made_register_lie_in_its_extent() -> None:
    assert all(world.EXTENT.contains(each.coordinate) for each in world.dataset(500).stations)


def test_made_townships_fill_the_extent_without_overlap() -> None:
    outlines = [unit.boundary for unit in world.country(500).units]
    extent = world.EXTENT
    whole = shapely.box(extent.west, extent.south, extent.east, extent.north)

    assert len(outlines) == 100
    areas = sum(each.area for each in outlines if each is not None)
    assert np.isclose(areas, whole.area)
    assert np.isclose(shapely.union_all(np.array(outlines, dtype=object)).area, whole.area)


def test_contestants_take_turns() -> None:
    turns: list[str] = []

    interleaved({"A": lambda: turns.append("A"), "B": lambda: turns.append("B")}, rounds=2)

    assert turns == ["A", "B", "A", "B"]


def test_the_spread_is_the_range_by_the_median() -> None:
    assert spread([9.0, 10.0, 12.0]) == pytest.approx(0.3)


def test_results_come_between_their_marks(tmp_path: Path) -> None:
    (tmp_path / "maps.md").write_text("| new |\n", encoding="utf-8")
    text = "a\n<!-- results: maps -->\nold\n<!-- end of results -->\nb\n"

    found = filled(text, tmp_path)

    assert found == ("a\n<!-- results: maps -->\n\n| new |\n\n<!-- end of results -->\nb\n")


def test_a_place_without_results_stays(tmp_path: Path) -> None:
    text = "<!-- results: maps -->\nold\n<!-- end of results -->\n"

    assert filled(text, tmp_path) == text


def test_a_quick_run_does_not_touch_the_kept_results() -> None:
    assert PROJECT / "bench" not in parse("maps", ["--quick"]).results.parents


@pytest.mark.parametrize("wrong", ["--rounds=0", "--sizes=0", "--peers=mongo", "--seconds=1e9"])
def test_orders_out_of_bounds_are_refused(wrong: str) -> None:
    with pytest.raises(SystemExit):
        parse("nearest", [wrong])


@pytest.mark.parametrize("peer", ["redis", "tipg", "pygeoapi"])
def test_every_line_of_a_peer_pins_a_package_and_says_why(peer: str) -> None:
    text = (PROJECT / "bench" / f"requirements-{peer}.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert lines
    assert [line for line in lines if PIN.fullmatch(line) is None] == []
