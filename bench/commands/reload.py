"""Latency of nearest look-ups while new revisions are loaded, and how soon they answer."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import click

from bench import questions
from bench.contestants.line_up import service_on
from bench.database import Filled, filled, move_revision
from bench.load import Load, press
from bench.options import Options
from bench.processes import Server
from bench.questions import PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import interleaved, noise

QUIET: Final = "no commits"
RELOADING: Final = "a commit as soon as the last one answers"
_BETWEEN_LOOKS_S: Final = 0.05
_SECONDS_BEFORE_FIRST: Final = 1.5  # past the load generator's warm-up
_LONGEST_LOOK_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The load of one turn; seconds from each commit to the first answer with it; the peak."""

    load: Load
    visible_s: tuple[float, ...]
    peak_mb: float


def run(options: Options) -> int:
    """Measure every size; write the tables."""
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    calibrations: list[float] = []
    for size in options.sizes:
        click.echo(f"{size:,} stations:")
        with filled(size) as database, service_on(database, threads=options.threads) as server:
            asked = Questions.about(size)
            paths = asked.paths("reload", questions.service_path(PLAIN))
            probe = server.url + questions.service_path(PLAIN)(*asked.origins[0])
            rounds = interleaved(_turns(options, database, server, paths, probe), options.rounds)
        calibrations += rounds.calibrations
        figures[str(size)] = {
            name: [asdict(each) for each in seen] for name, seen in rounds.seen.items()
        }
        rows = [_row(name, seen) for name, seen in rounds.seen.items()]
        tables.append(
            Table(
                title=f"{size:,} stations, one worker, {options.connections} connections",
                columns=[
                    *("while", "requests/s", "p50 ms", "p99 ms", "longest ms", "errors"),
                    *("revisions", "seen after s (median)", "seen after s (longest)", "peak MB"),
                ],
                rows=rows,
                notes=["*Seen after*: from the commit to the first answer that carries it."],
            )
        )
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _turns(
    options: Options, database: Filled, server: Server, paths: Path, probe: str
) -> dict[str, Callable[[], Seen]]:
    def quiet() -> Seen:
        return Seen(load=pressed(), visible_s=(), peak_mb=server.memory().peak_mb)

    def reloading() -> Seen:
        over = threading.Event()
        visible: list[float] = []
        commits = threading.Thread(target=_commit_until, args=(over, database, probe, visible))
        commits.start()
        try:
            load = pressed()
        finally:
            over.set()
            commits.join()
        return Seen(load=load, visible_s=tuple(visible), peak_mb=server.memory().peak_mb)

    def pressed() -> Load:
        return press(server, paths, seconds=options.seconds, connections=options.connections)

    return {QUIET: quiet, RELOADING: reloading}


def _commit_until(
    over: threading.Event, database: Filled, probe: str, visible: list[float]
) -> None:
    over.wait(_SECONDS_BEFORE_FIRST)
    while not over.is_set():
        number = move_revision(database)
        began = time.perf_counter()
        while _revision(probe) < number:
            if time.perf_counter() - began > _LONGEST_LOOK_S:
                visible.append(float("inf"))
                return
            time.sleep(_BETWEEN_LOOKS_S)
        visible.append(time.perf_counter() - began)


def _revision(probe: str) -> int:
    with urllib.request.urlopen(probe, timeout=_LONGEST_LOOK_S) as answer:  # noqa: S310  loopback
        return int(json.load(answer)["revision"])


def _row(name: str, seen: list[Seen]) -> list[str]:
    visible = [seconds for each in seen for seconds in each.visible_s]
    return [
        name,
        f"{median(each.load.per_second for each in seen):,.0f}",
        f"{median(each.load.p50_ms for each in seen):.1f}",
        f"{median(each.load.p99_ms for each in seen):.1f}",
        f"{max(each.load.max_ms for each in seen):,.0f}",
        f"{sum(each.load.errors for each in seen)}",
        f"{len(visible)}",
        f"{median(visible):.2f}" if visible else "",
        f"{max(visible):.2f}" if visible else "",
        f"{max(each.peak_mb for each in seen):.0f}",
    ]
