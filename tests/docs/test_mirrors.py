"""The mirror of docs/mirrors.md, run as it stands there, has what the database has."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.serving import make_server

from geo_service import create_app
from geo_service.persistence.database import Database
from geo_service.settings import PROJECT, Settings
from tests.docs.markdown import blocks
from tests.faults.deployment import commit
from tests.support.app import closing
from tests.support.service import free_port

PATIENCE_S = 40.0
MIRRORS = PROJECT / "docs" / "mirrors.md"

pytestmark = pytest.mark.slow


@contextmanager
def served(database: Database, home: Path, port: int) -> Iterator[Flask]:
    """Serve a database on a port that another service may have had before."""
    with closing(create_app(Settings(home=home, log_level="error"), database=database)) as app:
        server = make_server("127.0.0.1", port, app, threaded=True)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def in_the_database(database: Database) -> dict[str, str]:
    """Return the names of all stations, by identifier."""
    with database.transaction() as session:
        return {row.id: row.name for row in session.execute(text("SELECT id, name FROM station"))}


class Mirror:
    """The file that the mirror keeps."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def read(self) -> dict[str, Any]:
        """Read it; it is whole at every moment."""
        found: dict[str, Any] = {"revision": 0, "stations": {}}
        if self.file.exists():
            found = json.loads(self.file.read_text(encoding="utf-8"))
        return found

    def names(self) -> dict[str, str]:
        """Return the names of its stations, by identifier."""
        return {key: record["name"] for key, record in self.read()["stations"].items()}

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> None:
        """Wait until its contents are so; every state on the way is read as well."""
        end = time.monotonic() + PATIENCE_S
        while not condition(found := self.read()):
            assert time.monotonic() < end, found["revision"]
            time.sleep(0.05)


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def mirror(tmp_path: Path, port: int) -> Iterator[Mirror]:
    """The mirror's own process, from the lines of the document."""
    (code,) = [each.text for each in blocks(MIRRORS) if each.language == "python"]
    program, file = tmp_path / "mirror.py", tmp_path / "stations.json"
    program.write_text(code, encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, program, f"http://127.0.0.1:{port}", file], stderr=subprocess.DEVNULL
    )
    try:
        yield Mirror(file)
        assert process.poll() is None, "the mirror gave up"
    finally:
        process.kill()
        process.wait()


def test_the_lines_are_as_few_as_the_heading_says() -> None:
    (code,) = [each for each in blocks(MIRRORS) if each.language == "python"]

    assert sum(bool(line) for line in code.text.splitlines()) < 35


def test_a_mirror_follows_commits_an_absent_service_and_a_restored_database(
    mirror: Mirror, port: int, scratch: Database, shipped: Database, tmp_path: Path
) -> None:
    commit(scratch)
    with served(scratch, tmp_path / "one", port):
        for stations in (20, 1300, 7):  # more than a page of changes; then most are taken out
            number = commit(scratch, stations)
            mirror.wait_for(lambda found, wanted=number: found["revision"] == wanted)  # type: ignore[misc]
            assert mirror.names() == in_the_database(scratch)

    for stations in (9, 8):
        number = commit(scratch, stations)  # while nobody answers
    with served(scratch, tmp_path / "one", port):
        mirror.wait_for(lambda found: found["revision"] == number)
        assert mirror.names() == in_the_database(scratch)

    with served(shipped, tmp_path / "other", port):  # older, under the same address
        mirror.wait_for(lambda found: found["revision"] == 1)
        assert mirror.names() == in_the_database(shipped)
