"""The private PostGIS: it starts, stops, survives being killed, and lets nobody else in."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from geo_service.persistence import cluster as cluster_module
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.roles import OWNER, SERVICE
from geo_service.persistence.server_user import ClusterError
from tests.support.postgis import throw_away_home

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")


@pytest.fixture
def new_home() -> Iterator[Path]:
    """A home that is not there yet."""
    with throw_away_home() as home:
        yield home


@pytest.fixture(scope="module")
def used_home() -> Iterator[Path]:
    """A home with a cluster at rest, to be copied: that is quicker than making another."""
    with throw_away_home() as home:
        with Cluster(home):
            pass
        yield home


@pytest.fixture
def home(new_home: Path, used_home: Path) -> Path:
    """A home with a cluster at rest, of this test alone."""
    subprocess.run(["cp", "-a", used_home, new_home], check=True)
    return new_home


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """A running cluster, for tests that only ask it something."""
    with throw_away_home() as home, Cluster(home) as cluster:
        yield cluster


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            result = connection.execute(text(question))
            return result.scalar() if result.returns_rows else None
    finally:
        engine.dispose()


def postmaster(cluster: Cluster) -> int:
    return int((cluster.folder / "postmaster.pid").read_text().splitlines()[0])


def libpq(cluster: Cluster, role: str) -> str:
    return f"host='{cluster.socket_folder}' port=5432 user={role} dbname=geo_service"


# -- what it holds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("listen_addresses", ""),
        ("server_encoding", "UTF8"),
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("TimeZone", "UTC"),
    ],
)
def test_the_server_is_set_up_as_documented(shared: Cluster, setting: str, value: str) -> None:
    assert ask(shared.service_url, f"SHOW {setting}") == value


def test_postgis_is_there(shared: Cluster) -> None:
    distance = ask(
        shared.service_url, "SELECT ST_Distance('POINT(0 0)'::geometry, 'POINT(3 4)'::geometry)"
    )
    assert distance == 5.0


def test_the_service_works_with_the_owners_tables(shared: Cluster) -> None:
    ask(shared.owner_url, "CREATE TABLE worked_with (id integer GENERATED ALWAYS AS IDENTITY)")
    ask(shared.service_url, "INSERT INTO worked_with DEFAULT VALUES")
    assert ask(shared.service_url, "SELECT count(*) FROM worked_with") == 1


@pytest.mark.parametrize(
    "deed",
    [
        "DROP TABLE guarded",
        "ALTER TABLE guarded ADD COLUMN more integer",
        "TRUNCATE guarded",
        "CREATE TABLE mine (id integer)",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (id integer)",
        f"SET ROLE {OWNER}",
        "COPY (SELECT 1) TO PROGRAM 'true'",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_the_service_may_not(shared: Cluster, deed: str) -> None:
    ask(shared.owner_url, "CREATE TABLE IF NOT EXISTS guarded (id integer)")
    with pytest.raises(Exception, match=r"permission denied|must be"):
        ask(shared.service_url, deed)


def test_a_statement_that_fails_is_not_logged(shared: Cluster) -> None:
    with suppress(Exception):
        ask(shared.service_url, "SELECT 'POINT(114.0123 33.5678)'::geometry / 0")
    logged = "".join(each.read_text() for each in (shared.folder / "log").iterdir())
    assert "114.0123" not in logged


# -- who may connect -----------------------------------------------------------------------


def test_it_listens_on_no_port(shared: Cluster) -> None:
    tables = [Path("/proc", str(postmaster(shared)), "net", name) for name in ("tcp", "tcp6")]
    listening = {
        line.split()[9]
        for table in tables
        if table.exists()
        for line in table.read_text().splitlines()[1:]
    }
    descriptors = Path("/proc", str(postmaster(shared)), "fd").iterdir()
    opened = {str(each.readlink()) for each in descriptors}
    assert not opened & {f"socket:[{inode}]" for inode in listening}


@ROOT_ONLY
def test_another_user_cannot_reach_the_socket(shared: Cluster) -> None:
    assert "Permission denied" in connect_as("nobody", shared, SERVICE)


@ROOT_ONLY
@pytest.mark.parametrize("role", [SERVICE, OWNER, "postgres"])
def test_another_user_is_refused_even_at_an_open_socket(shared: Cluster, role: str) -> None:
    opened = [shared.socket_folder, *shared.socket_folder.glob(".s.PGSQL.*[0-9]")]
    before = [each.stat().st_mode for each in opened]
    for each in opened:
        each.chmod(0o777)
    try:
        assert "Peer authentication failed" in connect_as("nobody", shared, role)
    finally:
        for each, mode in zip(opened, before, strict=True):
            each.chmod(mode)


def connect_as(user: str, cluster: Cluster, role: str) -> str:
    psql = max(Path("/usr/lib/postgresql").glob("*/bin/psql"))
    ran = subprocess.run(
        [psql, libpq(cluster, role), "-c", "SELECT 1"],
        check=False,
        capture_output=True,
        text=True,
        user=user,
        extra_groups=[],
        cwd="/",
    )
    return ran.stderr


def test_the_data_folder_is_closed_to_others(shared: Cluster) -> None:
    assert shared.folder.stat().st_mode & 0o077 == 0


# -- starting and stopping -----------------------------------------------------------------


def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    with Cluster(home) as first:
        ask(first.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
    with Cluster(home) as second:
        assert ask(second.service_url, "SELECT answer FROM kept") == 42


def test_stopping_is_clean(home: Path) -> None:
    with Cluster(home) as cluster:
        assert cluster.is_alive()
    assert not cluster.is_alive()
    assert not (cluster.folder / "postmaster.pid").exists()
    logged = "".join(each.read_text() for each in (cluster.folder / "log").iterdir())
    assert "database system is shut down" in logged


def test_a_second_start_joins_and_the_last_to_leave_stops_it(home: Path) -> None:
    first, second = Cluster(home), Cluster(home)
    first.start()
    second.start()
    assert first.service_url == second.service_url
    first.stop()
    assert ask(second.service_url, "SELECT 1") == 1
    second.stop()
    assert not second.is_alive()


def test_starting_twice_and_stopping_twice_is_no_harm(home: Path) -> None:
    cluster = Cluster(home)
    for _ in range(2):
        cluster.start()
    for _ in range(2):
        cluster.stop()
    assert not cluster.is_alive()


def test_two_homes_run_side_by_side(shared: Cluster, home: Path) -> None:
    with Cluster(home) as other:
        ask(other.owner_url, "CREATE TABLE only_here ()")
        assert ask(other.service_url, "SELECT to_regclass('only_here')::text") == "only_here"
        assert ask(shared.service_url, "SELECT to_regclass('only_here')::text") is None


@pytest.mark.parametrize("name", ["my 驿站", 'it\'s "mine"', "$(touch ran) `touch ran`; \\"])
def test_a_home_may_be_called_anything(new_home: Path, name: str) -> None:
    with Cluster(new_home / name) as cluster:
        assert ask(cluster.service_url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["long" * 40, "a,b", "a:b"])
def test_a_path_that_no_socket_can_have_gets_a_short_one(new_home: Path, name: str) -> None:
    with Cluster(new_home / name) as cluster:
        sockets = cluster.socket_folder
        assert ask(cluster.service_url, "SELECT 1") == 1
        assert sockets.stat().st_mode == 0o040700
    assert not sockets.exists()


# -- mishaps -------------------------------------------------------------------------------


def test_a_killed_server_comes_back_with_all_that_was_committed(home: Path) -> None:
    with Cluster(home) as cluster:
        ask(cluster.owner_url, "CREATE TABLE kept AS SELECT 42 AS answer")
        url = cluster.service_url
        os.kill(postmaster(cluster), signal.SIGKILL)
        wait_until_gone(cluster)
        cluster.start()
        assert ask(url, "SELECT answer FROM kept") == 42


def test_a_killed_user_counts_as_gone(home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from geo_service.persistence.cluster import Cluster;"
        "Cluster(Path(sys.argv[1])).start(); print('started', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, home], stdout=subprocess.PIPE) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == b"started\n"
        user.kill()
    cluster = Cluster(home)
    assert cluster.is_alive()  # nobody was left to stop it
    cluster.start()
    cluster.stop()
    assert not cluster.is_alive()


def test_a_number_in_postmaster_pid_that_is_somebody_elses_now_is_no_obstacle(home: Path) -> None:
    with Cluster(home) as cluster:
        lines = (cluster.folder / "postmaster.pid").read_text().splitlines()
    (cluster.folder / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with Cluster(home) as again:
        assert ask(again.service_url, "SELECT 1") == 1


def test_an_initdb_cut_short_is_done_again(new_home: Path) -> None:
    (new_home / "cluster.draft" / "base").mkdir(parents=True)
    (new_home / "cluster.draft" / "PG_VERSION").write_text("15\n")
    with Cluster(new_home) as cluster:
        assert ask(cluster.service_url, "SELECT 1") == 1


def test_a_cluster_of_another_major_version_says_what_to_do(new_home: Path) -> None:
    (new_home / "cluster").mkdir(parents=True)
    (new_home / "cluster" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ClusterError, match=r"made by PostgreSQL 9, .* pg_upgrade"):
        Cluster(new_home).start()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(home: Path) -> None:
    cluster = Cluster(home, configuration="shared_buffers = 'much'")
    with pytest.raises(ClusterError, match="invalid value for parameter"):
        cluster.start()
    assert not cluster.is_alive()


@ROOT_ONLY
def test_a_home_closed_to_the_servers_user_gets_its_database_elsewhere(
    new_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_RELOCATED", new_home.parent / "elsewhere")
    new_home.mkdir()
    new_home.chmod(0o700)
    for _ in range(2):
        with Cluster(new_home) as cluster:
            assert ask(cluster.service_url, "SELECT 1") == 1
    assert (new_home / "cluster").is_symlink()
    assert len(list((new_home.parent / "elsewhere").iterdir())) == 1
    assert new_home.stat().st_mode & 0o077 == 0


def wait_until_gone(cluster: Cluster) -> None:
    deadline = time.monotonic() + 10
    while cluster.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
