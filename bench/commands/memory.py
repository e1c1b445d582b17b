"""How soon one worker answers from the database, and what memory it then takes."""

import json
import time
import urllib.request
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import click

from bench import questions
from bench.contestants.line_up import service_on
from bench.database import Filled, filled, move_revision
from bench.load import press
from bench.options import Options
from bench.processes import Memory, Server
from bench.questions import PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise

_PRESSED_S: Final = 3.0
_RELOADS: Final = 5
_SETTLES_S: Final = 2.0
_BETWEEN_LOOKS_S: Final = 0.1
_LONGEST_LOOK_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One start of a worker: seconds until /readyz says ready, until the first answer, memory."""

    ready_s: float
    first_answer_s: float
    memory: Memory
    memory_after_load: Memory
    memory_after_reloads: Memory


def run(options: Options) -> int:
    """Measure every size; write the table."""
    measured = {size: _measure(options, size) for size in options.sizes}
    figures = {
        str(size): [asdict(start) for start in rounds.seen["start"]]
        for size, rounds in measured.items()
    }
    calibrations = [each for rounds in measured.values() for each in rounds.calibrations]
    table = Table(
        title="One worker, from its start",
        columns=[
            *("stations", "ready s", "first answer s", "RSS MB", "PSS MB", "peak MB"),
            *("RSS after load MB", "peak after load MB", f"RSS after {_RELOADS} reloads MB"),
            *("peak after reloads MB", "spread of ready"),
        ],
        rows=[_row(size, rounds) for size, rounds in measured.items()],
        notes=["*Ready* counts from the start of the server process: Python's imports are in it."],
    )
    write(options, Result(tables=[table], figures=figures, noise=noise(calibrations)))
    return 0


def _measure(options: Options, size: int) -> Rounds[Start]:
    click.echo(f"{size:,} stations:")
    with filled(size) as database:
        asked = Questions.about(size)
        paths = asked.paths("memory", questions.service_path(PLAIN))
        first = questions.service_path(PLAIN)(*asked.origins[0])
        return interleaved({"start": partial(_start, database, paths, first)}, options.rounds)


def _start(database: Filled, paths: Path, first: str) -> Start:
    began = time.perf_counter()
    with service_on(database) as server:
        ready = time.perf_counter() - began
        with urllib.request.urlopen(server.url + first, timeout=120) as answer:  # noqa: S310
            answer.read()
        answered = time.perf_counter() - began
        memory = server.memory()
        press(server, paths, seconds=_PRESSED_S, connections=16)
        loaded = server.memory()
        for _ in range(_RELOADS):
            _wait_for(server, move_revision(database))
        time.sleep(_SETTLES_S)
        return Start(
            ready_s=ready,
            first_answer_s=answered,
            memory=memory,
            memory_after_load=loaded,
            memory_after_reloads=server.memory(),
        )


def _wait_for(server: Server, revision: int) -> None:
    deadline = time.monotonic() + _LONGEST_LOOK_S
    while time.monotonic() < deadline:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=60) as answer:  # noqa: S310
            if json.load(answer)["revision"] >= revision:
                return
        time.sleep(_BETWEEN_LOOKS_S)
    raise TimeoutError(f"revision {revision} is not served")


def _row(size: int, rounds: Rounds[Start]) -> list[str]:
    def middle(what: str, after: str = "memory") -> str:
        return f"{rounds.median('start', lambda start: getattr(getattr(start, after), what)):.0f}"

    return [
        f"{size:,}",
        f"{rounds.median('start', lambda start: start.ready_s):.2f}",
        f"{rounds.median('start', lambda start: start.first_answer_s):.2f}",
        middle("rss_mb"),
        middle("pss_mb"),
        middle("peak_mb"),
        middle("rss_mb", "memory_after_load"),
        middle("peak_mb", "memory_after_load"),
        middle("rss_mb", "memory_after_reloads"),
        middle("peak_mb", "memory_after_reloads"),
        f"± {rounds.spread('start', lambda start: start.ready_s) / 2:.0%}",
    ]
