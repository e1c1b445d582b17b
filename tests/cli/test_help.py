"""Help, settings, and words for what cannot be done."""

import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from geo_service.cli import main
from geo_service.settings import PROJECT, Settings
from geo_service.version import VERSION

COMMANDS = ["serve", "nearest", "coverage", "export", "maps"]
COMMANDS += ["load", "reports", "migrate", "settings"]


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner(env=environment).invoke(main, arguments)
    return result.exit_code, result.output


@pytest.mark.parametrize("flag", ["--help", "-h"])
@pytest.mark.parametrize(
    "command", [[], *([name] for name in COMMANDS), ["maps", "build"], ["reports", "list"]]
)
def test_every_command_explains_itself(command: list[str], flag: str) -> None:
    code, said = run(*command, flag)

    assert code == 0
    assert said.startswith("Usage:")


def test_the_overview_names_every_command() -> None:
    _, said = run("--help")

    assert all(f"  {name} " in said for name in COMMANDS)


def test_the_overview_comes_without_waiting_for_geometry() -> None:
    began = time.monotonic()
    shown = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "geo_service", "--help"],
        capture_output=True, text=True, cwd=PROJECT, check=True,
    )  # fmt: skip

    assert "Usage: python -m geo_service" in shown.stdout
    assert not [name for name in ("pyproj", "shapely", "flask", "folium") if name in shown.stderr]
    assert time.monotonic() - began < 20


def test_the_version_is_told() -> None:
    assert run("--version") == (0, f"geo-service, version {VERSION}\n")


def test_settings_lists_every_setting_with_its_default_and_meaning() -> None:
    _, said = run("settings")

    for setting in Settings.documentation():
        assert f"{setting.variable}  [{setting.default}]" in said
        assert setting.text in said


def test_settings_can_be_listed_though_one_of_them_is_wrong() -> None:
    assert run("settings", GEO_SERVICE_PORT="none")[0] == 0


@pytest.mark.parametrize(
    "command",
    [
        *(["nearest", "114", "33.5"], ["coverage"], ["load", "."], ["migrate"]),
        *(["maps", "build", "x"], ["reports", "list"]),
    ],
)
def test_a_wrong_setting_ends_a_command_with_its_name(command: list[str]) -> None:
    code, said = run(*command, GEO_SERVICE_WORKERZ="3")

    assert code == 1
    assert "GEO_SERVICE_WORKERZ is not a setting; did you mean GEO_SERVICE_WORKERS?" in said


@pytest.mark.parametrize(
    "command",
    [
        *(["nearest", "114", "33.5"], ["coverage"], ["load", "."], ["migrate"]),
        *(["maps", "build", "x"], ["reports", "list"]),
    ],
)
def test_a_database_that_is_not_there_ends_a_command_in_words(command: list[str]) -> None:
    url = "postgresql://nobody:hunter2@127.0.0.1:1/nothing"

    code, said = run(*command, GEO_SERVICE_DATABASE_URL=url)

    assert code == 1
    assert "Error: the database cannot be used" in said
    assert "hunter2" not in said


def test_an_unknown_command_is_refused() -> None:
    code, said = run("nearby")

    assert code == 2
    assert "No such command 'nearby'" in said
