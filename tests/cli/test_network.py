"""`geo-service network`: loaded, shown, removed, without a database."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from geo_service.cli import main
from geo_service.domain.coordinate import Bounds
from geo_service.persistence.street_network import StreetNetworkFile
from tests.cli.conftest import Command
from tests.support.streets import a_lattice, extract


@pytest.fixture
def alone(tmp_path: Path) -> Command:
    """Run a command in a home of its own, and with no database."""

    def run(*arguments: object) -> object:
        runner = CliRunner(env={"GEO_SERVICE_HOME": str(tmp_path), "GEO_SERVICE_NETWORK": None})
        return runner.invoke(main, [*map(str, arguments)])

    return run  # type: ignore[return-value]


def test_a_network_is_loaded_shown_and_removed(alone: Command) -> None:
    loaded = alone("network", "load", extract("test"))
    shown = alone("network", "show")
    removed = alone("network", "remove")
    after = alone("network", "show")

    assert loaded.exit_code == 0, loaded.output
    assert "58.9 km of walked streets" in loaded.stdout
    assert shown.stdout == loaded.stdout.removeprefix("Loaded test.osm.pbf.\n")
    assert "© OpenStreetMap contributors, ODbL 1.0" in shown.stdout
    assert removed.stdout == "Removed the street network.\n"
    assert after.exit_code == 1
    assert "geo-service network load" in after.stderr


def test_the_nearest_on_foot_are_told_with_whose_streets_they_are(
    shell: Command, tmp_path: Path
) -> None:
    place = ("nearest", "114.0163", "33.5814", "--on-foot", "--limit", "3")
    refused = shell(*place)
    box = Bounds(west=113.98, south=33.55, east=114.06, north=33.61)
    StreetNetworkFile(tmp_path / "network" / "streets.npz").replace(a_lattice(box, 0.002))

    told, said = shell(*place), json.loads(shell(*place, "--json").stdout)

    assert (refused.exit_code, told.exit_code) == (1, 0), told.output
    assert "geo-service network load" in refused.output
    assert "© a test" in told.stdout
    walks = [each["walk_m"] for each in said["stations"]]
    assert walks == sorted(walks)
    assert all(each["walk_m"] >= each["distance_m"] for each in said["stations"])
    assert not any(each["walk_is_estimate"] for each in said["stations"])


def test_programs_get_json(alone: Command) -> None:
    alone("network", "load", extract("test"), "--as-of", "2019-01-30")

    said = json.loads(alone("network", "show", "--json").stdout)

    assert (said["nodes"], said["edges"], said["islands"]["parts"]) == (1385, 1522, 2)
    assert said["as_of"] == "2019-01-30"
    assert len(said["sha256"]) == 64


def test_bounds_leave_out_what_lies_beyond(alone: Command) -> None:
    alone("network", "load", extract("test"), "--bounds", "26.94,60.52,26.95,60.53")

    said = json.loads(alone("network", "show", "--json").stdout)

    assert 0 < said["edges"] < 1522


def test_what_is_no_extract_leaves_the_network_as_it_was(alone: Command, tmp_path: Path) -> None:
    alone("network", "load", extract("test"))
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"no streets")

    refused = alone("network", "load", broken)

    assert refused.exit_code == 1
    assert "cannot be read as an extract" in refused.stderr
    assert "58.9 km" in alone("network", "show").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--bounds", "1,2,3"), "is not a box like"),
        (("--bounds", "114,34,113,33"), "lies north of"),
        (("--as-of", "yesterday"), "is not a day like"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(
    alone: Command, arguments: tuple[str, str], words: str
) -> None:
    result = alone("network", "load", extract("test"), *arguments)

    assert result.exit_code == 2
    assert words in result.stderr
