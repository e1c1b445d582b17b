"""What can befall a database server: it is killed, stopped, or frozen where it stands."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from geo_service.persistence.cluster import Cluster


@contextmanager
def frozen(data: Path) -> Iterator[None]:
    """Stop every process of the server where it stands, and let them go on afterwards."""
    postmaster = pid_of(data)
    os.kill(postmaster, signal.SIGSTOP)  # it first: it starts no more of them
    family = [postmaster, *children(postmaster)]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(family):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@contextmanager
def stopped(cluster: Cluster) -> Iterator[None]:
    """Shut the server down, and start it again afterwards."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


def kill(data: Path) -> None:
    """Kill every process of the server at once."""
    postmaster = pid_of(data)
    family = [postmaster, *children(postmaster)]
    for pid in family:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while any(_runs(pid) for pid in family):
        time.sleep(0.02)


def pid_of(data: Path) -> int:
    """Return the number of the server's first process."""
    return int((data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])


def children(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _runs(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
