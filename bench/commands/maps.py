"""The two map pages: drawn in the process, asked for by HTTP, and how many bytes they are."""

import time
import urllib.request
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Final

import click

from bench.contestants.line_up import service_on
from bench.contestants.service import ShiftedClock
from bench.database import Filled, filled
from bench.load import Load, press
from bench.options import WORKSHOP, Options
from bench.processes import Server
from bench.questions import BEGINS
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise
from geo_service import create_app
from geo_service.settings import Settings

PAGES: Final = {"stations": "/maps/stations", "coverage": "/maps/coverage"}
# A page takes a tenth of a second: more connections would only wait for each other.
_CONNECTIONS: Final = 4
_CODINGS: Final = ("identity", "gzip", "br")


def run(options: Options) -> int:
    """Measure both pages; write the tables."""
    tables: list[Table] = []
    figures: dict[str, object] = {}
    calibrations: list[float] = []
    for size in options.sizes:
        click.echo(f"{size:,} stations:")
        with filled(size) as database:
            drawn = interleaved(_drawings(database), options.rounds)
            with service_on(database, threads=options.threads) as server:
                asked = interleaved(_requests(server, options), options.rounds)
                sizes = {name: _sizes(server.url + path) for name, path in PAGES.items()}
        calibrations += drawn.calibrations + asked.calibrations
        tables += [_table(size, drawn, asked, sizes)]
        figures[str(size)] = {
            "drawn_s": dict(drawn.seen),
            "asked": {name: [asdict(each) for each in all_] for name, all_ in asked.seen.items()},
            "bytes": sizes,
        }
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _drawings(database: Filled) -> dict[str, Callable[[], float]]:
    """Return what draws each page inside this process, without HTTP."""
    settings = Settings(
        home=WORKSHOP / "home-maps", database_url=database.service_url, log_level="error"
    )
    app = create_app(settings, clock=ShiftedClock.at(BEGINS))
    client = app.test_client()

    def draw(path: str) -> float:
        began = time.perf_counter()
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        return time.perf_counter() - began

    for path in PAGES.values():
        draw(path)  # what is kept for a revision is made before
    return {name: partial(draw, path) for name, path in PAGES.items()}


def _requests(server: Server, options: Options) -> dict[str, Callable[[], Load]]:
    def ask(name: str, path: str) -> Load:
        paths = WORKSHOP / "questions" / f"map-{name}.txt"
        paths.parent.mkdir(parents=True, exist_ok=True)
        paths.write_text(path + "\n", encoding="ascii")
        return press(server, paths, seconds=options.seconds, connections=_CONNECTIONS)

    return {name: partial(ask, name, path) for name, path in PAGES.items()}


def _sizes(url: str) -> dict[str, int]:
    sizes = {}
    for coding in _CODINGS:
        request = urllib.request.Request(url, headers={"Accept-Encoding": coding})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310  loopback
            assert answer.headers.get("Content-Encoding", "identity") == coding
            sizes[coding] = len(answer.read())
    return sizes


def _table(
    size: int, drawn: Rounds[float], asked: Rounds[Load], sizes: dict[str, dict[str, int]]
) -> Table:
    rows = [
        [
            path,
            f"{drawn.median(name, float) * 1000:.0f}",
            f"{asked.median(name, lambda load: load.per_second):,.1f}",
            f"{asked.median(name, lambda load: load.p50_ms):.0f}",
            f"{asked.median(name, lambda load: load.p99_ms):.0f}",
            *(f"{sizes[name][coding] / 1000:.0f}" for coding in _CODINGS),
            f"± {asked.spread(name, lambda load: load.per_second) / 2:.0%}",
        ]
        for name, path in PAGES.items()
    ]
    return Table(
        title=f"Map pages, {size:,} stations",
        columns=[
            *("page", "drawn in ms", "requests/s", "p50 ms", "p99 ms", "kB", "kB gzip", "kB br"),
            "spread",
        ],
        rows=rows,
    )
