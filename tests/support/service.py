"""The whole service, started by its command."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from geo_service.persistence.cluster import Cluster

PROGRAM = [sys.executable, "-c", "from geo_service.cli import main; main()", "serve"]
PATIENCE_S = 60.0


class Running(NamedTuple):
    """A service that was started by its command."""

    process: subprocess.Popen[str]
    home: Path
    port: int
    log: Path

    @property
    def said(self) -> str:
        """All that it has printed so far."""
        return self.log.read_text(encoding="utf-8")

    @property
    def cluster(self) -> Cluster:
        """Its private database."""
        return Cluster(self.home)

    def answers(self) -> bool:
        """Say whether it answers now."""
        with suppress(OSError):
            address = f"http://127.0.0.1:{self.port}/healthz"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return bool(answer.status == 200)
        return False

    def workers(self) -> set[int]:
        """Return the processes that answer requests."""
        servers = {pid for pid in self.descendants() if parent(pid) == self.process.pid}
        return {pid for pid in self.descendants() if parent(pid) in servers and is_python(pid)}

    def descendants(self) -> set[int]:
        """Return the processes it started, and those they started."""
        found = {self.process.pid}
        while more := {pid for pid in numbers() - found if parent(pid) in found}:
            found |= more
        return found - {self.process.pid}


def launch(home: Path, **more: str) -> Running:
    """Start the service with these settings; it is not ready yet."""
    port, log = free_port(), home.parent / "said"
    settings = {"GEO_SERVICE_HOME": str(home), "GEO_SERVICE_WORKERS": "1"}
    kept = {name: text for name, text in os.environ.items() if not name.startswith("GEO_SERVICE_")}
    with log.open("w") as written:
        process = subprocess.Popen(
            [*PROGRAM, f"--port={port}"],
            stdout=written,
            stderr=written,
            text=True,
            env={**kept, **settings, **more},
        )
    return Running(process, home, port, log)


class Urls(Protocol):
    """A database that has a name for either role."""

    @property
    def owner_url(self) -> str:
        """As its owner."""

    @property
    def service_url(self) -> str:
        """As the service."""


def urls(database: Urls) -> dict[str, str]:
    """Return the settings that name a database."""
    return {
        "GEO_SERVICE_DATABASE_URL": database.service_url,
        "GEO_SERVICE_OWNER_DATABASE_URL": database.owner_url,
    }


def stop(running: Running) -> None:
    """End the service, and its private database even if it left that behind."""
    running.process.terminate()
    running.process.wait(PATIENCE_S)
    with running.cluster:  # the last to leave stops a server that was left behind
        pass


def wait_for(condition: Callable[[], bool], running: Running) -> None:
    """Wait until something is so; fail with all that was printed if it never is."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, running.said
        time.sleep(0.1)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def numbers() -> set[int]:
    """Return the processes of this machine."""
    return {int(each.name) for each in Path("/proc").glob("[0-9]*")}


def parent(pid: int) -> int:
    """Return the process that started another."""
    try:
        status = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(status.rpartition(")")[2].split()[1])


def is_python(pid: int) -> bool:
    """Say whether a process is one of ours and not PostgreSQL's."""
    with suppress(OSError):
        return b"granian" in Path("/proc", str(pid), "cmdline").read_bytes()
    return False
