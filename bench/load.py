"""Requests as fast as they are answered, by wrk: how many, how long, how many failed."""

import json
import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.processes import Server

_SCRIPT: Final = Path(__file__).with_name("paths.lua")
_WARM_UP_S: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one run of the load generator saw; times in milliseconds."""

    per_second: float
    p50_ms: float
    p90_ms: float
    p99_ms: float
    max_ms: float
    answers: int
    errors: int
    mean_bytes: float

    def __str__(self) -> str:
        """Say the most important of it."""
        return f"{self.per_second:,.0f}/s, p50 {self.p50_ms:.1f} ms, {self.errors} errors"


def press(server: Server, paths: Path, *, seconds: float, connections: int) -> Load:
    """Ask a server for the paths in a file, one per line, in turn, on kept-alive connections."""
    _wrk(server, paths, _WARM_UP_S, connections)
    seen = _wrk(server, paths, max(1, math.ceil(seconds)), connections)
    server.settle()
    return Load(
        per_second=seen["requests"] / seen["seconds"],
        p50_ms=seen["p50_ms"],
        p90_ms=seen["p90_ms"],
        p99_ms=seen["p99_ms"],
        max_ms=seen["max_ms"],
        answers=int(seen["requests"]),
        errors=int(seen["errors"]),
        mean_bytes=seen["bytes"] / max(1.0, seen["requests"]),
    )


def _wrk(server: Server, paths: Path, seconds: int, connections: int) -> dict[str, float]:
    wrk = shutil.which("wrk")
    assert wrk is not None, "bench.provision installs wrk"
    command = [
        wrk, "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s",
        "--timeout", "10s", "--script", str(_SCRIPT), server.url, "--", str(paths),
    ]  # fmt: skip
    ran = subprocess.run(  # noqa: S603  the load generator, no shell
        command, check=True, capture_output=True, text=True, timeout=seconds + 60
    )
    seen: dict[str, float] = json.loads(ran.stdout.strip().splitlines()[-1])
    return seen
