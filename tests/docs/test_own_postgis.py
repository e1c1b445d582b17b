"""What operations.md tells an operator to do with a database works as it stands there."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import make_url

from geo_service.cli import main
from geo_service.persistence import migrate, postgresql
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from geo_service.services.setup import load_folder
from geo_service.settings import PROJECT
from tests.docs.markdown import blocks, document
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

OPERATIONS = PROJECT / "docs" / "operations.md"


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A private cluster under a folder named var, where the documents have it."""
    with throw_away_home() as home, Cluster(home.parent / "var") as running:
        yield running


def _block(first_words: str) -> str:
    return next(each.text for each in blocks(OPERATIONS) if each.text.startswith(first_words))


def _run(command: str, cluster: Cluster, text: str = "") -> None:
    programs = postgresql.with_postgis()
    assert programs is not None
    subprocess.run(
        ["sh", "-euc", command],
        input=text,
        text=True,
        check=True,
        capture_output=True,
        cwd=cluster.home.parent,
        env={"PATH": f"{programs}:/usr/bin:/bin", "PWD": str(cluster.home.parent)},
    )


def test_a_database_made_by_the_roles_and_grants_shown_can_be_served(cluster: Cluster) -> None:
    made_already = "DROP DATABASE geo_service;\nDROP ROLE geo_owner;\nDROP ROLE geo_service;\n"
    made_already += "DROP ROLE geo_reader;\n"
    as_superuser = 'psql --host="$PWD/var/run/postgresql" --username=postgres -v ON_ERROR_STOP=1'
    _run(as_superuser, cluster, made_already + _block("CREATE ROLE"))
    owner, service = (
        make_url(url).set(database="stations").render_as_string(hide_password=False)
        for url in (cluster.owner_url, cluster.service_url)
    )

    migrate.upgrade(owner)
    database = Database.connect(service)
    number, stations = load_folder(database, PROJECT / "data/stations", author="a", reason="b")
    database.engine.dispose()

    assert (number, stations) == (1, 203)


def test_a_backup_made_as_shown_is_restored_as_shown(cluster: Cluster, tmp_path: Path) -> None:
    migrate.upgrade(cluster.owner_url)
    database = Database.connect(cluster.service_url)
    load_folder(database, PROJECT / "data/stations", author="a", reason="b")
    database.engine.dispose()

    with throw_away_home() as another, chdir(tmp_path):
        _geo_service(_block("geo-service backup"), cluster.home)
        said = _geo_service(_block("geo-service restore"), another)

    assert said == "Restored revision 1, 203 stations.\n"


def _geo_service(command: str, home: Path) -> str:
    _, *words = shlex.split(command)
    ran = CliRunner(env={"GEO_SERVICE_HOME": str(home)}).invoke(main, words)
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_the_grants_shown_are_those_that_the_private_database_gets() -> None:
    source = (PROJECT / "geo_service/persistence/roles.py").read_text(encoding="utf-8")
    names = {
        "{owner}": "geo_owner",
        "{service}": "geo_service",
        "{reader}": "geo_reader",
        "{database}": "stations",
    }
    granted = re.findall(r'"((?:REVOKE|GRANT) [^"]+)"', source)
    for name, value in names.items():
        granted = [each.replace(name, value) for each in granted]
    shown = " ".join(document("docs/operations.md").split())

    assert [each for each in granted if each not in shown] == []
