"""A throw-away PostGIS for one test session, arranged as the service's own is."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo_service.persistence.cluster import Cluster

URL_VARIABLE = "TEST_DATABASE_URL"

# What a test writes need not outlive the machine.
_HASTY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class PostGIS(NamedTuple):
    """One empty database, as its owner and as the service."""

    owner_url: str
    service_url: str


@contextmanager
def postgis() -> Iterator[PostGIS]:
    """Yield an empty database: the one named in the environment, or one of a new cluster."""
    if given := os.environ.get(URL_VARIABLE):
        yield PostGIS(owner_url=given, service_url=given)
        return
    with throw_away_home() as home, Cluster(home, configuration=_HASTY) as cluster:
        yield PostGIS(owner_url=cluster.owner_url, service_url=cluster.service_url)


@contextmanager
def history_altered(session: Session) -> Iterator[None]:
    """Let the owner of the tables alter the history, for a test that plays a disaster."""
    for done in ("DISABLE", "ENABLE"):
        for table in ("revision", "station_history"):
            session.execute(text(f"ALTER TABLE {table} {done} TRIGGER refuse_to_alter"))
        if done == "DISABLE":
            yield


@contextmanager
def throw_away_home(prefix: str = "postgis-") -> Iterator[Path]:
    """Yield a folder that the server's user may pass through, and remove it afterwards.

    Pytest's own folders are closed to others, and PostgreSQL never runs as root.
    """
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir="/tmp"))
    try:
        folder.chmod(0o755)
        yield folder / "home"
    finally:
        shutil.rmtree(folder)
