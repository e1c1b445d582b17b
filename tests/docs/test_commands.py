"""Every command in the documents that can be run is run."""

import os
import re
import shlex
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from geo_service.cli import main
from geo_service.settings import PREFIX, PROJECT
from tests.docs.curl import SHOWN, Curl
from tests.docs.markdown import Block, blocks, document, documents
from tests.docs.test_own_files import OWN_FILES
from tests.support.postgis import PostGIS

SHELL = [block for path in documents() for block in blocks(path) if block.language == "sh"]
COMMANDS = [
    pytest.param(line, id=f"{block}+{number}")
    for block in SHELL
    if block.is_run
    for number, line in enumerate(block.text.splitlines(), start=1)
]
CURLS = [each for each in COMMANDS if str(each.values[0]).startswith("curl ")]
GEO_SERVICE = [each for each in COMMANDS if str(each.values[0]).startswith("geo-service ")]

# Where else these are run: tests/start, tests/docs/test_own_postgis.py and test_own_files.py,
# tests/migrations, tests/faults, or ./test itself. The rest changes a person's own shell.
ELSEWHERE = (
    "./start",
    "./test",
    "psql ",
    "geo-service restore ",
    "geo-service accounts add ",  # it asks for a password
    "ogrinfo ",
    "pg_basebackup ",
    *OWN_FILES,
    ". .venv/bin/activate",
)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder that has the shipped data where the project has them."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stations").symlink_to(PROJECT / "data" / "stations")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def shell(
    place: Path,
    monkeypatch: pytest.MonkeyPatch,
    shipped_postgis: PostGIS,
    scratch_postgis: PostGIS,
    request: pytest.FixtureRequest,
) -> CliRunner:
    """A shell whose settings name a database: one that may be changed, for what changes it."""
    for variable in os.environ:
        if variable.startswith(PREFIX):
            monkeypatch.delenv(variable)
    command = request.node.callspec.params["command"]
    server = scratch_postgis if " load " in command else shipped_postgis
    settings = {"DATABASE_URL": server.service_url, "OWNER_DATABASE_URL": server.owner_url}
    environ = {f"{PREFIX}{name}": value for name, value in settings.items()}
    return CliRunner(env=environ | {f"{PREFIX}HOME": str(place / "var")})


@pytest.mark.parametrize("command", CURLS)
@pytest.mark.usefixtures("place")
def test_a_request_in_the_documents_is_answered(
    command: str, address: str, request: pytest.FixtureRequest
) -> None:
    answer = Curl.read(command).send(address)

    refused = "problems.md" in request.node.name  # its requests are there to fail
    assert (answer.status >= 400, answer.status >= 500) == (refused, False)
    assert answer.body


@pytest.mark.parametrize("command", GEO_SERVICE)
def test_a_terminal_command_in_the_documents_succeeds(command: str, shell: CliRunner) -> None:
    configured = structlog.get_config()
    try:
        ran = shell.invoke(main, shlex.split(command)[1:])
    finally:
        structlog.configure(**configured)

    assert ran.exit_code == 0, ran.output
    assert ran.output


def test_every_command_marked_to_run_is_one_that_is_run() -> None:
    assert len(COMMANDS) == len(CURLS) + len(GEO_SERVICE)


@pytest.mark.parametrize("block", [block for block in SHELL if not block.is_run], ids=str)
def test_a_command_that_is_not_run_here_is_one_that_cannot_be(block: Block) -> None:
    commands = [line for line in block.text.splitlines() if not line.startswith("export ")]

    assert commands
    assert all(command.startswith(ELSEWHERE) for command in commands)


@pytest.mark.parametrize(
    "url", sorted(set(re.findall(rf"<({SHOWN}[^>]*)>", document("README.md"))))
)
def test_an_address_in_the_readme_is_served(url: str, address: str) -> None:
    assert Curl(url=url, method="GET").send(address).status == 200
