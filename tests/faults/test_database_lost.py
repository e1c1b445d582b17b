"""The database killed, restarted, frozen, full: nobody who asks gets an error."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest

from geo_service.domain.errors import RegisterNotWritableError
from geo_service.persistence import migrate
from geo_service.persistence.cluster import Cluster
from geo_service.persistence.database import Database
from tests.faults.deployment import ASKED, Answer, People, Service, commit, serving
from tests.support.faults import children, frozen, kill, stopped
from tests.support.postgis import throw_away_home

pytestmark = pytest.mark.slow

OUTAGE_S = 6.0
A_FEW_SECONDS = 10.0
REFUSED_WITHIN_S = 3.0
PUBLISHED = "/ogc/collections/stations/items?f=json"
# Each outage asks for tiles that no worker has cut before, and so cannot have kept.
NEVER_CUT = {
    "killed": "/tiles/stations/0/0/0.mvt",
    "restarted": "/tiles/townships/0/0/0.mvt",
    "frozen": "/tiles/counties/0/0/0.mvt",
}


class Deployment(NamedTuple):
    """A service, and the cluster it depends on."""

    service: Service
    cluster: Cluster
    database: Database


@pytest.fixture(scope="module")
def deployment() -> Iterator[Deployment]:
    """The service over a PostGIS that it does not run itself."""
    with (
        throw_away_home() as server_home,
        throw_away_home("serving-") as home,
        Cluster(server_home) as cluster,
    ):
        migrate.upgrade(cluster.owner_url)
        database = Database.connect(cluster.service_url)
        commit(database)
        with serving(
            home,
            GEO_SERVICE_DATABASE_URL=cluster.service_url,
            GEO_SERVICE_OWNER_DATABASE_URL=cluster.owner_url,
        ) as service:
            yield Deployment(service, cluster, database)


@contextmanager
def killed(cluster: Cluster) -> Iterator[None]:
    kill(cluster.folder)
    try:
        yield
    finally:
        cluster.start()


def tells_its_age(answer: Answer) -> bool:
    notes = json.loads(answer.body)["notes"] if answer.path.startswith("/api") else []
    aged = int(answer.headers.get("Age", 0)) >= 3
    return aged and (not answer.path.startswith("/api") or "cannot be asked" in notes[0])


def assert_a_write_is_refused_in_time(database: Database) -> None:
    began = time.monotonic()
    with pytest.raises(RegisterNotWritableError):
        commit(database)
    assert time.monotonic() - began <= REFUSED_WITHIN_S


def assert_it_says_in_time_that_it_serves_from_memory(service: Service) -> None:
    answer = service.ask("/readyz", timeout=2.0)
    assert answer.status == 200
    assert json.loads(answer.body)["status"] == "serving from memory"


def assert_what_is_published_is_refused_in_time(service: Service, tile: str) -> None:
    """OGC API reads PostGIS itself: it says in time, and in words, that it cannot."""
    for path in (PUBLISHED, tile):
        began = time.monotonic()
        answer = service.ask(path)
        assert time.monotonic() - began <= REFUSED_WITHIN_S
        assert answer.status == 503
        assert json.loads(answer.body)["type"] == "/problems/register-unavailable"


def assert_what_is_published_comes_back(service: Service, tile: str) -> None:
    """Connections that were kept for readers are dead by now, and noticed to be."""
    for path in (PUBLISHED, tile) * 3:
        assert service.ask(path).status in {200, 204}


def assert_it_comes_back(deployment: Deployment) -> None:
    """Fail unless writes are taken, and followed by every worker, within a few seconds."""
    number = commit(deployment.database)
    deployment.service.wait_until(
        lambda: deployment.service.all_workers_say(lambda answer: answer.revision == number),
        A_FEW_SECONDS,
    )
    assert deployment.service.readiness()["status"] == "ready"


@pytest.mark.parametrize("fault", ["killed", "restarted", "frozen"])
def test_whoever_asks_while_the_database_is_lost_is_answered_and_told_the_age(
    deployment: Deployment, fault: str
) -> None:
    service, cluster, database = deployment
    tile = NEVER_CUT[fault]
    outages: dict[str, AbstractContextManager[None]] = {
        "killed": killed(cluster),
        "restarted": stopped(cluster),
        "frozen": frozen(cluster.folder),
    }

    for _ in range(6):  # either worker reads what it needs for it, once
        assert service.ask(PUBLISHED).status == 200
    with People(service) as people:
        time.sleep(1)
        with outages[fault]:
            began = time.monotonic()
            assert_a_write_is_refused_in_time(database)
            assert_what_is_published_is_refused_in_time(service, tile)
            time.sleep(max(0.0, began + OUTAGE_S - time.monotonic()))
            assert_it_says_in_time_that_it_serves_from_memory(service)
            over = time.monotonic()
        assert_it_comes_back(deployment)
        assert_what_is_published_comes_back(service, tile)

    late = [each for each in people.answers if began + 5 < each.began < over - each.took]
    assert late
    assert [each.path for each in late if not tells_its_age(each)] == []
    assert (people.errors, people.mixtures) == ([], [])
    print(f"{fault}: {len(people.answers)} requests, {len(people.errors)} errors")  # noqa: T201


def test_a_worker_that_starts_while_the_database_is_lost_serves_the_copy_on_disk(
    deployment: Deployment,
) -> None:
    service, cluster, _ = deployment
    revision = service.ask(ASKED[2]).revision

    with stopped(cluster):
        (granian,) = [pid for pid in children(service.process.pid) if b"granian" in command_of(pid)]
        workers = [pid for pid in children(granian) if b"resource_tracker" not in command_of(pid)]
        for pid in workers:
            os.kill(pid, signal.SIGKILL)
        service.wait_until(
            lambda: service.all_workers_say(
                lambda answer: answer.status == 200 and "Age" in answer.headers
            )
        )
        assert service.ask(ASKED[2]).revision == revision
        assert_it_says_in_time_that_it_serves_from_memory(service)

    assert_it_comes_back(deployment)


def test_a_service_that_starts_while_the_database_is_lost_serves_the_copy_on_disk() -> None:
    with throw_away_home() as server_home, throw_away_home("serving-") as home:
        with Cluster(server_home) as cluster:
            migrate.upgrade(cluster.owner_url)
            number = commit(Database.connect(cluster.service_url))
            environ = {
                "GEO_SERVICE_DATABASE_URL": cluster.service_url,
                "GEO_SERVICE_OWNER_DATABASE_URL": cluster.owner_url,
            }
            with serving(home, **environ):
                pass

        with serving(home, **environ) as service:
            assert service.ask(ASKED[0]).revision == number
            assert_it_says_in_time_that_it_serves_from_memory(service)


def command_of(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


# -- a full disk ---------------------------------------------------------------------------


@contextmanager
def small_disk(cluster: Cluster) -> Iterator[None]:
    """Keep the stations on a disk of a few megabytes."""
    folder = cluster.home.parent / "small"
    folder.mkdir()
    owner = cluster.folder.stat()
    options = f"size=4m,mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    superuser = psycopg.connect(
        host=str(cluster.socket_folder), user="postgres", dbname="geo_service", autocommit=True
    )
    try:
        with superuser:
            superuser.execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
            superuser.execute("ALTER TABLE station SET TABLESPACE small")
            yield
            superuser.execute("ALTER TABLE station SET TABLESPACE pg_default")
            superuser.execute("DROP TABLESPACE small")
    finally:
        superuser.close()
        subprocess.run(["umount", folder], check=True)


def test_a_full_disk_refuses_the_write_and_nobody_who_asks_notices(
    deployment: Deployment,
) -> None:
    service, cluster, database = deployment
    revision = service.ask(ASKED[2]).revision

    with small_disk(cluster), People(service) as people:
        with pytest.raises(RegisterNotWritableError, match="disk is full; nothing was changed"):
            commit(database, stations=40_000)
        time.sleep(1)

    assert {answer.revision for answer in people.answers} == {revision}
    assert (people.errors, people.mixtures) == ([], [])
    assert_it_comes_back(deployment)
