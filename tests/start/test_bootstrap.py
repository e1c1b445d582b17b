"""What ./start does about a machine that lacks something."""

import os
import stat
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import bootstrap
from bootstrap import Need, SetupError

POSTGIS = Need("PostgreSQL with PostGIS", "postgresql-postgis", lambda: False, "or bring your own")
VENV = Need("Python's venv module", "python3.11-venv", lambda: False)
THERE = Need("what is there", "there", lambda: True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project in which pip has nothing to do but note that it was called."""
    folder = tmp_path / "my project"
    folder.mkdir()
    for name in ("requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        (folder / name).write_text(f"# {name}\n")
    monkeypatch.setattr(bootstrap, "PROJECT", folder)
    return folder


@pytest.fixture
def ran(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[Sequence[str]]:
    """The commands that were run; only venv's own is really run, and without pip's wheels."""
    commands: list[Sequence[str]] = []

    def run(command: Sequence[str], title: str) -> None:
        assert title
        commands.append(command)
        if "venv" in command:
            subprocess.run([*command, "--without-pip"], check=True)
            site = next((project / ".venv" / "lib").iterdir()) / "site-packages"
            (site / "pip.py").touch()

    monkeypatch.setattr(bootstrap, "_run", run)
    return commands


def programs(folder: Path, *names: str) -> str:
    """Make a PATH on which exactly these programs are, each of which succeeds."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    return str(folder)


# -- system packages -----------------------------------------------------------------------


def test_a_machine_that_has_everything_is_left_alone(ran: list[Sequence[str]]) -> None:
    bootstrap.provide([THERE])
    assert ran == []


def test_without_apt_it_says_what_is_missing_and_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "sudo"))
    with pytest.raises(SetupError) as raised:
        bootstrap.provide([POSTGIS, VENV, THERE])
    assert str(raised.value).splitlines() == [
        "There is no apt here. Install these by this system's own means, then start again:",
        "  PostgreSQL with PostGIS (Debian's package: postgresql-postgis)",
        "  Python's venv module (Debian's package: python3.11-venv)",
        "  or bring your own",
    ]


def test_without_root_or_sudo_it_gives_the_commands_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError, match=r"apt-get install .*postgresql-postgis") as raised:
        bootstrap.provide([POSTGIS])
    assert str(raised.value).index("no-main.conf") < str(raised.value).index("apt-get install")


def test_debian_is_told_to_make_no_cluster_before_postgresql_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "_NO_CLUSTER", tmp_path / "no-main.conf")
    with pytest.raises(SetupError):  # nothing was really installed
        bootstrap.provide([POSTGIS])
    forbidding, _, installing, allowing = ran
    assert str(tmp_path / "no-main.conf") in forbidding
    assert "postgresql-postgis" in installing
    assert allowing == ["rm", "-f", str(tmp_path / "no-main.conf")]


def test_debian_is_told_to_start_no_server_that_the_tests_bring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(bootstrap, "_NO_START", tmp_path / "policy-rc.d")
    with pytest.raises(SetupError):  # nothing was really installed
        bootstrap.provide([Need("nginx", "nginx", lambda: False)])
    forbidding, _, installing, allowing = ran
    assert str(tmp_path / "policy-rc.d") in forbidding
    assert "nginx" in installing
    assert allowing == ["rm", "-f", str(tmp_path / "policy-rc.d")]


def test_another_user_than_root_installs_by_sudo(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ran: list[Sequence[str]]
) -> None:
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get", "sudo"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(SetupError):
        bootstrap.provide([VENV])
    assert [command[0] for command in ran] == ["sudo", "sudo"]


def test_a_postgis_of_ones_own_needs_none_here() -> None:
    needs = bootstrap.needs_to_run({"GEO_SERVICE_DATABASE_URL": "postgresql://db/x"})
    assert "postgresql-postgis" not in {need.package for need in needs}


def test_the_service_needs_no_browser() -> None:
    assert {need.package for need in bootstrap.needs_to_run({})} == {
        f"python3.{sys.version_info.minor}-venv",
        "postgresql-postgis",
    }


def test_what_pdfs_take_is_asked_for_but_not_insisted_on(
    ran: list[Sequence[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bootstrap.fill_environment("requirements.txt")
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    ran.clear()

    bootstrap.provide_if_possible([Need("Pango", "libpango-1.0-0", lambda: False)], "No PDFs.")

    assert any("libpango-1.0-0" in command for command in ran)
    assert "No PDFs. All else works." in capsys.readouterr().out


def test_what_could_not_be_had_is_not_asked_for_at_every_start(
    ran: list[Sequence[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [Need("Pango", "libpango-1.0-0", lambda: False)]
    bootstrap.fill_environment("requirements.txt")
    monkeypatch.setenv("PATH", programs(tmp_path / "bin", "apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrap.provide_if_possible(wanted, "No PDFs.")
    ran.clear()

    bootstrap.provide_if_possible(wanted, "No PDFs.")

    assert ran == []


def test_pdfs_take_pango_and_a_chinese_font() -> None:
    assert [need.package for need in bootstrap.wants_to_run()] == [
        *("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-cjk")
    ]


def test_a_library_that_is_there_is_found() -> None:
    found = {name: bootstrap._has_library(name) for name in ("c", "nothing-of-the-kind")}  # noqa: SLF001

    assert found == {"c": True, "nothing-of-the-kind": False}


# -- Python packages -----------------------------------------------------------------------


def test_the_second_start_asks_pip_nothing(project: Path, ran: list[Sequence[str]]) -> None:
    bootstrap.fill_environment("requirements.txt")
    ran.clear()
    bootstrap.fill_environment("requirements.txt")
    assert ran == []
    assert (project / ".venv" / "bin" / "python").exists()


@pytest.mark.parametrize("changed", ["requirements.txt", "pyproject.toml"])
def test_changed_requirements_are_installed(
    project: Path, ran: list[Sequence[str]], changed: str
) -> None:
    bootstrap.fill_environment("requirements.txt")
    ran.clear()
    (project / changed).write_text("# changed\n")
    bootstrap.fill_environment("requirements.txt")
    assert [command[2:4] for command in ran] == [["pip", "install"], ["pip", "install"]]


def test_the_tests_tools_do_not_concern_the_service(
    project: Path, ran: list[Sequence[str]]
) -> None:
    bootstrap.fill_environment("requirements-dev.txt")
    (project / "requirements-dev.txt").write_text("# changed\n")
    ran.clear()
    bootstrap.fill_environment("requirements.txt")
    assert ran == []


@pytest.mark.usefixtures("project")
def test_an_installation_cut_short_is_done_again(
    ran: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = bootstrap._run  # noqa: SLF001  the one seam to the outside

    def run_until_pip(command: Sequence[str], title: str) -> None:
        recording(command, title)
        if "pip" in command:
            raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "_run", run_until_pip)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.fill_environment("requirements.txt")
    monkeypatch.setattr(bootstrap, "_run", recording)
    ran.clear()
    bootstrap.fill_environment("requirements.txt")
    assert len(ran) == 2


def test_an_environment_that_was_moved_is_made_again(
    project: Path, ran: list[Sequence[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.fill_environment("requirements.txt")
    moved = project.rename(project.parent / "moved")
    monkeypatch.setattr(bootstrap, "PROJECT", moved)
    assert not bootstrap.is_environment_sound()
    assert len(ran) == 3


def test_only_wheels_are_installed(project: Path, ran: list[Sequence[str]]) -> None:
    bootstrap.fill_environment("requirements.txt")
    packages = next(command for command in ran if str(project / "requirements.txt") in command)
    assert list(packages[packages.index("--only-binary") :][:2]) == ["--only-binary", ":all:"]


def test_what_a_failing_program_said_is_shown() -> None:
    with pytest.raises(SetupError, match=r"(?s)no such thing.*exit code 3.*sh -c"):
        bootstrap._run(["sh", "-c", "echo no such thing >&2; exit 3"], "Trying")  # noqa: SLF001


# -- the commands --------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["start", "test"])
def test_help_is_given_from_any_folder_without_setting_anything_up(
    tmp_path: Path, command: str
) -> None:
    program = Path(bootstrap.__file__).parent / command
    said = subprocess.run(
        [program, "--help"], check=True, capture_output=True, text=True, cwd=tmp_path
    )
    assert said.stdout.startswith(f"usage: {command}")


@pytest.mark.parametrize("command", ["start", "test", ".ci/run"])
def test_the_commands_are_executable(command: str) -> None:
    mode = (Path(bootstrap.__file__).parent / command).stat().st_mode
    assert mode & stat.S_IXUSR


def test_the_quick_checks_leave_out_what_is_slow() -> None:
    tests = dict(bootstrap.checks(quick=True, to_pytest=[]))["tests"]
    assert tests[:3] == ["pytest", "-m", "not browser and not slow"]


def test_arguments_go_to_pytest() -> None:
    tests = dict(bootstrap.checks(quick=False, to_pytest=["-k", "nearest"]))["tests"]
    assert tests == ["pytest", "-k", "nearest"]


# -- the pins ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_and_has_its_reason(name: str) -> None:
    lines = (Path(bootstrap.__file__).parent / name).read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith(("#", "-"))]
    assert [line for line in pins if "==" not in line or "  # " not in line] == []
