"""Choosing sites: the service, a textbook's model in HiGHS and spopt, side by side."""

import importlib
import importlib.util
import math
import multiprocessing
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise
from multiprocessing.connection import Connection
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import floyd_warshall

from bench import world
from bench.options import Options
from bench.processes import peak_mb
from bench.report import Result, Table, write
from bench.rounds import Rounds, interleaved, noise
from bench.siting_methods import Case, Choice, by_service, by_spopt, by_textbook
from geo_service.domain.siting import Goal, SitingProblem

SERVICE: Final = "geo_service"
TEXTBOOK: Final = "textbook's model, scipy milp (HiGHS)"
SPOPT: Final = "spopt (CBC)"
# Beyond so many variables spopt takes longer to write its model down than others to solve it.
_SPOPT_PAIRS: Final = 50_000
_GRACE_S: Final = 20.0
_LUOHE_S: Final = 3.0
_LUOHE_MB: Final = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run: seconds from the distances to the answer, the process's peak, what it found."""

    seconds: float
    peak_mb: float
    choice: Choice


def run(options: Options) -> int:
    """Measure every case; write the tables."""
    rows: list[list[str]] = []
    figures: dict[str, object] = {}
    calibrations: list[float] = []
    luohe: list[list[str]] = []
    for case in _cases(options):
        click.echo(case.name)
        rounds = interleaved(_turns(case, options.seconds), options.rounds, say=_said)
        calibrations += rounds.calibrations
        rows += _rows(case, rounds, options.seconds)
        figures[case.name] = {
            name: [asdict(each) for each in measured] for name, measured in rounds.seen.items()
        }
        if case.problem.existing.any():
            luohe.append(_goal(case, rounds))
    tables = [
        Table(
            title=f"Choosing sites, at most {options.seconds:g} s each",
            columns=[*("case", "method", "seconds", "peak MB", "found", "proven", "spread")],
            rows=rows,
            notes=[
                "Found: what the sites achieve, computed from them alone; the best is bold.",
                "p-median, p-center and lscp's sites: less is better; mclp: more.",
                "Peaks are of the whole process, spopt's without CBC, which is another one.",
                f"Beyond {_SPOPT_PAIRS:,} pairs of a graph and at Luohe's size spopt is left out.",
            ],
        ),
        Table(
            title="Goals of the service at Luohe's size",
            columns=["case", f"seconds (≤ {_LUOHE_S:g})", f"peak MB (≤ {_LUOHE_MB:g})", "reached"],
            rows=luohe,
        ),
    ]
    write(options, Result(tables=tables, figures=figures, noise=noise(calibrations)))
    return 0


def _cases(options: Options) -> list[Case]:
    graphs = [
        Case(
            name=f"p-median, graph of {size} nodes, {size // 10} sites",
            problem=SitingProblem.of_matrix(_graph(size)),
            goal=Goal.P_MEDIAN,
            sites=size // 10,
            by_spopt=size * size <= _SPOPT_PAIRS,
        )
        for size in options.sizes
    ]
    plane = _plane(*((300, 60) if options.quick else (1000, 200)), within=80.0)
    small = _plane(*((60, 30) if options.quick else (200, 100)))
    return [
        *graphs,
        Case(name=f"mclp, {_sized(plane)}", problem=plane, goal=Goal.MCLP, sites=20, radius=80.0),
        Case(name=f"lscp, {_sized(plane)}", problem=plane, goal=Goal.LSCP, sites=None, radius=80.0),
        Case(name=f"p-center, {_sized(small)}", problem=small, goal=Goal.P_CENTER, sites=8),
        *_luohe(),
    ]


def _sized(problem: SitingProblem) -> str:
    return f"{problem.demand:,} × {problem.sites:,} in a square"


def _graph(nodes: int) -> NDArray[np.float64]:
    """Return shortest ways as of Beasley's (1985) graphs: n² / 50 edges of lengths 1 to 100."""
    random = np.random.default_rng(nodes)
    lengths = np.zeros((nodes, nodes))
    edges = [*pairwise(random.permutation(nodes).tolist())]
    while len(edges) < nodes * nodes // 50:
        one, other = random.choice(nodes, 2, replace=False).tolist()
        edges.append((one, other))
    for one, other in edges:
        lengths[one, other] = lengths[other, one] = random.integers(1, 101)
    return np.asarray(floyd_warshall(sparse.csr_array(lengths), directed=False))


def _plane(demand: int, sites: int, *, within: float = math.inf) -> SitingProblem:
    """Return a square of demand and sites, without the demand that no site is near enough to."""
    random = np.random.default_rng(demand)
    people, places = random.random((demand, 2)) * 1000, random.random((sites, 2)) * 1000
    ways = _ways(people, places)
    reached = ways.min(axis=1) <= within
    weight = random.integers(1, 100, demand)
    return SitingProblem.of_matrix(ways[reached], weight=weight[reached].tolist())


def _ways(people: NDArray[np.float64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    ways: NDArray[np.float64] = np.hypot(*(people[:, None] - places[None]).transpose(2, 0, 1))
    return ways


def _luohe() -> list[Case]:
    """Return 203 stations that stay, 500 candidates, 2,000 places of demand, 20 new sites."""
    random = np.random.default_rng(203)
    stations = np.array(
        [(each.coordinate.longitude, each.coordinate.latitude) for each in world.shipped().stations]
    )
    low, high = stations.min(axis=0), stations.max(axis=0)
    places = np.concatenate([stations, random.uniform(low, high, (500, 2))])
    people = random.uniform(low, high, (2000, 2))
    metres = np.array([111_320.0 * np.cos(np.radians(low[1])), 110_900.0])
    ways = _ways(people * metres, places * metres)
    weight = random.integers(1, 100, len(people)).tolist()
    # Where a station is nearer already, and of stations but the nearest, a pair is of no use.
    nearest = ways[:, : len(stations)].argmin(axis=1)
    least = ways[np.arange(len(people)), nearest]
    useful = ways < least[:, None]
    useful[np.arange(len(people)), nearest] = True
    existing = range(len(stations))
    within = SitingProblem.of_matrix(
        np.where(ways <= 1000.0, ways, np.inf), weight=weight, existing=existing
    )
    nearer = SitingProblem.of_matrix(
        np.where(useful, ways, np.inf), weight=weight, existing=existing
    )
    said = "Luohe's size: 2,000 × (203 + 500), 20 sites"
    return [
        Case(name=f"mclp, {said}", problem=within, goal=Goal.MCLP, sites=20, radius=1000.0,
             by_spopt=False),
        Case(name=f"p-median, {said}", problem=nearer, goal=Goal.P_MEDIAN, sites=20,
             by_spopt=False),
        Case(name=f"p-center, {said}", problem=nearer, goal=Goal.P_CENTER, sites=20,
             by_spopt=False),
    ]  # fmt: skip


def _turns(case: Case, seconds: float) -> Mapping[str, Callable[[], Measured]]:
    methods = {SERVICE: by_service, TEXTBOOK: by_textbook}
    if case.by_spopt and importlib.util.find_spec("spopt"):
        methods[SPOPT] = by_spopt
    return {name: partial(_in_a_child, each, case, seconds) for name, each in methods.items()}


def _in_a_child(method: Callable[[Case, float], Choice], case: Case, seconds: float) -> Measured:
    """Measure in a process that shares the distances, so its peak is its own."""
    here, there = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(
        target=_measure_and_send, args=(method, case, seconds, there)
    )
    began = time.perf_counter()
    child.start()
    there.close()
    if here.poll(seconds + _GRACE_S):
        measured: Measured = here.recv()
    else:
        nothing = Choice(objective=None, proven=False)
        peak = peak_mb(child.pid)
        measured = Measured(seconds=time.perf_counter() - began, peak_mb=peak, choice=nothing)
        child.kill()
    child.join()
    return measured


def _measure_and_send(
    method: Callable[[Case, float], Choice], case: Case, seconds: float, out: Connection
) -> None:
    if method is by_spopt:
        importlib.import_module("spopt.locate")  # takes two seconds, once
    began = time.perf_counter()
    choice = method(case, seconds)
    took = time.perf_counter() - began
    out.send(Measured(seconds=took, peak_mb=peak_mb(), choice=choice))


def _said(measured: Measured) -> str:
    return f"{measured.seconds:.2f} s, {measured.choice}"


def _rows(case: Case, rounds: Rounds[Measured], limit: float) -> list[list[str]]:
    found = {name: [each.choice.objective for each in all_] for name, all_ in rounds.seen.items()}
    known = [each for all_ in found.values() for each in all_ if each is not None]
    best = (max if case.goal.maximises else min)(known) if known else None
    rows = []
    for name, measured in rounds.seen.items():
        proven = sum(each.choice.proven for each in measured)
        seconds = rounds.median(name, lambda each: each.seconds)
        rows.append(
            [
                case.name,
                name,
                f"{seconds:.2f}" + (" (limit)" if not proven and seconds >= limit else ""),
                f"{rounds.median(name, lambda each: each.peak_mb):.0f}",
                _shown(found[name], best),
                f"{proven} of {len(measured)}",
                f"± {rounds.spread(name, lambda each: each.seconds) / 2:.0%}",
            ]
        )
    return rows


def _shown(found: list[float | None], best: float | None) -> str:
    """Show the worst of the rounds, which is the best of all where each round found that."""
    if None in found or best is None:
        return "nothing"
    values = [each for each in found if each is not None]
    worst = max(values, key=lambda each: abs(each - best))
    shown = f"{worst:,.0f}"
    return f"**{shown}**" if np.isclose(worst, best, rtol=1e-9) else shown


def _goal(case: Case, rounds: Rounds[Measured]) -> list[str]:
    seconds = rounds.median(SERVICE, lambda each: each.seconds)
    peak = rounds.median(SERVICE, lambda each: each.peak_mb)
    proven = all(each.choice.proven for each in rounds.seen[SERVICE])
    reached = proven and seconds <= _LUOHE_S and peak <= _LUOHE_MB
    return [case.name, f"{seconds:.2f}", f"{peak:.0f}", "yes" if reached else "**no**"]
