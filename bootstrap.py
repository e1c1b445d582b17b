"""Set this project up on a machine that has nothing but Python; standard library only.

System packages that are missing come by apt, Python packages by pip into ``.venv``. What is there
already is left alone: a second run asks neither of them anything.
"""

import argparse
import fcntl
import hashlib
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from ctypes.util import find_library
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

PROJECT = Path(__file__).resolve().parent
RUNTIME = "requirements.txt"
DEVELOPMENT = "requirements-dev.txt"

_SECONDS_BETWEEN_SIGNS_OF_LIFE = 15
_LINES_SHOWN_OF_A_FAILURE = 25

# Debian makes and starts a cluster of its own when PostgreSQL is installed, unless told not to.
_NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/no-main.conf")
_NO_CLUSTER_TEXT = "# geo-service brings its own cluster\ncreate_main_cluster = false\n"

# Debian starts what it installs, unless this script says no; nginx would take port 80.
_NO_START = Path("/usr/sbin/policy-rc.d")
_NO_START_TEXT = "#!/bin/sh\n# geo-service wants programs, not running servers\nexit 101\n"

# WeasyPrint opens them when it makes a PDF; without the last the files are three times as large.
_LIBRARIES_THAT_SET_TEXT = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


class SetupError(Exception):
    """The machine cannot be set up; the text says what to do."""


class Need(NamedTuple):
    """Something the operating system has to provide."""

    what: str
    package: str
    is_met: Callable[[], bool]
    otherwise: str = ""


# -- what is needed ------------------------------------------------------------------------


def needs_to_run(environ: Mapping[str, str]) -> list[Need]:
    """List what running the service takes."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    listed = [Need("Python's venv module", f"python{version}-venv", _has_venv)]
    if not environ.get("GEO_SERVICE_DATABASE_URL"):
        listed.append(
            Need(
                "PostgreSQL with PostGIS",
                "postgresql-postgis",
                _has_postgis,
                "or name a PostGIS of your own in GEO_SERVICE_DATABASE_URL",
            )
        )
    return listed


def wants_to_run() -> list[Need]:
    """List what running the service does without if it must: then there are no PDFs."""
    libraries = [
        Need(f"the library {name}", package, partial(_has_library, name))
        for name, package in _LIBRARIES_THAT_SET_TEXT.items()
    ]
    return [*libraries, Need("a Chinese font", "fonts-noto-cjk", _has_chinese_font)]


def needs_to_test() -> list[Need]:
    """List what the tests take: a PostGIS to start and stop in any case, and tools."""
    return [
        *needs_to_run({}),
        *wants_to_run(),
        Need("Chromium", "chromium", lambda: shutil.which("chromium") is not None),
        Need("GDAL's programs", "gdal-bin", lambda: shutil.which("ogr2ogr") is not None),
        Need("nginx", "nginx", _has_nginx),
        Need("the load generator wrk", "wrk", lambda: shutil.which("wrk") is not None),
    ]


def _has_venv() -> bool:
    importlib.invalidate_caches()
    return is_environment_sound() or importlib.util.find_spec("ensurepip") is not None


def _has_postgis() -> bool:
    return _postgresql().with_postgis() is not None


def _has_nginx() -> bool:
    # Debian keeps it where only root's PATH leads.
    return shutil.which("nginx", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin") is not None


def _has_library(name: str) -> bool:
    return find_library(name) is not None


def _has_chinese_font() -> bool:
    fonts = Path("/usr/share/fonts")
    return any(fonts.rglob("*CJK*")) if fonts.is_dir() else False


def _postgresql() -> Any:
    """Load the service's own search for PostgreSQL, by path: its package is not installed yet."""
    path = PROJECT / "geo_service" / "persistence" / "postgresql.py"
    spec = importlib.util.spec_from_file_location("postgresql", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- system packages -----------------------------------------------------------------------


def provide(needs: Sequence[Need]) -> None:
    """Install what is missing by apt, or say exactly what is missing and how to get it."""
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return
    say(f"Missing on this machine: {', '.join(need.what for need in missing)}.")
    privilege = _privilege()
    if shutil.which("apt-get") is None or privilege is None:
        raise SetupError(how_to_get(missing, has_apt=shutil.which("apt-get") is not None))
    _install([need.package for need in missing], privilege)
    if still := [need for need in missing if not need.is_met()]:
        raise SetupError(how_to_get(still, has_apt=True))


def provide_if_possible(needs: Sequence[Need], without: str) -> None:
    """Install what is missing, or say what is not to be had ``without`` it; and go on."""
    if not [need for need in needs if not need.is_met()]:
        return
    tried = _tried(needs)
    if tried.is_fresh():  # whoever is offline should not wait for apt at every start
        return
    try:
        provide(needs)
    except SetupError as error:
        say(f"{error}\n\n{without} All else works.")
    tried.write()


def how_to_get(missing: Sequence[Need], *, has_apt: bool) -> str:
    """Say what is missing and how a person gets it."""
    packages = " ".join(need.package for need in missing)
    lines = []
    if has_apt:
        lines += ["Run these as root, then start again:"]
        if any(need.package.startswith("postgresql") for need in missing):
            lines += [
                f"  mkdir -p {_NO_CLUSTER.parent}",
                f"  echo 'create_main_cluster = false' > {_NO_CLUSTER}",
            ]
        lines += ["  apt-get update", f"  apt-get install --no-install-recommends {packages}"]
    else:
        lines += [
            "There is no apt here. Install these by this system's own means, then start again:"
        ]
        lines += [f"  {need.what} (Debian's package: {need.package})" for need in missing]
    lines += [f"  {need.otherwise}" for need in missing if need.otherwise]
    return "\n".join(lines)


def _privilege() -> list[str] | None:
    """Return what to put before a command so that it runs as root, or None if nothing does."""
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None


def _install(packages: Sequence[str], privilege: Sequence[str]) -> None:
    restraints = []
    if "postgresql-postgis" in packages:
        restraints.append((_NO_CLUSTER, _NO_CLUSTER_TEXT, "Telling Debian to make no cluster"))
    if "nginx" in packages:
        restraints.append((_NO_START, _NO_START_TEXT, "Telling Debian to start no server"))
    made = [each for each in restraints if not each[0].exists()]
    for path, text, title in made:
        script = 'mkdir -p "$(dirname "$1")" && printf %s "$2" > "$1" && chmod 755 "$1"'
        _run([*privilege, "sh", "-c", script, "sh", str(path), text], title)
    apt = [*privilege, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y"]
    apt += ["-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Use-Pty=0"]
    try:
        _run([*apt, "update"], "Reading Debian's lists of packages")
        install = [*apt, "install", "--no-install-recommends", *packages]
        _run(install, f"Installing {', '.join(packages)} (about a minute)")
    finally:  # what somebody installs later is none of our business
        for path, _, _ in made:
            _run([*privilege, "rm", "-f", str(path)], "Leaving Debian's settings as they were")


# -- Python packages -----------------------------------------------------------------------


def environment() -> Path:
    """Return the folder of the virtual environment."""
    return PROJECT / ".venv"


def is_environment_sound() -> bool:
    """Say whether the environment works and was made here; a moved one has wrong paths in it."""
    try:
        made_for = (environment() / "made-for").read_text(encoding="utf-8")
    except OSError:
        return False
    # Its pip is gone when the Python it was made with was replaced by another version.
    program = [str(environment() / "bin" / "python"), "-c", "import pip"]
    try:
        ran = subprocess.run(program, check=False, capture_output=True)  # noqa: S603  our own
    except OSError:
        return False
    return made_for == str(PROJECT) and ran.returncode == 0


def fill_environment(requirements: str) -> None:
    """Make the environment hold the packages of one of the two files, and this project."""
    if is_environment_sound() and _stamp(requirements).is_fresh():
        return
    with _alone():
        if not is_environment_sound():
            venv = [sys.executable, "-m", "venv", "--clear", str(environment())]
            _run(venv, "Making the Python environment in .venv")
            (environment() / "made-for").write_text(str(PROJECT), encoding="utf-8")
        stamp = _stamp(requirements)
        if stamp.is_fresh():  # somebody else's start did it while this one waited
            return
        stamp.path.unlink(missing_ok=True)
        pip = [str(environment() / "bin" / "python"), "-m", "pip", "install"]
        pip += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
        wheels = [*pip, "--only-binary", ":all:", "-r", str(PROJECT / requirements)]
        _run(wheels, f"Installing the packages of {requirements} (a minute or two)")
        # The pinned setuptools builds it: an isolated build would download another one.
        project = ["--no-deps", "--no-index", "--no-build-isolation", "--editable", str(PROJECT)]
        _run([*pip, *project], "Installing the geo-service command")
        if requirements == DEVELOPMENT:
            _stamp(RUNTIME).write()
        stamp.write()  # last: an installation cut short is done again


class Stamp(NamedTuple):
    """A file in the environment that tells which state of the requirements is installed."""

    path: Path
    content: str

    def is_fresh(self) -> bool:
        """Say whether that state is the present one."""
        try:
            return self.path.read_text(encoding="ascii") == self.content
        except OSError:
            return False

    def write(self) -> None:
        """Record that the present state is installed."""
        self.path.write_text(self.content, encoding="ascii")


def _tried(needs: Sequence[Need]) -> Stamp:
    """Return the stamp that tells that these were asked for once."""
    return Stamp(environment() / "asked-for", " ".join(need.package for need in needs))


def _stamp(requirements: str) -> Stamp:
    files = [RUNTIME, "pyproject.toml"] + ([DEVELOPMENT] if requirements == DEVELOPMENT else [])
    digest = hashlib.sha256()
    for name in files:
        digest.update(hashlib.sha256((PROJECT / name).read_bytes()).digest())
    return Stamp(environment() / f"installed-{requirements}", digest.hexdigest())


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time change the environment."""
    folder = os.open(PROJECT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


# -- running programs ----------------------------------------------------------------------


def say(text: str) -> None:
    """Tell the person at the terminal what goes on."""
    print(text, flush=True)  # noqa: T201  a terminal is where this file speaks


def _run(command: Sequence[str], title: str) -> None:
    """Run a program quietly, with a sign of life now and then; show its words if it fails."""
    say(f"{title} …")
    began = time.monotonic()
    with tempfile.NamedTemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603  our own
        while True:
            try:
                code = process.wait(_SECONDS_BETWEEN_SIGNS_OF_LIFE)
                break
            except subprocess.TimeoutExpired:
                last = _lines(log.name)[-1:] or ["…"]
                say(f"  {time.monotonic() - began:.0f} s: {last[0][:90]}")
            except KeyboardInterrupt:
                process.wait()
                raise
        if code:
            words = "\n".join(_lines(log.name)[-_LINES_SHOWN_OF_A_FAILURE:])
            raise SetupError(f"{words}\n\nThis failed (exit code {code}): {shlex.join(command)}")


def _lines(path: str) -> list[str]:
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    return [line.strip() for line in text.splitlines() if line.strip()]


# -- the two commands ----------------------------------------------------------------------


def start(arguments: Sequence[str]) -> NoReturn:
    """Set up what is missing and become the service."""
    parser = argparse.ArgumentParser(
        prog="start",
        description="Set up what is missing on this machine, then run the service until Ctrl-C.",
        epilog="Other settings are GEO_SERVICE_ variables: see docs/operations.md.",
    )
    parser.add_argument("--host", help="address to listen on (127.0.0.1; 0.0.0.0: every address)")
    parser.add_argument("--port", help="port to listen on (8000)")
    parser.add_argument("--workers", help="processes that answer requests (2)")
    given = parser.parse_args(arguments)
    with _explained():
        provide(needs_to_run(os.environ))
        fill_environment(RUNTIME)
        provide_if_possible(wants_to_run(), "Until then there are no signs and lists as PDF.")
    options = [f"--{name}={value}" for name, value in vars(given).items() if value is not None]
    program = environment() / "bin" / "geo-service"
    os.execv(program, [str(program), "serve", *options])  # noqa: S606  no shell is meant


def test(arguments: Sequence[str]) -> NoReturn:
    """Set up what the tests take, run every check, and say which failed."""
    parser = argparse.ArgumentParser(
        prog="test",
        description="Run lint, types, import contracts and tests: all, even if one fails.",
        epilog="Any other argument goes to pytest.",
    )
    parser.add_argument("--quick", action="store_true", help="leave out browser and slow tests")
    given, to_pytest = parser.parse_known_args(arguments)
    with _explained():
        provide([*needs_to_run({}), *wants_to_run()] if given.quick else needs_to_test())
        fill_environment(DEVELOPMENT)
        failed = [name for name, command in checks(given.quick, to_pytest) if not _check(command)]
    say("\nAll checks passed." if not failed else f"\nFAILED: {', '.join(failed)}")
    sys.exit(1 if failed else 0)


def checks(quick: bool, to_pytest: Sequence[str]) -> list[tuple[str, list[str]]]:  # noqa: FBT001  it is the option
    """List every check: its name and its command."""
    pytest = ["pytest", *(["-m", "not browser and not slow"] if quick else [])]
    # Two processes pay for the whole suite; for a part of it, starting them costs more.
    pytest += to_pytest or ["-n", "2"]
    return [
        ("lint", ["ruff", "check"]),
        ("format", ["ruff", "format", "--check"]),
        ("types", ["mypy"]),
        ("import contracts", ["lint-imports"]),
        ("tests", pytest),
    ]


def _check(command: Sequence[str]) -> bool:
    say(f"\n$ {shlex.join(command)}")
    programs = environment() / "bin"
    path = f"{programs}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    ran = subprocess.run(  # noqa: S603  the tools just installed
        [programs / command[0], *command[1:]],
        check=False,
        cwd=PROJECT,
        env={**os.environ, "PATH": path},
    )
    return ran.returncode == 0


@contextmanager
def _explained() -> Iterator[None]:
    """End the program with words instead of a traceback."""
    try:
        yield
    except SetupError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        say("\nStopped. The next start goes on from here.")
        sys.exit(130)
