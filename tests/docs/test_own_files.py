"""What the documents do with an operator's own files works as it stands there."""

import json
import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from osmium import SimpleWriter
from osmium.osm import mutable

from geo_service.cli import main
from geo_service.settings import PREFIX, PROJECT
from tests.docs.curl import SHOWN, Curl
from tests.docs.markdown import Block, blocks, documents
from tests.support.postgis import PostGIS

DOCS = PROJECT / "docs"

# A crossing in the middle of the city: five kilometres of street east, four north.
CROSSING = (
    [(113.99 + 0.001 * step, 33.58) for step in range(61)],
    [(114.02, 33.56 + 0.001 * step) for step in range(41)],
)

# Commands that need such a file: those below run every block that has one.
OWN_FILES = (
    "geo-service network ",
    "geo-service nearest 114.0163 33.5814 --on-foot",
    "geo-service demand ",
    "geo-service suggest --distances ",
    f"curl '{SHOWN}/api/v1/stations/nearest-on-foot?",
)

Run = Callable[[Block], list[str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scratch_postgis: PostGIS) -> Run:
    """Run a block's commands in their order, in a folder of the operator's; return what they say.

    What a document says has to be there first is done: the shipped register is loaded.
    """
    for variable in os.environ:
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    monkeypatch.chdir(tmp_path)
    settings = {
        "DATABASE_URL": scratch_postgis.service_url,
        "OWNER_DATABASE_URL": scratch_postgis.owner_url,
        "HOME": str(tmp_path / "var"),
    }
    shell = CliRunner(env={f"{PREFIX}{name}": value for name, value in settings.items()})

    def said(command: str) -> str:
        program, *words = shlex.split(command)
        assert program == "geo-service"
        ran = shell.invoke(main, words)
        assert ran.exit_code == 0, f"{command}\n{ran.output}"
        return ran.output

    def run_block(block: Block) -> list[str]:
        said(f"geo-service load {shlex.quote(str(PROJECT / 'data' / 'stations'))}")
        return [said(line) for line in block.text.splitlines()]

    return run_block


def _block(name: str, first_words: str) -> Block:
    return next(each for each in blocks(DOCS / name) if each.text.startswith(first_words))


def _draw_crossing(file: Path) -> None:
    with SimpleWriter(file) as writer:
        ways: list[list[int]] = [[] for _ in CROSSING]
        for way, places in zip(ways, CROSSING, strict=True):
            for place in places:
                number = 1 + sum(map(len, ways))
                writer.add_node(mutable.Node(id=number, version=1, location=place))
                way.append(number)
        for number, way in enumerate(ways, start=1):
            tags = {"highway": "residential"}
            writer.add_way(mutable.Way(id=number, version=1, nodes=way, tags=tags))


def test_streets_are_loaded_asked_and_taken_away_as_shown(run: Run) -> None:
    _draw_crossing(Path("henan.osm.pbf"))

    loaded, shown, nearest, removed = run(_block("planner-network.md", "geo-service network load"))

    assert loaded.startswith("Loaded henan.osm.pbf.")
    assert shown in loaded
    assert "© OpenStreetMap contributors" in nearest
    assert removed == "Removed the street network.\n"


def test_demand_is_loaded_listed_and_forgotten_as_shown(run: Run) -> None:
    table = _block("planner-demand.md", "lon,lat,weight").text
    Path("crews.csv").write_text(table, encoding="utf-8")

    loaded, listed, removed = run(_block("planner-demand.md", "geo-service demand load"))

    weights = [float(line.split(",")[2]) for line in table.splitlines()[1:]]
    assert f"{len(weights)} points, {sum(weights):g} 人" in loaded
    assert "sanitation-2026" in listed
    assert removed == "Removed sanitation-2026.\n"


def test_sites_are_chosen_from_a_file_of_distances_as_shown(run: Run) -> None:
    Path("pairs.csv").write_text(_block("planner-siting.md", "demand,site").text, encoding="utf-8")

    (said,) = run(_block("planner-siting.md", "geo-service suggest --distances"))

    assert '"status": "optimal"' in said


def test_the_nearest_on_foot_are_told_as_shown(walked_address: str) -> None:
    answer = Curl.read(_block("api.md", OWN_FILES[-1]).text).send(walked_address)

    assert answer.status == 200
    assert len(json.loads(answer.body)["features"]) == 1


def test_no_other_block_needs_such_a_file() -> None:
    left = [
        block.file.name
        for path in documents()
        for block in blocks(path)
        if not block.is_run and block.text.startswith(OWN_FILES)
    ]

    assert left == ["api.md", "planner-demand.md", "planner-network.md", "planner-siting.md"]
