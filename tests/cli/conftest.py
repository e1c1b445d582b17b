"""The commands, as a person types them, over databases of the tests."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo_service.cli import main
from tests.support.postgis import PostGIS

Command = Callable[..., Result]


def environment(server: PostGIS, home: Path) -> dict[str, str]:
    """Return the settings under which commands work on a test's database."""
    return {
        "GEO_SERVICE_DATABASE_URL": server.service_url,
        "GEO_SERVICE_OWNER_DATABASE_URL": server.owner_url,
        "GEO_SERVICE_HOME": str(home),
    }


def _command(server: PostGIS, home: Path) -> Command:
    def run(*arguments: object) -> Result:
        return CliRunner(env=environment(server, home)).invoke(main, [*map(str, arguments)])

    return run


@pytest.fixture
def shell(shipped_postgis: PostGIS, tmp_path: Path) -> Command:
    """Run a command over the shipped register."""
    return _command(shipped_postgis, tmp_path)


@pytest.fixture
def scratch_shell(scratch_postgis: PostGIS, tmp_path: Path) -> Command:
    """Run a command over a register that it may replace."""
    return _command(scratch_postgis, tmp_path)
