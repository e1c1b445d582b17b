"""Each benchmark runs from its command, at a tiny size and without peers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.options import COMMANDS
from geo_service.settings import PROJECT

SMALL = {
    "nearest": ["--rounds=1", "--seconds=1", "--sizes=203", "--peers=none"],
    "coverage": ["--rounds=1", "--sizes=203"],
    "siting": ["--rounds=1", "--seconds=1", "--sizes=100"],
    "maps": ["--rounds=1", "--seconds=1"],
    "tiles": ["--rounds=1"],
    "page": ["--rounds=1"],
    "startup": ["--rounds=1"],
    "memory": ["--rounds=1", "--sizes=203"],
    "reload": ["--rounds=1", "--seconds=2", "--sizes=203"],
    "soak": ["--seconds=1"],
}


def _run(command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = [sys.executable, str(PROJECT / "bench" / command), *arguments]
    return subprocess.run(program, check=False, capture_output=True, text=True, timeout=300)


@pytest.mark.slow
@pytest.mark.parametrize("command", SMALL)
def test_a_benchmark_leaves_its_table_and_figures(command: str, tmp_path: Path) -> None:
    ran = _run(command, "--quick", f"--results={tmp_path}", *SMALL[command])

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "| " in (tmp_path / f"{command}.md").read_text(encoding="utf-8")
    kept = json.loads((tmp_path / f"{command}.json").read_text(encoding="utf-8"))
    assert kept["machine"]["cores"]
    assert kept["figures"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_benchmark_says_what_it_measures(command: str) -> None:
    ran = _run(command, "--help")

    assert ran.returncode == 0
    assert COMMANDS[command].about.split()[0] in ran.stdout


def test_every_benchmark_has_its_command() -> None:
    programs = {
        path.name
        for path in (PROJECT / "bench").iterdir()
        if path.is_file() and not path.suffix and path.stat().st_mode & 0o111
    }

    assert programs == set(COMMANDS) == {*SMALL, "document"}
