"""Mixed requests and commits for a time: no error, no lost revision, flat memory."""

import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import click

from bench import questions, world
from bench.contestants.line_up import service_on
from bench.database import filled, move_revision
from bench.load import Load, press
from bench.options import WORKSHOP, Options
from bench.questions import FILTERED, PLAIN, Questions
from bench.report import Result, Table, write
from bench.rounds import calibrate, noise

_SLICES: Final = 20
_WARM_SLICES: Final = 4
_CONNECTIONS: Final = 4  # steady work, not the most there can be

# Memory that the allocator or a cache within its bound may still take without being a leak.
_GROWTH_ALLOWED: Final = 0.03
_GROWTH_ALLOWED_MB: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One slice: when it ended, what was asked in it, what memory the worker had then."""

    at_s: float
    load: Load
    rss_mb: float
    pss_mb: float


def run(options: Options) -> int:
    """Soak; write the table; return 1 if it grew or erred."""
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    calibrations = [calibrate()]
    faults: list[str] = []
    for size in options.sizes:
        samples = _soak(options, size)
        calibrations.append(calibrate())
        found = _faults(samples)
        faults += found
        figures[str(size)] = [asdict(each) for each in samples]
        tables.append(_table(options, size, samples, found))
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 1 if faults else 0


def _soak(options: Options, size: int) -> list[Sample]:
    click.echo(f"{size:,} stations, {options.seconds:.0f} s:")
    samples = []
    # Two seconds is the least that the load generator can be asked for, warm-up included.
    seconds = max(1.0, options.seconds / _SLICES - 1.0)
    with filled(size) as database, service_on(database, threads=options.threads) as server:
        paths = _mixed_paths(size)
        began = time.perf_counter()
        for number in range(1, _SLICES + 1):
            move_revision(database)
            load = press(server, paths, seconds=seconds, connections=_CONNECTIONS)
            memory = server.memory()
            samples.append(
                Sample(
                    at_s=time.perf_counter() - began,
                    load=load,
                    rss_mb=memory.rss_mb,
                    pss_mb=memory.pss_mb,
                )
            )
            said = f"{load.answers} answers, {load.errors} errors, {memory.rss_mb:.0f} MB"
            click.echo(f"  {number}/{_SLICES}  {said}")
    return samples


def _mixed_paths(size: int) -> Path:
    """Write what people ask: mostly for the nearest, now and then for a page."""
    path = WORKSHOP / "questions" / f"mixed-{size}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(_mixed(size)) + "\n", encoding="ascii")
    return path


def _mixed(size: int) -> Iterator[str]:
    plain, filtered = questions.service_path(PLAIN), questions.service_path(FILTERED)
    identifiers = cycle(station.id for station in world.dataset(size).stations[:500])
    pages = cycle(
        ["/maps/stations", "/maps/coverage", "/", "/api/v1/coverage", "/readyz", "/metrics"]
    )
    for number, origin in enumerate(islice(cycle(Questions.about(size).origins), 6000)):
        yield plain(*origin)
        if number % 2 == 0:
            yield filtered(*origin)
        if number % 5 == 0:
            yield f"/api/v1/stations/{next(identifiers)}"
            yield "/api/v1/stations?limit=20"
        if number % 50 == 0:
            yield next(pages)


def _faults(samples: list[Sample]) -> list[str]:
    errors = sum(each.load.errors for each in samples)
    faults = [f"{errors} requests failed"] if errors else []
    early, late = _early_and_late(samples)
    if late > early * (1 + _GROWTH_ALLOWED) + _GROWTH_ALLOWED_MB:
        faults.append(f"memory grew from {early:.0f} to {late:.0f} MB")
    return faults


def _early_and_late(samples: list[Sample]) -> tuple[float, float]:
    warm = samples[_WARM_SLICES:]
    third = max(1, len(warm) // 3)
    return (
        median(each.rss_mb for each in warm[:third]),
        median(each.rss_mb for each in warm[-third:]),
    )


def _table(options: Options, size: int, samples: list[Sample], faults: list[str]) -> Table:
    early, late = _early_and_late(samples)
    row = [
        f"{size:,}",
        f"{options.seconds:.0f}",
        f"{sum(each.load.answers for each in samples):,}",
        f"{sum(each.load.errors for each in samples)}",
        f"{len(samples)}",
        f"{early:.0f}",
        f"{late:.0f}",
        f"{max(each.rss_mb for each in samples):.0f}",
        f"{median(each.load.p99_ms for each in samples):.0f}",
        "; ".join(faults) or "flat",
    ]
    return Table(
        title=f"Soak: mixed requests on {_CONNECTIONS} connections, a commit before each slice",
        columns=[
            *("stations", "seconds", "answers", "errors", "commits", "MB early", "MB late"),
            *("MB most", "p99 ms", "verdict"),
        ],
        rows=[row],
    )
