"""What a benchmark may be told; standard library only, so that --help needs no packages."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RESULTS = PROJECT / "bench" / "results"
WORKSHOP = PROJECT / "var" / "bench"
"""Databases, environments and logs of the benchmarks; git ignores it, and it may be removed."""

PEERS = ("redis", "tipg", "pygeoapi")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large and how long one benchmark is: as a rule, and with --quick."""

    about: str
    sizes: tuple[int, ...] = ()
    quick_sizes: tuple[int, ...] = ()
    seconds: float = 0.0
    quick_seconds: float = 0.0
    rounds: int = 3
    quick_rounds: int = 2
    peers: bool = False


COMMANDS = {
    "nearest": Bounds(
        about="Nearest look-ups by HTTP, against the same question asked of other software.",
        sizes=(203, 200_000),
        quick_sizes=(203, 20_000),
        seconds=8.0,
        quick_seconds=2.0,
        peers=True,
    ),
    "coverage": Bounds(
        about="Area coverage by township, against PostGIS SQL and a geopandas overlay. "
        "A size is a number of stations; there are a fifth as many townships.",
        sizes=(203, 200_000),
        quick_sizes=(203, 20_000),
    ),
    "siting": Bounds(
        about="Choosing sites, against a textbook's model in HiGHS and spopt. "
        "A size is a number of nodes of a p-median graph; seconds limit each search.",
        sizes=(100, 200, 300, 500),
        quick_sizes=(100,),
        seconds=8.0,
        quick_seconds=3.0,
        quick_rounds=1,
    ),
    "maps": Bounds(
        about="The two map pages: drawn in the process, asked for by HTTP, and their size.",
        sizes=(203,),
        quick_sizes=(203,),
        seconds=8.0,
        quick_seconds=2.0,
    ),
    "tiles": Bounds(
        about="Vector tiles: cut by pygeoapi's provider and by the service's own SQL, one after "
        "the other, and answered again.",
        sizes=(203,),
        quick_sizes=(203,),
        quick_rounds=1,
    ),
    "page": Bounds(
        about="The worker's page on a slow phone: Lighthouse's scores, times and bytes.",
        sizes=(203,),
        quick_sizes=(203,),
        quick_rounds=1,
    ),
    "startup": Bounds(
        about="Time from `geo-service serve` to the first answer, on a database that is there.",
        sizes=(203, 200_000),
        quick_sizes=(203,),
    ),
    "memory": Bounds(
        about="Time until one worker answers from the database, and the memory it then takes.",
        sizes=(203, 20_000, 200_000),
        quick_sizes=(203, 20_000),
    ),
    "reload": Bounds(
        about="Latency of nearest look-ups while new revisions are loaded, and how soon they show.",
        sizes=(200_000,),
        quick_sizes=(20_000,),
        seconds=20.0,
        quick_seconds=8.0,
    ),
    "soak": Bounds(
        about="Mixed requests and commits for a time; fails if memory grows or an answer is wrong.",
        sizes=(203,),
        quick_sizes=(203,),
        seconds=600.0,
        quick_seconds=30.0,
        rounds=1,
        quick_rounds=1,
    ),
    "document": Bounds(about="Fill the tables of docs/performance.md from bench/results."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One benchmark's orders, whole."""

    command: str
    quick: bool
    sizes: tuple[int, ...]
    seconds: float
    rounds: int
    threads: int
    connections: int
    peers: tuple[str, ...]
    results: Path


def parse(command: str, arguments: Sequence[str]) -> Options:
    """Read the arguments of one command; --help and mistakes end the program with words."""
    bounds = COMMANDS[command]
    parser = argparse.ArgumentParser(
        prog=f"bench/{command}",
        description=bounds.about,
        epilog="It installs what it needs, listens on loopback alone and ends what it started.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="smaller and shorter; kept apart under var/bench/")
    if bounds.sizes:
        add("--sizes", type=_sizes, help=f"numbers of stations ({_shown(bounds.sizes)})")
        add("--rounds", type=_count(20), help=f"interleaved rounds ({bounds.rounds})")
    if bounds.seconds:
        add("--seconds", type=_seconds, help=f"length of one measurement ({bounds.seconds:g})")
        add("--threads", type=_count(16), default=4, help="threads of each server (4)")
        add("--connections", type=_count(64), default=16, help="kept-alive connections (16)")
    if bounds.peers:
        add(
            "--peers", type=_peers, help=f"other software to compare with ({','.join(PEERS)}; none)"
        )
    add("--results", type=Path, help="folder for the results (bench/results)")
    return _options(command, bounds, parser.parse_args(arguments))


def _options(command: str, bounds: Bounds, given: argparse.Namespace) -> Options:
    quick = bool(given.quick)
    sizes = bounds.quick_sizes if quick else bounds.sizes
    seconds = bounds.quick_seconds if quick else bounds.seconds
    rounds = bounds.quick_rounds if quick else bounds.rounds
    told = vars(given)
    peers = PEERS if bounds.peers else ()
    return Options(
        command=command,
        quick=quick,
        sizes=told.get("sizes") or sizes,
        seconds=told.get("seconds") or seconds,
        rounds=told.get("rounds") or rounds,
        threads=told.get("threads") or 4,
        connections=told.get("connections") or 16,
        peers=peers if told.get("peers") is None else told["peers"],
        results=(given.results or (WORKSHOP / "results" if quick else RESULTS)).absolute(),
    )


def _shown(sizes: Sequence[int]) -> str:
    return ",".join(map(str, sizes))


def _sizes(text: str) -> tuple[int, ...]:
    sizes = tuple(int(each) for each in text.split(","))
    if not all(1 <= size <= 1_000_000 for size in sizes):
        raise argparse.ArgumentTypeError("from 1 to 1,000,000 stations")
    return sizes


def _seconds(text: str) -> float:
    if not 0 < float(text) <= 7200:
        raise argparse.ArgumentTypeError("at most two hours")
    return float(text)


def _count(most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"from 1 to {most}")
        return int(text)

    return read


def _peers(text: str) -> tuple[str, ...]:
    named = () if text == "none" else tuple(text.split(","))
    if unknown := set(named) - set(PEERS):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}")
    return named
