"""Interleaved rounds: A B C, A B C, …, with the machine's own noise measured beside them."""

import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, TypeVar

import click
import psycopg

T = TypeVar("T")

_TURNS: Final = 1_000_000


def calibrate() -> float:
    """Return the seconds that a fixed piece of work takes now: it differs only by noise."""
    began = time.perf_counter()
    total = 0
    for number in range(_TURNS):
        total += number & 7
    return time.perf_counter() - began


def ratio(of: float, to: float) -> float:
    """Return a ratio; of something to nothing it is infinite."""
    return of / to if to else float("inf")


def spread(values: Sequence[float]) -> float:
    """Return how far apart values lie: the largest less the smallest, by the median."""
    middle = statistics.median(values)
    return (max(values) - min(values)) / middle if middle else 0.0


@dataclass(frozen=True)
class Rounds(Generic[T]):
    """What each contestant showed in each round, and the calibration before each."""

    seen: Mapping[str, list[T]]
    calibrations: list[float] = field(default_factory=list)

    def median(self, name: str, what: Callable[[T], float]) -> float:
        """Return the median over the rounds of one figure of one contestant."""
        return statistics.median(map(what, self.seen[name]))

    def spread(self, name: str, what: Callable[[T], float]) -> float:
        """Return the spread over the rounds, likewise."""
        return spread([what(each) for each in self.seen[name]])


def noise(calibrations: Sequence[float]) -> dict[str, float]:
    """Say what the fixed piece of work took, each time it was done."""
    return {
        "calibration_median_s": statistics.median(calibrations),
        "calibration_spread": spread(calibrations),
    }


def interleaved(
    contestants: Mapping[str, Callable[[], T]],
    rounds: int,
    *,
    say: Callable[[T], str] = lambda _: "",
) -> Rounds[T]:
    """Let each contestant have its turn, round after round; ``say`` tells a turn's outcome."""
    found: Rounds[T] = Rounds({name: [] for name in contestants})
    for number in range(1, rounds + 1):
        for name, turn in contestants.items():
            found.calibrations.append(calibrate())
            seen = turn()
            found.seen[name].append(seen)
            click.echo(f"  round {number}/{rounds}  {name}  {say(seen)}".rstrip())
    return found


def machine() -> dict[str, str]:
    """Return what the figures were measured on."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in facts if line.startswith("model name")]
    memory = Path("/proc/meminfo").read_text(encoding="utf-8").split()[1]
    return {
        "measured": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "processor": models[0] if models else platform.machine(),
        "cores": str(len(models)),
        "memory": f"{int(memory) / 1024**2:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "libpq": str(psycopg.pq.version()),
        "load": " ".join(Path("/proc/loadavg").read_text(encoding="utf-8").split()[:3]),
    }
