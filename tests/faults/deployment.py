"""The service as it is run: its command, two workers, a PostGIS of its own; and people who ask."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any, Self

from shapely import box

from geo_service.domain.register import Dataset
from geo_service.domain.township import BoundaryStatus, Township
from geo_service.persistence.database import Database
from geo_service.persistence.register import RegisterStore
from tests.support.register import a_dataset, a_station

PROGRAM = [sys.executable, "-c", "from geo_service.cli import main; main()", "serve"]
PATIENCE_S = 60.0
ASKED = (
    "/api/v1/stations/nearest?lon=114.05&lat=33.55",
    "/api/v1/stations?limit=50",
    "/api/v1/stations/S-03",
    "/api/v1/coverage?level=township",
    "/maps/stations?lang=en",
    "/maps/coverage?lang=en",
    "/?lang=en",
)


def a_revision(number: int, stations: int = 20) -> Dataset:
    """A register whose stations all say of which revision they are."""
    square = Township(
        code="T-1",
        name="Square",
        boundary=box(114.0, 33.5, 114.1, 33.6),
        boundary_status=BoundaryStatus.OFFICIAL,
        source="a test",
    )
    return a_dataset(
        (
            a_station(f"S-{n:02}", 114.0 + n % 50 / 500, 33.5 + n % 49 / 490, name=f"of {number}")
            for n in range(stations)
        ),
        townships=(square,),
    )


def commit(database: Database, stations: int = 20) -> int:
    """Make the next revision; return its number once that is acknowledged."""
    with database.transaction() as session:
        store = RegisterStore(session)
        store.take_turn()
        number = (store.revision_number() or 0) + 1
        return store.replace(
            a_revision(number, stations), author="a test", reason=f"revision {number}"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one request."""

    path: str
    began: float
    took: float
    status: int  # 0: no answer at all
    headers: Message = field(default_factory=Message)
    body: bytes = b""

    @property
    def revision(self) -> int:
        """Which revision it says it is from."""
        return int(self.headers.get("Register-Revision", -1))

    @property
    def is_mixed(self) -> bool:
        """Say whether its stations, or its words, are of another revision than it says."""
        if self.path.startswith("/api/v1/stations"):
            answer = json.loads(self.body)
            features = answer.get("features", [answer])
            names = {each["properties"]["name"] for each in features}
            return names != {f"of {self.revision}"} or answer["revision"] != self.revision
        if self.path.startswith("/api"):
            return bool(json.loads(self.body)["revision"] != self.revision)
        return f"evision {self.revision}".encode() not in self.body


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def ask(self, path: str, timeout: float = 10.0) -> Answer:
        """Ask once, over a connection of its own: any worker may answer."""
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            return Answer(path, began, time.monotonic() - began, 0)
        finally:
            connection.close()
        took = time.monotonic() - began
        return Answer(path, began, took, response.status, response.headers, body)

    def readiness(self) -> dict[str, Any]:
        """Return what it says of itself."""
        return dict(json.loads(self.ask("/readyz").body))

    def wait_until(self, condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
        """Wait for something to become true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            assert time.monotonic() < deadline, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)

    def all_workers_say(self, expected: Callable[[Answer], bool]) -> bool:
        """Say whether many answers in a row, of whichever worker, are as expected."""
        return all(expected(self.ask(ASKED[2])) for _ in range(16))


@contextmanager
def serving(home: Path, **environ: str) -> Iterator[Service]:
    """Run the command with two workers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    ours = {"GEO_SERVICE_HOME": str(home), "GEO_SERVICE_WORKERS": "2"}
    log = home.parent / f"said-{port}"
    with log.open("wb") as written:
        process = subprocess.Popen(
            [*PROGRAM, f"--port={port}"], stdout=written, stderr=written,
            env={**kept, **ours, **environ},
        )  # fmt: skip
    service = Service(process, port, log)
    try:
        service.wait_until(lambda: b"Ready." in log.read_bytes())
        service.wait_until(lambda: service.all_workers_say(lambda answer: answer.status == 200))
        yield service
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


class People:
    """Some who ask all kinds of questions, one after another, for as long as the block lasts."""

    def __init__(self, service: Service, number: int = 3) -> None:
        self._service = service
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._go, args=(n,)) for n in range(number)]
        self.answers: list[Answer] = []

    def __enter__(self) -> Self:
        """Begin to ask."""
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask no more, and wait for the last answers."""
        self._over.set()
        for each in self._threads:
            each.join()

    @property
    def errors(self) -> list[tuple[str, int]]:
        """All that was not answered, or not with what was asked for."""
        return [(each.path, each.status) for each in self.answers if each.status != 200]

    @property
    def mixtures(self) -> list[str]:
        """All answers that are of two revisions."""
        return [each.path for each in self.answers if each.status == 200 and each.is_mixed]

    def _go(self, number: int) -> None:
        while not self._over.is_set():
            self.answers.append(self._service.ask(ASKED[number % len(ASKED)]))
            number += 1
