"""Make a fresh machine fit for a benchmark, then run it; standard library only."""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import bootstrap
from bench.options import PROJECT, WORKSHOP, Options, parse


def run(command: str, arguments: Sequence[str]) -> NoReturn:
    """Set up what a command takes and become it, in an environment that has the service."""
    options = parse(command, arguments)
    try:
        bootstrap.provide(_needs(options))
        python = _python()
        for peer in options.peers:
            _fill_peer(peer)
    except bootstrap.SetupError as error:
        sys.exit(f"\n{error}")
    environ = {
        **{name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")},
        "PYTHONPATH": str(PROJECT),
    }
    os.chdir(PROJECT)
    program = [str(python), "-m", "bench", command, *arguments]
    os.execve(python, program, environ)  # noqa: S606  no shell is meant


def _needs(options: Options) -> list[bootstrap.Need]:
    needs = bootstrap.needs_to_run({})
    if options.command in {"nearest", "maps", "reload", "soak"}:
        needs.append(bootstrap.Need("the load generator wrk", "wrk", _has("wrk")))
    if options.command == "page":
        needs.append(bootstrap.Need("Chromium", "chromium", _has("chromium")))
        needs.append(bootstrap.Need("npm, which installs Lighthouse", "npm", _has("npm")))
    if "redis" in options.peers:
        needs.append(bootstrap.Need("Redis", "redis-server", _has("redis-server")))
    return needs


def _has(program: str) -> Callable[[], bool]:
    return lambda: shutil.which(program) is not None


def _python() -> Path:
    """Return a Python that has what the service imports: the present one, or the project's."""
    if all(importlib.util.find_spec(each) for each in ("granian", "flask", "shapely", "geopandas")):
        return Path(sys.executable)
    bootstrap.fill_environment(bootstrap.RUNTIME)
    return bootstrap.environment() / "bin" / "python"


def peer_python(peer: str) -> Path:
    """Return the Python of a peer's own environment."""
    return WORKSHOP / "environments" / peer / "bin" / "python"


def _fill_peer(peer: str) -> None:
    """Make the environment of a peer hold exactly what its requirements pin."""
    requirements = PROJECT / "bench" / f"requirements-{peer}.txt"
    python = peer_python(peer)
    stamp = python.parents[1] / "installed"
    wanted = hashlib.sha256(requirements.read_bytes() + str(python).encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    bootstrap.say(f"Installing {requirements.name} (about a minute) …")
    _ran([sys.executable, "-m", "venv", "--clear", str(python.parents[1])])
    pip = [str(python), "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]
    _ran([*pip, "--quiet", "--only-binary", ":all:", "-r", str(requirements)])
    stamp.write_text(wanted, encoding="ascii")


def _ran(command: Sequence[str]) -> None:
    ran = subprocess.run(  # noqa: S603  venv and pip
        command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    if ran.returncode:
        raise bootstrap.SetupError(f"{ran.stdout[-3000:]}\nThis failed: {' '.join(command)}")
