"""Time from the command `geo-service serve` to its first answers."""

import http.client
import sys
import time
import urllib.request
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import click

from bench import questions
from bench.database import Filled, filled
from bench.options import PROJECT, WORKSHOP, Options
from bench.processes import HOST, free_port, started
from bench.questions import PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import interleaved, noise

_PROGRAM: Final = "from geo_service.cli import main; main()"
_PATIENCE_S: Final = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """Seconds from the command to each first answer."""

    alive_s: float
    nearest_s: float
    printed_ready_s: float


def run(options: Options) -> int:
    """Measure every size; write the table."""
    rows: list[list[str]] = []
    figures: dict[str, object] = {}
    calibrations: list[float] = []
    for size in options.sizes:
        click.echo(f"{size:,} stations:")
        with filled(size) as database:
            path = questions.service_path(PLAIN)(*Questions.about(size).origins[0])
            rounds = interleaved({"serve": partial(_start, database, path)}, options.rounds)
        calibrations += rounds.calibrations
        figures[str(size)] = [asdict(each) for each in rounds.seen["serve"]]
        rows.append(
            [
                f"{size:,}",
                f"{rounds.median('serve', lambda start: start.alive_s):.2f}",
                f"{rounds.median('serve', lambda start: start.nearest_s):.2f}",
                f"{rounds.median('serve', lambda start: start.printed_ready_s):.2f}",
                f"± {rounds.spread('serve', lambda start: start.nearest_s) / 2:.0%}",
            ]
        )
    table = Table(
        title="`geo-service serve`, two workers, database running",
        columns=["stations", "/healthz s", "nearest s", "says ready s", "spread of nearest"],
        rows=rows,
    )
    write(options, Result(tables=[table], figures=figures, noise=noise(calibrations)))
    return 0


def _start(database: Filled, path: str) -> Start:
    port = free_port()
    environ = {
        "GEO_SERVICE_HOME": str(_home()),
        "GEO_SERVICE_DATABASE_URL": database.service_url,
        "GEO_SERVICE_OWNER_DATABASE_URL": database.owner_url,
    }
    command = [sys.executable, "-c", _PROGRAM, "serve", "--port", str(port)]
    began = time.perf_counter()
    with started("serve", command, port, environ=environ, ready="/healthz") as server:
        alive = time.perf_counter() - began
        _answered(port, path)
        nearest = time.perf_counter() - began
        while "Ready." not in server.log.read_text(encoding="utf-8"):
            if time.perf_counter() - began > _PATIENCE_S:
                raise TimeoutError(f"serve does not say that it is ready: {server.log}")
            time.sleep(0.01)
        return Start(alive_s=alive, nearest_s=nearest, printed_ready_s=time.perf_counter() - began)


def _answered(port: int, path: str) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        with suppress(OSError, http.client.HTTPException):
            with urllib.request.urlopen(f"http://{HOST}:{port}{path}", timeout=60) as answer:
                answer.read()
            return
        time.sleep(0.02)
    raise TimeoutError(f"no answer to {path}")


def _home() -> Path:
    assert PROJECT in WORKSHOP.parents
    return WORKSHOP / "home-serve"
