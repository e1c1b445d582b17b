"""Servers on loopback that a benchmark starts, and ends by their process ids."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.options import PROJECT, WORKSHOP

HOST: Final = "127.0.0.1"
_PATIENCE_S: Final = 120.0
_SECONDS_TO_STOP: Final = 20.0
_SECONDS_TO_SETTLE: Final = 60.0
_LOOK_S: Final = 0.25


class ServerError(Exception):
    """A server did not come up; the text has the end of what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A process that listens on a port of loopback."""

    pid: int
    port: int
    log: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{HOST}:{self.port}"

    def settle(self) -> None:
        """Wait until it has done with requests whose askers are gone, or give up after a minute."""
        deadline = time.monotonic() + _SECONDS_TO_SETTLE
        before = self._processor_s()
        while time.monotonic() < deadline:
            time.sleep(_LOOK_S)
            now = self._processor_s()
            if now - before < _LOOK_S / 5:
                return
            before = now

    def _processor_s(self) -> float:
        """Return the processor time that it and its children have had."""
        return sum(map(_processor_s_of, _family(self.pid)))

    def memory(self) -> "Memory":
        """Measure it and its children now."""
        found = [_memory_of(pid) for pid in sorted(_family(self.pid))]
        # The process that supervises the workers is small; the largest is the worker.
        return max(found, key=lambda each: each.rss_mb)


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What a worker takes: resident, its proportional share of it, and the peak."""

    rss_mb: float
    pss_mb: float
    peak_mb: float


def granian(
    python: Path, target: str, port: int, *, threads: int, interface: str = "wsgi"
) -> list[str]:
    """Return the command that serves an application the way every contestant is served."""
    command = [
        str(python), "-m", "granian", target, "--interface", interface,
        "--host", HOST, "--port", str(port), "--workers", "1",
        "--log-level", "warning", "--no-ws",
    ]  # fmt: skip
    # An asynchronous application has one thread by its nature.
    return command + (["--blocking-threads", str(threads)] if interface == "wsgi" else [])


@contextmanager
def started(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    environ: Mapping[str, str] | None = None,
    ready: str = "/",
) -> Iterator[Server]:
    """Run a server until the block ends; it begins when ``ready`` is answered without error."""
    folder = WORKSHOP / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{name}.log"
    with log.open("wb") as said:
        process = subprocess.Popen(  # noqa: S603  programs named in this folder, no shell
            command,
            cwd=PROJECT,
            env={**os.environ, **(environ or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
        server = Server(pid=process.pid, port=port, log=log)
        try:
            _wait_until_ready(server, process, ready)
            yield server
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a process, and what it started if that outlives it."""
    family = _family(process.pid)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_STOP)
    if process.poll() is None:
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
    process.wait()


def free_port() -> int:
    """Return a port of loopback that nobody uses."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(server: Server, process: subprocess.Popen[bytes], path: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    last = "no answer"
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(server.url + path, timeout=30) as answer:  # noqa: S310
                answer.read()
                return
        except urllib.error.HTTPError as error:
            last = f"{error} {error.read()[:500]!r}"
        except OSError as error:
            last = str(error)
        time.sleep(0.01)
    text = server.log.read_text(encoding="utf-8", errors="replace")[-3000:]
    raise ServerError(f"{server.log.stem} does not answer {path}: {last}\n{text}")


def _family(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            status = (entry / "stat").read_text(encoding="utf-8", errors="replace")
            parents[int(entry.name)] = int(status.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _processor_s_of(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0.0
    user, system = status.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _memory_of(pid: int) -> Memory:
    rollup = _kilobytes(Path(f"/proc/{pid}/smaps_rollup"))
    status = _kilobytes(Path(f"/proc/{pid}/status"))
    return Memory(
        rss_mb=rollup.get("Rss", 0) / 1024,
        pss_mb=rollup.get("Pss", 0) / 1024,
        peak_mb=status.get("VmHWM", 0) / 1024,
    )


def peak_mb(pid: int | None = None) -> float:
    """Return the most memory that a process (this one, unless named) has had resident so far."""
    return _kilobytes(Path(f"/proc/{pid or 'self'}/status")).get("VmHWM", 0) / 1024


def resident_mb() -> float:
    """Return the memory that this process has resident now."""
    return _kilobytes(Path("/proc/self/status")).get("VmRSS", 0) / 1024


def _kilobytes(path: Path) -> dict[str, int]:
    found = {}
    with suppress(OSError):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                found[name] = int(value.split()[0])
    return found
