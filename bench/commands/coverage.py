"""Area coverage by township: the service's method, PostGIS SQL and geopandas, side by side."""

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Final

import click
import numpy as np
import psycopg

from bench import world
from bench.coverage_methods import (
    Ground,
    Shares,
    by_geopandas,
    by_postgis,
    by_service,
    by_service_shares_alone,
    load_into_postgis,
)
from bench.database import filled
from bench.options import Options
from bench.processes import peak_mb, resident_mb
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise

SERVICE: Final = "geo_service"
SHARES: Final = "geo_service, shares once and twice alone"
POSTGIS: Final = "PostGIS SQL, clustered unions"
GEOPANDAS: Final = "geopandas dissolve + overlay"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measurement: seconds, megabytes at the peak beyond the inputs, and the shares."""

    seconds: float
    peak_mb: float
    shares: Shares


def run(options: Options) -> int:
    """Measure every size; write the tables."""
    tables: list[Table] = []
    figures: dict[str, Any] = {}
    calibrations: list[float] = []
    for size in options.sizes:
        began = time.perf_counter()
        country = world.country(size)
        made = time.perf_counter()
        ground = Ground.of(country)
        laid_out = time.perf_counter() - made
        title = f"{len(ground.outlines):,} townships × {size:,} stations"
        click.echo(f"{title}: made in {made - began:.1f} s, laid out in {laid_out:.1f} s")
        with filled(size) as database, database.connection() as connection:
            load_into_postgis(connection, ground)
            rounds = interleaved(_turns(ground, connection), options.rounds)
        calibrations += rounds.calibrations
        tables.append(_table(title, rounds, laid_out))
        figures[title] = {
            name: [{"seconds": each.seconds, "peak_mb": each.peak_mb} for each in measured]
            for name, measured in rounds.seen.items()
        }
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _turns(
    ground: Ground, connection: psycopg.Connection[Any]
) -> dict[str, Callable[[], Measured]]:
    return {
        SERVICE: partial(_in_a_child, by_service, ground),
        SHARES: partial(_in_a_child, by_service_shares_alone, ground),
        POSTGIS: partial(_in_postgis, connection),
        GEOPANDAS: partial(_in_a_child, by_geopandas, ground),
    }


def _in_a_child(method: Callable[[Ground], Shares], ground: Ground) -> Measured:
    """Measure in a process that shares the inputs and has nothing else, so its peak is its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    context = multiprocessing.get_context("fork")
    child = context.Process(target=_measure_and_send, args=(method, ground, there))
    child.start()
    there.close()
    measured: Measured = here.recv()
    child.join()
    return measured


def _measure_and_send(method: Callable[[Ground], Shares], ground: Ground, out: Connection) -> None:
    before = resident_mb()
    began = time.perf_counter()
    shares = method(ground)
    took = time.perf_counter() - began
    out.send(Measured(seconds=took, peak_mb=peak_mb() - before, shares=shares))


def _in_postgis(connection: psycopg.Connection[Any]) -> Measured:
    began = time.perf_counter()
    shares = by_postgis(connection)
    took = time.perf_counter() - began
    return Measured(seconds=took, peak_mb=peak_mb(connection.info.backend_pid), shares=shares)


def _table(title: str, rounds: Rounds[Measured], laid_out: float) -> Table:
    ours = rounds.median(SERVICE, lambda each: each.seconds)
    right = rounds.seen[SERVICE][0].shares
    rows = [
        [
            name,
            f"{rounds.median(name, lambda each: each.seconds):.2f}",
            f"{rounds.median(name, lambda each: each.seconds) / ours:.1f}",
            f"{rounds.median(name, lambda each: each.peak_mb):.0f}",
            f"{np.abs(measured[0].shares - right).max() * 100:.3f}",
            f"{(measured[0].shares - right).mean() * 100:+.4f}",
            f"± {rounds.spread(name, lambda each: each.seconds) / 2:.0%}",
        ]
        for name, measured in rounds.seen.items()
    ]
    return Table(
        title=f"{title}, radius 1 km",
        columns=[
            *("method", "seconds", "times the service's", "peak MB", "largest difference, points"),
            *("mean difference, points", "spread"),
        ],
        rows=rows,
        notes=[
            "The service's first row has distances and gaps in it; the last two find shares alone.",
            f"Laid out once and kept by the service, given to all: {laid_out:.1f} s.",
            "Peaks are beyond the inputs; PostGIS's is its backend's, shared buffers included.",
        ],
    )
